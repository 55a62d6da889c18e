"""One lane, over a wire held by the test: its clock, its orders, what it refuses."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.clock import Instant
from access_core.devices.commands import ReleaseOutcome, ReleaseResult, Signal
from access_core.devices.events import Direction
from access_core.errors import DeviceUnavailable
from access_core.ids import CommandId
from device_drivers.mqtt_lane import codec
from device_drivers.mqtt_lane.device import (
    LaneClock,
    LaneDevice,
    Order,
    needs_up,
)
from device_drivers.mqtt_lane.inbox import Inbox
from device_drivers.mqtt_lane.transport import NOBODY_LISTENS, Message

START = Instant(1_000_000_000_000, 1_800_000_000_000)


@dataclass
class HandClock:
    """Stands still until it is moved."""

    at: Instant = START

    def now(self) -> Instant:
        """The moment it was set to."""
        return self.at

    def move(self, ms: int) -> None:
        """Let time pass."""
        self.at = self.at.plus_ms(ms)


@dataclass
class HandWire:
    """Keeps what is published; the test answers."""

    sent: list[tuple[str, dict[str, object], int, int]] = field(default_factory=list)
    acks: list[asyncio.Future[int]] = field(default_factory=list)
    was_sent: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(
        self, topic: str, payload: bytes, *, qos: int, expiry_s: int
    ) -> asyncio.Future[int]:
        """Keep it."""
        self.sent.append((topic.rpartition("/")[2], json.loads(payload), qos, expiry_s))
        self.acks.append(asyncio.get_running_loop().create_future())
        self.was_sent.set()
        return self.acks[-1]

    async def next(self) -> dict[str, object]:
        """The next message, as soon as it is there."""
        self.was_sent.clear()
        async with asyncio.timeout(2):
            await self.was_sent.wait()
        return self.sent[-1][1]


@dataclass
class Bench:
    """A lane, its wire and its clock."""

    lane: LaneDevice
    wire: HandWire
    clock: HandClock
    inbox: Inbox

    def say(self, leaf: str, message: object, *, retained: bool = False) -> None:
        """Let the controller say something."""
        topic = f"campus/lane/north-1/{leaf}"
        self.lane.hear(Message(topic, json.dumps(message).encode(), retained))

    def report(self, question: object, uptime_ms: int = 50_000, boot: str = "b1") -> None:
        """Let it answer a question."""
        self.say(
            "answer",
            {
                "kind": "report",
                "id": question,
                "boot": boot,
                "link": 3,
                "uptime_ms": uptime_ms,
                "inputs": {},
                "counts": {"entry": 0, "exit": 0},
            },
        )

    def read(self, sequence: int, uptime_ms: int, boot: str = "b1") -> None:
        """Let somebody hold up a credential."""
        self.say("event", a_read(sequence, uptime_ms, boot))

    def is_up(self) -> bool:
        """Whether the lane is there now."""
        return self.lane.is_up

    def age_ms(self) -> float | None:
        """Of the latest event that was handed on."""
        latest = None
        while (heard := self.inbox.take()) is not None:
            latest = heard
        assert latest is not None
        return latest.age_ms


def a_read(sequence: int, uptime_ms: int, boot: str = "b1") -> dict[str, object]:
    """A credential as a controller tells it."""
    return {
        "kind": "credential",
        "boot": boot,
        "sequence": sequence,
        "uptime_ms": uptime_ms,
        "reader": "in",
        "medium": "qr",
        "payload": "CP1:X",
    }


@contextlib.asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """A lane with a connection, not yet up; its first question has been asked."""
    clock, wire = HandClock(), HandWire()
    lane = LaneDevice("north-1", "campus/lane", clock)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(lane.stay(wire))
        on = Bench(lane, wire, clock, lane.new_inbox())
        await wire.next()
        yield on
        task.cancel()


def an_order(name: str, deadline: Instant | None = None) -> Order:
    """A release."""
    return Order(
        command_id=CommandId(name),
        deadline=deadline,
        reason="GRANTED",
        issued_by="gate",
        on=lambda terms: codec.Release(terms, Direction.ENTRY),
    )


async def test_a_lane_is_up_once_a_question_was_answered() -> None:
    """Neither a connection nor `online` is enough; the answer to this very question is."""
    async with bench() as on:
        on.say("state", {"state": "online"})
        on.report("ask-999")
        assert not on.is_up()
        assert on.lane.counters["answers_too_late"] == 1
        on.report("ask-1")
        assert on.is_up()
        assert on.lane.times_up == 1
        needs_up(on.lane, 1)


async def test_coming_to_the_broker_is_asked_about_at_once() -> None:
    """`online` brings the next question forward."""
    async with bench() as on:
        on.say("state", {"state": "online"})
        assert (await on.wire.next())["kind"] == "ask"
        assert on.wire.sent[-1][2:] == (0, 1)


async def test_the_last_will_takes_a_lane_down() -> None:
    """Gone is gone, in words; and coming up again is another time."""
    async with bench() as on:
        on.report("ask-1")
        on.say("state", {"state": "offline"})
        assert not on.is_up()
        with pytest.raises(DeviceUnavailable, match="check its power"):
            needs_up(on.lane, 1)
        on.report((await on.wire.next())["id"])
        with pytest.raises(DeviceUnavailable):
            needs_up(on.lane, 1)
        needs_up(on.lane, 2)


async def test_silence_takes_a_lane_down_after_eight_seconds() -> None:
    """A controller that hangs while its broker is well is told apart from a lost broker."""
    async with bench() as on:
        on.report("ask-1")
        on.clock.move(7_900)
        await on.wire.next()
        assert on.is_up()
        on.clock.move(200)
        await on.wire.next()
        assert not on.is_up()
        assert "the broker does" in on.lane.reason


async def test_the_age_of_a_read_is_known_wherever_it_waited() -> None:
    """The controller's own clock tells, once one question was answered."""
    async with bench() as on:
        on.clock.move(40)
        on.report("ask-1", uptime_ms=50_000)  # asked 40 ms ago: its clock stood so between
        on.clock.move(1_000)
        on.read(1, uptime_ms=50_990)
        age = on.age_ms()
        assert age is not None
        assert 10 <= age <= 50
        on.read(2, uptime_ms=45_000)
        assert on.age_ms() == 40 + 1_000 + 5_000


async def test_before_the_lane_is_up_no_age_is_known() -> None:
    """Also from a controller whose clock was known before the loss."""
    async with bench() as on:
        on.read(1, uptime_ms=49_000)
        assert on.age_ms() is None
        on.report("ask-1")
        on.lane.lose("broker gone")
        on.read(2, uptime_ms=50_000)
        assert on.age_ms() is None


async def test_a_read_of_another_start_has_no_age() -> None:
    """What a controller says of a time before its power cut is not fresh."""
    async with bench() as on:
        on.report("ask-1")
        on.read(1, uptime_ms=50_000, boot="b0")
        assert on.age_ms() is None


@given(
    true_age_ms=st.integers(0, 60_000),
    there_ms=st.integers(0, 3_000),
    back_ms=st.integers(0, 3_000),
    later_ms=st.integers(0, 600_000),
)
def test_an_age_is_never_too_small_and_a_deadline_never_too_late(
    true_age_ms: int, there_ms: int, back_ms: int, later_ms: int
) -> None:
    """However unevenly question and answer travel, the doubt is on the safe side."""
    asked = START
    read_at, heard = asked.plus_ms(there_ms), asked.plus_ms(there_ms + back_ms)
    clock = LaneClock(asked, heard, uptime_ms=1_000_000)
    at = heard.plus_ms(later_ms + true_age_ms)
    made_at_uptime = 1_000_000 + round(at.ms_since(read_at)) - true_age_ms
    age = clock.age_ms(made_at_uptime, at)
    assert age is not None
    assert true_age_ms <= age <= true_age_ms + there_ms + back_ms
    true_uptime = 1_000_000 + round(at.ms_since(read_at))
    assert true_uptime - back_ms <= clock.uptime_at(at) <= true_uptime


def test_a_message_from_the_future_has_no_age() -> None:
    """A controller's clock that jumped makes nothing fresh."""
    assert LaneClock(START, START.plus_ms(10), 1_000).age_ms(9_000, START.plus_ms(20)) is None


async def test_an_event_sent_twice_is_one() -> None:
    """The same number of the same start again is counted and not handed on; a gap is counted."""
    async with bench() as on:
        on.report("ask-1")
        on.inbox.take()
        for sequence in (1, 1, 2, 5, 4):
            on.read(sequence, 50_000)
        heard = []
        while (one := on.inbox.take()) is not None:
            heard.append(one.message)
        assert [m.sequence for m in heard if isinstance(m, codec.Credential)] == [1, 2, 5]
        assert (on.lane.counters["duplicates"], on.lane.counters["missed"]) == (2, 2)


async def test_a_retained_read_is_refused_and_counted() -> None:
    """A broker's copy is never news; the very same message without the flag is (control)."""
    async with bench() as on:
        on.report("ask-1")
        on.inbox.take()
        on.say("event", a_read(1, 50_000), retained=True)
        on.say("state", {"state": "offline"}, retained=True)
        assert on.inbox.take() is None
        assert on.is_up()
        assert on.lane.counters["retained_refused"] == 2
        on.say("event", a_read(1, 50_000))
        assert on.inbox.take() is not None


async def test_junk_is_counted_and_changes_nothing() -> None:
    """Bytes that are no message, and topics that are none."""
    async with bench() as on:
        on.report("ask-1")
        on.lane.hear(Message("campus/lane/north-1/event", b"\xff\x00", is_retained=False))
        on.say("elsewhere", {})
        on.say("answer", {"kind": "result", "id": "x", "outcome": "opened"})
        assert on.lane.counters["junk"] == 3
        assert on.is_up()


async def _ordered(on: Bench, order: Order, answer: object = None) -> ReleaseResult:
    """The result of an order to which the controller says `answer`."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(on.lane.order(order))
        if answer is not None:
            await on.wire.next()
            on.say("answer", answer)
    return task.result()


@pytest.mark.parametrize("outcome", ["confirmed", "accepted", "refused", "expired"])
async def test_the_controllers_answer_is_the_result(outcome: str) -> None:
    """With its detail; the order says until when by the controller's own clock."""
    async with bench() as on:
        on.report("ask-1", uptime_ms=50_000)
        answer = {"kind": "result", "id": "one", "outcome": outcome, "detail": "d"}
        result = await _ordered(on, an_order("one", on.clock.now().plus_ms(300)), answer)
        assert (result.outcome, result.detail) == (ReleaseOutcome(outcome), "d")
        leaf, message, qos, expiry_s = on.wire.sent[-1]
        assert (leaf, message["kind"], qos, expiry_s) == ("command", "release", 1, 1)
        assert message["terms"] == {
            "id": "one",
            "boot": "b1",
            "link": 3,
            "not_after_ms": 50_300,
            "reason": "GRANTED",
            "issued_by": "gate",
        }


async def test_an_order_without_a_deadline_has_one_all_the_same() -> None:
    """To free or lock is not done later than its answer was waited for."""
    async with bench() as on:
        on.report("ask-1", uptime_ms=50_000)
        await _ordered(on, an_order("one"), {"kind": "result", "id": "one", "outcome": "accepted"})
        terms = on.wire.sent[-1][1]["terms"]
        assert isinstance(terms, dict)
        assert terms["not_after_ms"] == 50_900


async def test_what_must_not_be_sent_is_not_sent() -> None:
    """Late, repeated, or to a lane that is not up: answered at once, nothing on the wire."""
    async with bench() as on:
        assert (await _ordered(on, an_order("down"))).outcome is ReleaseOutcome.REFUSED
        on.report("ask-1")
        late = an_order("late", on.clock.now().plus_ms(-1))
        assert (await _ordered(on, late)).outcome is ReleaseOutcome.EXPIRED
        answer = {"kind": "result", "id": "one", "outcome": "confirmed"}
        assert (await _ordered(on, an_order("one"), answer)).outcome is ReleaseOutcome.CONFIRMED
        assert (await _ordered(on, an_order("one"))).outcome is ReleaseOutcome.REFUSED
        assert [message["kind"] for _, message, _, _ in on.wire.sent].count("release") == 1


async def test_a_link_that_dies_leaves_the_order_unknown() -> None:
    """At once, for the lane may have done it."""
    async with bench() as on, asyncio.TaskGroup() as group:
        on.report("ask-1")
        task = group.create_task(on.lane.order(an_order("one")))
        await on.wire.next()
        on.lane.lose("broker gone")
        assert (await task).outcome is ReleaseOutcome.UNKNOWN
        on.say("answer", {"kind": "result", "id": "one", "outcome": "confirmed"})
        assert on.lane.counters["answers_too_late"] == 1


@pytest.mark.parametrize(
    ("code", "words"), [(NOBODY_LISTENS, "subscription"), (135, "access list"), (131, "code 131")]
)
async def test_the_brokers_own_refusal_is_named(code: int, words: str) -> None:
    """Nobody got the order: refused, with what to check."""
    async with bench() as on, asyncio.TaskGroup() as group:
        on.report("ask-1")
        task = group.create_task(on.lane.order(an_order("one")))
        await on.wire.next()
        on.wire.acks[-1].set_result(code)
        result = await task
        assert result.outcome is ReleaseOutcome.REFUSED
        assert words in result.detail


async def test_feedback_goes_to_a_lane_that_is_up_and_expires() -> None:
    """To one that is not, it is counted and forgotten."""
    feedback = codec.Feedback(
        reader="in",
        signal=Signal.GO,
        direction=Direction.ENTRY,
        text_zh="请通行",
        text_en="Go",
        show_ms=3000,
    )
    async with bench() as on:
        on.lane.show(feedback)
        assert on.lane.counters["feedback_not_sent"] == 1
        on.report("ask-1")
        on.lane.show(feedback)
        leaf, message, qos, expiry_s = on.wire.sent[-1]
        assert (leaf, message["text_zh"], qos, expiry_s) == ("feedback", "请通行", 1, 3)
