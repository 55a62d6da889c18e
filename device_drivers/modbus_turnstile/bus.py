"""One line with one or more boards on it: one question at a time, orders first.

On a serial line nothing in an answer says which question it answers. So after anything but a
clean answer the line is left alone until it is quiet, whatever came meanwhile is thrown away, and
each answer is checked for unit, function, length and echo. A board that does not answer costs the
others one wait and a short silence, and never the line: it stays open.
"""

import asyncio
import contextlib
import heapq
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Final

from access_core.clock import Clock, Instant
from access_core.errors import DeviceUnavailable
from device_drivers.modbus_turnstile.codec import (
    Framing,
    Question,
    RtuFraming,
    TcpFraming,
    refusal_in,
)
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.transport import silences_on
from device_drivers.transports.line import Line, open_line

LONGEST_NOISE_S: Final = 0.3
"""A line that is never quiet is used all the same after this time."""

_EXCEPTION_WORDS: Final = {
    1: "it does not know this function",
    2: "it has no such address; check the register profile",
    3: "it does not take this value",
    4: "it cannot do it now (fire or fault)",
    6: "it is busy",
}


class NoAnswer(DeviceUnavailable):
    """The board did not answer, or the answer was not to this question."""


class BoardRefused(DeviceUnavailable):
    """The board answered that it will not."""


class DeadlinePassed(DeviceUnavailable):
    """The line was busy until after the deadline; nothing was sent."""


class LineDown(DeviceUnavailable):
    """The line is not open; nothing was sent."""


class _Turns:
    """Who may use the line next: orders before readings, each in the order of asking."""

    def __init__(self) -> None:
        self._is_taken = False
        self._order = count()
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []

    @contextlib.asynccontextmanager
    async def turn(self, *, is_order: bool) -> AsyncIterator[None]:
        if self._is_taken:
            mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (not is_order, next(self._order), mine))
            try:
                await mine
            except asyncio.CancelledError:
                if mine.done() and not mine.cancelled():
                    self._pass_on()
                raise
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, waiter = heapq.heappop(self._waiting)
            if not waiter.done():
                waiter.set_result(None)
                return
        self._is_taken = False


class ModbusBus:
    """The line of one or more boards. A service of `Shared`; those who use it open it."""

    def __init__(self, settings: ModbusTurnstileSettings, clock: Clock) -> None:
        """Nothing is opened before somebody uses it; what matters of `settings` is the line."""
        self._line_settings = settings.line
        self._is_serial = settings.framing_in_use == "rtu"
        self._clock = clock
        self._turns = _Turns()
        self._opening = asyncio.Lock()
        self._users = 0
        self._line: Line | None = None
        self._framing: Framing = RtuFraming()
        self._is_clean = True
        self._last_bytes_at = 0.0
        self._silences = silences_on(settings.line, settings.framing_in_use)

    async def run(self) -> None:
        """See to it that the line is closed when the program ends; its users open it."""
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._close()

    @contextlib.asynccontextmanager
    async def used(self) -> AsyncIterator[None]:
        """Use the line; the first user opens it, the last one closes it.

        Raises:
            DeviceUnavailable: The line cannot be opened; the message says what to check.
        """
        async with self._opening:
            if self._line is None:
                self._line = await open_line(self._line_settings)
                self._framing = RtuFraming() if self._is_serial else TcpFraming()
                self._is_clean = False
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._close()

    async def ask(
        self,
        unit: int,
        question: Question,
        answer_s: float,
        *,
        not_after: Instant | None = None,
        counters: Counter[str] | None = None,
    ) -> bytes:
        """The answer of board `unit`, waited for at most `answer_s`. With `not_after` an order.

        Raises:
            DeadlinePassed: `not_after` passed while the line was busy; nothing was sent.
            BoardRefused: The board answered that it will not.
            NoAnswer: Sent, but no right answer came: an order may have been carried out.
            LineDown: The line is not open; nothing was sent.
            DeviceUnavailable: The line has gone.
        """
        async with self._turns.turn(is_order=not_after is not None):
            line = self._open_line()
            await self._until_free(line)
            if not_after is not None and self._clock.now().mono_ns > not_after.mono_ns:
                raise DeadlinePassed(f"{self._words(unit)}: not sent, its deadline has passed")
            # Unclean until answered: a cancelled question leaves an answer on its way.
            self._is_clean = False
            junk_before = self._junk()
            try:
                answer = await self._exchange(line, unit, question, answer_s)
            finally:
                self._framing.give_up()
                if counters is not None:
                    counters["junk"] += self._junk() - junk_before
            self._is_clean = True
            refusal = refusal_in(answer)
            if refusal is not None:
                words = _EXCEPTION_WORDS.get(refusal, "no reason known")
                raise BoardRefused(f"{self._words(unit)}: refused with code {refusal}: {words}")
            return answer

    async def _exchange(self, line: Line, unit: int, question: Question, answer_s: float) -> bytes:
        seen = 0
        with self._noticing_loss(line):
            await line.write(self._framing.ask(unit, question))
            try:
                async with asyncio.timeout(answer_s):
                    while True:
                        data = await line.read()
                        self._heard()
                        seen += len(data)
                        answer = self._framing.feed(data)
                        if answer is not None:
                            return answer
                        self._refuse_if_out_of_step()
            except TimeoutError:
                raise self._no_answer(unit, seen) from None

    async def _until_free(self, line: Line) -> None:
        """Wait out the gap between two frames; after anything unclean, until the line is quiet."""
        if not self._is_serial:
            return  # the number in the frame tells a late answer from the right one
        loop = asyncio.get_running_loop()
        with self._noticing_loss(line):
            if self._is_clean:
                await asyncio.sleep(
                    max(0.0, self._last_bytes_at + self._silences.between_frames_s - loop.time())
                )
                while line.has_bytes_waiting():
                    await line.read()
                return
            give_up_at = loop.time() + LONGEST_NOISE_S
            while loop.time() < give_up_at:
                try:
                    async with asyncio.timeout(self._silences.after_a_fault_s):
                        await line.read()
                except TimeoutError:
                    return

    def _junk(self) -> int:
        return self._framing.counts.junk_bytes + self._framing.counts.foreign

    def _heard(self) -> None:
        self._last_bytes_at = asyncio.get_running_loop().time()

    @contextlib.contextmanager
    def _noticing_loss(self, line: Line) -> Iterator[None]:
        try:
            yield
        except NoAnswer:
            raise
        except DeviceUnavailable:
            if self._line is line:
                self._close()
            raise

    def _refuse_if_out_of_step(self) -> None:
        if isinstance(self._framing, TcpFraming) and self._framing.is_out_of_step:
            raise DeviceUnavailable(
                f"{self._line_settings.in_words()}: what comes is not Modbus TCP; check that "
                '`framing` is right: a serial server that passes frames through needs "rtu"'
            )

    def _open_line(self) -> Line:
        if self._line is None:
            raise LineDown(
                f"{self._line_settings.in_words()}: the line has gone; check cable and power"
            )
        return self._line

    def _close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _no_answer(self, unit: int, bytes_seen: int) -> NoAnswer:
        if bytes_seen and self._is_serial:
            return NoAnswer(
                f"{self._words(unit)}: {bytes_seen} bytes came, but no valid answer; check that "
                "`baud` and `parity` are those of the board, A/B not swapped, line terminated"
            )
        return NoAnswer(
            f"{self._words(unit)}: no answer; check power, wiring, `baud` and `unit` of the board"
        )

    def _words(self, unit: int) -> str:
        return f"unit {unit} on {self._line_settings.in_words()}"
