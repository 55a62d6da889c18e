"""The door as a table: mode x happening -> mode, what is recorded, what the door is told.

Theory. The mode is what this program believes of the lane, never what it wishes. It changes only
by a happening, and the table below is the only place that says how; a pair that is not listed
changes nothing, records nothing and tells the door nothing.

Whether a grant is open is a second, separate fact (`lane.Grant`), because a fire or a lost
line does not undo what was decided: the outcome of every grant is recorded once, whatever
happens to the lane meanwhile. Happenings that depend on it come in two kinds (`PASSAGE_GRANTED`
and `PASSAGE_UNGRANTED`, `DOOR_READY` and `DOOR_READY_AWAITED`).

Three things cannot be found in the table, and that is its point: nothing but a grant releases;
nothing but a person's reset ends `free`; and no row is caused by the link to the centre.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from access_core.model.access_event import AccessEventKind as Kind


class DoorMode(StrEnum):
    """What the lane is believed to be."""

    LOCKED = "locked"
    RELEASING = "releasing"
    """Granted; the release has gone to the door, which has not answered yet."""
    RELEASED = "released"
    """Waiting for the person to go through."""
    IN_PASSAGE = "in_passage"
    FREE = "free"
    """Fire: free both ways until a person resets it."""
    UNKNOWN = "unknown"
    """The door does not answer."""


class Happening(StrEnum):
    """What can change a mode, as `lane` tells it from events."""

    GRANTED = "granted"
    RELEASE_ANSWERED = "release_answered"
    """The door confirmed or accepted, or the line died: it may be open."""
    RELEASE_FAILED = "release_failed"
    """The door refused, or the release was not sent in time: it is not open."""
    RECORD_FAILED = "record_failed"
    """The grant is not on disk in time and the policy says refuse."""
    PASSAGE_STARTED = "passage_started"
    """Somebody began to go through, in the granted direction."""
    PASSAGE_GRANTED = "passage_granted"
    """Somebody went through in the direction of the open grant."""
    PASSAGE_UNGRANTED = "passage_ungranted"
    """Somebody went through, and no open grant covers it."""
    PASSAGE_REVERSED = "passage_reversed"
    """The person with the open grant stepped back."""
    TIME_OVER = "time_over"
    """The deadline of the open grant is reached."""
    FIRE = "fire"
    FIRE_RESET = "fire_reset"
    """A person turned the reset key, and the fire contact is back."""
    DOOR_LOST = "door_lost"
    DOOR_READY = "door_ready"
    """The door answers (again), and no grant is open."""
    DOOR_READY_AWAITED = "door_ready_awaited"
    """The door answers again while a grant is open: somebody may be going through."""


class DoorAction(StrEnum):
    """What the door is told."""

    RELEASE = "release"
    SECURE = "secure"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Transition:
    """One cell of the table."""

    mode: DoorMode
    """The mode from now on."""
    records: Kind | None = None
    action: DoorAction | None = None


_M, _H, _A, _T = DoorMode, Happening, DoorAction, Transition

TABLE: Final[Mapping[tuple[DoorMode, Happening], Transition]] = {
    (_M.LOCKED, _H.GRANTED): _T(_M.RELEASING, Kind.ACCESS_GRANTED, _A.RELEASE),
    (_M.LOCKED, _H.PASSAGE_UNGRANTED): _T(_M.LOCKED, Kind.DOOR_FORCED),
    (_M.LOCKED, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.LOCKED, _H.DOOR_LOST): _T(_M.UNKNOWN),
    # ------------------------------------------------------------------ granted, not yet answered
    (_M.RELEASING, _H.RELEASE_ANSWERED): _T(_M.RELEASED),
    (_M.RELEASING, _H.RELEASE_FAILED): _T(_M.LOCKED, Kind.RELEASE_FAILED),
    (_M.RELEASING, _H.RECORD_FAILED): _T(_M.LOCKED, Kind.ACCESS_DENIED),
    (_M.RELEASING, _H.PASSAGE_STARTED): _T(_M.IN_PASSAGE),
    (_M.RELEASING, _H.PASSAGE_GRANTED): _T(_M.LOCKED, Kind.ACCESS_TAKEN),
    (_M.RELEASING, _H.PASSAGE_UNGRANTED): _T(_M.RELEASING, Kind.DOOR_FORCED),
    (_M.RELEASING, _H.PASSAGE_REVERSED): _T(_M.LOCKED, Kind.ACCESS_REVERSED, _A.SECURE),
    (_M.RELEASING, _H.TIME_OVER): _T(_M.LOCKED, Kind.ACCESS_OUTCOME_UNKNOWN, _A.SECURE),
    (_M.RELEASING, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.RELEASING, _H.DOOR_LOST): _T(_M.UNKNOWN),
    # ------------------------------------------------------------------ waiting for the passage
    (_M.RELEASED, _H.PASSAGE_STARTED): _T(_M.IN_PASSAGE),
    (_M.RELEASED, _H.PASSAGE_GRANTED): _T(_M.LOCKED, Kind.ACCESS_TAKEN),
    (_M.RELEASED, _H.PASSAGE_UNGRANTED): _T(_M.RELEASED, Kind.DOOR_FORCED),
    (_M.RELEASED, _H.PASSAGE_REVERSED): _T(_M.LOCKED, Kind.ACCESS_REVERSED, _A.SECURE),
    (_M.RELEASED, _H.TIME_OVER): _T(_M.LOCKED, Kind.ACCESS_NOT_TAKEN, _A.SECURE),
    (_M.RELEASED, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.RELEASED, _H.DOOR_LOST): _T(_M.UNKNOWN),
    # ------------------------------------------------------------------ somebody is in the lane
    (_M.IN_PASSAGE, _H.PASSAGE_GRANTED): _T(_M.LOCKED, Kind.ACCESS_TAKEN),
    (_M.IN_PASSAGE, _H.PASSAGE_UNGRANTED): _T(_M.IN_PASSAGE, Kind.DOOR_FORCED),
    (_M.IN_PASSAGE, _H.PASSAGE_REVERSED): _T(_M.LOCKED, Kind.ACCESS_REVERSED, _A.SECURE),
    (_M.IN_PASSAGE, _H.TIME_OVER): _T(_M.LOCKED, Kind.ACCESS_OUTCOME_UNKNOWN, _A.SECURE),
    (_M.IN_PASSAGE, _H.RELEASE_FAILED): _T(_M.LOCKED, Kind.RELEASE_FAILED),
    (_M.IN_PASSAGE, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.IN_PASSAGE, _H.DOOR_LOST): _T(_M.UNKNOWN),
    # ------------------------------------------------------------------ fire
    (_M.FREE, _H.RELEASE_FAILED): _T(_M.FREE, Kind.RELEASE_FAILED),
    (_M.FREE, _H.RECORD_FAILED): _T(_M.FREE, Kind.ACCESS_DENIED),
    (_M.FREE, _H.PASSAGE_GRANTED): _T(_M.FREE, Kind.ACCESS_TAKEN),
    (_M.FREE, _H.PASSAGE_UNGRANTED): _T(_M.FREE, Kind.FREE_PASSAGE),
    (_M.FREE, _H.PASSAGE_REVERSED): _T(_M.FREE, Kind.ACCESS_REVERSED),
    (_M.FREE, _H.TIME_OVER): _T(_M.FREE, Kind.ACCESS_NOT_TAKEN),
    (_M.FREE, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.FREE, _H.FIRE_RESET): _T(_M.LOCKED, Kind.FIRE_RESET, _A.SECURE),
    # A board that lost its power has forgotten that it is free; the fire is not over for that.
    (_M.FREE, _H.DOOR_READY): _T(_M.FREE, None, _A.FREE),
    (_M.FREE, _H.DOOR_READY_AWAITED): _T(_M.FREE, None, _A.FREE),
    # ------------------------------------------------------------------ the door does not answer
    (_M.UNKNOWN, _H.RELEASE_FAILED): _T(_M.UNKNOWN, Kind.RELEASE_FAILED),
    (_M.UNKNOWN, _H.RECORD_FAILED): _T(_M.UNKNOWN, Kind.ACCESS_DENIED),
    (_M.UNKNOWN, _H.PASSAGE_GRANTED): _T(_M.UNKNOWN, Kind.ACCESS_TAKEN),
    (_M.UNKNOWN, _H.PASSAGE_UNGRANTED): _T(_M.UNKNOWN, Kind.DOOR_FORCED),
    (_M.UNKNOWN, _H.PASSAGE_REVERSED): _T(_M.UNKNOWN, Kind.ACCESS_REVERSED),
    (_M.UNKNOWN, _H.TIME_OVER): _T(_M.UNKNOWN, Kind.ACCESS_OUTCOME_UNKNOWN),
    (_M.UNKNOWN, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.UNKNOWN, _H.DOOR_READY): _T(_M.LOCKED),
    # Nothing is sent: the lane may still be released from before, and IN_PASSAGE waits it out.
    (_M.UNKNOWN, _H.DOOR_READY_AWAITED): _T(_M.IN_PASSAGE),
}

OUTCOMES: Final = frozenset(
    {
        Kind.ACCESS_TAKEN,
        Kind.ACCESS_NOT_TAKEN,
        Kind.ACCESS_REVERSED,
        Kind.ACCESS_OUTCOME_UNKNOWN,
        Kind.RELEASE_FAILED,
        Kind.ACCESS_DENIED,
    }
)
"""What can become of a grant; each ends it. A grant that is denied after all was not recorded in
time."""


def transition(mode: DoorMode, happening: Happening) -> Transition:
    """The cell of the table; for a pair not listed, one that changes nothing."""
    return TABLE.get((mode, happening), Transition(mode))


def render() -> str:
    """The table as Markdown with a drawing; `docs/door_table.md` is exactly this."""
    return "\n".join(
        [
            "# The door table",
            "",
            "Made from `edge_agent/gate/door_table.py` by `make docs`; edit that file, not this.",
            "",
            "What one lane is believed to be, and what changes it. A pair that is not listed",
            "changes nothing, records nothing and tells the door nothing.",
            "",
            *_drawing(),
            "",
            *_rows(),
            "",
        ]
    )


def _drawing() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {DoorMode.UNKNOWN}"]
    arrows: dict[tuple[DoorMode, DoorMode], list[Happening]] = {}
    for (mode, happening), cell in TABLE.items():
        if cell.mode is not mode:
            arrows.setdefault((mode, cell.mode), []).append(happening)
    for (before, after), happenings in arrows.items():
        lines.append(f"    {before} --> {after}: {', '.join(happenings)}")
    return [*lines, "```"]


def _rows() -> list[str]:
    lines = [
        "| Mode | Happening | Mode from then on | Recorded | The door is told |",
        "| --- | --- | --- | --- | --- |",
    ]
    for (mode, happening), cell in TABLE.items():
        after = "stays" if cell.mode is mode else cell.mode.value
        records, action = cell.records or "–", cell.action or "–"
        lines.append(f"| {mode} | {happening} | {after} | {records} | {action} |")
    return lines
