"""What a lane says of its inputs and counters, and what that means."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.clock import Instant
from access_core.devices.events import (
    DeviceEvent,
    Direction,
    DoorAlarm,
    DoorContactChanged,
    FaultChanged,
    FireInputChanged,
    LaneAlarm,
    Origin,
    PassageSensed,
    TamperChanged,
)
from access_core.ids import DeviceId
from device_drivers.mqtt_lane.codec import Counts
from device_drivers.mqtt_lane.lane_watch import LaneWatch, events_of

ORIGIN = partial(Origin, device=DeviceId("d"), epoch=1, sequence=1, at=Instant(0, 0))
IN, OUT = Direction.ENTRY, Direction.EXIT


def test_an_input_is_told_when_it_changes_and_not_again() -> None:
    """Levels said twice change nothing; all begin at rest."""
    watch = LaneWatch()
    assert watch.saw_inputs({"fire": False, "tamper": True}) == [("tamper", True)]
    assert watch.saw_inputs({"fire": False, "tamper": True}) == []
    assert watch.saw_inputs({"fire": True, "tamper": False}) == [("fire", True), ("tamper", False)]
    assert [(i.name, i.is_active) for i in watch.inputs()] == [("fire", True), ("tamper", False)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("fire", FireInputChanged),
        ("door_contact", DoorContactChanged),
        ("tamper", TamperChanged),
        ("fault", FaultChanged),
        ("alarm_tailgating", DoorAlarm),
    ],
)
def test_inputs_with_a_meaning_are_events(name: str, kind: type[DeviceEvent]) -> None:
    """Each input the program knows is its own event, both ways; others are only shown."""
    for is_on in (True, False):
        (event,) = events_of((name, is_on), ORIGIN)
        assert isinstance(event, kind)
    assert events_of(("lamp", True), ORIGIN) == []


def test_an_alarm_says_of_what_kind_it_is() -> None:
    """The lane's own word for it is kept."""
    (event,) = events_of(("alarm_wrong_direction", True), ORIGIN)
    assert isinstance(event, DoorAlarm)
    assert (event.kind, event.is_active) == (LaneAlarm.WRONG_DIRECTION, True)


def test_what_was_counted_before_the_first_report_has_not_just_happened() -> None:
    """The first report is the beginning; passages are told from there on."""
    watch = LaneWatch()
    assert watch.saw_counts("b", Counts(7, 2), is_report=False) == []
    assert watch.saw_counts("b", Counts(8, 2), is_report=True) == []
    assert watch.saw_counts("b", Counts(9, 3), is_report=False) == [IN, OUT]


def test_passages_during_a_loss_are_told_once() -> None:
    """A report after the loss brings them; the late messages about them bring nothing more."""
    watch = LaneWatch()
    watch.saw_counts("b", Counts(1, 0), is_report=True)
    assert watch.saw_counts("b", Counts(3, 0), is_report=True) == [IN, IN]
    assert watch.saw_counts("b", Counts(2, 0), is_report=False) == []
    assert watch.saw_counts("b", Counts(3, 0), is_report=False) == []


def test_a_restarted_controller_is_an_alarm_and_no_passage() -> None:
    """Counters that began anew are told as such, on and off, and nobody is counted."""
    watch = LaneWatch()
    watch.saw_counts("b1", Counts(500, 0), is_report=True)
    assert watch.saw_counts("b2", Counts(3, 0), is_report=True) == [None]
    assert [e.is_active for e in events_of(None, ORIGIN) if isinstance(e, DoorAlarm)] == [
        True,
        False,
    ]
    assert watch.saw_counts("b2", Counts(4, 0), is_report=False) == [IN]


def test_a_wild_count_is_not_believed() -> None:
    """A thousand passages at once are an alarm, not a crowd."""
    watch = LaneWatch()
    watch.saw_counts("b", Counts(0, 0), is_report=True)
    assert watch.saw_counts("b", Counts(5000, 0), is_report=True) == [None]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), max_size=30))
def test_no_passage_is_ever_doubled(said: list[tuple[int, int, bool]]) -> None:
    """However messages are repeated and reordered, the told passages are the highest counts."""
    watch = LaneWatch()
    watch.saw_counts("b", Counts(0, 0), is_report=True)
    told = [
        change
        for entry, exit_, is_report in said
        for change in watch.saw_counts("b", Counts(entry, exit_), is_report=is_report)
    ]
    assert told.count(IN) == max([entry for entry, _, _ in said], default=0)
    assert told.count(OUT) == max([exit_ for _, exit_, _ in said], default=0)


def test_a_passage_is_an_event() -> None:
    """With its direction."""
    (event,) = events_of(OUT, ORIGIN)
    assert isinstance(event, PassageSensed)
    assert event.direction is OUT
