"""The commands of the simulator: `campus-sim demo | lane | run | pictures`."""

import asyncio
import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import msgspec
import typer

from access_core.errors import AccessControlError
from device_drivers.system_clock import SystemClock
from simulators.demo import show_campus
from simulators.lane_drive import drive_lane
from simulators.performance import NotAsWritten
from simulators.scenario import Scenario, load
from simulators.stage import Progress, Report, perform

app = typer.Typer(
    help="A simulated campus: people, hardware and faults around the real product.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
STORY = Path(__file__).with_name("scenarios") / "story.toml"
_NOT_AS_WRITTEN = 1
_WRONG_USE = 2
_INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""
_Answer = TypeVar("_Answer")
FolderOption = Annotated[
    Path | None,
    typer.Option("--dir", help="Folder of the run, kept afterwards. Default: a new one in /tmp."),
]
SeedOption = Annotated[int, typer.Option(help="The same seed plays the same run.")]


def main() -> None:
    """Run the command given on the command line."""
    app()


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the story to its end.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="With --once: the whole report, JSON.")
    ] = None,
    seed: SeedOption = 1,
    folder: FolderOption = None,
) -> None:
    """The product on this machine with a simulated entrance and people; Ctrl-C ends it.

    With --once the story of `simulators/scenarios/story.toml`; the last line is one JSON object,
    also when a step fails: then with the step, and with what was counted until there.
    """
    with _run_folder(folder) as root:
        say = _teller()
        if not once:
            _finish(show_campus(root, seed=seed, say=say))
            return
        came_of_it = _told_how_far(_loaded(STORY), seed, root, say)
        if report is not None:
            _write(came_of_it, report)
        print(msgspec.json.encode(_in_one_line(came_of_it)).decode(), flush=True)
        _judge(came_of_it)


@app.command()
def lane(
    port: Annotated[int, typer.Option(help="Of the page on loopback; 0: one that is free.")] = 0,
    seed: SeedOption = 1,
    folder: FolderOption = None,
) -> None:
    """A lane that you drive, with keys and at a page, and the product behind it; Ctrl-C ends it."""
    with _run_folder(folder) as root:
        _finish(drive_lane(root, seed=seed, say=_teller(), port=port))


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="Scenario file, TOML.")],
    report: Annotated[Path, typer.Option(help="Where the report goes, JSON.")],
    seed: SeedOption = 1,
    folder: FolderOption = None,
) -> None:
    """Play a scenario file on a product of its own and write what came of it."""
    scenario = _loaded(file)
    with _run_folder(folder) as root:
        came_of_it = _finish(perform(scenario, seed=seed, root=root, say=_teller()))
        _write(came_of_it, report)
        _judge(came_of_it)
    print(f"{report}: as written")


@app.command("bring-up")
def bring_up(seed: SeedOption = 1, folder: FolderOption = None) -> None:
    """A new gate from power-on to the first opening, and what it costs of a person's time."""
    from simulators.bring_up import PROMISED_S  # noqa: PLC0415 - only this command needs it
    from simulators.bring_up import bring_up as do_every_step  # noqa: PLC0415 - as above

    with _run_folder(folder) as root:
        ledger = _finish(do_every_step(root, seed=seed, say=_teller()))
    print("\n".join(ledger.lines()))
    if ledger.person_s + ledger.waited_s > PROMISED_S:
        print(f"campus-sim: more than the promised {PROMISED_S:.0f} s", file=sys.stderr)
        raise typer.Exit(_NOT_AS_WRITTEN)


@app.command()
def pictures(
    folder: Annotated[Path, typer.Argument(help="Where they go; PNG files there are replaced.")],
    seed: SeedOption = 1,
    run_in: FolderOption = None,
) -> None:
    """Take pictures of the running product's pages for the documentation."""
    from simulators.pictures import take_pictures  # noqa: PLC0415 - only this needs a browser

    with _run_folder(run_in) as root:
        _finish(take_pictures(folder, root, seed=seed, say=_teller()))


def _told_how_far(scenario: Scenario, seed: int, root: Path, say: Callable[[str], None]) -> Report:
    """Play to the end; where it ends before, a JSON line says where and what was counted."""
    progress = Progress()
    with contextlib.ExitStack() as unless_finished:
        unless_finished.callback(_say_how_far, progress)
        report = _finish(perform(scenario, seed=seed, root=root, say=say, progress=progress))
        unless_finished.pop_all()
    return report


def _say_how_far(progress: Progress) -> None:
    counted = msgspec.to_builtins(progress.so_far())
    failed = {**counted, "failed_step": progress.tally.step or "0 (setting up)"}
    print(msgspec.json.encode(failed).decode(), flush=True)


def _write(came_of_it: Report, file: Path) -> None:
    file.write_bytes(msgspec.json.format(msgspec.json.encode(came_of_it)) + b"\n")


def _in_one_line(report: Report) -> dict[str, object]:
    """The figures with what stands beside them, flat."""
    return {
        **msgspec.to_builtins(report.figures),
        "delivered": report.delivered,
        "log_shown_ms": report.log_shown_ms,
    }


def _judge(report: Report) -> None:
    """End with exit code 1 if a figure is off, each named."""
    if report.off:
        print("\n".join(f"campus-sim: {words}" for words in report.off), file=sys.stderr)
        raise typer.Exit(_NOT_AS_WRITTEN)


def _loaded(file: Path) -> Scenario:
    try:
        return load(file)
    except AccessControlError as error:
        _fail([error])


@contextmanager
def _run_folder(folder: Path | None) -> Iterator[Path]:
    """The given folder, or a new one that is removed unless something went wrong."""
    if folder is not None:
        yield folder.absolute()
        return
    root = Path(tempfile.mkdtemp(prefix="campus-"))
    try:
        yield root
    except typer.Exit as ended:
        if ended.exit_code == _INTERRUPTED:
            shutil.rmtree(root)
        else:
            print(f"campus-sim: the programs' logs are kept in {root}", file=sys.stderr)
        raise
    shutil.rmtree(root)


def _teller() -> Callable[[str], None]:
    """Prints each line with the seconds since now before it."""
    clock = SystemClock()
    began = clock.now()

    def say(words: str) -> None:
        print(f"[{clock.now().ms_since(began) / 1000:6.1f} s] {words}", flush=True)

    return say


def _finish(work: Coroutine[object, object, _Answer]) -> _Answer:
    """Run to the end; Ctrl-C and SIGTERM end it in good order, what a person can mend is said."""
    try:
        return asyncio.run(_until_told(work))
    except AccessControlError as error:
        _fail([error])
    except BaseExceptionGroup as group:
        expected, others = group.split(AccessControlError)
        if expected is None or others is not None:
            raise
        _fail(list(_leaves(expected)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(_INTERRUPTED) from None


async def _until_told(work: Coroutine[object, object, _Answer]) -> _Answer:
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


def _leaves(group: BaseExceptionGroup[AccessControlError]) -> Iterator[AccessControlError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _fail(errors: list[AccessControlError]) -> NoReturn:
    for words in dict.fromkeys(map(str, errors)):
        print(f"campus-sim: {words}", file=sys.stderr)
    is_broken = any(not isinstance(error, NotAsWritten) for error in errors)
    raise typer.Exit(_WRONG_USE if is_broken else _NOT_AS_WRITTEN)


if __name__ == "__main__":
    main()
