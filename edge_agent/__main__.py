"""The commands of an edge: `edge-agent run | enrol | check-config | decode | …`.

A person's mistake gives a message that names what to do, never a traceback. Exit code 1: the
command did its work and the answer is no; 2: it was called or set up wrongly.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from access_core.errors import AccessControlError, SettingsError
from device_drivers.system_clock import SystemClock
from edge_agent.config import EdgeSettings, read_settings, settings_with_origin

if TYPE_CHECKING:
    from edge_agent.checks import Finding
    from edge_agent.commands.setup import Conversation, Place

app = typer.Typer(
    help="The edge agent of the campus gateway: one gate, deciding by itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", envvar="EDGE_CONFIG", help="Settings file, TOML.")
]
_DEFAULT_CONFIG = Path("/etc/campus-gateway/edge.toml")
_DEFAULT_STATE_DIR = Path("/var/lib/campus-gateway/edge")
_DEV = Path("/dev")
_ANSWER_NO = 1
_WRONG_USE = 2
_Answer = TypeVar("_Answer")


def main() -> None:
    """Run the command given on the command line."""
    app()


@app.command()
def run(config: ConfigOption = _DEFAULT_CONFIG) -> None:
    """Serve the gate until told to stop (SIGTERM, Ctrl-C)."""
    from edge_agent.program_log import configure_log  # noqa: PLC0415 - only this command logs

    settings, clock = _settings(config), SystemClock()
    configure_log(settings.log.level, clock)
    _finish(_serve(settings, config, clock))


@app.command()
def setup(
    replace: Annotated[bool, typer.Option("--replace", help="Write over the old file.")] = False,
    state_dir: Annotated[
        Path, typer.Option(help="Folder for key, rules and journal.")
    ] = _DEFAULT_STATE_DIR,
    ca_file: Annotated[
        Path | None, typer.Option(help="Certificate authority of the centre, PEM.")
    ] = None,
    devices: Annotated[Path, typer.Option(help="Where to look for ports and cameras.")] = _DEV,
    config: ConfigOption = _DEFAULT_CONFIG,
) -> None:
    """Ask what a new gate needs, enrol it, write its settings file and check everything."""
    from edge_agent.commands.setup import Conversation, Place  # noqa: PLC0415 - as run starts fast

    place = Place(
        file=config,
        state_dir=state_dir.absolute(),
        ca_file=None if ca_file is None else ca_file.absolute(),
        may_replace=replace,
    )
    is_all_ok = _finish(_set_up(place, devices, Conversation(ask=_ask, say=print)))
    print("start the gate: systemctl enable --now edge-agent (or: edge-agent run)")
    if not is_all_ok:
        raise typer.Exit(_ANSWER_NO)


@app.command()
def enrol(
    code: Annotated[str, typer.Option(help="One-time code shown by the centre.")],
    config: ConfigOption = _DEFAULT_CONFIG,
) -> None:
    """Make this edge known to the centre, once."""
    settings = _settings(config)
    edge_id, site_id = _finish(_enrol(settings, code))
    print(f"enrolled as {edge_id} at site {site_id}; start the gate with `edge-agent run`")
    if edge_id != settings.edge.id:
        _fail(f'{config}: edge.id: is "{settings.edge.id}". Write id = "{edge_id}"')


@app.command("check-config")
def check_config(file: Annotated[Path, typer.Argument(help="Settings file, TOML.")]) -> None:
    """Check a settings file and print every value with where it comes from."""
    for key, value, origin in settings_with_origin(_settings(file)):
        print(f"{key} = {value!s}  ({origin})")


@app.command()
def decode(
    images: Annotated[list[Path], typer.Argument(help="Image files, or folders of them.")],
) -> None:
    """Read QR codes in images: one line an image, with file, payloads and milliseconds."""
    from edge_agent.commands.decode import decode_images  # noqa: PLC0415 - loads the camera library

    if not decode_images(images):
        raise typer.Exit(_ANSWER_NO)


@app.command("verify-pass")
def verify_pass(
    text: Annotated[str, typer.Argument(help="The text of a pass, beginning with CP1:")],
    config: ConfigOption = _DEFAULT_CONFIG,
) -> None:
    """Say what this gate would do with a pass now, offline, with every reason in words."""
    from edge_agent.commands.verify_pass import explain  # noqa: PLC0415 - as run starts fast

    lines, is_granted = _finish(explain(_settings(config), text, SystemClock()))
    print("\n".join(lines))
    if not is_granted:
        raise typer.Exit(_ANSWER_NO)


@app.command("show-snapshot")
def show_snapshot(config: ConfigOption = _DEFAULT_CONFIG) -> None:
    """Show the rules this edge holds."""
    from edge_agent.commands.show_snapshot import snapshot_lines  # noqa: PLC0415 - as above

    print("\n".join(_finish(snapshot_lines(_settings(config), SystemClock()))))


@app.command("export-journal")
def export_journal(
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes.")] = False,
    config: ConfigOption = _DEFAULT_CONFIG,
) -> None:
    """Write the journal as JSON lines with sequence and hash, checking the chain on the way."""
    from edge_agent.commands.export_journal import export  # noqa: PLC0415 - as above

    count = _finish(export(_settings(config), sys.stdout, sys.stderr, follows=follow))
    print(f"{count} events, chain unbroken", file=sys.stderr)


@app.command("osdp-install")
def osdp_install(
    device: Annotated[str, typer.Argument(help="Name of the reader or door in the settings.")],
    minutes: Annotated[
        float, typer.Option(min=0.1, max=30, help="How long to try; it ends by itself.")
    ] = 5,
    address_now: Annotated[
        int | None, typer.Option(min=0, max=126, help="Its address now, if another; often 0.")
    ] = None,
    baud_now: Annotated[
        int | None, typer.Option(help="Its baud rate now, if another; often 9600.")
    ] = None,
    config: ConfigOption = _DEFAULT_CONFIG,
) -> None:
    """Give a device on an OSDP line this site's key. Stop the agent before, stand at the device."""
    from device_drivers.osdp_bus.install import Found  # noqa: PLC0415 - as run starts fast
    from edge_agent.commands.osdp_install import install_device  # noqa: PLC0415 - as above

    found = Found(address_now, baud_now)
    work = install_device(_settings(config), str(config), device, found, minutes, SystemClock())
    print(_finish(work))


@app.command("self-test")
def self_test(config: ConfigOption = _DEFAULT_CONFIG) -> None:
    """Check clock, disk, keys, rules, link and devices, one line each."""
    if not _finish(_self_test(_settings(config), config)):
        raise typer.Exit(_ANSWER_NO)


@app.command("console-code")
def console_code(config: ConfigOption = _DEFAULT_CONFIG) -> None:
    """Print a one-time code for the console in the browser of this machine."""
    from edge_agent.commands.console_code import code_lines  # noqa: PLC0415 - as above

    try:
        print("\n".join(code_lines(_settings(config), SystemClock())))
    except OSError as error:
        _fail(str(error))


async def _serve(settings: EdgeSettings, config: Path, clock: SystemClock) -> None:
    from edge_agent.bootstrap import edge_agent  # noqa: PLC0415 - needs every part

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with edge_agent(settings, config, clock) as agent:
        await agent.run(stop)


async def _enrol(settings: EdgeSettings, code: str) -> tuple[str, str]:
    from edge_agent.bootstrap import transport_to_centre  # noqa: PLC0415 - needs every part
    from edge_agent.link.enrolment import enrol as enrol_with  # noqa: PLC0415 - as above

    transport = transport_to_centre(settings, SystemClock(), None)
    try:
        response = await enrol_with(transport, settings.edge.state_dir, code)
    finally:
        await transport.close()
    return response.edge_id, response.site_id


async def _self_test(settings: EdgeSettings, config: Path) -> bool:
    from edge_agent.self_test import findings  # noqa: PLC0415 - needs every part

    return await _printed(findings(settings, config, SystemClock()))


async def _set_up(place: "Place", devices: Path, talk: "Conversation") -> bool:
    from edge_agent.commands import setup as gate_setup  # noqa: PLC0415 - needs every part
    from edge_agent.commands.found_devices import find_devices  # noqa: PLC0415 - as above

    clock = SystemClock()
    settings = await gate_setup.set_up(place, find_devices(devices), talk, clock)
    return await _printed(gate_setup.checked(settings, place.file, clock))


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        _fail("\nthere is nobody to answer; run it at a terminal")


async def _printed(found: AsyncIterator["Finding"]) -> bool:
    """Each finding as soon as it is there; whether all is well."""
    is_all_ok = True
    async for finding in found:
        is_all_ok = is_all_ok and finding.is_ok
        print(f"{'ok   ' if finding.is_ok else 'FAULT'}  {finding.name}: {finding.detail.en}")
        if finding.cure.en:
            print(f"       {finding.cure.en}")
    return is_all_ok


def _settings(path: Path) -> EdgeSettings:
    try:
        return read_settings(path)
    except* SettingsError as group:
        _fail("\n".join(str(error) for error in group.exceptions))


def _finish(work: Coroutine[object, object, _Answer]) -> _Answer:
    """Run to the end; what a person can mend becomes a message."""
    try:
        return asyncio.run(work)
    except (AccessControlError, OSError) as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(_WRONG_USE)


if __name__ == "__main__":
    main()
