"""Turnstile lanes behind pymodbus' own Modbus server, on a serial port or TCP.

Several boards may share a line; one without power does not answer.
"""

import asyncio
import struct
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final, Self, cast

from pymodbus.constants import ExcCodes
from pymodbus.datastore import ModbusServerContext
from pymodbus.exceptions import NoSuchIdException
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import WriteSingleCoilRequest
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from simulators.lane_boards import Board, GenericBoard, RelayBoard
from simulators.lane_sensors import LaneSensors
from simulators.turnstile_lane import (
    AlarmKind,
    LaneTimes,
    Oracle,
    Refusal,
    TurnstileLane,
    WalkResult,
    Way,
)

READ_COILS, READ_INPUTS, READ_INPUT_REGISTERS, WRITE_COIL, WRITE_REGISTERS = 1, 2, 4, 5, 16
"""Function codes (MODBUS Application Protocol 1.1b3, section 6)."""

SILENCE_S: Final = 0.05
"""So long a silence ends a frame, finished or not. The specification (MODBUS over Serial Line
1.02, 2.5.1.1) says 3.5 characters; this program does not run to the millisecond."""

COILS, HOLDING = 1024, 64
"""Addresses that exist."""

_EXCEPTIONS = {Refusal.BUSY: ExcCodes.DEVICE_BUSY, Refusal.FIRE: ExcCodes.DEVICE_FAILURE}


class TimedCoilRequest(WriteSingleCoilRequest):
    """Function 5 as relay boards understand it: a value that is neither on nor off is a time."""

    value = 0

    def decode(self, data: bytes) -> None:
        """Keep the value as it came."""
        super().decode(data)
        (self.value,) = struct.unpack(">H", data[2:4])

    def encode(self) -> bytes:
        """The echo, value included."""
        return struct.pack(">HH", self.address, self.value)

    async def datastore_update(self, context: ModbusServerContext, device_id: int) -> ModbusPDU:
        """Hand the value to the board; echo it."""
        refusal = await context.async_setValues(
            device_id, self.function_code, self.address, [self.value]
        )
        return ExceptionResponse(self.function_code, refusal) if refusal else self


class SimulatedTurnstile:
    """A lane, its sensors and its board. Reachable once a `ModbusServer` serves it."""

    def __init__(
        self,
        port: Path | None = None,
        *,
        times: LaneTimes | None = None,
        unit: int = 1,
        baud: int = 9600,
        wiring: str = "generic",
        on_change: Callable[[], None] | None = None,
    ) -> None:
        """`port` is the far end of a line, None: TCP; `times` are real ones unless given.

        `wiring`: `generic`; `generic_held`, which ends a release when its coil is switched off
        ("potential mode"); or one of `RelayBoard.WIRINGS`.
        """
        self.lane = TurnstileLane(times or LaneTimes(), on_change=on_change)
        self.sensors = LaneSensors(self.lane)
        self.board: Board = (
            GenericBoard(self.lane, self.sensors, is_held=wiring == "generic_held")
            if wiring.startswith("generic")
            else RelayBoard(self.lane, self.sensors, wiring)
        )
        self.unit = unit
        self.is_powered = True
        self.server = ModbusServer([self], port, baud=baud)

    @property
    def oracle(self) -> Oracle:
        """What truly happened."""
        return self.lane.oracle

    async def __aenter__(self) -> Self:
        """Power the board on, alone on its line."""
        await self.server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Power it off."""
        await self.server.__aexit__()

    async def until_released(self, way: Way, timeout_s: float = 10.0) -> bool:
        """Wait until a person going `way` would get through; False if it took too long."""
        return await self.lane.until(lambda: self.lane.gives_way(way), timeout_s)

    async def until_locked(self, timeout_s: float = 10.0) -> bool:
        """Wait until nobody can pass any more; False if it took too long."""
        return await self.lane.until(lambda: self.lane.is_locked, timeout_s)

    async def walk(self, way: Way) -> WalkResult:
        """Somebody walks up and goes through `way`, or is blocked."""
        return await self.lane.walk(way)

    async def step_back(self, way: Way) -> WalkResult:
        """Somebody begins to go through and steps back."""
        return await self.lane.step_back(way)

    async def tailgate(self, way: Way) -> WalkResult:
        """Two go through on one release."""
        return await self.lane.tailgate(way)

    def fire(self, *, on: bool) -> None:
        """The fire contact opens (`on`) or is well again."""
        self.lane.set_fire(on=on)

    async def turn_reset_key(self) -> None:
        """Security staff turns the reset key at the lane."""
        await self.lane.turn_reset_key()

    def alarm(self, *, on: bool, kind: AlarmKind | None = None) -> None:
        """The lane raises or ends its own alarm."""
        self.lane.set_alarm(on=on, kind=kind)

    def power_cycle(self) -> None:
        """Board and lane lose their power for a moment: relays drop, counters begin at 0."""
        self.board.cut_power()

    async def on_request(
        self,
        function_code: int,
        start_address: int,  # noqa: ARG002 - the signature is pymodbus'
        address: int,
        count: int,  # noqa: ARG002 - the signature is pymodbus'
        current_registers: list[int],
        set_values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Answer one request of the line, as pymodbus' `SimAction`."""
        if not self.is_powered:
            raise NoSuchIdException
        board, refusal = self.board, None
        if function_code == WRITE_COIL and set_values is not None:
            refusal = board.write_coil(address, int(set_values[0]))
        elif function_code == WRITE_REGISTERS and set_values is not None:
            refusal = board.write_registers(address, [int(value) for value in set_values])
        elif function_code == READ_INPUTS:
            current_registers[0] = board.inputs()
        elif function_code == READ_COILS:
            current_registers[0] = board.coils()
        elif function_code == READ_INPUT_REGISTERS:
            count_of = self.lane.signals.count
            current_registers[:2] = [count_of[Way.ENTRY], count_of[Way.EXIT]]
        return _EXCEPTIONS[refusal] if refusal else None


class ModbusServer:
    """pymodbus' server for one or more boards. Use as an asynchronous context manager.

    Leaving ends the server; the lanes' oracles stay readable.
    """

    def __init__(
        self, boards: list[SimulatedTurnstile], port: Path | None, *, baud: int = 9600
    ) -> None:
        """On the serial `port`, or without one on a free TCP port of this machine."""
        self._boards = boards
        self._port = port
        self._baud = baud
        self._server: ModbusSerialServer | ModbusTcpServer | None = None
        self._silence: asyncio.TimerHandle | None = None
        self.tcp_port = 0
        """Where it listens, without a serial port."""

    async def __aenter__(self) -> Self:
        """Connect the boards to the line."""
        devices = [_device(board.unit, board.on_request) for board in self._boards]
        # Whoever asks for a board that is not there gets no answer.
        devices.append(_device(0, _on_request_to_nobody))
        if self._port is None:
            await self._listen(devices)
            return self
        self._server = ModbusSerialServer(
            devices,
            port=str(self._port),
            baudrate=self._baud,
            reconnect_delay=0.1,
            ignore_missing_devices=True,
            trace_packet=self._heard,
            custom_pdu=[TimedCoilRequest],
        )
        await self._server.serve_forever(background=True)
        # pymodbus begins to read in the loop's next round; closed before that, it would raise.
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take them off."""
        for board in self._boards:
            board.lane.stop()
        if self._silence is not None:
            self._silence.cancel()
        await self.shut()

    async def shut(self) -> None:
        """End every connection and listen no more."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]
            self._server = None

    async def _listen(self, devices: list[SimDevice]) -> None:
        server = ModbusTcpServer(
            devices,
            address=("127.0.0.1", self.tcp_port),
            ignore_missing_devices=True,
            custom_pdu=[TimedCoilRequest],
        )
        await server.serve_forever(background=True)
        self._server = server
        listener = cast("asyncio.Server", server.transport)
        self.tcp_port = listener.sockets[0].getsockname()[1]

    def _heard(self, sending: bool, data: bytes) -> bytes:  # noqa: FBT001 - pymodbus calls it so
        """Note that the line is not silent."""
        if not sending:
            if self._silence is not None:
                self._silence.cancel()
            loop = asyncio.get_running_loop()
            self._silence = loop.call_later(SILENCE_S, self._forget_unfinished)
        return data

    def _forget_unfinished(self) -> None:
        """Do what every RTU board does at a silence, and pymodbus' server does not.

        Without it a request cut in two by a time-out keeps that server out of step for ever.
        """
        if isinstance(self._server, ModbusSerialServer):
            for connection in self._server.active_connections.values():
                connection.recv_buffer = b""


_OnRequest = Callable[
    [int, int, int, int, list[int], list[int] | list[bool] | None],
    Coroutine[None, None, ExcCodes | None],
]


def _device(unit: int, on_request: _OnRequest) -> SimDevice:
    bits = [SimData(0, values=[False] * COILS, datatype=DataType.BITS)]
    registers = [SimData(0, values=[0] * HOLDING, datatype=DataType.REGISTERS)]
    blocks = (bits, [*bits], registers, [*registers])
    return SimDevice(unit, simdata=blocks, action=on_request)


async def _on_request_to_nobody(
    *_: int | list[int] | list[bool] | None,
) -> ExcCodes | None:
    raise NoSuchIdException
