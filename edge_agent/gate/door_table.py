"""The door as a table: mode x happening -> mode, what is recorded, what the door is told.

Theory. The mode is what this program believes of the lane, never what it wishes. It changes only
by a happening, and the table below is the only place that says how; a pair that is not listed
changes nothing, records nothing and tells the door nothing.

Whether a grant is open is a second, separate fact (`lane.Grant`), because a fire, a lost line or
a fault does not undo what was decided: the outcome of every grant is recorded once, whatever
happens to the lane meanwhile. Happenings that depend on it come in kinds (`DOOR_READY` and
`DOOR_READY_AWAITED`), and so do those that depend on whether the door reports a fault.

A passage that no open grant covers is one of three things (`passages`): against the direction of
the open grant, or of one that ended a moment ago, it is the wrong way; close behind the person
of a grant and in the same direction it is tailgating; else the door was forced.

A door that stands open too long is not a mode: it may do so in any (`held_open`).

Three things cannot be found in the table, and that is its point: nothing but a grant or the exit
button releases; nothing but a person's reset ends `free`; and no row is caused by the link to the
centre.
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
    OUT_OF_ORDER = "out_of_order"
    """The door answers and says that it cannot be trusted: in by nobody, out as ever."""


class Happening(StrEnum):
    """What can change a mode, as `lane` tells it from events."""

    GRANTED = "granted"
    EXIT_BUTTON = "exit_button"
    """Somebody inside asks to be let out, and nobody else is being let through."""
    RELEASE_ANSWERED = "release_answered"
    """The door confirmed or accepted."""
    RELEASE_UNCERTAIN = "release_uncertain"
    """The line died between command and answer: the lane may be open."""
    RELEASE_FAILED = "release_failed"
    """The door refused, or the release was not sent in time: it is not open."""
    RECORD_FAILED = "record_failed"
    """The grant is not on disk in time and the policy says refuse."""
    PASSAGE_STARTED = "passage_started"
    """Somebody began to go through, in the granted direction."""
    PASSAGE_GRANTED = "passage_granted"
    """Somebody went through in the direction of the open grant."""
    PASSAGE_UNGRANTED = "passage_ungranted"
    """Somebody went through, and no grant explains it."""
    PASSAGE_AGAINST = "passage_against"
    """Somebody went through against the direction of a grant."""
    PASSAGE_FOLLOWING = "passage_following"
    """Somebody went through close behind the person of a grant."""
    OPENED_UNGRANTED = "opened_ungranted"
    """The door left its closed position while nobody was let through."""
    PASSAGE_REVERSED = "passage_reversed"
    """The person with the open grant stepped back."""
    TIME_OVER = "time_over"
    """The deadline of the open grant is reached."""
    FIRE = "fire"
    FIRE_RESET = "fire_reset"
    """A person turned the reset key, and the fire contact is back."""
    FIRE_RESET_FAULTY = "fire_reset_faulty"
    """The same, and the door reports a fault."""
    FAULT = "fault"
    """The door says of itself that it cannot do its work."""
    FAULT_OVER = "fault_over"
    """It can again, and no grant is open."""
    FAULT_OVER_AWAITED = "fault_over_awaited"
    """It can again, while a grant is open."""
    DOOR_LOST = "door_lost"
    DOOR_READY = "door_ready"
    """The door answers (again), and no grant is open."""
    DOOR_READY_FAULTY = "door_ready_faulty"
    """The door answers again, and has not taken back that it cannot do its work."""
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
    (_M.LOCKED, _H.EXIT_BUTTON): _T(_M.RELEASING, Kind.EXIT_REQUESTED, _A.RELEASE),
    (_M.LOCKED, _H.PASSAGE_UNGRANTED): _T(_M.LOCKED, Kind.DOOR_FORCED),
    (_M.LOCKED, _H.PASSAGE_AGAINST): _T(_M.LOCKED, Kind.WRONG_DIRECTION),
    (_M.LOCKED, _H.PASSAGE_FOLLOWING): _T(_M.LOCKED, Kind.TAILGATING),
    (_M.LOCKED, _H.OPENED_UNGRANTED): _T(_M.LOCKED, Kind.DOOR_FORCED),
    (_M.LOCKED, _H.FAULT): _T(_M.OUT_OF_ORDER, Kind.OUT_OF_ORDER),
    (_M.LOCKED, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.LOCKED, _H.DOOR_LOST): _T(_M.UNKNOWN),
    # ------------------------------------------------------------------ granted, not yet answered
    (_M.RELEASING, _H.RELEASE_ANSWERED): _T(_M.RELEASED),
    # Not `released`: if nobody is seen to pass, nobody knows whether it was open.
    (_M.RELEASING, _H.RELEASE_UNCERTAIN): _T(_M.RELEASING),
    (_M.RELEASING, _H.RELEASE_FAILED): _T(_M.LOCKED, Kind.RELEASE_FAILED),
    (_M.RELEASING, _H.RECORD_FAILED): _T(_M.LOCKED, Kind.ACCESS_DENIED),
    (_M.RELEASING, _H.PASSAGE_STARTED): _T(_M.IN_PASSAGE),
    (_M.RELEASING, _H.PASSAGE_GRANTED): _T(_M.LOCKED, Kind.ACCESS_TAKEN),
    (_M.RELEASING, _H.PASSAGE_AGAINST): _T(_M.RELEASING, Kind.WRONG_DIRECTION),
    (_M.RELEASING, _H.PASSAGE_FOLLOWING): _T(_M.RELEASING, Kind.TAILGATING),
    (_M.RELEASING, _H.PASSAGE_REVERSED): _T(_M.LOCKED, Kind.ACCESS_REVERSED, _A.SECURE),
    (_M.RELEASING, _H.TIME_OVER): _T(_M.LOCKED, Kind.ACCESS_OUTCOME_UNKNOWN, _A.SECURE),
    (_M.RELEASING, _H.FAULT): _T(_M.OUT_OF_ORDER, Kind.OUT_OF_ORDER),
    (_M.RELEASING, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.RELEASING, _H.DOOR_LOST): _T(_M.UNKNOWN),
    # ------------------------------------------------------------------ waiting for the passage
    (_M.RELEASED, _H.PASSAGE_STARTED): _T(_M.IN_PASSAGE),
    (_M.RELEASED, _H.PASSAGE_GRANTED): _T(_M.LOCKED, Kind.ACCESS_TAKEN),
    (_M.RELEASED, _H.PASSAGE_AGAINST): _T(_M.RELEASED, Kind.WRONG_DIRECTION),
    (_M.RELEASED, _H.PASSAGE_FOLLOWING): _T(_M.RELEASED, Kind.TAILGATING),
    (_M.RELEASED, _H.PASSAGE_REVERSED): _T(_M.LOCKED, Kind.ACCESS_REVERSED, _A.SECURE),
    (_M.RELEASED, _H.TIME_OVER): _T(_M.LOCKED, Kind.ACCESS_NOT_TAKEN, _A.SECURE),
    (_M.RELEASED, _H.FAULT): _T(_M.OUT_OF_ORDER, Kind.OUT_OF_ORDER),
    (_M.RELEASED, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.RELEASED, _H.DOOR_LOST): _T(_M.UNKNOWN),
    # ------------------------------------------------------------------ somebody is in the lane
    (_M.IN_PASSAGE, _H.PASSAGE_GRANTED): _T(_M.LOCKED, Kind.ACCESS_TAKEN),
    (_M.IN_PASSAGE, _H.PASSAGE_AGAINST): _T(_M.IN_PASSAGE, Kind.WRONG_DIRECTION),
    (_M.IN_PASSAGE, _H.PASSAGE_FOLLOWING): _T(_M.IN_PASSAGE, Kind.TAILGATING),
    (_M.IN_PASSAGE, _H.PASSAGE_REVERSED): _T(_M.LOCKED, Kind.ACCESS_REVERSED, _A.SECURE),
    (_M.IN_PASSAGE, _H.TIME_OVER): _T(_M.LOCKED, Kind.ACCESS_OUTCOME_UNKNOWN, _A.SECURE),
    (_M.IN_PASSAGE, _H.RELEASE_FAILED): _T(_M.LOCKED, Kind.RELEASE_FAILED),
    (_M.IN_PASSAGE, _H.FAULT): _T(_M.OUT_OF_ORDER, Kind.OUT_OF_ORDER),
    (_M.IN_PASSAGE, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.IN_PASSAGE, _H.DOOR_LOST): _T(_M.UNKNOWN),
    # ------------------------------------------------------------------ fire
    (_M.FREE, _H.RELEASE_FAILED): _T(_M.FREE, Kind.RELEASE_FAILED),
    (_M.FREE, _H.RECORD_FAILED): _T(_M.FREE, Kind.ACCESS_DENIED),
    (_M.FREE, _H.PASSAGE_GRANTED): _T(_M.FREE, Kind.ACCESS_TAKEN),
    (_M.FREE, _H.PASSAGE_UNGRANTED): _T(_M.FREE, Kind.FREE_PASSAGE),
    (_M.FREE, _H.PASSAGE_AGAINST): _T(_M.FREE, Kind.FREE_PASSAGE),
    (_M.FREE, _H.PASSAGE_FOLLOWING): _T(_M.FREE, Kind.FREE_PASSAGE),
    (_M.FREE, _H.PASSAGE_REVERSED): _T(_M.FREE, Kind.ACCESS_REVERSED),
    (_M.FREE, _H.TIME_OVER): _T(_M.FREE, Kind.ACCESS_NOT_TAKEN),
    (_M.FREE, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.FREE, _H.FIRE_RESET): _T(_M.LOCKED, Kind.FIRE_RESET, _A.SECURE),
    (_M.FREE, _H.FIRE_RESET_FAULTY): _T(_M.OUT_OF_ORDER, Kind.FIRE_RESET, _A.SECURE),
    (_M.FREE, _H.FAULT): _T(_M.FREE, Kind.OUT_OF_ORDER),
    (_M.FREE, _H.FAULT_OVER): _T(_M.FREE, Kind.BACK_IN_ORDER),
    (_M.FREE, _H.FAULT_OVER_AWAITED): _T(_M.FREE, Kind.BACK_IN_ORDER),
    # A board that lost its power has forgotten that it is free; the fire is not over for that.
    (_M.FREE, _H.DOOR_READY): _T(_M.FREE, None, _A.FREE),
    (_M.FREE, _H.DOOR_READY_AWAITED): _T(_M.FREE, None, _A.FREE),
    (_M.FREE, _H.DOOR_READY_FAULTY): _T(_M.FREE, None, _A.FREE),
    # ------------------------------------------------------------------ the door does not answer
    (_M.UNKNOWN, _H.RELEASE_FAILED): _T(_M.UNKNOWN, Kind.RELEASE_FAILED),
    (_M.UNKNOWN, _H.RECORD_FAILED): _T(_M.UNKNOWN, Kind.ACCESS_DENIED),
    (_M.UNKNOWN, _H.PASSAGE_GRANTED): _T(_M.UNKNOWN, Kind.ACCESS_TAKEN),
    (_M.UNKNOWN, _H.PASSAGE_UNGRANTED): _T(_M.UNKNOWN, Kind.DOOR_FORCED),
    (_M.UNKNOWN, _H.PASSAGE_AGAINST): _T(_M.UNKNOWN, Kind.WRONG_DIRECTION),
    (_M.UNKNOWN, _H.PASSAGE_FOLLOWING): _T(_M.UNKNOWN, Kind.TAILGATING),
    (_M.UNKNOWN, _H.PASSAGE_REVERSED): _T(_M.UNKNOWN, Kind.ACCESS_REVERSED),
    (_M.UNKNOWN, _H.TIME_OVER): _T(_M.UNKNOWN, Kind.ACCESS_OUTCOME_UNKNOWN),
    (_M.UNKNOWN, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.UNKNOWN, _H.FAULT): _T(_M.UNKNOWN, Kind.OUT_OF_ORDER),
    (_M.UNKNOWN, _H.FAULT_OVER): _T(_M.UNKNOWN, Kind.BACK_IN_ORDER),
    (_M.UNKNOWN, _H.FAULT_OVER_AWAITED): _T(_M.UNKNOWN, Kind.BACK_IN_ORDER),
    (_M.UNKNOWN, _H.DOOR_READY): _T(_M.LOCKED),
    (_M.UNKNOWN, _H.DOOR_READY_FAULTY): _T(_M.OUT_OF_ORDER),
    # Nothing is sent: the lane may still be released from before, and IN_PASSAGE waits it out.
    (_M.UNKNOWN, _H.DOOR_READY_AWAITED): _T(_M.IN_PASSAGE),
    # ------------------------------------------------------------------ the door reports a fault
    # Only a way out is granted here; what a sensor in doubt says of it is recorded all the same.
    (_M.OUT_OF_ORDER, _H.GRANTED): _T(_M.OUT_OF_ORDER, Kind.ACCESS_GRANTED, _A.RELEASE),
    (_M.OUT_OF_ORDER, _H.EXIT_BUTTON): _T(_M.OUT_OF_ORDER, Kind.EXIT_REQUESTED, _A.RELEASE),
    (_M.OUT_OF_ORDER, _H.RELEASE_FAILED): _T(_M.OUT_OF_ORDER, Kind.RELEASE_FAILED),
    (_M.OUT_OF_ORDER, _H.RECORD_FAILED): _T(_M.OUT_OF_ORDER, Kind.ACCESS_DENIED),
    (_M.OUT_OF_ORDER, _H.PASSAGE_GRANTED): _T(_M.OUT_OF_ORDER, Kind.ACCESS_TAKEN),
    (_M.OUT_OF_ORDER, _H.PASSAGE_UNGRANTED): _T(_M.OUT_OF_ORDER, Kind.DOOR_FORCED),
    (_M.OUT_OF_ORDER, _H.PASSAGE_AGAINST): _T(_M.OUT_OF_ORDER, Kind.WRONG_DIRECTION),
    (_M.OUT_OF_ORDER, _H.PASSAGE_FOLLOWING): _T(_M.OUT_OF_ORDER, Kind.TAILGATING),
    (_M.OUT_OF_ORDER, _H.PASSAGE_REVERSED): _T(_M.OUT_OF_ORDER, Kind.ACCESS_REVERSED, _A.SECURE),
    (_M.OUT_OF_ORDER, _H.OPENED_UNGRANTED): _T(_M.OUT_OF_ORDER, Kind.DOOR_FORCED),
    (_M.OUT_OF_ORDER, _H.TIME_OVER): _T(_M.OUT_OF_ORDER, Kind.ACCESS_OUTCOME_UNKNOWN, _A.SECURE),
    (_M.OUT_OF_ORDER, _H.FAULT_OVER): _T(_M.LOCKED, Kind.BACK_IN_ORDER),
    (_M.OUT_OF_ORDER, _H.FAULT_OVER_AWAITED): _T(_M.IN_PASSAGE, Kind.BACK_IN_ORDER),
    (_M.OUT_OF_ORDER, _H.FIRE): _T(_M.FREE, Kind.FIRE_ACTIVATED, _A.FREE),
    (_M.OUT_OF_ORDER, _H.DOOR_LOST): _T(_M.UNKNOWN),
}

GRANTS: Final = frozenset({Kind.ACCESS_GRANTED, Kind.EXIT_REQUESTED})
"""What lets somebody through; each gets one of `OUTCOMES`."""

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
