"""One peripheral of a panel: when it is asked what, and what its answers mean. No I/O.

Nothing is believed outside a secure session: what the peripheral is and what it can do is asked
inside it, so that nobody can talk the panel out of encrypting.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, assert_never

from access_core.clock import Instant
from access_core.errors import MalformedMessage
from device_drivers.osdp_bus import messages
from device_drivers.osdp_bus.codec import Frame
from device_drivers.osdp_bus.conversation import (
    Answer,
    Asked,
    Broken,
    Busy,
    Conversation,
    Forged,
    Going,
    Heard,
    Proven,
    Stage,
)
from device_drivers.osdp_bus.handshake import Installing
from device_drivers.osdp_bus.messages import Code, Reply
from device_drivers.osdp_bus.orders import OrderQueue, answer_to, done
from device_drivers.osdp_bus.reports import (
    CameOnline,
    CardSeen,
    InputsTold,
    InstallChanged,
    InstallStep,
    KeysPressed,
    Order,
    OrderOutcome,
    OutputsTold,
    ReaderStatusTold,
    Report,
    StatusTold,
    WasHeard,
    WasUntrusted,
    WentOffline,
)
from device_drivers.osdp_bus.standing import Hearing, Known, Patience

TRIES: Final = 2
"""A command in a session is sent so often; one that heard the first time repeats its answer."""
LEAST_CYCLE_MS: Final = 5
"""From poll to poll of one peripheral; shorter brings heat and nobody through a gate sooner."""
BUSY_WAIT_MS: Final = 30
"""Between two tries of a command that found the peripheral busy."""
BUSY_LONGEST_MS: Final = 3_000
"""Busy for so long is stuck: begin anew."""


class Peripheral:
    """One address of a bus. The panel asks when it is due, and hands it answers and time."""

    def __init__(self, address: int, entropy: Callable[[int], bytes]) -> None:
        """Silent until it has a key or is installed; `entropy` gives so many random bytes."""
        self.address = address
        self.is_online = False
        self.is_doubted = False
        """The last attempt ended with somebody who does not have the key."""
        self.why = "it has not been asked yet"
        """Why it is not there, in words."""
        self.known = Known()
        self.installing: Installing | None = None
        """Open while a person at the box lets it be given a new key."""
        self.asked_at = Instant(0, 0)
        """When it last had the line."""
        self._talk = Conversation(entropy)
        self._key: bytes | None = None
        self._questions: deque[Code] = deque()
        self._orders = OrderQueue()
        self._patience = Patience()
        self._due_at = Instant(0, 0)
        self._busy_since: Instant | None = None
        self._hearing = Hearing()

    # -- what the panel wants to know ------------------------------------------------------

    @property
    def is_live(self) -> bool:
        """It is in a secure session."""
        return self._talk.stage is Stage.SECURE

    @property
    def has_order(self) -> bool:
        """An order can be sent at once."""
        return self.is_live and bool(self._orders) and self._talk.asked is None

    @property
    def due_at(self) -> Instant | None:
        """When it wants the line; None: never, it has no key."""
        if self._key is None and self.installing is None:
            return None
        is_midway = self._talk.stage is Stage.CHALLENGED or self._questions or self._orders
        if self._talk.asked is None and self._talk.stage is not Stage.APART and is_midway:
            return self.asked_at
        return self._due_at

    def next_tick(self) -> Instant | None:
        """When `tick()` is wanted, whatever the line does."""
        times = [self._orders.next_expiry()]
        asked = self._talk.asked
        if asked is not None and asked.order is not None and not asked.is_on_line:
            times.append(asked.order.not_after.plus_ms(1))
        if self.is_online:
            times.append(self._hearing.offline_at())
        if self.installing is not None:
            times.append(self.installing.until)
        return min((time for time in times if time is not None), default=None)

    # -- what it is told -------------------------------------------------------------------

    def set_key(self, key: bytes, now: Instant) -> None:
        """Use this base key from the next attempt on; the first key makes it begin."""
        if key != self._key:
            self._key, self.is_doubted = key, False
            self.hurry(now)

    def hurry(self, now: Instant) -> None:
        """Try again now: something has changed."""
        is_wanted = self.installing is not None or not self.is_doubted
        if self._talk.stage is Stage.APART and is_wanted:
            self._patience.succeeded()
            self._due_at = now

    def order(self, order: Order, now: Instant) -> list[Report]:
        """Take an order, to be sent before anything else."""
        if not self.is_online:
            return [done(order, now, OrderOutcome.REFUSED, f"not there: {self.why}")]
        return [*self._orders.add(order, now)]

    def frame(self, now: Instant) -> bytes:
        """What to send to it now; its answer is awaited from now on."""
        asked = self._talk.asked or self._next(now)
        asked.tries += 1
        asked.is_on_line = True
        self.asked_at = now
        return asked.frame

    def answered(self, frame: Frame, now: Instant) -> list[Report] | None:
        """What follows from a reply with its address; None if it is not the answer awaited."""
        heard = self._talk.answered(frame)
        return None if heard is None else self._follow(heard, now)

    def unanswered(self, why: str, now: Instant) -> list[Report]:
        """Its time to answer is over; `why` says in words what was heard instead."""
        asked = self._talk.asked
        if asked is None:
            return []
        asked.is_on_line = False
        if self.is_live and asked.tries < TRIES:
            self._due_at = now
            return []
        self.why = why
        was_live = self.is_live
        reports = self._begin_anew(self._talk.end(), now)
        if not was_live:
            self._due_at = self._patience.failed(now)
        return reports

    def tick(self, now: Instant) -> list[Report]:
        """What follows from the time alone."""
        reports: list[Report] = [*self._orders.expired(now)]
        asked = self._talk.asked
        order = None if asked is None or asked.is_on_line else asked.order
        if order is not None and order.not_after < now:
            reports += self._begin_anew(self._talk.end(), now)
        if self.installing is not None and self.installing.until <= now:
            self.installing = None
            reports.append(InstallChanged(now, InstallStep.CLOSED, self.why))
        offline_at = self._hearing.offline_at()
        if self.is_online and offline_at is not None and now >= offline_at:
            reports += self._went_offline(now)
        return reports

    def line_gone(self, why: str, now: Instant) -> list[Report]:
        """The line is down: everything waits for it."""
        self.why, self._hearing.is_clean = why, False
        reports = self._begin_anew(self._talk.end(), now)
        return [*reports, *self._went_offline(now)] if self.is_online else reports

    # -- asking ----------------------------------------------------------------------------

    def _next(self, now: Instant) -> Asked:
        if self._talk.stage is Stage.APART:
            installing, key = self.installing, self._key
            if installing is not None:
                installing.uses_default = key is None or not installing.uses_default
                key = None if installing.uses_default else key
            return self._talk.challenge(self.address, key)
        if self._talk.stage is Stage.CHALLENGED:
            return self._talk.prove(self.address)
        if self._questions:
            code = self._questions.popleft()
            return self._talk.ask(self.address, code, data_of(code, self.installing))
        if self._orders:
            order = self._orders.pop()
            return self._talk.ask(self.address, order.code, order.data, order)
        self._due_at = now.plus_ms(LEAST_CYCLE_MS)
        return self._talk.ask(self.address, Code.POLL, b"")

    # -- answers ---------------------------------------------------------------------------

    def _follow(self, heard: Heard, now: Instant) -> list[Report]:
        match heard:
            case Busy():
                return self._was_busy(now)
            case Going():
                return []
            case Proven():
                return self._proven(now)
            case Answer():
                return self._told(heard.asked, heard.body, now)
            case Broken():
                self.why = f"{heard.why}; check the cable and the supply of the reader"
                was_live = self.is_live
                self._talk.end()
                reports = self._begin_anew(heard.asked, now)
                if not was_live:
                    self._due_at = self._patience.failed(now)
                return reports
            case Forged():
                self.why, self.is_doubted = heard.fault, True
                self._talk.end()
                reports = self._begin_anew(heard.asked, now)
                self._due_at = self._patience.failed(now)
                if self.installing is None:
                    reports.append(WasUntrusted(now, heard.fault))
                return reports
            case _:
                assert_never(heard)

    def _was_busy(self, now: Instant) -> list[Report]:
        self._busy_since = self._busy_since or now
        self._due_at = now.plus_ms(BUSY_WAIT_MS)
        if now.ms_since(self._busy_since) < BUSY_LONGEST_MS:
            return []
        self.why = "it says that it is busy, and nothing else; check it, switch it off and on"
        return self._begin_anew(self._talk.end(), now)

    def _proven(self, now: Instant) -> list[Report]:
        """The peripheral has the key, and so have we."""
        self._patience.succeeded()
        self._hearing.heard(now)
        # What it waited for as an absent one is over: the first poll may follow at once.
        self.is_doubted, self._due_at = False, now
        reports: list[Report] = [WasHeard(now)]
        installing = self.installing
        if installing is not None and self._talk.uses_default:
            self._questions = deque([Code.ID, Code.CAP, Code.KEYSET])
            return reports
        if installing is not None:
            self.installing = None
            step = InstallStep.DONE if installing.is_given else InstallStep.HAS_KEY
            reports.append(InstallChanged(now, step, "it has proven this site's key"))
        # One that is back first tells what happened at the gate, then what else has changed.
        states = [Code.POLL, *self.known.states()]
        self._questions = deque(states if self.is_online else [Code.ID, Code.CAP])
        return reports

    def _told(self, asked: Asked, body: bytes, now: Instant) -> list[Report]:
        self._hearing.heard(now)
        self._busy_since = None
        reports: list[Report] = [WasHeard(now)]
        if asked.code is Code.KEYSET:
            if body[0] == Reply.NAK:
                self.why = f"it did not take the key: {messages.nak_words(body[1:])}"
            elif self.installing is not None:
                # Only the next handshake shows that it truly has it.
                self.installing.is_given = True
                self._key = self.installing.new_key
            self._talk.end()
            return [*reports, *self._begin_anew(None, now)]
        if asked.order is not None:
            reports.append(answer_to(asked.order, body, now))
        if asked.code is Code.POLL and body[0] == Reply.ACK:
            self._hearing.is_clean = True
        is_secret = not self._talk.uses_default
        try:
            self.known.learn(body)
            said = report_of(body, now, is_fresh=self._hearing.is_clean)
        except MalformedMessage as odd:
            self.why, said = f"it gave an answer that cannot be read: {odd}", None
        reports += [] if said is None else [said]
        if asked.code is Code.CAP and is_secret:
            self._questions.extend(self.known.states())
        if is_secret and not (self._questions or self.is_online):
            self.is_online = True
            reports.insert(0, CameOnline(now, self.known.identity, self.known.abilities))
        return reports

    # -- failing ---------------------------------------------------------------------------

    def _begin_anew(self, asked: Asked | None, now: Instant) -> list[Report]:
        """At once; an order on its way may or may not have been done."""
        self._busy_since = None
        self._questions.clear()
        self._due_at = now
        order = None if asked is None else asked.order
        if order is None:
            return []
        if order.may_repeat and now < order.not_after and self.is_online:
            self._orders.put_back(order)
            return []
        return [done(order, now, OrderOutcome.UNKNOWN, "no answer; it may have been done")]

    def _went_offline(self, now: Instant) -> list[Report]:
        self.is_online = False
        return [*self._orders.refused(self.why, now), WentOffline(now, self.why)]


def data_of(question: Code, installing: Installing | None) -> bytes:
    """The data of a question that the panel asks by itself."""
    if question is Code.KEYSET and installing is not None:
        return messages.keyset_data(installing.new_key)
    return b"\0" if question in {Code.ID, Code.CAP} else b""


def report_of(body: bytes, at: Instant, *, is_fresh: bool) -> Report | None:
    """What an answer tells of the gate; None if nothing. Raises MalformedMessage."""
    data = body[1:]
    match body[0]:
        case Reply.RAW:
            return CardSeen(at, messages.read_card(data), is_fresh)
        case Reply.KEYPAD:
            return KeysPressed(at, messages.read_keys(data), is_fresh)
        case Reply.LSTATR if len(data) > 1:
            return StatusTold(at, bool(data[0]), bool(data[1]))
        case Reply.RSTATR if data:
            return ReaderStatusTold(at, any(data))
        case Reply.ISTATR:
            return InputsTold(at, tuple(value == 1 for value in data))
        case Reply.OSTATR:
            return OutputsTold(at, tuple(value == 1 for value in data))
        case _:
            return None
