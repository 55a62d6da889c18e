"""Questions to a board: frames of the standard, and peers that misbehave.

The golden frames carry the worked examples of the MODBUS Application Protocol Specification
V1.1b3 (sections 6.2, 6.4, 6.5 and 7); unit address and CRC around them are as in MODBUS over
Serial Line V1.02, section 2.5.1, with its CRC computed here bit by bit.
"""

import asyncio
import contextlib
import os
import tty
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from access_core.errors import DeviceUnavailable
from device_drivers.modbus_turnstile.bus import BoardRefused, DeadlinePassed, ModbusBus, NoAnswer
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine

UNIT = 0x11


def framed(pdu: str) -> bytes:
    """`pdu` (hexadecimal) as an RTU frame from or to unit 17."""
    body = bytes([UNIT]) + bytes.fromhex(pdu)
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return body + crc.to_bytes(2, "little")


READ_INPUTS = framed("02 00C4 0016"), framed("02 03 ACDB35")
READ_REGISTERS = framed("04 0008 0001"), framed("04 02 000A")
WRITE_COIL = framed("05 00AC FF00"), framed("05 00AC FF00")
REFUSAL = framed("85 06")


class ScriptedBoard:
    """Takes questions as they come and gives the answers it was told to."""

    def __init__(self, port: Path, answer: Callable[[bytes], bytes]) -> None:
        """`answer` turns each question into what is sent back."""
        self.questions: list[bytes] = []
        self._answer = answer
        self._descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._descriptor)
        asyncio.get_running_loop().add_reader(self._descriptor, self._on_bytes)

    def close(self) -> None:
        """Unplug it."""
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)

    def _on_bytes(self) -> None:
        question = os.read(self._descriptor, 256)
        self.questions.append(question)
        os.write(self._descriptor, self._answer(question))


@contextlib.asynccontextmanager
async def talking(
    folder: Path, answer: Callable[[bytes], bytes]
) -> AsyncIterator[tuple[ModbusBus, ScriptedBoard]]:
    """A bus with a scripted board at its far end."""
    async with SimulatedLine(folder) as line:
        board = ScriptedBoard(line.far_port, answer)
        settings = ModbusTurnstileSettings(
            line=SerialLineSettings(port=str(line.near_port), baud=115200),
            unit=UNIT,
            answer_ms=50,
        )
        bus = ModbusBus(settings, SystemClock())
        try:
            await bus.open()
            yield bus, board
        finally:
            bus.close()
            board.close()


async def test_reading_inputs_is_the_frame_of_the_standard(tmp_path: Path) -> None:
    """Section 6.2: inputs 197 to 218 are asked for and understood."""
    async with talking(tmp_path, lambda _: READ_INPUTS[1]) as (bus, board):
        bits = await bus.read_inputs(0xC4, 22)
        assert board.questions == [READ_INPUTS[0]]
        # AC DB 35, least significant bit first
        assert [int(bit) for bit in bits[:8]] == [0, 0, 1, 1, 0, 1, 0, 1]
        assert len(bits) == 22


async def test_reading_registers_is_the_frame_of_the_standard(tmp_path: Path) -> None:
    """Section 6.4: input register 9 holds 10."""
    async with talking(tmp_path, lambda _: READ_REGISTERS[1]) as (bus, board):
        assert list(await bus.read_registers(8, 1)) == [10]
        assert board.questions == [READ_REGISTERS[0]]


async def test_writing_a_coil_is_the_frame_of_the_standard(tmp_path: Path) -> None:
    """Section 6.5: coil 173 is switched on, and the echo accepted."""
    async with talking(tmp_path, lambda _: WRITE_COIL[1]) as (bus, board):
        await bus.write_coil(0xAC, on=True)
        assert board.questions == [WRITE_COIL[0]]


async def test_an_exception_of_the_board_is_a_refusal_in_words(tmp_path: Path) -> None:
    """Section 7: exception 06 is told as busy."""
    async with talking(tmp_path, lambda _: REFUSAL) as (bus, _):
        with pytest.raises(BoardRefused, match="code 6: it is busy"):
            await bus.write_coil(0xAC, on=True)


@pytest.mark.parametrize(
    "wrong",
    [
        framed("01 03 ACDB35"),  # coils instead of inputs
        framed("02 01 AC"),  # too few inputs
        framed("04 02 000A"),  # registers instead of inputs
        framed("82 02")[:-1] + b"\0",  # broken check sum
        READ_INPUTS[1][:-3],  # broken off
        bytes([UNIT + 1]) + READ_INPUTS[1][1:],  # another unit, and so a wrong check sum
        b"",
    ],
)
async def test_an_answer_to_another_question_is_none(tmp_path: Path, wrong: bytes) -> None:
    """Whatever is not the answer to this very question counts as no answer."""
    async with talking(tmp_path, lambda _: wrong) as (bus, _):
        with pytest.raises(NoAnswer):
            await bus.read_inputs(0xC4, 22)


@pytest.mark.parametrize("echo", ["05 00AD FF00", "05 00AC 0000"])
async def test_an_echo_of_another_coil_or_state_confirms_nothing(tmp_path: Path, echo: str) -> None:
    """The echo of a write must name the same coil and the same state."""
    async with talking(tmp_path, lambda _: framed(echo)) as (bus, _):
        with pytest.raises(NoAnswer, match="another question"):
            await bus.write_coil(0xAC, on=True)


async def test_after_a_missing_answer_the_next_one_is_right(tmp_path: Path) -> None:
    """A question without an answer does not spoil the one after it."""
    answers = iter([b"", READ_REGISTERS[1]])
    async with talking(tmp_path, lambda _: next(answers)) as (bus, _):
        with pytest.raises(NoAnswer, match="check power, wiring"):
            await bus.read_inputs(0xC4, 22)
        assert list(await bus.read_registers(8, 1)) == [10]


async def test_bytes_without_sense_point_at_the_line_settings(tmp_path: Path) -> None:
    """If something comes but nothing can be read, baud and wiring are named."""
    async with talking(tmp_path, lambda _: b"\xff\x00\xfe\x81") as (bus, _):
        with pytest.raises(NoAnswer, match="check that `baud`"):
            await bus.read_inputs(0xC4, 22)


async def test_after_its_deadline_nothing_is_sent(tmp_path: Path) -> None:
    """A write whose deadline has passed never reaches the wire."""
    async with talking(tmp_path, lambda _: WRITE_COIL[1]) as (bus, board):
        with pytest.raises(DeadlinePassed):
            await bus.write_coil(0xAC, on=True, not_after=SystemClock().now().plus_ms(-1))
        assert board.questions == []


async def test_a_missing_port_says_what_to_check(tmp_path: Path) -> None:
    """Connecting to a port that is not there names the port and the cure."""
    settings = ModbusTurnstileSettings(line=SerialLineSettings(port=str(tmp_path / "none")))
    with pytest.raises(DeviceUnavailable, match="no such port; check the cable"):
        await ModbusBus(settings, SystemClock()).open()


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(noise=st.binary(max_size=40))
def test_no_noise_is_taken_for_an_answer(tmp_path: Path, noise: bytes) -> None:
    """Random bytes are never inputs; nothing but a device error comes out."""

    async def ask() -> None:
        async with talking(tmp_path, lambda _: noise) as (bus, _):
            with pytest.raises(DeviceUnavailable):
                await bus.read_inputs(0xC4, 22)

    asyncio.run(ask())
