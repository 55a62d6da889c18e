"""One lane controller at a broker: is it there, how old is what it says, does it do as told.

    ask every 500 ms --> report (inputs, counts, boot, its own clock)   the lane is up
    a report brings the controller's clock together with ours: from then on the age of each of its
    messages is known wherever it has waited - in the controller, in the broker, in this program -
    and each order says by the controller's own clock until when it may be done.

Nothing is ever sent to a lane that is not up; no reconnecting here.
"""

import asyncio
import contextlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from access_core.clock import Clock, Instant
from access_core.devices.commands import ReleaseOutcome, ReleaseResult
from access_core.devices.health import OFFLINE_AFTER_MS
from access_core.errors import DeviceUnavailable, MalformedMessage
from access_core.ids import CommandId
from device_drivers.lane.orders import ORDER_S, OrderBook, refused
from device_drivers.mqtt_lane import codec
from device_drivers.mqtt_lane.codec import Feedback, LaneEvent, LaneOrder, Report, Result
from device_drivers.mqtt_lane.inbox import Heard, Inbox
from device_drivers.mqtt_lane.transport import FAILURE, NOBODY_LISTENS, Message

ASK_EVERY_MS: Final = 500
"""A lane is asked how it is so often; half of the time after which silence is shown."""
ORDER_MS: Final = round(ORDER_S * 1000)
"""An order is answered by then, and the controller does not do it later either."""
CLOCK_LASTS_MS: Final = 60_000
"""A better measured clock is kept so long: two quartzes part by 6 ms in a minute."""
CLOCK_TOLERANCE_MS: Final = 50
"""A message that much younger than possible comes from a clock that jumped."""
MOST_QUESTIONS: Final = 8
"""Questions that may still be answered: four seconds of them."""
REMEMBERED_BOOTS: Final = 4
"""Starts of a controller that messages may still come from."""
COMMAND, FEEDBACK, STATE, EVENT, ANSWER = "command", "feedback", "state", "event", "answer"
"""Last level of the topics."""
HEARD_TOPICS: Final = {STATE: 1, EVENT: 1, ANSWER: 1}
"""Topics a lane is heard on, with their quality of service."""


class Line(Protocol):
    """What a lane needs of a connection."""

    def publish(
        self, topic: str, payload: bytes, *, qos: int, expiry_s: int
    ) -> asyncio.Future[int]:
        """As `BrokerLine.publish`."""
        ...


@dataclass(frozen=True, slots=True)
class LaneClock:
    """One reading of a controller's clock: between `asked` and `heard` it stood at `uptime_ms`."""

    asked: Instant
    heard: Instant
    uptime_ms: int

    def age_ms(self, uptime_ms: int, at: Instant) -> float | None:
        """How old, at most, what was made at `uptime_ms` is at `at`; None if that cannot be."""
        age = at.ms_since(self.asked) - (uptime_ms - self.uptime_ms)
        spread = self.heard.ms_since(self.asked)
        return max(age, 0.0) if age >= -spread - CLOCK_TOLERANCE_MS else None

    def uptime_at(self, moment: Instant) -> int:
        """What the controller's clock shows at `moment`, at least."""
        return self.uptime_ms + int(moment.ms_since(self.heard))


@dataclass(slots=True)
class _Boot:
    """What is known of one start of the controller."""

    last_sequence: int = 0
    clock: LaneClock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to tell a lane, without what only the lane's state can say."""

    command_id: CommandId
    deadline: Instant | None
    reason: str
    issued_by: str
    on: Callable[[codec.Terms], LaneOrder]
    """The command on its terms."""


class LaneDevice:
    """One lane. Lives longer than a connection, so that a repeat is known over a loss."""

    def __init__(self, name: str, prefix: str, clock: Clock) -> None:
        """`name` is the lane's level in the topics that begin with `prefix`."""
        self.name = name
        self._topic = f"{prefix}/{name}"
        self._clock = clock
        self._line: Line | None = None
        self._inboxes: list[Inbox] = []
        self._boots: OrderedDict[str, _Boot] = OrderedDict()
        self._asked: OrderedDict[str, Instant] = OrderedDict()
        self._questions = 0
        self._asked_now = asyncio.Event()
        self._orders = OrderBook()
        self._answers: dict[str, asyncio.Future[ReleaseResult]] = {}
        self.report: Report | None = None
        """The last one, while the lane is up."""
        self.times_up = 0
        """How often it has come up."""
        self.reason = "the connection to the broker is being made"
        """Why the lane is not up, in words; the last reason while it is."""
        self.last_good: Instant | None = None
        self.counters: Counter[str] = Counter()

    @property
    def is_up(self) -> bool:
        """The lane answers."""
        return self.report is not None

    def topics(self) -> dict[str, int]:
        """What to subscribe to."""
        return {f"{self._topic}/{leaf}": qos for leaf, qos in HEARD_TOPICS.items()}

    def new_inbox(self) -> Inbox:
        """For one more driver: everything the lane says from now on."""
        self._inboxes.append(Inbox())
        return self._inboxes[-1]

    # -- the connection --------------------------------------------------------------------

    async def stay(self, line: Line) -> None:
        """Ask the lane how it is, over `line`, until cancelled."""
        self._line = line
        self.reason = f"{self.name} does not answer; check its power, its network and its account"
        try:
            while True:
                self._ask(line)
                self._asked_now.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(ASK_EVERY_MS / 1000):
                        await self._asked_now.wait()
                self._look_whether_silent()
        finally:
            self._line = None

    def hear(self, message: Message) -> None:
        """Take one message of this lane; never raises."""
        now = self._clock.now()
        leaf = message.topic.rpartition("/")[2]
        if message.is_retained:
            # Kept by the broker for whoever comes: nobody can tell how old it is.
            self.counters["retained_refused"] += 1
            return
        try:
            match leaf:
                case "state":
                    self._on_state(codec.read_state(message.payload))
                case "event":
                    self._on_event(codec.read_event(message.payload), now)
                case "answer":
                    self._on_answer(codec.read_answer(message.payload), now)
                case _:
                    self.counters["junk"] += 1
                    return
        except MalformedMessage:
            self.counters["junk"] += 1
            return
        self.counters["messages"] += 1

    def lose(self, reason: str) -> None:
        """The lane is not up any more, or still not; whoever waits for an answer gets `unknown`."""
        self.reason = reason
        self.report = None
        self._asked.clear()
        for command_id, answer in list(self._answers.items()):
            if not answer.done():
                answer.set_result(_unknown(CommandId(command_id), reason))
        for inbox in self._inboxes:
            inbox.news.set()

    # -- what it is told -------------------------------------------------------------------

    async def order(self, order: Order) -> ReleaseResult:
        """Tell the lane something; answers within 1 s, whatever the link does.

        The same id is never sent twice; late, or to a lane that is not up, nothing is sent.
        """
        now = self._clock.now()
        objection = self._orders.objection(order.command_id, order.deadline, now)
        if objection is not None:
            return objection
        clock = self._clock_now()
        if self._line is None or self.report is None or clock is None:
            return refused(order.command_id, f"{self.reason}; nothing was sent")
        self._orders.remember(order.command_id)
        terms = codec.Terms(
            id=order.command_id,
            boot=self.report.boot,
            link=self.report.link,
            not_after_ms=clock.uptime_at(_earlier(order.deadline, now.plus_ms(ORDER_MS))),
            reason=order.reason,
            issued_by=order.issued_by,
        )
        with self._waiting_for(order.command_id) as answer:
            self._send(self._line, order.on(terms), answer)
            try:
                async with asyncio.timeout(ORDER_MS / 1000):
                    return await answer
            except TimeoutError:
                return _unknown(order.command_id, "no answer in time; it may have been done")

    def show(self, feedback: Feedback) -> None:
        """Tell the person at a reader; nothing if the lane is not up."""
        if self._line is None or not self.is_up:
            self.counters["feedback_not_sent"] += 1
            return
        expiry_s = max(1, feedback.show_ms // 1000)
        topic = f"{self._topic}/{FEEDBACK}"
        self._line.publish(topic, codec.encode(feedback), qos=1, expiry_s=expiry_s)

    @contextlib.contextmanager
    def _waiting_for(self, command_id: CommandId) -> Iterator[asyncio.Future[ReleaseResult]]:
        answer: asyncio.Future[ReleaseResult] = asyncio.get_running_loop().create_future()
        self._answers[command_id] = answer
        try:
            yield answer
        finally:
            del self._answers[command_id]

    def _send(self, line: Line, command: LaneOrder, answer: asyncio.Future[ReleaseResult]) -> None:
        """Send an order; the broker may be the one who refuses it."""

        def acknowledged(ack: asyncio.Future[int]) -> None:
            code = 0 if ack.cancelled() else ack.result()
            refusal = _BROKER_REFUSES.get(code)
            if refusal is None and code >= FAILURE:
                refusal = f"the broker refuses it (code {code}); see its log"
            if refusal is not None and not answer.done():
                answer.set_result(
                    _answer(CommandId(command.terms.id), ReleaseOutcome.REFUSED, refusal)
                )

        # A second is the shortest there is; the controller looks at `not_after_ms` besides.
        ack = line.publish(f"{self._topic}/{COMMAND}", codec.encode(command), qos=1, expiry_s=1)
        ack.add_done_callback(acknowledged)

    # -- what it says ----------------------------------------------------------------------

    def _on_state(self, state: codec.State) -> None:
        if state.state == "offline":
            self.lose(f"{self.name} has left the broker; check its power and its network")
        else:
            self._asked_now.set()

    def _on_event(self, event: LaneEvent, now: Instant) -> None:
        boot = self._boot(event.boot)
        if event.sequence <= boot.last_sequence:
            self.counters["duplicates"] += 1
            return
        if boot.last_sequence:
            self.counters["missed"] += event.sequence - boot.last_sequence - 1
        boot.last_sequence = event.sequence
        age_ms = None
        # Until the lane is up (again), what it says may have waited; then its clock tells how long.
        if boot.clock is not None and self.is_up:
            age_ms = boot.clock.age_ms(event.uptime_ms, now)
        self._hand_on(Heard(event, now, age_ms))

    def _on_answer(self, message: Report | Result, now: Instant) -> None:
        if isinstance(message, Report):
            self._on_report(message, now)
            return
        answer = self._answers.get(message.id)
        if answer is None or answer.done():
            self.counters["answers_too_late"] += 1
            return
        outcome = ReleaseOutcome(message.outcome)
        answer.set_result(_answer(CommandId(message.id), outcome, message.detail))

    def _on_report(self, report: Report, now: Instant) -> None:
        asked = self._asked.pop(report.id, None)
        if asked is None:
            self.counters["answers_too_late"] += 1
            return
        boot = self._boot(report.boot)
        read = LaneClock(asked, now, report.uptime_ms)
        if boot.clock is None or _is_better(read, boot.clock):
            boot.clock = read
        self.last_good = now
        if self.report is None:
            self.times_up += 1
        self.report = report
        self._hand_on(Heard(report, now))

    def _hand_on(self, heard: Heard) -> None:
        for inbox in self._inboxes:
            inbox.put(heard)

    # -- asking ----------------------------------------------------------------------------

    def _ask(self, line: Line) -> None:
        self._questions += 1
        name = f"ask-{self._questions}"
        self._asked[name] = self._clock.now()
        if len(self._asked) > MOST_QUESTIONS:
            self._asked.popitem(last=False)
            self.counters["unanswered"] += 1
        # Quality 0: a question kept for later would be answered later.
        payload = codec.encode(codec.Ask(name))
        line.publish(f"{self._topic}/{COMMAND}", payload, qos=0, expiry_s=1)

    def _look_whether_silent(self) -> None:
        if self.is_up and self.last_good is not None:
            silent_ms = self._clock.now().ms_since(self.last_good)
            if silent_ms >= OFFLINE_AFTER_MS:
                self.lose(
                    f"{self.name} has not answered for {silent_ms / 1000:.0f} s, the broker does; "
                    "check the controller's power and network"
                )

    def _boot(self, name: str) -> _Boot:
        if name not in self._boots:
            self._boots[name] = _Boot()
            if len(self._boots) > REMEMBERED_BOOTS:
                self._boots.popitem(last=False)
        return self._boots[name]

    def _clock_now(self) -> LaneClock | None:
        return None if self.report is None else self._boot(self.report.boot).clock


def needs_up(lane: LaneDevice, times_up: int) -> None:
    """Return if the lane is up, and has been since it came up for the `times_up`th time.

    Raises:
        DeviceUnavailable: It is not, for the lane's reason.
    """
    if not lane.is_up or lane.times_up != times_up:
        raise DeviceUnavailable(lane.reason)


_BROKER_REFUSES: Final = {
    NOBODY_LISTENS: "the controller has no session at the broker; check its subscription",
    135: "the broker does not let this edge command the lane; check its access list",
    151: "the broker holds back: quota exceeded; see its log",
}
"""PUBACK reason codes (MQTT 5.0, 3.4.2.1), in words."""


def _is_better(read: LaneClock, known: LaneClock) -> bool:
    return (
        read.heard.ms_since(read.asked) <= known.heard.ms_since(known.asked)
        or read.heard.ms_since(known.heard) > CLOCK_LASTS_MS
    )


def _answer(command_id: CommandId, outcome: ReleaseOutcome, detail: str) -> ReleaseResult:
    return ReleaseResult(command_id=command_id, outcome=outcome, detail=detail)


def _unknown(command_id: CommandId, detail: str) -> ReleaseResult:
    return _answer(command_id, ReleaseOutcome.UNKNOWN, detail)


def _earlier(deadline: Instant | None, other: Instant) -> Instant:
    if deadline is None or other.mono_ns < deadline.mono_ns:
        return other
    return deadline
