"""What truly happened, held against what the product says happened.

The left side is written by the simulated hardware as it happens (`LaneWitness` at the rotor, the
performer at the reader) and knows nothing of the product's tables. The right side is an export
of the centre's access log. `reconcile` counts what is missing on the right (lost) and what is
there too often (doubled).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from access_core.model.access_event import AccessEventKind
from simulators.turnstile_lane import Oracle, Way


class What(StrEnum):
    """What can happen at a lane and must stand in the log once."""

    LET_IN = "let in"
    """A code was held up and the lane gave way."""
    REFUSED = "refused"
    """A code was held up and the lane stayed shut."""
    PASSED = "passed"
    """The rotor went round once."""
    NOT_TAKEN = "not taken"
    """The lane gave way and nobody went."""
    STEPPED_BACK = "stepped back"
    FIRE = "fire"
    FIRE_OVER = "fire over"
    RESET = "reset"
    """The key was turned after a fire and the lane locked."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `wall_ms`: milliseconds since 1970 UTC, by the hardware's clock."""

    what: What
    way: Way | None
    wall_ms: int


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One line of the product's log."""

    number: int
    """The log's own number of the event; no two events have the same."""
    kind: AccessEventKind
    way: Way | None


_MEANING: dict[AccessEventKind, What] = {
    AccessEventKind.ACCESS_GRANTED: What.LET_IN,
    AccessEventKind.ACCESS_DENIED: What.REFUSED,
    AccessEventKind.ACCESS_TAKEN: What.PASSED,
    # The edge was dead while the person walked: it knows the grant and says it knows no more.
    AccessEventKind.ACCESS_OUTCOME_UNKNOWN: What.PASSED,
    AccessEventKind.FREE_PASSAGE: What.PASSED,
    AccessEventKind.DOOR_FORCED: What.PASSED,
    AccessEventKind.WRONG_DIRECTION: What.PASSED,
    AccessEventKind.TAILGATING: What.PASSED,
    AccessEventKind.ACCESS_NOT_TAKEN: What.NOT_TAKEN,
    AccessEventKind.ACCESS_REVERSED: What.STEPPED_BACK,
    AccessEventKind.FIRE_ACTIVATED: What.FIRE,
    AccessEventKind.FIRE_CLEARED: What.FIRE_OVER,
    AccessEventKind.FIRE_RESET: What.RESET,
}
"""Kinds that the hardware can witness; the rest (a device lost, an edge started) it cannot."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How the log differs from what happened."""

    delivered: int
    """Different events in the log, of every kind."""
    lost: int
    doubled: int
    differences: tuple[str, ...]
    """In words: what is lost or doubled, and how often."""


def reconcile(happened: Iterable[Happening], logged: Sequence[LoggedEvent]) -> Reconciliation:
    """Count what is in one of the two and not in the other, by what happened and which way.

    An event that stands in the log twice under one number is doubled too.
    """
    numbers = Counter(event.number for event in logged)
    truth = Counter((h.what, h.way) for h in happened)
    claimed = Counter(
        (_MEANING[e.kind], e.way if _has_way(_MEANING[e.kind]) else None)
        for e in {event.number: event for event in logged}.values()
        if e.kind in _MEANING
    )
    missing, surplus = truth - claimed, claimed - truth
    repeats = numbers.total() - len(numbers)
    differences = [f"lost: {_in_words(*key)} x {count}" for key, count in missing.items()]
    differences += [f"doubled: {_in_words(*key)} x {count}" for key, count in surplus.items()]
    if repeats:
        differences.append(f"doubled: {repeats} lines stand in the log more than once")
    return Reconciliation(
        delivered=len(numbers),
        lost=missing.total(),
        doubled=surplus.total() + repeats,
        differences=tuple(differences),
    )


class LaneWitness:
    """Turns the oracle's counters at the rotor into happenings, as they move."""

    def __init__(self, oracle: Oracle) -> None:
        """`oracle` is that of one lane, at rest now."""
        self.happenings: list[Happening] = []
        self._oracle = oracle
        self._seen = Counter(_counters(oracle))
        self._has_stepped_back = False

    def look(self, wall_ms: int) -> None:
        """Note what has moved since the last look; call after every change of the lane."""
        present = Counter(_counters(self._oracle))
        moved, self._seen = present - self._seen, present
        if moved["releases"]:
            self._has_stepped_back = False
        if moved["stepped_back"]:
            self._has_stepped_back = True
            self._note(What.STEPPED_BACK, None, wall_ms)
        for way in Way:
            for _ in range(moved[f"rotations_{way}"]):
                self._note(What.PASSED, way, wall_ms)
        for _ in range(moved["fire_freed"]):
            self._note(What.FIRE, None, wall_ms)
        for _ in range(moved["relocked_after_fire"]):
            self._note(What.RESET, None, wall_ms)
        # A release that ends after somebody stepped back has been told already.
        for _ in range(moved["ended_empty"]):
            if not self._has_stepped_back:
                self._note(What.NOT_TAKEN, None, wall_ms)

    def _note(self, what: What, way: Way | None, wall_ms: int) -> None:
        self.happenings.append(Happening(what, way, wall_ms))


def _counters(oracle: Oracle) -> dict[str, int]:
    return {
        "releases": oracle.releases_entry + oracle.releases_exit,
        "rotations_entry": oracle.rotations_entry,
        "rotations_exit": oracle.rotations_exit,
        "ended_empty": oracle.not_taken + oracle.secured,
        "stepped_back": oracle.stepped_back,
        "fire_freed": oracle.fire_freed,
        "relocked_after_fire": oracle.relocked_after_fire,
    }


def _has_way(what: What) -> bool:
    return what in {What.LET_IN, What.REFUSED, What.PASSED}


def _in_words(what: What, way: Way | None) -> str:
    return f"{what} ({way})" if way else what
