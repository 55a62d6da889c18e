"""The wires of one door."""

import pytest

from access_core.clock import Instant
from access_core.devices.events import Direction
from access_core.errors import DeviceUnavailable
from device_drivers.gpio_door.device import PinDoor
from device_drivers.gpio_door.settings import GpioDoorSettings

START = Instant(mono_ns=0, wall_ms=0)


class Levels:
    """A chip that is only its levels."""

    def __init__(self) -> None:
        """All low."""
        self.active: set[int] = set()
        self.is_gone = False

    def active_inputs(self) -> frozenset[int]:
        """The same lines."""
        return frozenset(self.active)

    def drive(self, line: int, *, active: bool) -> None:
        """Set or clear."""
        if self.is_gone:
            raise OSError("gone")
        (self.active.add if active else self.active.discard)(line)

    def close(self) -> None:
        """Nothing to give back."""


class StoppedClock:
    """Always the same moment."""

    def now(self) -> Instant:
        """The start."""
        return START


def a_door(**more: object) -> tuple[PinDoor, Levels]:
    """A door with its exit on line 1 and its contact on line 5."""
    settings = GpioDoorSettings.model_validate(
        {
            "release_ends_by": "timed_relay",
            "release": {"line": 0},
            "release_exit": {"line": 1},
            "door_contact": {"line": 5},
            "pulse_ms": 1_000,
        }
        | more
    )
    levels = Levels()
    return PinDoor(settings, levels, StoppedClock()), levels


def test_a_release_ends_after_its_time() -> None:
    """Each direction on its own line, off when its time is over and not before."""
    door, levels = a_door()
    door.release(Direction.ENTRY)
    door.release(Direction.EXIT)
    assert levels.active == {0, 1}
    assert not door.end_what_is_due(START.plus_ms(999))
    assert door.end_what_is_due(START.plus_ms(1_000))
    assert levels.active == set()


def test_free_lasts_until_secured() -> None:
    """Without a line of its own, free keeps the release active; a release does not end it."""
    door, levels = a_door()
    door.free()
    door.release(Direction.ENTRY)
    door.end_what_is_due(START.plus_ms(5_000))
    assert levels.active == {0}
    door.secure()
    assert levels.active == set()


def test_the_heartbeat_toggles_and_is_not_secured() -> None:
    """A watchdog relay wants edges; without such a line nothing is driven."""
    door, levels = a_door(heartbeat={"line": 9}, free={"line": 2})
    door.beat()
    door.free()
    assert levels.active == {2, 9}
    door.secure()
    assert levels.active == {9}
    door.beat()
    assert levels.active == set()
    plain, still = a_door()
    plain.beat()
    assert still.active == set()


def test_a_chip_that_has_gone_says_what_to_check() -> None:
    """An error of the kernel is a lost device in words."""
    door, levels = a_door()
    levels.is_gone = True
    with pytest.raises(DeviceUnavailable, match="check that the chip is still there"):
        door.release(Direction.ENTRY)
