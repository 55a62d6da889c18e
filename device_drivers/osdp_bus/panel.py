"""The control panel of one bus: whose turn it is, whose answer is awaited, until when. No I/O.

One peripheral has the line at a time. Those in a session are polled back to back, orders first.
One that is not there is tried rarely, and never twice without the others having had their turn:
its silence costs each of them one reply time and no more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from access_core.clock import Instant
from access_core.errors import ProgramError
from device_drivers.osdp_bus.codec import BROADCAST, Frame, FrameReader, encode
from device_drivers.osdp_bus.messages import Code
from device_drivers.osdp_bus.peripheral import Peripheral
from device_drivers.osdp_bus.reports import Order, Report

REPLY_WITHIN_MS: Final = 200
"""A peripheral begins its answer within this time (SIA OSDP 2.2, 5.7)."""
BETWEEN_BYTES_MS: Final = 50
"""An answer that has begun goes on within this time: 20 ms of the specification, and what a
USB adapter holds back."""
LONGEST_ANSWER_BYTES: Final = 256
"""Time for so many bytes is given to an answer at most."""
ALONE_MS: Final = 100
"""Nobody on the line is there: nobody is delayed by trying, so try this often."""
BITS_PER_BYTE: Final = 10
"""Start bit, eight data bits, stop bit."""
SEARCH_AFTER: Final = 8
"""After so many silences of the only peripheral, ask once who else is there."""
_WHO_IS_THERE: Final = bytes([Code.ID, 0])


@dataclass(slots=True)
class Step:
    """What follows from bytes, from time or from an order."""

    send: bytes = b""
    """To be written now; empty: nothing."""
    reports: list[tuple[Peripheral, Report]] = field(default_factory=list)


@dataclass(slots=True)
class LineCounts:
    """What else was heard on the line since it was laid."""

    echoes: int = 0
    """Our own frames: a line of two wires gives them back."""
    strays: int = 0
    """Good replies that nobody awaited: late, repeated, or with an address of somebody else."""


class Panel:
    """The peripherals of one line. Say `opened()` before anything is sent."""

    def __init__(self, baud: int, entropy: Callable[[int], bytes], where: str = "the line") -> None:
        """`entropy` gives so many random bytes; `where` names the line to people."""
        self._baud = baud
        self._entropy = entropy
        self._where = where
        self._peripherals: dict[int, Peripheral] = {}
        self._reader = FrameReader()
        self._has_line: Peripheral | None = None
        self._answer_by = Instant(0, 0)
        self._not_beyond = Instant(0, 0)
        self._is_open = False
        self._is_searching = False
        self._silences = 0
        self._tried_at = Instant(0, 0)
        self._stranger: int | None = None
        self._junk_before = 0
        self.counts = LineCounts()

    @property
    def peripherals(self) -> Mapping[int, Peripheral]:
        """By address."""
        return self._peripherals

    def counters(self) -> dict[str, int]:
        """What was counted on the line, for people."""
        heard = self._reader.counts
        return {
            "frames": heard.frames,
            "bad_checks": heard.bad_checks,
            "junk_bytes": heard.junk_bytes,
            "echoes": self.counts.echoes,
            "strays": self.counts.strays,
        }

    def add(self, address: int) -> Peripheral:
        """The peripheral at `address`, made now if there is none."""
        if address not in self._peripherals:
            self._peripherals[address] = Peripheral(address, self._entropy)
        return self._peripherals[address]

    def opened(self, now: Instant) -> Step:
        """The line is there."""
        self._is_open = True
        self._reader.give_up()
        for peripheral in self._peripherals.values():
            peripheral.hurry(now)
        return self._go_on(Step(), now)

    def closed(self, why: str, now: Instant) -> Step:
        """The line has gone; `why` in words."""
        self._is_open, self._has_line, self._is_searching = False, None, False
        step = Step()
        for peripheral in self._peripherals.values():
            self._note(step, peripheral, peripheral.line_gone(why, now))
        return step

    def order(self, address: int, order: Order, now: Instant) -> Step:
        """Take an order for the peripheral at `address`, which must have been added."""
        peripheral = self._peripherals.get(address)
        if peripheral is None:
            raise ProgramError(f"no peripheral {address} on {self._where}")
        step = Step()
        self._note(step, peripheral, peripheral.order(order, now))
        return self._go_on(step, now)

    def received(self, data: bytes, now: Instant) -> Step:
        """Bytes have arrived."""
        step = Step()
        for frame in self._reader.feed(data):
            self._hear(step, frame, now)
        if self._is_awaiting and self._reader.has_partial:
            later = max(self._answer_by, now.plus_ms(BETWEEN_BYTES_MS))
            self._answer_by = min(later, self._not_beyond)
        return self._go_on(step, now)

    def woken(self, now: Instant) -> Step:
        """Time has passed; `next_deadline()` may have come, or something was added."""
        step = Step()
        if self._is_awaiting and now >= self._answer_by:
            # A good answer may hide behind noise that looked like the beginning of a longer one.
            for frame in self._reader.give_up():
                self._hear(step, frame, now)
            silent, self._has_line, self._is_searching = self._has_line, None, False
            if silent is not None:
                self._silences += 1
                self._note(step, silent, silent.unanswered(self._what_was_heard(), now))
        for peripheral in self._peripherals.values():
            self._note(step, peripheral, peripheral.tick(now))
        return self._go_on(step, now)

    def next_deadline(self) -> Instant | None:
        """When `woken()` is wanted at the latest; None: not by itself."""
        times = [peripheral.next_tick() for peripheral in self._peripherals.values()]
        if self._is_awaiting:
            times.append(self._answer_by)
        elif self._is_open:
            times += [self._due(peripheral) for peripheral in self._peripherals.values()]
        return min((time for time in times if time is not None), default=None)

    # -- answers ---------------------------------------------------------------------------

    @property
    def _is_awaiting(self) -> bool:
        return self._has_line is not None or self._is_searching

    def _hear(self, step: Step, frame: Frame, now: Instant) -> None:
        asked = self._has_line
        if not frame.is_reply:
            self.counts.echoes += 1
            return
        was_anybody_live, reports = self._is_anybody_live(), None
        if asked is not None and frame.address == asked.address:
            reports = asked.answered(frame, now)
        if asked is None or reports is None:
            self.counts.strays += 1
            if frame.address not in self._peripherals:
                self._stranger = frame.address
            return
        self._has_line, self._stranger, self._silences = None, None, 0
        self._note(step, asked, reports)
        if asked.is_live and not was_anybody_live:
            # The cable is back for one, and so perhaps for all.
            for other in self._peripherals.values():
                other.hurry(now)

    def _is_anybody_live(self) -> bool:
        return any(peripheral.is_live for peripheral in self._peripherals.values())

    def _note(self, step: Step, peripheral: Peripheral, reports: list[Report]) -> None:
        step.reports += [(peripheral, report) for report in reports]

    def _what_was_heard(self) -> str:
        """Why there was no answer, in words, by what was heard meanwhile."""
        if self._reader.counts.junk_bytes > self._junk_before:
            return (
                f"bytes come on {self._where}, but no readable frame; check that the baud rate is "
                "the reader's, A/B not swapped, the line terminated"
            )
        if self._stranger is not None:
            return (
                f"on {self._where} address {self._stranger} answers, which is not in the "
                "settings; the reader may have been reset: check its address"
            )
        return f"no answer on {self._where}; check power, cable, A/B, address and baud rate"

    # -- turns -----------------------------------------------------------------------------

    def _go_on(self, step: Step, now: Instant) -> Step:
        """Give the line to whoever is due."""
        if self._is_awaiting or not self._is_open:
            return step
        turn = self._whose_turn(now)
        if turn is None:
            return step
        self._junk_before = self._reader.counts.junk_bytes
        self._reader.give_up()
        if self._wants_search(turn):
            self._is_searching, self._silences = True, 0
            step.send = encode(Frame(BROADCAST, is_reply=False, sequence=0, body=_WHO_IS_THERE))
        else:
            step.send = turn.frame(now)
            self._has_line = turn
        if not turn.is_live:
            self._tried_at = now
        self._answer_by = now.plus_ms(self._wire_ms(len(step.send)) + REPLY_WITHIN_MS)
        self._not_beyond = self._answer_by.plus_ms(self._wire_ms(LONGEST_ANSWER_BYTES))
        return step

    def _whose_turn(self, now: Instant) -> Peripheral | None:
        """Orders first; then whoever waits longest, if all live ones were asked since a trial."""
        due = [
            peripheral
            for peripheral in self._peripherals.values()
            if (time := self._due(peripheral)) is not None and time <= now
        ]
        live = [peripheral for peripheral in due if peripheral.is_live]
        ordered = [peripheral for peripheral in live if peripheral.has_order]
        others = [peripheral for peripheral in due if not peripheral.is_live]
        waiting = [peripheral for peripheral in live if peripheral.asked_at <= self._tried_at]
        for choice in (ordered, waiting, others, live):
            if choice:
                return min(choice, key=_asked_at)
        return None

    def _due(self, peripheral: Peripheral) -> Instant | None:
        due = peripheral.due_at
        if due is None or peripheral.is_live or peripheral.is_doubted:
            return due
        if self._is_anybody_live():
            return due
        return min(due, peripheral.asked_at.plus_ms(ALONE_MS))

    def _wants_search(self, turn: Peripheral) -> bool:
        """The only peripheral of the line stays silent: who else is there?"""
        is_only = len(self._peripherals) == 1
        return is_only and not turn.is_live and self._silences >= SEARCH_AFTER

    def _wire_ms(self, count: int) -> int:
        return -(-count * BITS_PER_BYTE * 1000 // self._baud)


def _asked_at(peripheral: Peripheral) -> Instant:
    return peripheral.asked_at
