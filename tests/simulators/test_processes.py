"""Programs that are started, and their certain end."""

import os
import sys
from pathlib import Path

import pytest

from simulators.processes import (
    Program,
    ProgramFailed,
    ask,
    at_terminal,
    last_lines,
    lines_of,
    start,
)
from tests.process_end import until_ended

FAMILY = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
    "print(child.pid, flush=True)\n"
    "child.wait()\n"
)


def python(code: str, folder: Path) -> Program:
    """A Python program that runs `code`, with its log in `folder`."""
    command = [sys.executable, "-c", code]
    return Program("program", command, folder / "program.log", dict(os.environ))


def watched(pid: int) -> int:
    """A descriptor that can be read once the process has ended."""
    return os.pidfd_open(pid)


async def test_a_program_ends_with_its_children(tmp_path: Path) -> None:
    """Leaving a program leaves nothing of its process group."""
    async with lines_of(python(FAMILY, tmp_path)) as lines:
        child = watched(int(await anext(lines)))
    await until_ended(child)


async def test_a_program_that_ignores_the_request_is_made_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM first, SIGKILL after the time for it."""
    monkeypatch.setattr("simulators.processes.END_S", 0.2)
    stubborn = "import signal\nsignal.signal(15, signal.SIG_IGN)\nprint('x', flush=True)\n"
    async with lines_of(python(stubborn + "while True: signal.pause()", tmp_path)) as lines:
        assert await anext(lines) == "x"


async def test_a_program_can_be_ended_and_killed(tmp_path: Path) -> None:
    """After either, it does not run any more; doing it again does no harm."""
    program = await start(python("import signal; signal.pause()", tmp_path))
    before = program.is_running
    await program.kill()
    assert (before, program.is_running) == (True, False)
    await program.end()


async def test_a_crash_is_told_with_the_last_lines(tmp_path: Path) -> None:
    """Who watches a program that ends by itself learns its code and what it said last."""
    program = await start(python("print('the disk is full'); raise SystemExit(3)", tmp_path))
    with pytest.raises(ProgramFailed, match=r"(?s)code 3.*the disk is full"):
        await program.watch()


async def test_asking_gives_the_answer_or_the_failure(tmp_path: Path) -> None:
    """A command's output is its answer; a failing or hanging command raises."""
    assert await ask(python("print('hello')", tmp_path)) == "hello\n"
    with pytest.raises(ProgramFailed, match="code 2"):
        await ask(python("raise SystemExit(2)", tmp_path))
    with pytest.raises(ProgramFailed, match="did not end"):
        await ask(python("import signal; signal.pause()", tmp_path), timeout_s=0.3)


async def test_lines_arrive_while_the_program_runs(tmp_path: Path) -> None:
    """A followed program's lines come one by one, and leaving ends it."""
    code = "print(1, flush=True); print(2, flush=True)\nimport signal; signal.pause()"
    async with lines_of(python(code, tmp_path)) as lines:
        assert [await anext(lines), await anext(lines)] == ["1", "2"]


def test_the_end_of_a_log_is_shown_indented(tmp_path: Path) -> None:
    """Only the last lines; nothing if there is no log."""
    log = tmp_path / "a.log"
    assert last_lines(log) == ""
    log.write_text("".join(f"{n}\n" for n in range(30)))
    assert last_lines(log).splitlines()[0].strip() == "18"


async def test_somebody_at_a_terminal_reads_and_types(tmp_path: Path) -> None:
    """A question comes without the end of a line, the answer is read; leaving ends the program."""
    code = "name = input('who: '); print('good day,', name); import signal; signal.pause()"
    async with at_terminal(python(code, tmp_path)) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert await process.stdout.readexactly(5) == b"who: "
        process.stdin.write(b"Li\n")
        assert await process.stdout.readline() == b"good day, Li\n"
    assert process.returncode is not None
