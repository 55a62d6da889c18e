"""A turnstile lane behind pymodbus' own Modbus RTU server on a serial port.

The register map is that of the generic lane board, written down here a second time on purpose:
the driver's profile is checked against it and not against itself.

    coils            0 release entry, 1 release exit, 2 free, 3 secure
    discrete inputs  0 passage entry, 1 passage exit, 2 occupied entry, 3 occupied exit,
                     4 released, 5 alarm, 6 fire (normally closed), 7 reset key
    input registers  0 entry count, 1 exit count
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Self

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from simulators.turnstile_lane import (
    LaneTimes,
    Oracle,
    Refusal,
    TurnstileLane,
    WalkResult,
    Way,
)

READ_COILS, READ_INPUTS, READ_INPUT_REGISTERS, WRITE_COIL = 1, 2, 4, 5
"""Function codes (MODBUS Application Protocol 1.1b3, section 6)."""

SILENCE_S = 0.05
"""So long a silence ends a frame, finished or not. The specification (MODBUS over Serial Line
1.02, 2.5.1.1) says 3.5 characters; this program does not run to the millisecond."""

_EXCEPTIONS = {Refusal.BUSY: ExcCodes.DEVICE_BUSY, Refusal.FIRE: ExcCodes.DEVICE_FAILURE}


class SimulatedTurnstile:
    """A lane and its board. Use as an asynchronous context manager.

    Leaving ends the server; the lane's `oracle` stays readable.
    """

    def __init__(
        self,
        port: Path,
        *,
        times: LaneTimes | None = None,
        unit: int = 1,
        baud: int = 9600,
        is_held: bool = False,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        """`port` is the far end of a line; `times` are real ones unless given.

        A board that `is_held` ends a release when its coil is switched off ("potential mode").
        """
        self.lane = TurnstileLane(times or LaneTimes(), on_change=on_change)
        self._port = port
        self._unit = unit
        self._baud = baud
        self._is_held = is_held
        self._server: ModbusSerialServer | None = None
        self._silence: asyncio.TimerHandle | None = None

    @property
    def oracle(self) -> Oracle:
        """What truly happened."""
        return self.lane.oracle

    async def __aenter__(self) -> Self:
        """Power the board on."""
        self._server = ModbusSerialServer(
            self._device(),
            port=str(self._port),
            baudrate=self._baud,
            reconnect_delay=0.1,
            trace_packet=self._heard,
        )
        await self._server.serve_forever(background=True)
        # pymodbus begins to read in the loop's next round; closed before that, it would raise.
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Power it off."""
        self.lane.stop()
        if self._silence is not None:
            self._silence.cancel()
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]

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

    def fire(self, *, on: bool) -> None:
        """The fire contact opens (`on`) or is well again."""
        self.lane.set_fire(on=on)

    async def turn_reset_key(self) -> None:
        """Security staff turns the reset key at the lane."""
        await self.lane.turn_reset_key()

    def alarm(self, *, on: bool) -> None:
        """The board raises or ends its own alarm."""
        self.lane.set_alarm(on=on)

    def power_cycle_counters(self) -> None:
        """The board lost power for a moment: its counters begin at 0 again."""
        for way in Way:
            self.lane.signals.count[way] = 0

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
        if self._server is not None:
            for connection in self._server.active_connections.values():
                connection.recv_buffer = b""

    def _device(self) -> SimDevice:
        bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
        registers = [SimData(0, values=[0, 0], datatype=DataType.REGISTERS)]
        return SimDevice(
            self._unit,
            simdata=(bits, [*bits], registers, [*registers]),
            action=self._on_request,
        )

    async def _on_request(
        self,
        function_code: int,
        start_address: int,  # noqa: ARG002 - the signature is pymodbus'
        address: int,
        count: int,  # noqa: ARG002 - the signature is pymodbus'
        current_registers: list[int],
        set_values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        if function_code == WRITE_COIL and set_values is not None:
            refusal = self._write_coil(address, on=bool(set_values[0]))
            return _EXCEPTIONS[refusal] if refusal else None
        if function_code == READ_INPUTS:
            current_registers[0] = self._inputs()
        elif function_code == READ_COILS:
            current_registers[0] = self._coils()
        elif function_code == READ_INPUT_REGISTERS:
            count_of = self.lane.signals.count
            current_registers[:2] = [count_of[Way.ENTRY], count_of[Way.EXIT]]
        return None

    def _write_coil(self, address: int, *, on: bool) -> Refusal | None:
        match address, on:
            case 0, True:
                return self.lane.release(Way.ENTRY)
            case 1, True:
                return self.lane.release(Way.EXIT)
            case ((0 | 1), False) if self._is_held:
                self.lane.end_release(Way.EXIT if address else Way.ENTRY)
                return None
            case 2, True:
                self.lane.free()
                return None
            case 2, False:
                self.lane.end_free()
                return None
            case 3, True:
                return self.lane.secure()
            case _:
                return None

    def _coils(self) -> int:
        lane = self.lane
        return _bits(lane.released_for(Way.ENTRY), lane.released_for(Way.EXIT), lane.is_free)

    def _inputs(self) -> int:
        signals = self.lane.signals
        return _bits(
            signals.passage[Way.ENTRY],
            signals.passage[Way.EXIT],
            signals.occupied[Way.ENTRY],
            signals.occupied[Way.EXIT],
            self.lane.is_released,
            signals.alarm,
            not signals.fire,
            signals.reset_key,
        )


def _bits(*values: bool) -> int:
    return sum(1 << index for index, value in enumerate(values) if value)
