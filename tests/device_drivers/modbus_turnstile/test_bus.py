"""Questions to boards over a line: peers that misbehave, and several boards on one line.

Which bytes are right is the codec's tests' business; here a board says what it was told to.
"""

import asyncio
import contextlib
import os
import tty
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from access_core.errors import DeviceUnavailable
from access_core.ids import DeviceId
from device_drivers.modbus_turnstile.bus import (
    BoardRefused,
    DeadlinePassed,
    LineDown,
    ModbusBus,
    NoAnswer,
)
from device_drivers.modbus_turnstile.codec import (
    COIL_ON,
    Question,
    crc16,
    read_input_registers,
    read_inputs,
    write_coil,
)
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.supervisor import ModbusTurnstileDriver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings
from simulators.line import SimulatedLine
from simulators.modbus_turnstile import ModbusServer, SimulatedTurnstile

UNIT = 0x11
ANSWER_S = 0.15
INPUTS, ITS_INPUTS = read_inputs(0xC4, 22), bytes.fromhex("02 03 ACDB35")
REGISTERS, ITS_REGISTERS = read_input_registers(8, 1), bytes.fromhex("04 02 000A")
COIL = write_coil(0xAC, COIL_ON)


def framed(pdu: bytes, unit: int = UNIT) -> bytes:
    """`pdu` as a frame of a serial line."""
    body = bytes([unit]) + pdu
    return body + crc16(body).to_bytes(2, "little")


class ScriptedBoard:
    """Takes questions as they come and gives the answers it was told to."""

    def __init__(self, port: Path, answer: Callable[[bytes], bytes]) -> None:
        """`answer` turns each question into what is sent back."""
        self.questions: list[bytes] = []
        self._answer = answer
        self.descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.descriptor)
        asyncio.get_running_loop().add_reader(self.descriptor, self._on_bytes)

    def close(self) -> None:
        """Unplug it."""
        asyncio.get_running_loop().remove_reader(self.descriptor)
        os.close(self.descriptor)

    def _on_bytes(self) -> None:
        question = os.read(self.descriptor, 256)
        self.questions.append(question)
        os.write(self.descriptor, self._answer(question))


def bus_on(port: Path) -> ModbusBus:
    """A bus on the near end of a line."""
    line = SerialLineSettings(port=str(port), baud=115200)
    return ModbusBus(ModbusTurnstileSettings(line=line), SystemClock())


@contextlib.asynccontextmanager
async def talking(
    folder: Path, answer: Callable[[bytes], bytes]
) -> AsyncIterator[tuple[ModbusBus, ScriptedBoard]]:
    """A bus with a scripted board at its far end."""
    async with SimulatedLine(folder) as line:
        board = ScriptedBoard(line.far_port, answer)
        bus = bus_on(line.near_port)
        try:
            async with bus.used():
                yield bus, board
        finally:
            board.close()


async def ask(bus: ModbusBus, question: Question = INPUTS, unit: int = UNIT) -> bytes:
    """One question, not an order."""
    return await bus.ask(unit, question, ANSWER_S)


async def test_a_question_is_answered(tmp_path: Path) -> None:
    """What goes out is the framed question, what comes back its answer."""
    async with talking(tmp_path, lambda _: framed(ITS_INPUTS)) as (bus, board):
        assert await ask(bus) == ITS_INPUTS
        assert board.questions == [framed(INPUTS.pdu)]


async def test_an_exception_of_the_board_is_a_refusal_in_words(tmp_path: Path) -> None:
    """Exception 06 is told as busy."""
    async with talking(tmp_path, lambda _: framed(bytes([0x85, 6]))) as (bus, _):
        with pytest.raises(BoardRefused, match="code 6: it is busy"):
            await ask(bus, COIL)


@pytest.mark.parametrize("wrong", [framed(ITS_REGISTERS), framed(ITS_INPUTS)[:-3], b""])
async def test_an_answer_to_another_question_is_none(tmp_path: Path, wrong: bytes) -> None:
    """Whatever is not the answer to this very question counts as no answer."""
    async with talking(tmp_path, lambda _: wrong) as (bus, _):
        with pytest.raises(NoAnswer):
            await ask(bus)


async def test_a_late_answer_is_not_taken_for_the_next_one(tmp_path: Path) -> None:
    """The same question asked again after a missing answer: the late one is thrown away first."""
    late, right = bytes.fromhex("02 03 000000"), ITS_INPUTS
    answers = iter([b"", framed(right)])
    async with talking(tmp_path, lambda _: next(answers)) as (bus, board):
        with pytest.raises(NoAnswer):
            await ask(bus)
        os.write(board.descriptor, framed(late))
        assert await ask(bus) == right


async def test_control_a_late_answer_looks_right(tmp_path: Path) -> None:
    """Without the silence after a fault, the late answer would have been believed."""
    late = bytes.fromhex("02 03 000000")
    answers = iter([b"", framed(ITS_INPUTS)])
    async with talking(tmp_path, lambda _: next(answers)) as (bus, board):
        with pytest.raises(NoAnswer):
            await ask(bus)
        assert bus._line is not None
        bus._framing.ask(UNIT, INPUTS)
        os.write(board.descriptor, framed(late))
        assert bus._framing.feed(await bus._line.read()) == late


async def test_after_a_missing_answer_the_next_one_is_right(tmp_path: Path) -> None:
    """A question without an answer does not spoil the one after it."""
    answers = iter([b"", framed(ITS_REGISTERS)])
    async with talking(tmp_path, lambda _: next(answers)) as (bus, _):
        with pytest.raises(NoAnswer, match="check power, wiring"):
            await ask(bus)
        assert await ask(bus, REGISTERS) == ITS_REGISTERS


async def test_bytes_without_sense_point_at_the_line_settings(tmp_path: Path) -> None:
    """If something comes but nothing can be read, baud and wiring are named, and it is counted."""
    counters: Counter[str] = Counter()
    async with talking(tmp_path, lambda _: b"\xff\x00\xfe\x81") as (bus, _):
        with pytest.raises(NoAnswer, match="check that `baud`"):
            await bus.ask(UNIT, INPUTS, ANSWER_S, counters=counters)
    assert counters["junk"] == 4


async def test_after_its_deadline_nothing_is_sent(tmp_path: Path) -> None:
    """An order whose deadline has passed never reaches the wire."""
    async with talking(tmp_path, lambda _: framed(COIL.pdu)) as (bus, board):
        with pytest.raises(DeadlinePassed):
            await bus.ask(UNIT, COIL, ANSWER_S, not_after=SystemClock().now().plus_ms(-1))
        assert board.questions == []


async def test_an_order_goes_before_questions_that_wait(tmp_path: Path) -> None:
    """On a busy line an order waits for the question that is on the wire, and for no other."""

    def answer(question: bytes) -> bytes:
        return framed(COIL.pdu if question[1] == COIL.function else ITS_INPUTS)

    async with talking(tmp_path, answer) as (bus, board), asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(ask(bus))
        await asyncio.sleep(0)
        deadline = SystemClock().now().plus_ms(500)
        await bus.ask(UNIT, COIL, ANSWER_S, not_after=deadline)
        assert [question[1] for question in board.questions].index(COIL.function) == 1


async def test_a_dead_board_costs_the_others_one_wait(tmp_path: Path) -> None:
    """Beside a board that never answers the line stays open, and the others are answered."""

    def answer(question: bytes) -> bytes:
        return framed(ITS_INPUTS) if question[0] == UNIT else b""

    async with talking(tmp_path, answer) as (bus, _):
        for _ in range(3):
            with pytest.raises(NoAnswer, match="unit 9"):
                await ask(bus, unit=9)
            assert await ask(bus) == ITS_INPUTS


async def test_a_cancelled_question_gives_its_turn_away(tmp_path: Path) -> None:
    """Whoever is cancelled while waiting, or in its turn, blocks nobody."""
    async with talking(tmp_path, lambda _: framed(ITS_INPUTS)) as (bus, _):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask(bus)) for _ in range(4)]
            await asyncio.sleep(0)
            for task in tasks[:3]:
                task.cancel()
        assert tasks[3].result() == ITS_INPUTS
        assert await ask(bus) == ITS_INPUTS


async def test_a_missing_port_says_what_to_check(tmp_path: Path) -> None:
    """Using a port that is not there names the port and the cure."""
    with pytest.raises(DeviceUnavailable, match="no such port; check the cable"):
        async with bus_on(tmp_path / "none").used():
            pass


async def test_a_line_that_went_is_opened_anew_by_the_next_user(tmp_path: Path) -> None:
    """Unplugged, all who use the line are told; the next to use it finds it open again."""
    async with SimulatedLine(tmp_path) as line:
        board = ScriptedBoard(line.far_port, lambda _: framed(ITS_INPUTS))
        bus = bus_on(line.near_port)
        async with bus.used(), bus.used():
            assert await ask(bus) == ITS_INPUTS
            line.unplug()
            with pytest.raises(DeviceUnavailable, match="the port has gone"):
                await ask(bus)
            with pytest.raises(LineDown):
                await ask(bus)
        line.plug_in()
        async with bus.used():
            assert await ask(bus) == ITS_INPUTS
        board.close()


async def test_the_last_user_closes_the_line(tmp_path: Path) -> None:
    """As long as one board is served the line stays open; then it is free for others."""
    async with SimulatedLine(tmp_path) as line:
        bus, other = bus_on(line.near_port), bus_on(line.near_port)
        async with bus.used():
            async with bus.used():
                pass
            with pytest.raises(DeviceUnavailable, match="another program holds the port"):
                async with other.used():
                    pass
        async with other.used():
            pass


async def test_ending_the_service_closes_the_line(tmp_path: Path) -> None:
    """Cancelled as a service of the program, the bus lets go of its port."""
    async with SimulatedLine(tmp_path) as line:
        bus = bus_on(line.near_port)
        async with asyncio.TaskGroup() as group, bus.used():
            task = group.create_task(bus.run())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            with pytest.raises(LineDown):
                await ask(bus)


async def test_serial_frames_on_a_modbus_tcp_port_are_named() -> None:
    """A serial server set down as a Modbus TCP board is told apart, with what to write."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.write(framed(ITS_INPUTS) * 3)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        line = TcpLineSettings(host="127.0.0.1", tcp_port=port)
        bus = ModbusBus(ModbusTurnstileSettings(line=line), SystemClock())
        async with bus.used():
            with pytest.raises(DeviceUnavailable, match='needs "rtu"'):
                await ask(bus)


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(noise=st.binary(max_size=40))
def test_no_noise_is_taken_for_an_answer(tmp_path: Path, noise: bytes) -> None:
    """Random bytes are never inputs; nothing but a device error comes out."""

    async def once() -> None:
        async with talking(tmp_path, lambda _: noise) as (bus, _):
            with pytest.raises(DeviceUnavailable):
                await ask(bus)

    asyncio.run(once())


@pytest.mark.slow
async def test_beside_a_dead_board_the_others_are_read_almost_as_often(tmp_path: Path) -> None:
    """A dead board is probed ever more rarely, so that a live one keeps its pace.

    Control: probed all the time, as a bus without back-off does, it takes most of the line away.
    """
    alone = await _readings_beside(tmp_path, "alone", None)
    beside = await _readings_beside(tmp_path, "beside", Backoff())
    control = await _readings_beside(tmp_path, "control", Backoff(first_ms=1, longest_ms=1))
    assert beside > 0.7 * alone
    assert control < 0.5 * alone


async def _readings_beside(folder: Path, name: str, dead: Backoff | None) -> int:
    """How often a board is read in 1.5 s; with `dead` another one on the line has no power."""
    async with SimulatedLine(folder, name=name) as line:
        boards = [SimulatedTurnstile(line.far_port, unit=unit) for unit in (1, 2)]
        boards[1].is_powered = False
        clock = SystemClock()
        settings = [
            ModbusTurnstileSettings(
                line=SerialLineSettings(port=str(line.near_port), baud=115200),
                unit=unit,
                poll_ms=10,
                answer_ms=200,
            )
            for unit in (1, 2)
        ]
        bus = ModbusBus(settings[0], clock)
        live = ModbusTurnstileDriver(settings[0], DeviceId("live"), clock, bus)
        drivers = [live]
        if dead is not None:
            drivers.append(
                ModbusTurnstileDriver(settings[1], DeviceId("dead"), clock, bus, backoff=dead)
            )
        async with ModbusServer(boards, line.far_port), asyncio.TaskGroup() as group:
            tasks = [group.create_task(driver.run()) for driver in drivers]
            await asyncio.sleep(2.0)
            before = live.health().counters["readings"]
            await asyncio.sleep(1.5)
            readings = live.health().counters["readings"] - before
            for task in tasks:
                task.cancel()
    return readings
