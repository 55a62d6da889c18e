"""A door on pins, at a chip in memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from access_core.clock import Instant
from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
)
from access_core.devices.events import (
    DeviceEvent,
    DeviceReady,
    Direction,
    DoorContactChanged,
    ExitRequested,
    FireInputChanged,
    PassageSensed,
    TamperChanged,
)
from access_core.devices.ports import WiredDevice
from access_core.ids import CommandId, DeviceId
from device_drivers.gpio_door.settings import GpioDoorSettings
from device_drivers.gpio_door.supervisor import GpioDoorDriver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from simulators.gpio_chip import RELEASE, SimulatedGpioChip
from simulators.turnstile_lane import LaneTimes, WalkResult, Way

QUICK = LaneTimes(arm_ms=10, wait_ms=60_000, turn_ms=120, pulse_ms=60, reset_ms=80)
ENDS_BY = {
    "timed": "timed_relay",
    "watched": "heartbeat",
    "plain": "the door stays released if this program is killed",
}


def soon() -> Instant:
    """A deadline that can be kept."""
    return SystemClock().now().plus_ms(1_000)


class Door:
    """A driver at a chip."""

    def __init__(self, relay: str, pulse_ms: int) -> None:
        """Not running yet."""
        self.chip = SimulatedGpioChip(relay=relay, times=QUICK)
        settings = GpioDoorSettings.model_validate(
            {
                "release_ends_by": ENDS_BY[relay],
                "release": {"line": 0},
                "heartbeat": {"line": 9},
                "door_contact": {"line": 1},
                "exit_button": {"line": 2},
                "fire": {"line": 3},
                "tamper": {"line": 4},
                "pulse_ms": pulse_ms,
                "poll_ms": 10,
            }
        )
        self.driver = GpioDoorDriver(
            settings,
            DeviceId("door"),
            SystemClock(),
            backoff=Backoff(first_ms=1, longest_ms=20),
            open_lines=self.chip.open_lines,
        )
        self.events = self.driver.events()
        self._orders = 0

    async def next(self) -> DeviceEvent:
        """The next event."""
        async with asyncio.timeout(5):
            return await anext(self.events)

    async def release(self) -> ReleaseResult:
        """One release."""
        self._orders += 1
        return await self.driver.release(
            ReleaseDoor(
                command_id=CommandId(f"c{self._orders}"),
                direction=Direction.ENTRY,
                deadline=soon(),
                reason="GRANTED",
                issued_by="gate",
            )
        )

    async def is_locked_within(self, seconds: float) -> bool:
        """Whether the door locks in time."""
        return await self.chip.lane.until(lambda: self.chip.lane.is_locked, seconds)


@contextlib.asynccontextmanager
async def a_door(*, relay: str = "timed", pulse_ms: int = 150) -> AsyncIterator[Door]:
    """A running driver, its first DeviceReady already taken."""
    door = Door(relay, pulse_ms)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(door.driver.run())
        assert isinstance(await door.next(), DeviceReady)
        yield door
        task.cancel()
    door.chip.stop()


async def test_a_released_door_that_opens_is_a_passage() -> None:
    """Released, opened, told as passage and contact, and locked after its time."""
    async with a_door(relay="plain", pulse_ms=300) as door:
        assert (await door.release()).outcome is ReleaseOutcome.ACCEPTED
        await door.chip.lane.until(lambda: door.chip.lane.gives_way(Way.ENTRY), 2)
        await door.chip.lane.walk(Way.ENTRY)
        told = [type(await door.next()) for _ in range(3)]
        assert told == [PassageSensed, DoorContactChanged, DoorContactChanged]
        assert await door.is_locked_within(2)
        assert door.chip.oracle.releases_entry == 1


async def test_a_door_that_opens_without_a_release_is_no_passage() -> None:
    """Forced: the contact is told as what it is."""
    async with a_door() as door:
        door.chip.sensors.stick("door_contact", active=True)
        opened = await door.next()
        assert isinstance(opened, DoorContactChanged)
        assert opened.is_open


async def test_inputs_are_told_as_they_change() -> None:
    """Exit button, fire and tampering."""
    async with a_door() as door:
        await door.chip.lane.press_exit_button()
        door.chip.lane.set_fire(on=True)
        door.chip.lane.set_tamper(on=True)
        told = {type(await door.next()) for _ in range(3)}
        assert told == {ExitRequested, FireInputChanged, TamperChanged}


async def test_what_is_found_at_the_start_has_not_just_happened() -> None:
    """A button held down at the start is not a request; an open door is a condition, and told."""
    door = Door("timed", 150)
    door.chip.sensors.stick("exit_button", active=True)
    door.chip.sensors.stick("door_contact", active=True)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(door.driver.run())
        assert isinstance(await door.next(), DeviceReady)
        assert isinstance(await door.next(), DoorContactChanged)
        door.chip.lane.set_tamper(on=True)
        assert isinstance(await door.next(), TamperChanged)
        task.cancel()


async def test_free_lasts_until_secured() -> None:
    """Freed by the release line kept active; secured again by an order."""
    async with a_door(relay="plain") as door:
        freed = await door.driver.free(
            FreeDoor(command_id=CommandId("f"), reason="evacuation", issued_by="test")
        )
        assert freed.outcome is ReleaseOutcome.ACCEPTED
        await asyncio.sleep(0.3)
        assert door.chip.levels[RELEASE]
        await door.driver.secure(
            SecureDoor(command_id=CommandId("s"), reason="over", issued_by="test")
        )
        assert not door.chip.levels[RELEASE]


async def test_a_timed_relay_cannot_be_kept_free() -> None:
    """What would end by itself is refused, in words, and nothing is switched."""
    async with a_door(relay="timed") as door:
        freed = await door.driver.free(
            FreeDoor(command_id=CommandId("f"), reason="evacuation", issued_by="test")
        )
        assert freed.outcome is ReleaseOutcome.REFUSED
        assert "use the fire contact" in freed.detail
        assert not door.chip.levels[RELEASE]


async def test_a_killed_program_leaves_no_door_open() -> None:
    """Killed in a release, a timed relay or a starved watchdog relay locks the door."""
    for relay in ("timed", "watched"):
        async with a_door(relay=relay, pulse_ms=30_000) as door:
            await door.release()
            await asyncio.sleep(0.05)
            assert not door.chip.lane.is_locked
            door.chip.kill_owner()
            door.chip.is_plugged = False  # nobody comes back in this time
            assert door.chip.levels[RELEASE]  # the pin stays as it was
            assert await door.is_locked_within(2)
            assert await door.chip.lane.walk(Way.ENTRY) is WalkResult.BLOCKED


async def test_control_a_plain_relay_stays_on_when_the_program_is_killed() -> None:
    """The same with a plain relay: the pin stays driven and the door released."""
    async with a_door(relay="plain", pulse_ms=30_000) as door:
        await door.release()
        door.chip.kill_owner()
        door.chip.is_plugged = False  # nobody comes back in this time
        assert not await door.is_locked_within(0.8)


async def test_a_restarted_program_finds_the_door_and_locks_it() -> None:
    """Whatever a killed one left active is inactive as soon as the lines are requested again."""
    async with a_door(relay="plain", pulse_ms=30_000) as door:
        await door.release()
        door.chip.kill_owner()
        assert await door.is_locked_within(2)
        assert door.chip.oracle.releases_entry == 1


async def test_a_program_that_ends_in_order_releases_nothing() -> None:
    """Cancelled in a release, every output is inactive."""
    async with a_door(relay="plain", pulse_ms=30_000) as door:
        await door.release()
    assert not door.chip.levels[RELEASE]


async def test_a_chip_that_goes_in_an_order_is_unknown() -> None:
    """An order that the kernel did not take may have been done; without a chip it is refused."""
    async with a_door() as door:
        door.chip.is_plugged = False
        assert (await door.release()).outcome is ReleaseOutcome.UNKNOWN
        await door.next()
        assert (await door.release()).outcome is ReleaseOutcome.REFUSED
        assert door.chip.oracle.releases_entry == 0


async def test_a_technician_tries_the_outputs() -> None:
    """Inputs and outputs by name; the heartbeat is not to be tried."""
    async with a_door(relay="plain") as door:
        assert isinstance(door.driver, WiredDevice)
        assert door.driver.outputs() == ("release",)
        assert door.driver.inputs()[0].name == "fire"
        for output, outcome in (
            ("release", ReleaseOutcome.ACCEPTED),
            ("heartbeat", ReleaseOutcome.REFUSED),
        ):
            result = await door.driver.pulse(
                PulseOutput(
                    command_id=CommandId(output),
                    output=output,
                    deadline=soon(),
                    reason="wiring test",
                    issued_by="technician",
                )
            )
            assert result.outcome is outcome
        assert await door.is_locked_within(2)
