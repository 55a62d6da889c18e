"""Stands of doors that are sets of wires: a Modbus board, this machine's own pins."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from device_drivers.gpio_door.settings import GpioDoorSettings
from device_drivers.gpio_door.supervisor import GpioDoorDriver
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.registry import make_door
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings
from simulators.gpio_chip import SimulatedGpioChip
from simulators.line import SimulatedLine
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.serial_server import SimulatedSerialServer
from simulators.turnstile_lane import LaneTimes, Way
from tests.contracts.stand import (
    DEVICE,
    Stand,
    Wire,
    answers_lost_on,
    in_pieces,
    line_fault,
    noise_on,
)

QUICK_LANE: Final = LaneTimes(arm_ms=20, wait_ms=400, turn_ms=120, pulse_ms=60, reset_ms=80)


@contextlib.asynccontextmanager
async def turnstile_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A turnstile on a line, here or behind a serial server."""
    async with (
        SimulatedLine(folder, baud=wire.baud, seed=wire.seed) as line,
        SimulatedTurnstile(line.far_port, times=QUICK_LANE) as board,
        contextlib.AsyncExitStack() as stack,
    ):
        unplug, plug_in = line.unplug, line.plug_in
        where: SerialLineSettings | TcpLineSettings = SerialLineSettings(port=str(line.near_port))
        if wire.is_tcp:
            server = await stack.enter_async_context(SimulatedSerialServer(line.near_port))
            unplug, plug_in = server.power_off, server.power_on
            where = TcpLineSettings(host="127.0.0.1", tcp_port=server.tcp_port)
        shared = Shared()
        settings = ModbusTurnstileSettings(line=where, framing="rtu")
        driver = make_door(settings, DEVICE, SystemClock(), shared)

        async def go_through() -> None:
            board.lane.free()
            await board.walk(Way.ENTRY)

        async def until_locked() -> None:
            assert await board.until_locked()

        yield Stand(
            driver=driver,
            services=tuple(service.run for service in shared.services()),
            act=go_through,
            unplug=unplug,
            plug_in=plug_in,
            act_in_pieces=in_pieces(line, go_through),
            make_noise=noise_on(line),
            hurt=line_fault(line),
            lose_answers=answers_lost_on(line),
            pulses=lambda: board.oracle.releases_entry + board.oracle.releases_exit,
            until_locked=until_locked,
        )


@contextlib.asynccontextmanager
async def gpio_stand(_folder: Path, _wire: Wire) -> AsyncIterator[Stand]:
    """A door at a chip in memory: no GPIO chip can be had without hardware."""
    # Pins count nothing: the pulse is all there is, and a machine that is busy must not miss it.
    chip = SimulatedGpioChip(relay="timed", times=dataclasses.replace(QUICK_LANE, pulse_ms=150))
    settings = GpioDoorSettings.model_validate(
        {
            "release_ends_by": "timed_relay",
            "release": {"line": 0},
            "passage_entry": {"line": 5},
            "door_contact": {"line": 1},
            "pulse_ms": 100,
            "poll_ms": 10,
        }
    )
    driver = GpioDoorDriver(settings, DEVICE, SystemClock(), open_lines=chip.open_lines)

    async def go_through() -> None:
        chip.lane.free()
        await chip.lane.walk(Way.ENTRY)

    async def until_locked() -> None:
        assert await chip.lane.until(lambda: chip.lane.is_locked, 10)

    def unplug() -> None:
        chip.is_plugged = False

    def plug_in() -> None:
        chip.is_plugged = True

    try:
        yield Stand(
            driver=driver,
            act=go_through,
            unplug=unplug,
            plug_in=plug_in,
            pulses=lambda: chip.oracle.releases_entry,
            until_locked=until_locked,
        )
    finally:
        chip.stop()
