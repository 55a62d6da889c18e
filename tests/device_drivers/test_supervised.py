"""Keeping a device connected."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from access_core.devices.events import DeviceEvent, DeviceLost, DeviceReady
from access_core.devices.health import DeviceState
from access_core.errors import DeviceUnavailable
from access_core.ids import DeviceId
from device_drivers.supervised import Backoff, SupervisedDevice
from device_drivers.system_clock import SystemClock
from tests.edge_agent.console.hand_clock import HandClock

QUICK = Backoff(first_ms=1, longest_ms=4)


def _device() -> SupervisedDevice:
    return SupervisedDevice(DeviceId("door-1"), SystemClock(), backoff=QUICK)


@contextlib.asynccontextmanager
async def _running(
    device: SupervisedDevice, serve: Callable[[], Awaitable[None]]
) -> AsyncIterator[AsyncIterator[DeviceEvent]]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(device.run(serve))
        yield device.events()
        task.cancel()


async def test_a_device_that_stays_away_is_reported_lost_once() -> None:
    """Ten failed attempts make one DeviceLost, with the reason in words."""
    device, attempts, tenth = _device(), 0, asyncio.Event()

    async def serve() -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 10:
            tenth.set()
        raise DeviceUnavailable("no such port")

    async with _running(device, serve) as events:
        await tenth.wait()
        lost = await anext(events)
        assert isinstance(lost, DeviceLost)
        assert lost.reason == "no such port"
        assert lost.origin.epoch == 0
        assert not device._queue._events


async def test_each_connection_is_its_own_epoch() -> None:
    """Ready and lost come once each per connection, and sequences begin again at 1."""
    device = _device()

    async def serve() -> None:
        await device.ready()
        raise DeviceUnavailable("cable")

    async with _running(device, serve) as events:
        seen = [await anext(events) for _ in range(4)]
    assert [type(event) for event in seen] == [DeviceReady, DeviceLost] * 2
    assert [(e.origin.epoch, e.origin.sequence) for e in seen] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_waits_double_up_to_the_longest_and_are_jittered_downwards() -> None:
    """0.25 s doubles to 5 s; jitter takes off at most half, so no wait is longer."""
    backoff, jitter = Backoff(), random.Random(1)
    delays = [backoff.delay_ms(failures, jitter) for failures in range(1, 60)]
    for delay, full in zip(delays, [250, 500, 1000, 2000, 4000] + [5000] * 54, strict=True):
        assert full / 2 <= delay <= full


async def test_a_swallowed_cancellation_ends_the_device_all_the_same() -> None:
    """A library that turns a cancellation into a failure does not keep the device running."""
    device, is_serving = _device(), asyncio.Event()

    async def serve() -> None:
        is_serving.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise DeviceUnavailable("taken for a failure") from None

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(device.run(serve))
        await is_serving.wait()
        task.cancel()
    assert task.cancelled()


@dataclass
class _Story:
    """A device told by hand: `serve` does what the next word of `script` says; waits are instant.

    Each wait between two attempts moves the clock by as much.
    """

    script: list[str]
    is_polled: bool = False
    clock: HandClock = field(default_factory=HandClock)
    waits_s: list[float] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.device = SupervisedDevice(
            DeviceId("door-1"), self.clock, is_polled=self.is_polled, wait_s=self._wait
        )

    async def serve(self) -> None:
        """Do the next thing; when there is none, wait for ever."""
        if not self.script:
            self.ended.set()
            await asyncio.Event().wait()
        word = self.script.pop(0)
        if word != "away":
            await self.device.ready()
        if word == "stays 6 s":
            self._pass_ms(6_000)
        raise DeviceUnavailable(f"{word}; check the cable")

    def _pass_ms(self, ms: int) -> None:
        self.clock.at = self.clock.at.plus_ms(ms)

    async def _wait(self, seconds: float) -> None:
        self.waits_s.append(seconds)
        self._pass_ms(round(seconds * 1000))
        await asyncio.sleep(0)


async def test_waits_grow_while_it_is_away_and_begin_anew_after_it_held() -> None:
    """Each wait lies in its place of the back-off; one that flaps keeps its place in it."""
    story = _Story(["away"] * 7 + ["flaps", "stays 6 s", "away"])
    async with _running(story.device, story.serve):
        await story.ended.wait()
    full = [0.25, 0.5, 1, 2, 4, 5, 5, 5, 0.25, 0.5]
    assert len(story.waits_s) == len(full)
    assert all(most / 2 <= wait <= most for wait, most in zip(story.waits_s, full, strict=True))
    assert story.device.health().counters["attempts"] == len(full) + 1


async def test_lost_and_back_are_logged_once_each(caplog: pytest.LogCaptureFixture) -> None:
    """However often it was tried in between, the log has one line for each."""
    story = _Story(["stays 6 s", "away", "away", "away", "stays 6 s"])
    async with _running(story.device, story.serve) as events:
        await story.ended.wait()
        seen = [type(await anext(events)) for _ in range(4)]
    assert seen == [DeviceReady, DeviceLost, DeviceReady, DeviceLost]
    assert caplog.messages == [
        "door-1 is lost: stays 6 s; check the cable",
        "door-1 is back",
        "door-1 is lost: stays 6 s; check the cable",
    ]


def _states(story: _Story, *, after_ms: tuple[int, ...]) -> list[DeviceState]:
    """Its state at these times, each counted from now, in growing order."""
    states, passed = [], 0
    for moment in after_ms:
        story._pass_ms(moment - passed)
        passed = moment
        states.append(story.device.health().state)
    return states


async def test_one_that_is_asked_all_the_time_is_judged_by_its_silence() -> None:
    """Degraded after 1 s without a good frame, offline after 8 s, though the line is open."""
    story = _Story([], is_polled=True)
    assert story.device.health().state is DeviceState.STARTING
    await story.device.ready()
    states = _states(story, after_ms=(999, 1_000, 7_999, 8_000))
    assert states == [
        DeviceState.READY,
        DeviceState.DEGRADED,
        DeviceState.DEGRADED,
        DeviceState.OFFLINE,
    ]
    assert "check" in story.device.health().reason
    story.device.heard(story.clock.now())
    assert story.device.health().state is DeviceState.READY
    assert story.device.health().reason == ""


async def test_one_that_only_speaks_is_judged_by_its_line() -> None:
    """Hours of silence are nothing; after a loss it is degraded first and offline after 8 s."""
    story = _Story([])
    await story.device.ready()
    assert _states(story, after_ms=(3_600_000,)) == [DeviceState.READY]
    last_good = story.device.health().last_good
    await story.device._lost("gone; check the cable")
    states = _states(story, after_ms=(0, 7_999, 8_000))
    assert states == [DeviceState.DEGRADED, DeviceState.DEGRADED, DeviceState.OFFLINE]
    assert story.device.health().reason == "gone; check the cable"
    assert story.device.health().last_good == last_good


async def test_garbage_is_shown_if_no_good_frame_follows_in_time() -> None:
    """One disturbance is no fault; two seconds of them are said in words; a good frame ends it."""
    story = _Story([])
    await story.device.ready()
    story.device.doubt("check `baud`", story.clock.now())
    assert _states(story, after_ms=(1_999,)) == [DeviceState.READY]
    story.device.doubt("check `baud` and `parity`", story.clock.now())
    assert _states(story, after_ms=(1,)) == [DeviceState.DEGRADED]
    assert story.device.health().reason == "check `baud` and `parity`"
    story.device.heard(story.clock.now())
    assert (story.device.health().state, story.device.health().reason) == (DeviceState.READY, "")
