"""Every registered driver against its simulator: the promises of `access_core.devices.ports`.

Each is tried on the wires of its stand (direct, and paced like 9600 baud) and through a schedule
of faults with a seed. Which of the fifteen promises a driver makes stands in its `checklist.toml`.
"""

import asyncio
import dataclasses
import inspect
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TypeVar

import pytest

from access_core.clock import Instant
from access_core.devices.commands import ReleaseOutcome, ShowFeedback, Signal
from access_core.devices.events import (
    CredentialPresented,
    DeviceEvent,
    DeviceLost,
    DeviceReady,
    Direction,
    Medium,
    Origin,
    PassageSensed,
)
from access_core.devices.health import DeviceState
from access_core.devices.ports import DoorDriver, ReaderDriver
from access_core.passes.card import read_card
from device_drivers.event_queue import CAPACITY
from device_drivers.registry import DOORS
from device_drivers.supervised import Backoff, SupervisedDriver
from tests.contracts.at_work import AtWork, at_work, running
from tests.contracts.checklists import (
    KINDS,
    PROMISES,
    READER_KINDS,
    checklist,
    faults_of,
    shown_here,
)
from tests.contracts.stand import DEVICE, DIRECT, Wire
from tests.contracts.stands import STANDS

ON_EVERY_WIRE = pytest.mark.parametrize(
    ("kind", "wire"),
    [(kind, wire) for kind, entry in STANDS.items() for wire in entry.wires],
    ids=str,
)
TAKEN = {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED}
NeededT = TypeVar("NeededT")


def promise(name: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Try each driver whose checklist leaves `name` to this suite."""
    assert name in PROMISES
    return pytest.mark.parametrize("kind", shown_here(name))


def needed(offered: NeededT | None, name: str) -> NeededT:
    """What a stand offers; a promise that needs more than that is not shown."""
    assert offered is not None, f"the checklist says `shown`, but the stand has no `{name}`"
    return offered


def reported_by(kind: str) -> type[CredentialPresented | PassageSensed]:
    """What an act at this kind of device is reported as."""
    return PassageSensed if kind in DOORS else CredentialPresented


# -- the tables -----------------------------------------------------------------------------


def test_every_registered_driver_has_a_stand() -> None:
    """No driver is registered without a simulator that it is tried against."""
    assert set(STANDS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_checklist_says_something_of_every_promise(kind: str) -> None:
    """Each promise is shown, shown by a test that exists, or not applicable for a reason."""
    assert faults_of(checklist(kind)) == []


def test_control_a_careless_checklist_is_refused() -> None:
    """A missing promise, one made up, an empty reason and a test that is not there are named."""
    promises = dict.fromkeys(PROMISES, "shown")
    del promises["backoff"]
    promises |= {
        "bounded_queue": "not applicable: ",
        "junk_survived": "shown by tests/contracts/test_driver_contract.py::test_of_dreams",
        "flies": "shown",
    }
    assert [fault.partition(" ")[0].strip(":") for fault in faults_of(promises)] == [
        "backoff",
        "flies",
        "bounded_queue",
        "junk_survived",
    ]


# -- what every driver is held to -----------------------------------------------------------


@pytest.mark.parametrize("kind", STANDS)
async def test_it_has_what_its_port_asks_for(kind: str, tmp_path: Path) -> None:
    """Every method of the port is there, with the port's own parameters."""
    port = DoorDriver if kind in DOORS else ReaderDriver
    async with STANDS[kind].lay(tmp_path, DIRECT) as stand:
        for name in ("run", "events", *(n for n in vars(port) if not n.startswith("_"))):
            promised = inspect.signature(getattr(port, name))
            offered = inspect.signature(getattr(type(stand.driver), name))
            assert offered == promised, name


@ON_EVERY_WIRE
async def test_it_reports_what_people_do(kind: str, wire: Wire, tmp_path: Path) -> None:
    """Ready first, in epoch 1; then what happened, in order, once each, with its origin."""
    async with at_work(STANDS[kind], tmp_path, wire) as work:
        for _ in range(3):
            await work.act()
            event = await work.next(reported_by(kind))
            if isinstance(event, CredentialPresented):
                assert event.payload == needed(work.stand.payload, "payload")()
                is_card = event.medium in {Medium.CARD, Medium.KEYPAD}
                assert not is_card or read_card(event.payload) is not None
            await asyncio.sleep(0.15)
        ready = work.reported[0]
        assert isinstance(ready, DeviceReady)
        assert (ready.origin.epoch, ready.origin.sequence) == (1, 1)
        assert work.count(reported_by(kind)) == 3
        _in_order(work.reported)


@pytest.mark.slow
@ON_EVERY_WIRE
async def test_it_comes_through_a_schedule_of_faults(kind: str, wire: Wire, tmp_path: Path) -> None:
    """Whatever befalls the link, nothing is doubled or made up, and afterwards all is well."""
    seeded = dataclasses.replace(wire, seed=7)
    async with at_work(STANDS[kind], tmp_path, seeded) as work:
        stand, dice = work.stand, random.Random(seeded.seed)
        for turn in range(8):
            if turn == 5:
                await work.act_until_reported(reported_by(kind))
                stand.unplug()
                await work.next(DeviceLost)
                stand.plug_in()
                await work.next(DeviceReady)
            if stand.hurt is not None and dice.random() < 0.7:
                stand.hurt(dice)
            await work.act()
            await asyncio.sleep(0.2)
        reads = [event for event in work.reported if isinstance(event, CredentialPresented)]
        if stand.has_checksum:
            assert {event.payload for event in reads} <= work.presented
        assert work.count(reported_by(kind)) <= work.acts
        _in_order(work.reported)
        await work.act_until_reported(reported_by(kind))


@pytest.mark.parametrize("kind", READER_KINDS)
async def test_feedback_never_raises(kind: str, tmp_path: Path) -> None:
    """A reader takes feedback at any time, connected or not."""
    feedback = ShowFeedback(
        signal=Signal.GO, direction=Direction.ENTRY, text_zh="请通行", text_en="Go"
    )
    async with STANDS[kind].lay(tmp_path, DIRECT) as stand:
        reader: ReaderDriver = stand.driver  # type: ignore[assignment]
        await reader.show(feedback)
        async with running(stand):
            await reader.show(feedback)


@pytest.mark.parametrize("kind", DOORS)
async def test_a_door_answers_every_release_in_time(kind: str, tmp_path: Path) -> None:
    """Connected or unplugged: an answer within 1 s, with the command's id."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        async with asyncio.timeout(1):
            assert (await work.release("one")).command_id == "one"
        work.stand.unplug()
        async with asyncio.timeout(1):
            answer = await work.release("two")
        assert answer.command_id == "two"
        assert answer.outcome in {ReleaseOutcome.UNKNOWN, ReleaseOutcome.REFUSED}


# -- the promises of the checklist ----------------------------------------------------------


@promise("one_lost_one_ready")
async def test_one_lost_one_ready(kind: str, tmp_path: Path) -> None:
    """A device that goes and returns is one loss, in words, and one ready in the next epoch."""
    for wire in STANDS[kind].wires:
        folder = tmp_path / f"{wire}"
        folder.mkdir()
        async with at_work(STANDS[kind], folder, wire) as work:
            work.stand.unplug()
            lost = await work.next(DeviceLost)
            assert "check" in lost.reason
            work.stand.plug_in()
            ready = await work.next(DeviceReady)
            assert ready.origin.epoch == 2
            assert (await _reports_an_act(work, kind)).origin.epoch == 2
            assert (work.count(DeviceLost), work.count(DeviceReady)) == (1, 2)


@promise("backoff")
async def test_backoff(kind: str, tmp_path: Path) -> None:
    """While a device is away it is tried again, but not faster than the back-off says."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        loop, driver = asyncio.get_running_loop(), work.stand.driver
        work.stand.unplug()
        await work.next(DeviceLost)
        lost_at, before = loop.time(), driver.health().counters["attempts"]
        await work.until(lambda: driver.health().counters["attempts"] >= before + 2)
        # Two waits: the first of 0.25 s, the second of 0.5 s, each with up to half taken off.
        assert loop.time() - lost_at >= 0.95 * (0.25 + 0.5) / 2
        assert Backoff().longest_ms <= 5_000
        work.stand.plug_in()
        await work.next(DeviceReady)


@promise("stale_after_reconnect")
async def test_stale_after_reconnect(kind: str, tmp_path: Path) -> None:
    """A read that waited in the device is marked as old; the next one, made now, is fresh."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        await work.next_fresh_read()
        work.stand.unplug()
        await work.next(DeviceLost)
        await needed(work.stand.return_with_old_read, "return_with_old_read")()
        assert not (await work.next(CredentialPresented)).is_fresh
        assert (await work.next_fresh_read()).origin.epoch == 2


@promise("bounded_queue")
async def test_bounded_queue(kind: str, tmp_path: Path) -> None:
    """Reads that nobody takes give way to newer ones, and what gave way is counted."""
    async with STANDS[kind].lay(tmp_path, DIRECT) as stand:
        assert isinstance(stand.driver, SupervisedDriver)
        for number in range(CAPACITY + 10):
            origin = Origin(device=DEVICE, epoch=1, sequence=number, at=Instant(0, 0))
            await stand.driver._device.emit(
                CredentialPresented(origin=origin, medium=Medium.QR, payload=b"x")
            )
        assert stand.driver.health().counters["credentials_dropped"] == 10
        assert (await anext(stand.driver.events())).origin.sequence == 10


@promise("junk_survived")
async def test_junk_survived(kind: str, tmp_path: Path) -> None:
    """Noise makes no event about people, and what comes after it is reported."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        make_noise, dice = needed(work.stand.make_noise, "make_noise"), random.Random(3)
        for _ in range(5):
            make_noise(dice)
            await asyncio.sleep(0.05)
        if work.stand.has_checksum:
            assert work.count(CredentialPresented) + work.count(PassageSensed) == 0
        await work.act_until_reported(reported_by(kind))


@promise("split_frames")
async def test_split_frames(kind: str, tmp_path: Path) -> None:
    """A frame that arrives in several reads is one frame."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        await needed(work.stand.act_in_pieces, "act_in_pieces")()
        event = await work.next(reported_by(kind))
        if isinstance(event, CredentialPresented):
            assert event.payload == needed(work.stand.payload, "payload")()


@promise("health_in_words")
async def test_health_in_words(kind: str, tmp_path: Path) -> None:
    """Ready has nothing to add; away says what to check; back is ready again, one epoch on."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        driver = work.stand.driver
        health = driver.health()
        assert (health.device, health.state, health.reason, health.epoch) == (
            DEVICE,
            DeviceState.READY,
            "",
            1,
        )
        assert health.last_good is not None
        work.stand.unplug()
        await work.next(DeviceLost)
        assert driver.health().state in {DeviceState.DEGRADED, DeviceState.OFFLINE}
        assert "check" in driver.health().reason
        work.stand.plug_in()
        await work.next(DeviceReady)
        assert (driver.health().state, driver.health().reason) == (DeviceState.READY, "")
        assert driver.health().epoch == 2


@promise("late_command_expired")
async def test_late_command_expired(kind: str, tmp_path: Path) -> None:
    """A release after its deadline is expired and moves nothing; one in time moves the lane."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        pulses = needed(work.stand.pulses, "pulses")
        assert (await work.release("late", within_ms=-1)).outcome is ReleaseOutcome.EXPIRED
        assert pulses() == 0
        assert (await work.release("in time")).outcome in TAKEN
        assert pulses() == 1


@promise("repeat_refused")
async def test_repeat_refused(kind: str, tmp_path: Path) -> None:
    """The same command again is refused, also once the lane is locked again."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        pulses = needed(work.stand.pulses, "pulses")
        assert (await work.release("one")).outcome in TAKEN
        assert (await work.release("one")).outcome is ReleaseOutcome.REFUSED
        await needed(work.stand.until_locked, "until_locked")()
        assert (await work.release("one")).outcome is ReleaseOutcome.REFUSED
        assert pulses() == 1
        assert (await work.release("two")).outcome in TAKEN


@promise("unknown_when_line_dies")
async def test_unknown_when_line_dies(kind: str, tmp_path: Path) -> None:
    """A release whose answer is lost is unknown, within 1 s: the lane may be open."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        needed(work.stand.lose_answers, "lose_answers")()
        async with asyncio.timeout(1):
            assert (await work.release("one")).outcome is ReleaseOutcome.UNKNOWN
        assert needed(work.stand.pulses, "pulses")() == 1


@promise("own_pulse_timer")
async def test_own_pulse_timer(kind: str, tmp_path: Path) -> None:
    """A lane released by a driver that has died since locks by itself."""
    async with STANDS[kind].lay(tmp_path, DIRECT) as stand:
        async with running(stand) as work:
            assert (await work.release("one")).outcome in TAKEN
        assert needed(stand.pulses, "pulses")() == 1
        await needed(stand.until_locked, "until_locked")()


@promise("no_pulse_on_reconnect")
async def test_no_pulse_on_reconnect(kind: str, tmp_path: Path) -> None:
    """Losing and regaining the link releases nothing; the next order does, so it is seen."""
    async with at_work(STANDS[kind], tmp_path, DIRECT) as work:
        pulses = needed(work.stand.pulses, "pulses")
        for _ in range(2):
            work.stand.unplug()
            await work.next(DeviceLost)
            assert (await work.release(f"away {work.looked_at}")).outcome not in TAKEN
            work.stand.plug_in()
            await work.next(DeviceReady)
        assert pulses() == 0
        assert (await work.release("now")).outcome in TAKEN
        assert pulses() == 1


@promise("sibling_not_delayed")
async def test_sibling_not_delayed(kind: str, tmp_path: Path) -> None:
    """Beside a dead device of its kind a driver reports as fast as alone."""
    alone, dead = tmp_path / "alone", tmp_path / "dead"
    alone.mkdir()
    dead.mkdir()
    entry = STANDS[kind]
    async with at_work(entry, alone, DIRECT) as live, at_work(entry, dead, DIRECT) as sibling:
        before = await _typical_s(live, kind)
        sibling.stand.unplug()
        await sibling.next(DeviceLost)
        beside_dead = await _typical_s(live, kind)
        assert beside_dead < 3 * before + 0.02
        sibling.stand.plug_in()


def test_retained_refused() -> None:
    """Only a driver whose messages a broker may keep promises this, and shows it itself."""
    assert shown_here("retained_refused") == []


@promise("closes_on_cancel")
async def test_closes_on_cancel(kind: str, tmp_path: Path) -> None:
    """After a cancelled run the device can be served again, as by a restarted agent."""
    async with STANDS[kind].lay(tmp_path, DIRECT) as stand:
        for epoch in (1, 2):
            async with running(stand) as work:
                assert work.reported[-1].origin.epoch == epoch


# -- how it is looked at --------------------------------------------------------------------


async def _reports_an_act(work: AtWork, kind: str) -> CredentialPresented | PassageSensed:
    await work.act()
    event = await work.next(reported_by(kind))
    if isinstance(event, CredentialPresented) and work.stand.payload:
        assert event.payload == work.stand.payload()
    return event


async def _typical_s(work: AtWork, kind: str) -> float:
    """The median time from the beginning of an act to its report."""
    loop, times = asyncio.get_running_loop(), []
    for _ in range(5):
        begun_at = loop.time()
        await _reports_an_act(work, kind)
        times.append(loop.time() - begun_at)
        await asyncio.sleep(0.12)
    return median(times)


def _in_order(reported: list[DeviceEvent]) -> None:
    """Epochs and sequences grow, time does not go back, lost and ready take turns."""
    for event, after in pairwise(reported):
        assert (event.origin.epoch, event.origin.sequence) < (
            after.origin.epoch,
            after.origin.sequence,
        )
        assert event.origin.at.mono_ns <= after.origin.at.mono_ns
    turns = [type(event) for event in reported if isinstance(event, DeviceLost | DeviceReady)]
    assert turns[::2] == [DeviceReady] * len(turns[::2])
    assert turns[1::2] == [DeviceLost] * len(turns[1::2])
