"""What each reader of a lane shows, and until when."""

import pytest

from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import Direction
from access_core.ids import DeviceId
from edge_agent.gate import feedback
from edge_agent.gate.commands import ShowAtReader
from edge_agent.gate.display import Display, standing
from edge_agent.gate.door_table import DoorMode
from edge_agent.gate.held_open import Stage
from tests.builders import READER_IN, READER_OUT
from tests.facts import AT

READY = feedback.ready(Direction.ENTRY)
GO = feedback.go(Direction.ENTRY)


def _holds(shown: ShowFeedback = READY) -> dict[DeviceId, ShowFeedback]:
    return {READER_IN: shown, READER_OUT: shown}


@pytest.mark.parametrize(
    ("mode", "stage", "is_busy", "signal"),
    [
        (DoorMode.LOCKED, Stage.QUIET, False, Signal.READY),
        (DoorMode.RELEASED, Stage.QUIET, True, Signal.GO),
        (DoorMode.UNKNOWN, Stage.QUIET, False, Signal.STOP),
        (DoorMode.OUT_OF_ORDER, Stage.QUIET, False, Signal.STOP),
        (DoorMode.LOCKED, Stage.WARNED, False, Signal.WAIT),
        (DoorMode.FREE, Stage.ALARMED, True, Signal.EMERGENCY),
    ],
)
def test_what_holds_follows_from_the_lane(
    mode: DoorMode, stage: Stage, signal: Signal, *, is_busy: bool
) -> None:
    """An emergency before all, then a fault, then an open door, then whoever is let through."""
    shown = standing(
        mode, stage, READER_IN, is_busy=is_busy, at=READER_IN, direction=Direction.ENTRY
    )
    assert shown.signal is signal


def test_only_the_reader_of_the_grant_says_go() -> None:
    """At the other end of the lane one waits."""
    other = standing(
        DoorMode.RELEASED,
        Stage.QUIET,
        READER_IN,
        is_busy=True,
        at=READER_OUT,
        direction=Direction.EXIT,
    )
    assert other.signal is Signal.WAIT


def test_the_way_out_stays_ready_when_the_lane_is_out_of_order() -> None:
    """Out as ever: only the way in is closed."""
    out = standing(
        DoorMode.OUT_OF_ORDER,
        Stage.QUIET,
        None,
        is_busy=False,
        at=READER_OUT,
        direction=Direction.EXIT,
    )
    assert out.signal is Signal.READY


def test_an_answer_stays_for_its_time_and_then_what_holds_is_told_once() -> None:
    """A refusal is not wiped by the next look; after its time the reader is ready again."""
    display = Display([READER_IN])
    refusal = feedback.fault(Direction.ENTRY)
    command = ShowAtReader(reader=READER_IN, feedback=refusal)
    assert display.follow([command], lambda _: READY, AT) == []
    over = display.next_deadline()
    assert over == AT.plus_ms(refusal.show_ms)
    (told,) = display.follow([], lambda _: READY, over)
    assert told.feedback.signal is Signal.READY
    assert told.feedback.show_ms == 0
    assert display.follow([], lambda _: READY, over.plus_ms(1)) == []


def test_go_ends_with_the_lane_and_everything_with_an_emergency() -> None:
    """Nobody is told to go through a lane that is closed again."""
    display = Display([READER_IN])
    display.follow([ShowAtReader(reader=READER_IN, feedback=GO)], lambda _: GO, AT)
    (told,) = display.follow([], lambda _: READY, AT.plus_ms(1))
    assert told.feedback.signal is Signal.READY
    display.follow(
        [ShowAtReader(reader=READER_IN, feedback=feedback.fault(Direction.ENTRY))],
        lambda _: READY,
        AT.plus_ms(2),
    )
    emergency = feedback.emergency(Direction.ENTRY)
    (told,) = display.follow([], lambda _: emergency, AT.plus_ms(3))
    assert told.feedback.signal is Signal.EMERGENCY


def test_a_reader_that_comes_back_is_told_anew() -> None:
    """Nobody knows what a device shows that was without power."""
    display = Display([READER_IN, READER_OUT])
    holds = _holds()
    assert len(display.follow([], holds.__getitem__, AT)) == 2
    assert display.follow([], holds.__getitem__, AT) == []
    display.forget(READER_OUT)
    (told,) = display.follow([], holds.__getitem__, AT)
    assert told.reader == READER_OUT
    display.forget()
    assert len(display.follow([], holds.__getitem__, AT)) == 2
