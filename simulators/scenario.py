"""Scenario files: who comes, what they do, what breaks, and what must come of it.

A scenario is a TOML file: people, then steps in order. The same file and the same seed give the
same steps. Unknown keys are refused with file, key and cure.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from access_core.errors import SettingsError
from simulators.turnstile_lane import Way

_STRICT = ConfigDict(extra="forbid", frozen=True)
OPENS = "opens"
"""What `expect` says when the lane must give way; anything else is a reason code."""
MAX_PEOPLE = 500
MAX_STEPS = 5_000


class Visitor(BaseModel):
    """Somebody who will book."""

    model_config = _STRICT

    name: str = Field(min_length=1, max_length=40)
    """Who, in the steps of this file."""
    area: Literal["main", "north"] = "main"
    """Which area they visit; the simulated gate leads into `main`."""
    stay_min: int = Field(default=120, ge=15, le=720)
    """Length of the visit, minutes. Default 120."""
    phone: Literal["plain", "browser"] = "plain"
    """`browser` uses the real pages in headless Chromium; `plain` posts the same forms and
    makes the codes by itself. Default plain."""


class Crowd(BaseModel):
    """People who are made up: they book, come, and do as the chances say."""

    model_config = _STRICT

    people: int = Field(ge=1, le=MAX_PEOPLE)
    """How many."""
    stays: float = Field(default=0.1, ge=0, le=1)
    """Chance that somebody is let in and does not walk. Default 0.1."""
    steps_back: float = Field(default=0.1, ge=0, le=1)
    """Chance that somebody begins to go through and steps back. Default 0.1."""
    shows_twice: float = Field(default=0.1, ge=0, le=1)
    """Chance that somebody hands the same code back to the next. Default 0.1."""
    forges: float = Field(default=0.05, ge=0, le=1)
    """Chance of a code signed with a key of one's own. Default 0.05."""
    leaves: float = Field(default=0.5, ge=0, le=1)
    """Chance that somebody who entered leaves again. Default 0.5."""


class _Step(BaseModel):
    model_config = _STRICT


class Book(_Step):
    """`who` fills in the booking page."""

    do: Literal["book"]
    who: str


class Approve(_Step):
    """The host approves the visit of `who`."""

    do: Literal["approve"]
    who: str


class OpenPass(_Step):
    """`who` opens the pass on the phone."""

    do: Literal["open_pass"]
    who: str


class KeepCode(_Step):
    """`who` makes a screenshot of the code that is shown now."""

    do: Literal["keep_code"]
    who: str


class Withdraw(_Step):
    """The host takes the approval back; the edge is waited for."""

    do: Literal["withdraw"]
    who: str


class Shorten(_Step):
    """The host ends the visit of `who` early, as early as the page lets them."""

    do: Literal["shorten"]
    who: str


class Show(_Step):
    """`who` holds a code up to the reader of one direction."""

    do: Literal["show"]
    who: str
    code: Literal["live", "kept", "again", "forged"] = "live"
    """`live`: shown by the phone now, never used before; `kept`: the screenshot; `again`: the
    code this person showed last; `forged`: signed with a key of one's own. Default live."""
    at: Way = Way.ENTRY
    """Direction. Default entry."""
    expect: str = OPENS
    """`opens`, or the reason code of the refusal."""
    then: Literal["walk", "stay", "step_back"] = "walk"
    """What the person does when the lane gives way. Default walk."""
    edge_dies: bool = False
    """The edge is killed (SIGKILL) while the person is walking through. Default false."""


class Walk(_Step):
    """Somebody walks up to the lane without showing anything."""

    do: Literal["walk"]
    at: Way = Way.ENTRY
    expect: Literal["through", "blocked"]


class Centre(_Step):
    """The centre's process is ended or started."""

    do: Literal["centre"]
    to: Literal["stopped", "running"]


class Edge(_Step):
    """The edge's process is killed (SIGKILL) or started."""

    do: Literal["edge"]
    to: Literal["killed", "running"]


class Fire(_Step):
    """The fire contact at the lane opens (`on`) or is well again."""

    do: Literal["fire"]
    on: bool


class TurnResetKey(_Step):
    """Security staff turns the reset key at the lane."""

    do: Literal["turn_reset_key"]


class WaitUntil(_Step):
    """Nothing is done until something is so: time passes, or the edge has delivered."""

    do: Literal["wait_until"]
    what: Literal["pass_is_over", "kept_code_is_old", "all_is_delivered"]
    who: str = ""
    """Whose pass or code; empty for `all_is_delivered`."""


Step: TypeAlias = Annotated[
    Book
    | Approve
    | OpenPass
    | KeepCode
    | Withdraw
    | Shorten
    | Show
    | Walk
    | Centre
    | Edge
    | Fire
    | TurnResetKey
    | WaitUntil,
    Field(discriminator="do"),
]


class Scenario(BaseModel):
    """One scenario file."""

    model_config = _STRICT

    title: str = Field(min_length=1, max_length=80)
    """What it shows, in a few words."""
    lane_pace: float = Field(default=1.0, ge=0.1, le=2.0)
    """How slow the lane is: 1.0 has real rotor times, 0.1 is ten times as fast. Default 1.0."""
    visitors: tuple[Visitor, ...] = Field(default=(), max_length=MAX_PEOPLE)
    """People named in the steps."""
    steps: tuple[Step, ...] = Field(default=(), max_length=MAX_STEPS)
    """What happens, in order."""
    crowd: Crowd | None = None
    """Made-up people who come after the steps."""


def load(path: Path) -> Scenario:
    """The scenario in `path`.

    Raises:
        SettingsError: the file cannot be read, is not TOML, has an unknown key or a senseless
            value, or a step names somebody who is not in it; says which key and what to write.
    """
    file = str(path)
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            file=file,
            key="-",
            problem=f"cannot be read ({error.strerror})",
            cure="Give the path of a scenario file; examples are in simulators/scenarios",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            file=file, key="-", problem=f"is not TOML: {error}", cure="Mend that line"
        ) from error
    return read(given, file)


def read(given: dict[str, Any], file: str) -> Scenario:
    """The scenario in the table `given`, which stands in `file`; errors as in `load`."""
    try:
        scenario = Scenario.model_validate(given)
    except ValidationError as error:
        raise _first_problem(error, file) from error
    _check_names(scenario, file)
    return scenario


def _first_problem(error: ValidationError, file: str) -> SettingsError:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return SettingsError(
            file=file,
            key=key,
            problem="is not a known key",
            cure="Remove it or correct its spelling; docs/how_to/run_the_demo.md lists the keys",
        )
    return SettingsError(
        file=file,
        key=key or "-",
        problem=f"{first['msg']} (given: {first.get('input')!r:.60})",
        cure="Write a value as docs/how_to/run_the_demo.md describes it",
    )


def _check_names(scenario: Scenario, file: str) -> None:
    names = [visitor.name for visitor in scenario.visitors]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise SettingsError(
                file=file,
                key=f"visitors.{index}.name",
                problem=f"{name!r} is there twice",
                cure="Give each visitor a name of their own",
            )
    for index, step in enumerate(scenario.steps):
        who = getattr(step, "who", "")
        if who and who not in names:
            raise SettingsError(
                file=file,
                key=f"steps.{index}.who",
                problem=f"no visitor is called {who!r}",
                cure=f"Name one of: {', '.join(names) or 'none is given, add [[visitors]]'}",
            )
        if isinstance(step, WaitUntil) and bool(who) == (step.what == "all_is_delivered"):
            raise SettingsError(
                file=file,
                key=f"steps.{index}.who",
                problem=f"{step.what} {'needs nobody' if who else 'needs somebody'}",
                cure="Remove `who`" if who else "Write whose with `who`",
            )
