"""The simulated board as an independent Modbus client sees it."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusIOException

from simulators.line import SimulatedLine
from simulators.modbus_turnstile import SILENCE_S, ModbusServer, SimulatedTurnstile
from simulators.turnstile_lane import LaneTimes, WalkResult, Way

QUICK = LaneTimes(arm_ms=10, wait_ms=500, turn_ms=20, pulse_ms=300, reset_ms=10)

READ_INPUTS_REQUEST = bytes.fromhex("01020000000879cc")
"""Function 2, eight inputs from address 0, of unit 1."""


@contextlib.asynccontextmanager
async def a_board(
    folder: Path,
) -> AsyncIterator[tuple[SimulatedTurnstile, AsyncModbusSerialClient]]:
    """A board and a client on one line."""
    async with (
        SimulatedLine(folder) as line,
        SimulatedTurnstile(line.far_port, times=QUICK) as board,
        AsyncModbusSerialClient(str(line.near_port), timeout=1) as client,
    ):
        yield board, client


async def _inputs(client: AsyncModbusSerialClient) -> list[int]:
    answer = await client.read_discrete_inputs(0, count=8, device_id=1)
    return [index for index, bit in enumerate(answer.bits) if bit]


async def test_at_rest_only_the_fire_contact_is_closed(tmp_path: Path) -> None:
    """Normally closed: input 6 is on while all is well."""
    async with a_board(tmp_path) as (board, client):
        assert await _inputs(client) == [6]
        board.fire(on=True)
        assert await _inputs(client) == [4]


async def test_a_written_coil_releases_and_the_passage_is_seen_and_counted(tmp_path: Path) -> None:
    """Coil 0, input 4 released, then input 0 pulsed and register 0 counted."""
    async with a_board(tmp_path) as (board, client):
        answer = await client.write_coil(0, value=True, device_id=1)
        assert answer.function_code == 5
        assert await board.until_released(Way.ENTRY)
        assert await _inputs(client) == [4, 6]
        assert (await client.read_coils(0, count=4, device_id=1)).bits[:4] == [1, 0, 0, 0]
        assert await board.walk(Way.ENTRY) is WalkResult.THROUGH
        assert await _inputs(client) == [0, 6]
        assert (await client.read_input_registers(0, count=2, device_id=1)).registers == [1, 0]


async def test_a_busy_board_answers_with_an_exception(tmp_path: Path) -> None:
    """A second release while one waits is refused with code 6; during fire with code 4."""
    async with a_board(tmp_path) as (board, client):
        await client.write_coil(0, value=True, device_id=1)
        assert (await client.write_coil(1, value=True, device_id=1)).exception_code == 6
        board.fire(on=True)
        assert (await client.write_coil(3, value=True, device_id=1)).exception_code == 4
        assert board.oracle.refused == 2


async def test_secure_and_free_coils(tmp_path: Path) -> None:
    """Coil 2 frees while on; coil 3 locks everything."""
    async with a_board(tmp_path) as (board, client):
        await client.write_coil(2, value=True, device_id=1)
        assert board.lane.is_free
        await client.write_coil(2, value=False, device_id=1)
        assert board.lane.is_locked
        await client.write_coil(0, value=True, device_id=1)
        await client.write_coil(3, value=True, device_id=1)
        assert await board.until_locked(2)
        assert board.oracle.secured == 1


async def test_alarm_key_and_lost_counters_are_seen(tmp_path: Path) -> None:
    """Input 5 follows the alarm; a power loss sets the counters to 0."""
    async with a_board(tmp_path) as (board, client):
        board.lane.signals.count[Way.EXIT] = 7
        board.alarm(on=True)
        assert await _inputs(client) == [5, 6]
        await board.turn_reset_key()
        board.power_cycle()
        assert (await client.read_input_registers(0, count=2, device_id=1)).registers == [0, 0]


async def test_a_silence_ends_an_unfinished_request(tmp_path: Path) -> None:
    """The end of a request that was cut in two does not put the board out of step for ever."""
    async with (
        SimulatedLine(tmp_path, baud=19_200) as line,
        SimulatedTurnstile(line.far_port, times=QUICK),
    ):
        port = os.open(line.near_port, os.O_RDWR | os.O_NOCTTY)
        arrived = asyncio.Event()
        asyncio.get_running_loop().add_reader(port, arrived.set)
        os.write(port, READ_INPUTS_REQUEST[-3:])
        await asyncio.sleep(2 * SILENCE_S)
        os.write(port, READ_INPUTS_REQUEST)
        async with asyncio.timeout(5):
            await arrived.wait()
        asyncio.get_running_loop().remove_reader(port)
        os.close(port)


async def test_over_tcp_a_board_answers_alike() -> None:
    """Pymodbus' TCP client reads the same inputs and releases the same lane."""
    async with (
        SimulatedTurnstile(times=QUICK) as board,
        AsyncModbusTcpClient("127.0.0.1", port=board.server.tcp_port) as client,
    ):
        inputs = await client.read_discrete_inputs(0, count=8, device_id=1)
        assert [index for index, bit in enumerate(inputs.bits[:8]) if bit] == [6]
        await client.write_coil(0, value=True, device_id=1)
        assert board.oracle.releases_entry == 1


async def test_of_two_boards_one_without_power_is_silent(tmp_path: Path) -> None:
    """On a shared line each answers to its own unit; nobody answers for a dead or absent one."""
    async with SimulatedLine(tmp_path) as line:
        boards = [SimulatedTurnstile(times=QUICK, unit=unit) for unit in (1, 2)]
        boards[0].is_powered = False
        async with (
            ModbusServer(boards, line.far_port),
            AsyncModbusSerialClient(str(line.near_port), timeout=0.2, retries=0) as client,
        ):
            for silent in (1, 3):
                with pytest.raises(ModbusIOException):
                    await client.read_discrete_inputs(0, count=8, device_id=silent)
            await client.write_coil(1, value=True, device_id=2)
            assert [board.oracle.releases_exit for board in boards] == [0, 1]


async def test_a_relay_is_switched_on_for_a_time(tmp_path: Path) -> None:
    """A coil's value that is neither on nor off is a time, echoed as it came; so are registers."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedTurnstile(line.far_port, times=QUICK, wiring="relay_board_8") as board,
    ):
        port = os.open(line.near_port, os.O_RDWR | os.O_NOCTTY)
        question = bytes.fromhex("0105020000078db0")
        arrived = asyncio.Event()
        asyncio.get_running_loop().add_reader(port, arrived.set)
        os.write(port, question)
        async with asyncio.timeout(5):
            await arrived.wait()
            await asyncio.sleep(0.02)
        asyncio.get_running_loop().remove_reader(port)
        assert os.read(port, 64) == question
        assert (board.board.coils(), board.oracle.releases_entry) == (1, 1)
        os.close(port)
        async with AsyncModbusSerialClient(str(line.near_port), timeout=1) as client:
            await client.write_registers(8, [4, 1], device_id=1)
            assert board.board.coils() == 0b11
