"""The settings of one edge: one TOML file, read once, unknown keys refused.

One process serves one gate (one lane); a box with two lanes runs two processes with two files.
The driver part of a reader or a door is described by the driver's own settings model.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from access_core.errors import SettingsError
from device_drivers.registry import DOORS, READERS, DoorSettings, ReaderSettings
from device_drivers.transports.line_settings import SERIAL, TCP

_FORBID = ConfigDict(extra="forbid", frozen=True)
_NAME = r"^[A-Za-z0-9._-]{1,64}$"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_OWN_DOOR_KEYS = frozenset({"id"})
_OWN_READER_KEYS = frozenset({"id", "access_point"})


class EdgeSection(BaseModel):
    """Which edge this is and where it keeps its data."""

    model_config = _FORBID

    id: str = Field(pattern=_NAME)
    """The name the centre knows this edge by; the one it was enrolled with."""
    state_dir: Path
    """Folder for key, rules and journal, on a disk that survives a power cut. A path that is not
    absolute counts from the folder of the settings file."""


class CentreSection(BaseModel):
    """Where the centre is."""

    model_config = _FORBID

    url: str
    """`https://…`, without a path. Plain `http://` only to this same machine."""
    ca_file: Path | None = None
    """Certificate authority that signs the centre's certificate, PEM. Default: the system's."""

    @field_validator("url")
    @classmethod
    def _is_secure(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.hostname is None or parts.path not in {"", "/"} or parts.query:
            raise ValueError("is not an address like https://gate.example.edu")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("is not https://; plain http:// works to this same machine only")
        return url.rstrip("/")


class GateSection(BaseModel):
    """The gate this process serves, and its timings."""

    model_config = _FORBID

    id: str = Field(pattern=_NAME)
    """The gate as named in the rules."""
    wait_for_passage_s: float = Field(default=8.0, ge=1.0, le=60.0)
    """After a grant, wait this long for somebody to go through, s. Longer than the lane's own
    release time. Default 8."""
    in_passage_s: float = Field(default=15.0, ge=1.0, le=120.0)
    """A passage that began must end within this time, s. Default 15."""
    release_within_ms: int = Field(default=1000, ge=100, le=5000)
    """A release not sent within this time is not sent at all, ms. Default 1000."""
    record_deadline_ms: int = Field(default=300, ge=20, le=5000)
    """A grant must be on disk within this time, ms. Default 300."""
    when_record_fails: Literal["refuse", "open_and_flag"] = "refuse"
    """What to do at an entry when it is not: `refuse`, or open and record late. A way out is
    always opened. Default refuse."""
    held_open_warn_s: float = Field(default=10.0, ge=1.0, le=600.0)
    """A lane that stands open for so long asks the people in it to move on, s. Default 10."""
    held_open_s: float = Field(default=20.0, ge=2.0, le=900.0)
    """And for so long it is an alarm, s; longer than `held_open_warn_s`. Default 20."""
    following_ms: int = Field(default=3000, ge=0, le=30_000)
    """A second passage the same way within this time of a granted one, with no grant of its own,
    is tailgating; later it is a forced door, ms. Default 3000."""
    repeat_ms: int = Field(default=2000, ge=0, le=60_000)
    """The same credential at the same reader again within this time is the same presentation,
    ms. Default 2000."""
    passage_shown_by: Literal["sensor", "contact"] = "sensor"
    """What shows that somebody went through: the lane's `sensor`, or the door's `contact` opening
    during a grant, for doors that have no such sensor. Default sensor."""
    exit_button: Literal["off", "release"] = "off"
    """What the exit button does: nothing, or `release` the way out. Default off."""

    @model_validator(mode="after")
    def _warns_first(self) -> "GateSection":
        if self.held_open_s <= self.held_open_warn_s:
            raise ValueError("held_open_s must be longer than held_open_warn_s")
        return self


class ReaderSection(BaseModel):
    """One reader: its name, the access point it guards, and its driver's settings beside them."""

    model_config = _FORBID

    id: str = Field(pattern=_NAME)
    """Name of the reader, unique in this file."""
    access_point: str = Field(pattern=_NAME)
    """The access point it guards, as named in the rules."""
    device: ReaderSettings
    """`kind` and the other keys of that driver, written beside `id`."""

    @model_validator(mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return _with_device(given, _OWN_READER_KEYS)


class DoorSection(BaseModel):
    """The door: its name and its driver's settings beside it."""

    model_config = _FORBID

    id: str = Field(pattern=_NAME)
    """Name of the door, unique in this file."""
    device: DoorSettings
    """`kind` and the other keys of that driver, written beside `id`."""

    @model_validator(mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return _with_device(given, _OWN_DOOR_KEYS)


class LinkSection(BaseModel):
    """How the link to the centre behaves. None of it concerns a door."""

    model_config = _FORBID

    poll_wait_s: int = Field(default=25, ge=1, le=55)
    """The centre may hold a request for changes this long, s. Default 25."""
    status_every_s: float = Field(default=30.0, ge=1.0, le=600.0)
    """How often the edge says how it is, s. Default 30."""
    batch_events: int = Field(default=500, ge=1, le=500)
    """Most events in one batch. Default 500."""
    timeout_s: float = Field(default=10.0, ge=1.0, le=60.0)
    """A request without an answer for this long has failed, s. Default 10."""
    backoff_first_ms: int = Field(default=500, ge=10, le=60_000)
    """First wait after a failure, doubling with each, ms. Default 500."""
    backoff_longest_s: float = Field(default=60.0, ge=0.1, le=60.0)
    """Longest wait after failures, s. Default 60."""


class JournalSection(BaseModel):
    """The journal on disk."""

    model_config = _FORBID

    keep_days: int = Field(default=7, ge=7, le=3650)
    """Delivered events are kept this long, so that a restored centre can ask again. Default 7."""


class ConsoleSection(BaseModel):
    """Lane display, technician's console and metrics, on 127.0.0.1 only; no key opens them wider.

    A box with two lanes gives its second file another port.
    """

    model_config = _FORBID

    enabled: bool = True
    """Whether they are served at all. Default true."""
    port: int = Field(default=8480, ge=1024, le=65_535)
    """Port on 127.0.0.1. Default 8480."""
    first_language: Literal["zh", "en"] = "zh"
    """The language that stands first on the lane display, and in which the console opens.
    Default zh."""


class LogSection(BaseModel):
    """The program's own log, JSON lines on standard output."""

    model_config = _FORBID

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe line that is written. Default info."""


class EdgeSettings(BaseModel):
    """Everything an edge is told by its settings file."""

    model_config = _FORBID

    edge: EdgeSection
    centre: CentreSection
    gate: GateSection
    readers: tuple[ReaderSection, ...] = Field(min_length=1)
    door: DoorSection
    link: LinkSection = LinkSection()
    journal: JournalSection = JournalSection()
    log: LogSection = LogSection()
    console: ConsoleSection = ConsoleSection()

    @model_validator(mode="after")
    def _names_differ(self) -> "EdgeSettings":
        names = [self.door.id, *(reader.id for reader in self.readers)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the name {twice[0]!r} stands for two devices")
        return self


def read_settings(path: Path) -> EdgeSettings:
    """The settings in `path`.

    Raises an ExceptionGroup of SettingsError, one for each thing that is wrong, each naming
    file, key and cure.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _one(path, "-", "there is no such file", "Name an existing file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _one(path, "-", f"cannot be read: {error}", "Check owner and mode") from error
    except tomllib.TOMLDecodeError as error:
        raise _one(path, "-", f"is not TOML: {error}", "Correct that line") from error
    try:
        settings = EdgeSettings.model_validate(given)
    except ValidationError as error:
        problems = [_problem(path, details) for details in _own_faults(error.errors())]
        raise ExceptionGroup(f"{path}: {len(problems)} wrong", problems) from error
    return _from_folder(settings, path.parent)


def settings_with_origin(settings: EdgeSettings) -> Iterator[tuple[str, object, str]]:
    """(dotted key, value, `file` or `default`) for every setting, in the order of the file."""
    yield from _origins("", settings, is_given=True)


def _origins(prefix: str, model: BaseModel, *, is_given: bool) -> Iterator[tuple[str, object, str]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        key = prefix.rstrip(".") if name == "device" else f"{prefix}{name}"
        is_from_file = is_given and name in model.model_fields_set
        origin = "file" if is_from_file else "default"
        if isinstance(value, BaseModel):
            yield from _origins(f"{key}.", value, is_given=is_from_file)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                yield from _origins(f"{key}[{index}].", item, is_given=is_from_file)
        else:
            yield key, value, origin


def _with_device(given: object, own_keys: frozenset[str]) -> object:
    """The keys of a table sorted into ours and the driver's."""
    if not isinstance(given, dict):
        return given
    own: dict[str, Any] = {k: v for k, v in given.items() if k in own_keys}
    own["device"] = {k: v for k, v in given.items() if k not in own_keys}
    return own


def _from_folder(settings: EdgeSettings, folder: Path) -> EdgeSettings:
    edge = settings.edge.model_copy(
        update={"state_dir": folder.absolute() / settings.edge.state_dir}
    )
    centre = settings.centre
    if centre.ca_file is not None:
        centre = centre.model_copy(update={"ca_file": folder.absolute() / centre.ca_file})
    return settings.model_copy(update={"edge": edge, "centre": centre})


def _own_faults(found: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without those that only follow from others: a list is too short if its item is wrong."""
    return [
        details
        for details in found
        if details["type"] != "too_short"
        or not any(
            other is not details and other["loc"][: len(details["loc"])] == details["loc"]
            for other in found
        )
    ]


def _problem(path: Path, details: ErrorDetails) -> SettingsError:
    problem, cure = _in_words(details)
    return SettingsError(file=str(path), key=_key(details["loc"]), problem=problem, cure=cure)


def _key(location: tuple[int | str, ...]) -> str:
    """The key as a person writes it: no `device`, no name of a union's member."""
    parts: list[str] = []
    skip = False
    for part in location:
        if skip:
            skip = False
            # After `device` stands the kind of a union's member; a plain model's field is kept.
            if part in _KINDS:
                continue
        if part in _LINES:
            continue
        if part == "device":
            skip = True
        elif isinstance(part, int):
            parts[-1] += f"[{part}]"
        else:
            parts.append(part)
    return ".".join(parts) or "-"


_KINDS = frozenset({*READERS, *DOORS})
_LINES = frozenset({SERIAL, TCP})
"""What a line of settings is called inside the program."""


def _in_words(details: ErrorDetails) -> tuple[str, str]:
    """What is wrong, and what to write instead."""
    context = details.get("ctx", {})
    given = details.get("input")
    match details["type"]:
        case "missing":
            return "is missing", "Add it; every key is explained in the settings example"
        case "extra_forbidden":
            return "is not a known key", "Correct its spelling or remove it"
        case "literal_error" | "enum":
            return f"{given!r} is not possible", f"Write one of {context.get('expected')}"
        case "union_tag_invalid":
            expected = context.get("expected_tags")
            return f"kind {context.get('tag')!r} is not known", f"Write one of {expected}"
        case "union_tag_not_found":
            return "has no `kind`", "Add `kind`, the name of the driver"
        case "string_pattern_mismatch":
            return f"{given!r} is no name", "Use 1 to 64 letters, digits, dots, hyphens, underlines"
        case "value_error":
            return str(context.get("error", details["msg"])), "Correct it"
        case _:
            text = details["msg"]
            return f"{given!r} does not do", text[:1].upper() + text[1:]


def _one(path: Path, key: str, problem: str, cure: str) -> ExceptionGroup[SettingsError]:
    error = SettingsError(file=str(path), key=key, problem=problem, cure=cure)
    return ExceptionGroup(f"{path}: 1 wrong", [error])
