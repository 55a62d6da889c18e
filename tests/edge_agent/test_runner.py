"""The shell round one gate."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from access_core.clock import Instant
from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
    Signal,
)
from access_core.devices.events import (
    DeviceReady,
    Direction,
    FireInputChanged,
    PassageSensed,
    ResetPressed,
)
from access_core.ids import CommandId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from device_drivers.system_clock import SystemClock
from edge_agent.cache import RuleCache, open_cache
from edge_agent.gate.commands import ShowAtReader
from edge_agent.gate.door_table import DoorMode
from edge_agent.gate.lane import LaneTimings
from edge_agent.gate.machine import GateMachine
from edge_agent.journal import Journal, Row, open_journal
from edge_agent.recorder import Recorder
from edge_agent.runner import GateRunner, GateSurroundings
from tests.builders import (
    DOOR,
    EDGE,
    READER_IN,
    READER_OUT,
    SITE,
    a_change_set,
    a_setup,
    origin,
    presented,
    some_facts,
)
from tests.facts import AT, STEP, VISITOR
from tests.twins import TwinDoor, TwinReader


class ShiftedClock:
    """This machine's clock, moved so that the gate starts at `AT`."""

    def __init__(self) -> None:
        """`AT` is now."""
        self._system = SystemClock()
        self._start = self._system.now()

    def now(self) -> Instant:
        """So much after `AT` as has passed since the start."""
        passed_ns = self._system.now().mono_ns - self._start.mono_ns
        return Instant(AT.mono_ns + passed_ns, AT.wall_ms + passed_ns // 1_000_000)


@dataclass
class Running:
    """A gate at work on twins and real files."""

    runner: GateRunner
    machine: GateMachine
    door: TwinDoor
    reader: TwinReader
    journal: Journal
    cache: RuleCache
    recorder: Recorder
    events: list[AccessEvent]
    news: asyncio.Event
    heard: list[object]
    """What listeners were told: what was shown, and the door's answers."""
    clock: ShiftedClock

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so; looked at after every record and every order to the door."""
        while not is_so():
            self.news.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await self.news.wait()

    def kinds(self) -> list[Kind]:
        """What has been recorded, in order."""
        return [event.kind for event in self.events]


def is_standing(told: object) -> bool:
    """Whether this is what a reader shows until something else does, not an answer."""
    return isinstance(told, ShowAtReader) and told.feedback.show_ms == 0


def answers_at(reader: TwinReader) -> list[Signal]:
    """What `reader` showed for a moment."""
    return [shown.signal for shown in reader.shown if shown.show_ms]


@asynccontextmanager
async def running(
    folder: Path, *, timings: LaneTimings | None = None, record_deadline_ms: int = 2_000
) -> AsyncIterator[Running]:
    """A gate whose door has answered, with the visitor's credential on disk."""
    journal = await open_journal(folder / "journal.db")
    cache = await open_cache(folder / "rules.db")
    change = a_change_set()
    await cache.store(change, cache.rules_after(change, SITE, EDGE))
    events: list[AccessEvent] = []
    news, clock = asyncio.Event(), ShiftedClock()
    heard: list[object] = []

    def told(event: AccessEvent, _: Row) -> None:
        events.append(event)
        news.set()

    door, reader = TwinDoor(DOOR, news), TwinReader(READER_IN)
    recorder = Recorder(journal, clock, told)
    machine = GateMachine(a_setup(timings=timings or LaneTimings()), some_facts())
    around = GateSurroundings(
        clock=clock,
        door=door,
        readers={READER_IN: reader, READER_OUT: TwinReader(READER_OUT)},
        recorder=recorder,
        journal=journal,
        cache=cache,
        record_deadline_ms=record_deadline_ms,
        wired={DOOR: door},
        shown=heard.append,
        released=heard.append,
    )
    runner = GateRunner(machine, around)
    given = Running(
        runner, machine, door, reader, journal, cache, recorder, events, news, heard, clock
    )
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        tasks = [group.create_task(recorder.run()), group.create_task(runner.run())]
        await runner.put(DeviceReady(origin=origin()))
        yield given
        for task in tasks:
            task.cancel()
    await cache.close()
    await journal.close()


async def test_a_pass_opens_and_the_passage_is_recorded(tmp_path: Path) -> None:
    """From the read to the passage, through disk and door; the ledger knows the entry."""
    async with running(tmp_path) as given:
        await given.runner.put(presented())
        await given.until(lambda: given.machine.mode is DoorMode.RELEASED)
        assert given.kinds() == [Kind.DEVICE_READY, Kind.ACCESS_GRANTED]
        assert isinstance(given.door.told[0], ReleaseDoor)
        assert answers_at(given.reader) == [Signal.GO]
        await given.runner.put(PassageSensed(origin=origin(), direction=Direction.ENTRY))
        await given.until(lambda: len(given.events) == 3)
        assert given.kinds()[-1] is Kind.ACCESS_TAKEN
        known = await given.journal.ledger(VISITOR.claims.pass_id, Direction.ENTRY)
        assert (known.entries_taken, known.highest_step) == (1, STEP)
        await given.runner.put(presented(step=STEP + 1))
        await given.until(lambda: len(given.events) == 4)
        assert given.events[-1].reasons == ("ENTRIES_SPENT",)
        assert await given.runner.is_moving()


async def test_listeners_hear_what_is_shown_and_what_the_door_answers(tmp_path: Path) -> None:
    """Each in its turn, once."""
    async with running(tmp_path) as given:
        await given.runner.put(presented())
        await given.until(lambda: given.machine.mode is DoorMode.RELEASED)
        answers = [told for told in given.heard if not is_standing(told)]
        shown, answer = answers
        assert isinstance(shown, ShowAtReader)
        assert (shown.reader, shown.feedback.signal) == (READER_IN, Signal.GO)
        assert isinstance(answer, ReleaseResult)
        assert answer.outcome is ReleaseOutcome.CONFIRMED


async def test_the_grant_is_on_disk_before_the_door_is_told(tmp_path: Path) -> None:
    """While the record is under way nothing leaves; the row stands when the release goes."""
    async with running(tmp_path) as given:
        seen: list[int] = []
        release = given.door.release

        async def looking(command: ReleaseDoor) -> object:
            seen.append(given.journal.head.seq)
            return await release(command)

        given.door.release = looking  # type: ignore[assignment, method-assign]
        await given.runner.put(presented())
        await given.until(lambda: given.machine.mode is DoorMode.RELEASED)
        assert seen == [2]


async def test_a_grant_the_disk_refuses_opens_nothing(tmp_path: Path) -> None:
    """The rest of the list is dropped, the denial is recorded once the disk is back."""
    async with running(tmp_path, record_deadline_ms=50) as given:
        await given.until(lambda: len(given.events) == 1)
        await given.journal._db.execute("PRAGMA query_only = ON")
        await given.runner.put(presented())
        await given.until(lambda: bool(answers_at(given.reader)))
        assert answers_at(given.reader) == [Signal.STOP]
        await given.journal._db.execute("PRAGMA query_only = OFF")
        await given.until(lambda: len(given.events) == 2)
        assert given.events[-1].reasons == ("RECORD_NOT_DURABLE",)
        assert given.door.told == []


async def test_open_and_flag_opens_and_records_late(tmp_path: Path) -> None:
    """Where the owner says so the door opens at the deadline and the grant is kept."""
    timings = LaneTimings(opens_unrecorded_entry=True)
    async with running(tmp_path, timings=timings, record_deadline_ms=50) as given:
        await given.until(lambda: len(given.events) == 1)
        await given.journal._db.execute("PRAGMA query_only = ON")
        await given.runner.put(presented())
        await given.until(lambda: bool(given.door.told))
        assert isinstance(given.door.told[0], ReleaseDoor)
        await given.journal._db.execute("PRAGMA query_only = OFF")
        await given.until(lambda: len(given.events) == 2)
        assert given.kinds()[-1] is Kind.ACCESS_GRANTED


async def test_the_deadline_is_armed(tmp_path: Path) -> None:
    """Nobody goes through: the lane is secured and the access not taken."""
    timings = LaneTimings(wait_for_passage_ms=100)
    async with running(tmp_path, timings=timings) as given:
        await given.runner.put(presented())
        await given.until(lambda: Kind.ACCESS_NOT_TAKEN in given.kinds())
        await given.until(lambda: len(given.door.told) == 2)
        assert isinstance(given.door.told[1], SecureDoor)


async def test_a_door_that_is_slow_to_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Events are handled while a release is under way; orders to the door keep their order."""
    async with running(tmp_path) as given:
        given.door.may_answer.clear()
        await given.runner.put(presented())
        await given.until(lambda: bool(given.door.told))
        await given.runner.put(FireInputChanged(origin=origin(), is_active=True))
        await given.until(lambda: Kind.FIRE_ACTIVATED in given.kinds())
        assert given.machine.mode is DoorMode.FREE
        given.door.may_answer.set()
        await given.until(lambda: len(given.door.told) == 2)
        assert isinstance(given.door.told[1], FreeDoor)
        await given.runner.put(ResetPressed(origin=origin()))


async def test_a_disk_that_cannot_be_read_denies_with_a_fault(tmp_path: Path) -> None:
    """A broken rule file is a RULE_ERROR with the problem in its detail."""
    async with running(tmp_path) as given:
        await given.cache._writing.execute("UPDATE credentials SET body = '{'")
        await given.runner.put(presented())
        await given.until(lambda: len(given.events) == 2)
        assert given.events[-1].reasons == ("RULE_ERROR",)
        assert "Credential" in given.events[-1].detail


async def test_a_disk_that_does_not_answer_denies_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look-up has a deadline of its own."""

    async def stuck(*_: object) -> None:
        await asyncio.Event().wait()

    async with running(tmp_path, record_deadline_ms=30) as given:
        monkeypatch.setattr(RuleCache, "credential", stuck)
        await given.runner.put(presented())
        await given.until(lambda: len(given.events) == 2)
        assert given.events[-1].detail == "the disk does not answer"


async def test_an_answer_gives_way_to_what_stands(tmp_path: Path) -> None:
    """Without anybody doing anything, a refusal is followed by the lane being ready again."""
    async with running(tmp_path) as given:
        await given.until(lambda: bool(given.reader.shown))
        await given.runner.put(presented(payload=b"HTTP://EXAMPLE.COM"))
        await given.until(lambda: len(given.reader.shown) == 3)
        signals = [shown.signal for shown in given.reader.shown]
        assert signals == [Signal.READY, Signal.STOP, Signal.READY]


def a_pulse(deadline: Instant, output: str = "relay 1") -> PulseOutput:
    """The technician's wiring test of one output."""
    return PulseOutput(
        command_id=CommandId("test-1"),
        output=output,
        deadline=deadline,
        reason="wiring test",
        issued_by="technician",
    )


async def test_a_wiring_test_is_recorded_and_then_done(tmp_path: Path) -> None:
    """OUTPUT_TESTED is on disk when the output switches; the technician gets the answer."""
    async with running(tmp_path) as given:
        await given.until(lambda: given.machine.mode is DoorMode.LOCKED)
        seen: list[Kind] = []
        given.door.on_pulse = lambda _: seen.extend(given.kinds())
        command = a_pulse(given.clock.now().plus_ms(1_000))
        answer = await given.runner.test_output(DOOR, command)
        assert answer.outcome is ReleaseOutcome.CONFIRMED
        assert seen[-1] is Kind.OUTPUT_TESTED
        assert given.events[-1].detail == "turnstile relay 1, by technician: wiring test"


async def test_a_wiring_test_at_a_busy_lane_is_refused(tmp_path: Path) -> None:
    """While somebody is let through, and at a device without outputs, nothing switches."""
    async with running(tmp_path) as given:
        await given.runner.put(presented())
        await given.until(lambda: given.machine.mode is DoorMode.RELEASED)
        command = a_pulse(given.clock.now().plus_ms(1_000))
        answer = await given.runner.test_output(DOOR, command)
        assert (answer.outcome, answer.detail) == (
            ReleaseOutcome.REFUSED,
            "somebody is at the lane; wait until it is at rest",
        )
        await given.runner.put(PassageSensed(origin=origin(), direction=Direction.ENTRY))
        answer = await given.runner.test_output(READER_IN, command)
        assert answer.detail == "camera-in has no outputs that could be tried"


async def test_a_wiring_test_that_cannot_be_recorded_is_not_done(tmp_path: Path) -> None:
    """The disk refuses the row: nothing switches and the technician is told why."""
    async with running(tmp_path, record_deadline_ms=50) as given:
        await given.until(lambda: given.machine.mode is DoorMode.LOCKED)
        await given.until(lambda: len(given.events) == 1)
        await given.journal._db.execute("PRAGMA query_only = ON")
        command = a_pulse(given.clock.now().plus_ms(1_000))
        answer = await given.runner.test_output(DOOR, command)
        assert answer.detail == "it could not be recorded; check the disk"
        assert given.door.pulsed == []
        await given.journal._db.execute("PRAGMA query_only = OFF")
        await given.until(lambda: len(given.events) == 2)


async def test_a_wiring_test_without_an_answer_ends(tmp_path: Path) -> None:
    """A device that never answers leaves the outcome unknown, and the technician is told so."""
    async with running(tmp_path) as given:
        await given.until(lambda: given.machine.mode is DoorMode.LOCKED)
        given.door.may_answer.clear()
        answer = await given.runner.test_output(DOOR, a_pulse(given.clock.now().plus_ms(10)))
        assert answer.outcome is ReleaseOutcome.UNKNOWN
        given.door.may_answer.set()
