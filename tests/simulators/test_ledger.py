"""The account of what happened against the product's log."""

from collections.abc import Callable

import pytest

from access_core.model.access_event import AccessEventKind
from simulators.ledger import Happening, LaneWitness, LoggedEvent, What, reconcile
from simulators.turnstile_lane import Oracle, Way

KINDS = [
    (AccessEventKind.EDGE_STARTED, None),
    (AccessEventKind.ACCESS_GRANTED, Way.ENTRY),
    (AccessEventKind.ACCESS_TAKEN, Way.ENTRY),
    (AccessEventKind.ACCESS_DENIED, Way.ENTRY),
    (AccessEventKind.ACCESS_GRANTED, Way.EXIT),
    (AccessEventKind.ACCESS_NOT_TAKEN, Way.EXIT),
    (AccessEventKind.FIRE_ACTIVATED, None),
    (AccessEventKind.FREE_PASSAGE, Way.EXIT),
]
TRUTH = [
    Happening(What.LET_IN, Way.ENTRY, 1),
    Happening(What.PASSED, Way.ENTRY, 2),
    Happening(What.REFUSED, Way.ENTRY, 3),
    Happening(What.LET_IN, Way.EXIT, 4),
    Happening(What.NOT_TAKEN, None, 5),
    Happening(What.FIRE, None, 6),
    Happening(What.PASSED, Way.EXIT, 7),
]


def log() -> list[LoggedEvent]:
    """The log that says what is true."""
    return [LoggedEvent(number, kind, way) for number, (kind, way) in enumerate(KINDS, start=1)]


def test_a_true_log_has_nothing_lost_or_doubled() -> None:
    """Every happening once; events that no hardware can witness do not disturb."""
    account = reconcile(TRUTH, log())
    assert (account.delivered, account.lost, account.doubled) == (8, 0, 0)
    assert account.differences == ()


@pytest.mark.parametrize("index", range(1, len(KINDS)))
def test_each_lost_event_is_found(index: int) -> None:
    """Whatever witnessed line is taken out of the log, one is counted as lost."""
    lines = log()
    del lines[index]
    account = reconcile(TRUTH, lines)
    assert (account.lost, account.doubled) == (1, 0)
    assert account.differences[0].startswith("lost: ")


def _renumbered(line: LoggedEvent) -> LoggedEvent:
    return LoggedEvent(99, line.kind, line.way)


@pytest.mark.parametrize("again", [lambda line: line, _renumbered])
@pytest.mark.parametrize("index", range(1, len(KINDS)))
def test_each_doubled_event_is_found(
    index: int, again: Callable[[LoggedEvent], LoggedEvent]
) -> None:
    """A line that stands in the log twice is doubled, under its own or a new number."""
    lines = log()
    lines.append(again(lines[index]))
    account = reconcile(TRUTH, lines)
    assert (account.lost, account.doubled) == (0, 1)


def test_a_line_of_the_wrong_kind_is_lost_and_doubled() -> None:
    """A refusal logged as a grant cannot pass for the truth."""
    lines = [e for e in log() if e.kind is not AccessEventKind.ACCESS_DENIED]
    lines.append(LoggedEvent(4, AccessEventKind.ACCESS_GRANTED, Way.ENTRY))
    account = reconcile(TRUTH, lines)
    assert (account.lost, account.doubled) == (1, 1)


def test_the_witness_tells_each_move_of_the_oracle_once() -> None:
    """Counters that moved become happenings; looking again adds nothing."""
    oracle = Oracle()
    witness = LaneWitness(oracle)
    oracle.releases_entry += 1
    witness.look(1)
    oracle.rotations_entry += 1
    witness.look(2)
    witness.look(3)
    oracle.releases_entry += 1
    oracle.not_taken += 1
    oracle.fire_freed += 1
    witness.look(4)
    assert [(h.what, h.way, h.wall_ms) for h in witness.happenings] == [
        (What.PASSED, Way.ENTRY, 2),
        (What.FIRE, None, 4),
        (What.NOT_TAKEN, None, 4),
    ]


def test_a_release_that_ends_after_a_step_back_is_told_once() -> None:
    """Stepping back is one happening; the end of that release is not another."""
    oracle = Oracle()
    witness = LaneWitness(oracle)
    oracle.releases_entry += 1
    witness.look(1)
    oracle.stepped_back += 1
    witness.look(2)
    oracle.secured += 1
    witness.look(3)
    assert [h.what for h in witness.happenings] == [What.STEPPED_BACK]
