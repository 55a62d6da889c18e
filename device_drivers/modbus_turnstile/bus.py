"""Questions to one board over Modbus RTU, with the checks that pymodbus leaves to its caller.

Measured with pymodbus 3.16.1: after a timeout a late answer is taken for the answer to the next
question, and an answer with another function code is accepted. So after anything but a clean
answer the line is left alone until it is quiet, and every answer is checked for its function
code, count and echo.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from pymodbus.client import AsyncModbusSerialClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from access_core.clock import Clock, Instant
from access_core.errors import DeviceUnavailable
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.transports.serial_line import open_port

READ_INPUTS, READ_INPUT_REGISTERS, WRITE_COIL = 2, 4, 5
"""Function codes (MODBUS Application Protocol 1.1b3, section 6)."""

QUIET_CHARACTERS = 40
"""Silence after which a late answer is not to be expected any more, characters."""

QUIET_LEAST_S = 0.02
"""The same for fast lines: USB adapters hold bytes back for up to 16 ms."""

_EXCEPTION_WORDS = {
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


class ModbusBus:
    """One board on one line. One question at a time; callers queue."""

    def __init__(self, settings: ModbusTurnstileSettings, clock: Clock) -> None:
        """Nothing is opened before `open()`."""
        line = settings.line
        self._settings = settings
        self._clock = clock
        self._one_question = asyncio.Lock()
        self._is_clean = False
        self._last_bytes_at = 0.0
        self._bytes_seen = 0
        characters_s = QUIET_CHARACTERS * 10 / line.baud
        self._quiet_s = max(QUIET_LEAST_S, characters_s)
        self._client = AsyncModbusSerialClient(
            line.port,
            baudrate=line.baud,
            parity=line.parity[0].upper(),
            stopbits=line.stop_bits,
            timeout=settings.answer_ms / 1000,
            retries=0,
            reconnect_delay=0,
            trace_packet=self._on_packet,
        )

    async def open(self) -> None:
        """Open the line; close it in any case, also if this is cancelled.

        Raises:
            DeviceUnavailable: The port cannot be opened; the message says what to check.
        """
        if not await self._client.connect():
            # pymodbus keeps the cause to itself: opening the port once more tells it.
            line = self._settings.line
            open_port(line).close()
            raise DeviceUnavailable(f"{line.in_words()}: opened only now; trying again")
        # pymodbus begins to read in the loop's next round; closed before that, it would raise.
        await asyncio.sleep(0)

    def close(self) -> None:
        """Close the line; may be called twice."""
        self._client.close()

    async def read_inputs(self, address: int, count: int) -> Sequence[bool]:
        """`count` discrete inputs from `address` on.

        Raises:
            NoAnswer: No answer in time, or one to another question.
            BoardRefused: The board has no such inputs.
        """

        async def ask() -> ModbusPDU:
            return await self._client.read_discrete_inputs(
                address, count=count, device_id=self._settings.unit
            )

        answer = await self._ask(ask, READ_INPUTS)
        # Bits come in whole bytes (section 6.2): fewer or more bytes answer something else.
        if len(answer.bits) != (count + 7) // 8 * 8:
            raise self._mismatch(f"{len(answer.bits)} inputs for {count}")
        return answer.bits[:count]

    async def read_registers(self, address: int, count: int) -> Sequence[int]:
        """`count` input registers from `address` on; raises as `read_inputs`."""

        async def ask() -> ModbusPDU:
            return await self._client.read_input_registers(
                address, count=count, device_id=self._settings.unit
            )

        answer = await self._ask(ask, READ_INPUT_REGISTERS)
        if len(answer.registers) != count:
            raise self._mismatch(f"{len(answer.registers)} registers for {count}")
        return answer.registers

    async def write_coil(self, address: int, *, on: bool, not_after: Instant | None = None) -> None:
        """Set the coil at `address`; returns when the board has confirmed it by its echo.

        Raises:
            DeadlinePassed: `not_after` passed while the line was busy; nothing was sent.
            BoardRefused: The board answered that it will not.
            NoAnswer: Sent, but unconfirmed: it may have been done.
        """

        async def ask() -> ModbusPDU:
            return await self._client.write_coil(address, on, device_id=self._settings.unit)

        answer = await self._ask(ask, WRITE_COIL, not_after)
        if answer.address != address or answer.bits[:1] != [on]:
            raise self._mismatch(f"echo of coil {answer.address} for {address}")

    async def _ask(
        self,
        ask: Callable[[], Awaitable[ModbusPDU]],
        function_code: int,
        not_after: Instant | None = None,
    ) -> ModbusPDU:
        async with self._one_question:
            if not self._is_clean:
                await self._until_quiet()
            if not_after is not None and self._clock.now().mono_ns > not_after.mono_ns:
                raise DeadlinePassed(f"{self._words()}: not sent, its deadline has passed")
            # Unclean until answered: a cancelled question leaves an answer on its way.
            self._is_clean = False
            bytes_before = self._bytes_seen
            try:
                answer = await _cancellable(ask)
            except ModbusException as error:
                raise self._no_answer(self._bytes_seen - bytes_before) from error
            if (
                isinstance(answer, ExceptionResponse)
                and answer.function_code == function_code | 0x80
            ):
                self._is_clean = True
                words = _EXCEPTION_WORDS.get(answer.exception_code, "no reason known")
                raise BoardRefused(
                    f"{self._words()}: refused with code {answer.exception_code}: {words}"
                )
            if answer.function_code != function_code:
                raise self._mismatch(f"function {answer.function_code} for {function_code}")
            self._is_clean = True
            return answer

    async def _until_quiet(self) -> None:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._settings.answer_ms / 1000
        quiet_at = max(self._last_bytes_at, loop.time()) + self._quiet_s
        while (now := loop.time()) < min(quiet_at, give_up_at):
            await asyncio.sleep(quiet_at - now)
            quiet_at = self._last_bytes_at + self._quiet_s

    def _on_packet(self, sending: bool, data: bytes) -> bytes:  # noqa: FBT001 - pymodbus calls it
        if not sending:
            self._last_bytes_at = asyncio.get_running_loop().time()
            self._bytes_seen += len(data)
        return data

    def _mismatch(self, what: str) -> NoAnswer:
        self._is_clean = False
        return NoAnswer(f"{self._words()}: an answer to another question came ({what})")

    def _no_answer(self, bytes_seen: int) -> NoAnswer:
        if bytes_seen:
            return NoAnswer(
                f"{self._words()}: {bytes_seen} bytes came, but no valid answer; check that `baud` "
                "and `parity` are those of the board, A/B not swapped, line terminated"
            )
        return NoAnswer(
            f"{self._words()}: no answer; check power, wiring, `baud` and `unit` of the board"
        )

    def _words(self) -> str:
        return f"unit {self._settings.unit} on {self._settings.line.in_words()}"


async def _cancellable(ask: Callable[[], Awaitable[ModbusPDU]]) -> ModbusPDU:
    """The answer, unless the caller was cancelled meanwhile.

    pymodbus waits with `asyncio.wait_for`, which in Python 3.11 swallows a cancellation that
    arrives together with the answer: the driver would go on for ever.
    """
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling()
    answer = await ask()
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return answer
