"""The centre's settings: one TOML file, typed, read once; unknown keys are refused.

Nothing else reads files of settings. Every error is a `SettingsError` that names file, key and
cure; `deploy/central/central.example.toml` shows every key.
"""

import re
import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from access_core.errors import SettingsError
from central_server.language import Language


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone; write e.g. Asia/Shanghai") from error
    return name


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("write scheme, host and port only, e.g. https://gateway.example.edu")
    return url.rstrip("/")


def _clock_time(text: str) -> str:
    if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", text) is None:
        raise ValueError("write hours and minutes, 00:00 to 24:00, e.g. 06:30")
    return text


def _address(text: str) -> str:
    ip_address(text)
    return text


class ServerSettings(_Section):
    """Where the centre listens and how the world reaches it."""

    host: str = "127.0.0.1"
    """Address to listen on; nginx in front of it is what the network sees."""
    port: int = Field(default=8400, ge=1, le=65535)
    """Port to listen on."""
    public_url: Annotated[str, AfterValidator(_origin)] = "http://127.0.0.1:8400"
    """As people and edges write it; forms posted from another origin are refused."""
    trusted_proxies: tuple[Annotated[str, AfterValidator(_address)], ...] = ()
    """Addresses whose X-Forwarded-For is believed."""

    @model_validator(mode="after")
    def _plain_http_stays_at_home(self) -> Self:
        parts = urlsplit(self.public_url)
        if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise ValueError("public_url must begin with https:// unless it is a loopback address")
        return self


class DatabaseSettings(_Section):
    """Where data lies."""

    url: str = ""
    """As SQLAlchemy has it; empty: an SQLite file in `state_dir`."""


class SiteSettings(_Section):
    """The campus."""

    id: str = Field(default="campus", pattern=r"^[a-z0-9-]{1,32}$")
    """Short name in keys and messages; never changed afterwards."""
    name_zh: str = Field(default="校园", min_length=1, max_length=40)
    """Name shown on pages, Chinese."""
    name_en: str = Field(default="Campus", min_length=1, max_length=40)
    """Name shown on pages, English."""
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    """Zone of every clock time on pages and in schedules."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of every clock on the site."""
        return ZoneInfo(self.time_zone)

    def name(self, language: Language) -> str:
        """What the campus is called."""
        return self.name_zh if language is Language.ZH else self.name_en


class SessionSettings(_Section):
    """How long a sign-in lasts."""

    idle_min: int = Field(default=15, ge=1, le=480)
    """A sign-in ends after so many minutes without a request."""
    absolute_h: int = Field(default=8, ge=1, le=24)
    """A sign-in ends after so many hours in any case."""
    link_h: int = Field(default=24, ge=1, le=168)
    """How long a one-time link is good for."""


class LimitSettings(_Section):
    """So often a minute from one address."""

    sign_in_per_min: int = Field(default=6, ge=1)
    """Attempts to sign in."""
    booking_per_min: int = Field(default=10, ge=1)
    """Booking forms posted."""
    enrol_per_min: int = Field(default=6, ge=1)
    """Attempts to enrol an edge."""


class LanguageSettings(_Section):
    """The language for those who ask for none that we have."""

    default: Language = Language.ZH
    """`zh` or `en`."""


class EdgeSettings(_Section):
    """What edges are given and when they count as offline."""

    rules_lifetime_h: int = Field(default=168, ge=1, le=2160)
    """An edge that hears nothing for so long calls its rules stale."""
    rules_refresh_h: int = Field(default=24, ge=1)
    """Rules are signed anew at least so often."""
    enrol_code_min: int = Field(default=15, ge=1, le=1440)
    """How long a code for enrolling an edge is good for, minutes."""
    offline_after_s: int = Field(default=90, ge=5)
    """An edge that was not heard for so long is shown as offline, s."""


class LongestStaySettings(_Section):
    """How long a visit may last, hours, by what the visitor comes for."""

    meeting: int = Field(default=12, ge=1, le=168)
    """To a meeting or a person, h."""
    event: int = Field(default=16, ge=1, le=168)
    """To an event, lecture or exhibition, h."""
    family: int = Field(default=24, ge=1, le=168)
    """To a family member, h."""
    interview: int = Field(default=12, ge=1, le=168)
    """To an interview or examination, h."""
    delivery: int = Field(default=4, ge=1, le=168)
    """With a delivery, h."""
    works: int = Field(default=16, ge=1, le=168)
    """For works, repair or service, h."""
    other: int = Field(default=12, ge=1, le=168)
    """For something else, h."""


class VisitSettings(_Section):
    """What a visitor may book, and how long people may take to decide."""

    lead_min: int = Field(default=0, ge=0, le=10_080)
    """Minutes between booking and arrival; 0 lets a visitor at the gate book."""
    furthest_days: int = Field(default=30, ge=0, le=365)
    """How many days ahead a visit may be booked; 0: for today only."""
    shortest_stay_min: int = Field(default=15, ge=5, le=60)
    """A visit shorter than this is not worth a pass, minutes."""
    longest_stay_h: LongestStaySettings = LongestStaySettings()
    open_from: Annotated[str, AfterValidator(_clock_time)] = "00:00"
    """Visitors come from this time of the day on."""
    open_until: Annotated[str, AfterValidator(_clock_time)] = "24:00"
    """Visitors are gone by this time of the day; `00:00` to `24:00` is around the clock."""
    most_companions: int = Field(default=4, ge=0, le=50)
    """How many may come along on one booking."""
    answer_within_min: int = Field(default=60, ge=5, le=10_080)
    """A host has at least so many minutes to answer, even for a visit that has begun."""
    undo_within_min: int = Field(default=10, ge=1, le=1440)
    """A decision can be taken back for so many minutes."""

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.open_from >= self.open_until:
            raise ValueError("visits.open_from must be before visits.open_until")
        return self


class Settings(_Section):
    """All settings of the centre."""

    state_dir: Path = Path("/var/lib/campus-gateway/central")
    """Signing keys and, by default, the database; belongs to the service alone."""
    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    site: SiteSettings = SiteSettings()
    sessions: SessionSettings = SessionSettings()
    limits: LimitSettings = LimitSettings()
    languages: LanguageSettings = LanguageSettings()
    edges: EdgeSettings = EdgeSettings()
    visits: VisitSettings = VisitSettings()

    @model_validator(mode="after")
    def _refreshed_before_stale(self) -> Self:
        if self.edges.rules_refresh_h >= self.edges.rules_lifetime_h:
            raise ValueError("edges.rules_refresh_h must be below edges.rules_lifetime_h")
        return self

    @property
    def database_url(self) -> str:
        """The configured database, or the SQLite file in `state_dir`."""
        return self.database.url or f"sqlite+aiosqlite:///{self.state_dir / 'central.sqlite3'}"

    @property
    def is_https(self) -> bool:
        """Whether people reach the centre by HTTPS."""
        return self.server.public_url.startswith("https://")


def load_settings(path: Path) -> Settings:
    """The settings in `path`; SettingsError names file, key and cure."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            file=str(path),
            key="(file)",
            problem=f"cannot be read: {error.strerror}",
            cure="Give the path of a settings file that this account may read",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            file=str(path), key="(file)", problem=f"is not TOML: {error}", cure="Correct that line"
        ) from error
    return parse_settings(raw, str(path))


def parse_settings(raw: dict[str, object], file: str) -> Settings:
    """Settings from parsed TOML; `file` is only named in errors."""
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "(file)"
        if first["type"] == "extra_forbidden":
            raise SettingsError(
                file=file,
                key=key,
                problem="is not a setting",
                cure=f"Remove it, or write one of: {_siblings(first['loc'])}",
            ) from error
        raise SettingsError(
            file=file,
            key=key,
            problem=f"{first['input']!r} cannot be used",
            cure=first["msg"].removeprefix("Value error, "),
        ) from error


def _siblings(location: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = Settings
    for part in location[:-1]:
        annotation = model.model_fields[str(part)].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return ", ".join(sorted(model.model_fields))
