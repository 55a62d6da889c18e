"""`edge-agent setup`: a new gate from five answers, written, enrolled and checked.

It asks for what only a person can know. Names follow the centre's rule, which its page of the
gate shows; what is plugged in is found and offered by number.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from access_core.clock import Clock
from access_core.errors import SettingsError
from device_drivers.transports.serial_settings import SerialLineSettings
from edge_agent.checks import RULES, Finding
from edge_agent.commands.found_devices import FoundDevices
from edge_agent.commands.settings_text import (
    Device,
    NewGate,
    quoted,
    settings_text,
    write_settings,
)
from edge_agent.config import CentreSection, EdgeSettings
from edge_agent.link.enrolment import enrol
from edge_agent.link.identity import load_identity
from edge_agent.link.transport import CentreRefused, Transport
from edge_agent.self_test import findings

ADDRESS: Final = "Address of the centre"
CODE: Final = "Enrolment code (the gate's page at the centre makes it)"
READER_IN: Final = "Reader of the way in"
READER_OUT: Final = "Reader of the way out"
DOOR: Final = "Turnstile"
DOOR_BAUD: Final = 19_200
"""What most lane boards are set to; a scanner has the 9600 of its driver."""
_EDGE: Final = "edge-"
_TRIES: Final = 5
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """With the technician, at a terminal."""

    ask: Callable[[str], str]
    say: Callable[[str], None]

    def until_good(self, question: str, read: Callable[[str], _Answer]) -> _Answer:
        """Ask until `read` is content. Raises SettingsError after too many tries."""
        for _ in range(_TRIES):
            try:
                return read(self.ask(f"{question}: ").strip())
            except ValueError as error:
                self.say(f"  {error}")
        raise _ended(question, "there was no answer that does", "Run it again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the new gate's files are."""

    file: Path
    state_dir: Path
    ca_file: Path | None
    may_replace: bool


async def set_up(
    place: Place, found: FoundDevices, talk: Conversation, clock: Clock
) -> EdgeSettings:
    """Ask, enrol, write; the settings as written.

    Raises SettingsError, CentreUnavailable, OSError; an existing file is left alone unless it
    may be replaced.
    """
    if place.file.exists() and not place.may_replace:
        raise SettingsError(
            file=str(place.file),
            key="-",
            problem="is there already",
            cure="Edit it, or run `edge-agent setup --replace`",
        )
    url = talk.until_good(ADDRESS, _url)
    edge_id = await _enrolled(place, url, talk, clock)
    talk.say(f"  enrolled as {edge_id}")
    reader_in = _choose(talk, READER_IN, _readers(found), is_needed=True)
    found = _without(found, reader_in)
    reader_out = _choose(talk, READER_OUT, _readers(found), is_needed=False)
    door = _choose(talk, DOOR, _doors(_without(found, reader_out)), is_needed=True)
    if reader_in is None or door is None:
        raise _ended(READER_IN, "a gate needs a reader and a turnstile", "Plug them in")
    gate = NewGate(
        edge_id=edge_id,
        gate_id=edge_id.removeprefix(_EDGE),
        state_dir=place.state_dir,
        url=url,
        ca_file=place.ca_file,
        reader_in=reader_in,
        reader_out=reader_out,
        door=door,
    )
    settings = write_settings(place.file, settings_text(gate))
    talk.say(f"  written to {place.file}")
    return settings


async def checked(settings: EdgeSettings, file: Path, clock: Clock) -> AsyncIterator[Finding]:
    """The self-test of a gate that has not run yet: it has no rules, and will fetch them."""
    async for finding in findings(settings, file, clock):
        if finding.name != RULES.name:
            yield finding


async def _enrolled(place: Place, url: str, talk: Conversation, clock: Clock) -> str:
    """The name the centre knows this edge by; asked for a code only if it has none yet."""
    known = load_identity(place.state_dir)
    if known is not None:
        return known.edge_id
    try:
        transport = Transport(url, clock, signer=None, ca_file=place.ca_file)
    except OSError as error:
        cure = "Name a file with the certificate authority in PEM"
        raise _ended("--ca-file", f"cannot be read: {error}", cure) from error
    try:
        for _ in range(_TRIES):
            code = talk.until_good(CODE, _not_empty)
            try:
                return (await enrol(transport, place.state_dir, code)).edge_id
            except CentreRefused as refused:
                talk.say(f"  {refused}; make a new code on the gate's page")
    finally:
        await transport.close()
    raise _ended(CODE, "no code was accepted", "Make a new one on the gate's page at the centre")


def _choose(
    talk: Conversation, question: str, choices: Sequence[tuple[str, Device]], *, is_needed: bool
) -> Device | None:
    """One of `choices` by its number, with another speed behind it if wanted; Enter is none."""
    if not choices:
        if is_needed:
            raise _ended(question, "nothing is plugged in that could be it", "Plug it in")
        return None
    for number, (label, _) in enumerate(choices, 1):
        talk.say(f"  {number}  {label}")
    hint = "" if is_needed else ", or Enter for none"
    return talk.until_good(
        f"{question}, 1 to {len(choices)}{hint}",
        lambda typed: _chosen(typed, choices, is_needed=is_needed),
    )


def _chosen(typed: str, choices: Sequence[tuple[str, Device]], *, is_needed: bool) -> Device | None:
    if not typed and not is_needed:
        return None
    number, _, baud = typed.partition(" ")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= len(choices)):
        raise ValueError(f"write a number from 1 to {len(choices)}")
    device = choices[int(number) - 1][1]
    if not baud:
        return device
    port = dict(device.keys).get("line.port")
    if port is None or not (baud.isascii() and baud.isdigit()):
        raise ValueError(f"write `{number}`, or with the speed of a port `{number} 115200`")
    try:
        SerialLineSettings.model_validate({"port": port, "baud": int(baud)})
    except ValidationError as error:
        raise ValueError(f"{baud} is no speed of a port: {error.errors()[0]['msg']}") from error
    keys = tuple((name, value) for name, value in device.keys if name != "line.baud")
    return Device(kind=device.kind, keys=(*keys, ("line.baud", baud)))


def _readers(found: FoundDevices) -> list[tuple[str, Device]]:
    cameras = [
        (f"camera {path}", Device(kind="qr_camera", keys=(("source", quoted(_source(path))),)))
        for path in found.cameras
    ]
    scanners = [
        (f"scanner at {path}", Device(kind="serial_scanner", keys=(("line.port", quoted(path)),)))
        for path in found.ports
    ]
    return [*cameras, *scanners]


def _doors(found: FoundDevices) -> list[tuple[str, Device]]:
    return [
        (
            f"lane board (Modbus, {DOOR_BAUD}) at {path}",
            Device(
                kind="modbus_turnstile",
                keys=(("line.port", quoted(path)), ("line.baud", str(DOOR_BAUD))),
            ),
        )
        for path in found.ports
    ]


def _without(found: FoundDevices, chosen: Device | None) -> FoundDevices:
    """What is left to choose from: one port has one device."""
    taken = set() if chosen is None else {value for _, value in chosen.keys}
    return FoundDevices(
        ports=tuple(path for path in found.ports if quoted(path) not in taken),
        cameras=tuple(path for path in found.cameras if quoted(_source(path)) not in taken),
    )


def _source(camera: Path) -> str:
    """A camera's node, or a folder into which frames are put, as `source` has them."""
    return f"spool:{camera}" if camera.is_dir() else str(camera)


def _url(typed: str) -> str:
    address = typed if "://" in typed else f"https://{typed}"
    try:
        return CentreSection(url=address).url
    except ValidationError as error:
        raise ValueError(f"{address} {error.errors()[0]['msg']}") from error


def _not_empty(typed: str) -> str:
    if not typed:
        raise ValueError("write something")
    return typed


def _ended(key: str, problem: str, cure: str) -> SettingsError:
    return SettingsError(file="edge-agent setup", key=key, problem=problem, cure=cure)
