"""What a peripheral's own contacts mean."""

from access_core.clock import Instant
from access_core.devices.events import (
    DeviceEvent,
    DoorContactChanged,
    ExitRequested,
    FaultChanged,
    Origin,
    TamperChanged,
)
from access_core.ids import DeviceId
from device_drivers.lane.points import Point
from device_drivers.osdp_bus.reports import InputsTold, ReaderStatusTold, Report, StatusTold
from device_drivers.osdp_bus.wires import Wires

NOW = Instant(mono_ns=10**9, wall_ms=0)


def origin(at: Instant) -> Origin:
    """Of some device."""
    return Origin(device=DeviceId("door"), epoch=1, sequence=0, at=at)


def told(wires: Wires, report: Report) -> list[DeviceEvent]:
    """The events of one report."""
    return list(wires.events(report, origin))


def test_a_pressed_button_asks_for_exit_once() -> None:
    """Told on the way down, at the first sealed answer."""
    wires = Wires((Point.EXIT_BUTTON, Point.DOOR_CONTACT))
    wires.resume(InputsTold(NOW, (False, False)))
    (event,) = told(wires, InputsTold(NOW.plus_ms(100), (True, False)))
    assert isinstance(event, ExitRequested)
    assert told(wires, InputsTold(NOW.plus_ms(200), (True, False))) == []


def test_a_normally_closed_contact_is_read_the_other_way_round() -> None:
    """Open is active: the door's contact tells an opened door when its circuit opens."""
    wires = Wires((None, Point.DOOR_CONTACT), {Point.DOOR_CONTACT})
    wires.resume(InputsTold(NOW, (False, True)))
    events = told(wires, InputsTold(NOW.plus_ms(100), (False, False)))
    assert [type(event) for event in events][:1] == [DoorContactChanged]


def test_what_is_found_at_a_reconnect_has_not_just_happened() -> None:
    """A button that is held down when the cable comes back opens nothing."""
    wires = Wires((Point.EXIT_BUTTON,))
    wires.resume(InputsTold(NOW, (True,)))
    assert told(wires, InputsTold(NOW.plus_ms(100), (True,))) == []


def test_the_housing_is_told_when_it_changes() -> None:
    """Opened once, closed once, in words."""
    wires = Wires(())
    opened = told(wires, StatusTold(NOW, is_tampered=True, is_power_failing=False))
    again = told(wires, StatusTold(NOW, is_tampered=True, is_power_failing=False))
    closed = told(wires, StatusTold(NOW, is_tampered=False, is_power_failing=False))
    assert [(type(e), getattr(e, "is_active", None)) for e in [*opened, *again, *closed]] == [
        (TamperChanged, True),
        (TamperChanged, False),
    ]


def test_a_failing_supply_is_a_fault_with_what_to_do() -> None:
    """Until it is well again."""
    wires = Wires(())
    (event,) = told(wires, StatusTold(NOW, is_tampered=False, is_power_failing=True))
    assert isinstance(event, FaultChanged)
    assert "check it" in event.detail
    (event,) = told(wires, StatusTold(NOW, is_tampered=False, is_power_failing=False))
    assert isinstance(event, FaultChanged)
    assert not event.is_active


def test_an_attached_reader_that_is_opened_is_tampered_with() -> None:
    """The reader behind the peripheral has a housing too."""
    wires = Wires(())
    (event,) = told(wires, ReaderStatusTold(NOW, is_tampered=True))
    assert isinstance(event, TamperChanged)
    assert told(wires, ReaderStatusTold(NOW, is_tampered=True)) == []


def test_inputs_without_meaning_tell_nothing() -> None:
    """A peripheral whose terminals are not wired."""
    wires = Wires((None, None))
    wires.resume(InputsTold(NOW, (False, False)))
    assert told(wires, InputsTold(NOW, (True, True))) == []
    assert wires.states() == ()
    assert list(wires.look(NOW, origin)) == []
