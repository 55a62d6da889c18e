"""Stands of the drivers on an OSDP line: a reader and a door, each a simulated peripheral."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from device_drivers.osdp_bus.keys import write_key
from device_drivers.osdp_output.settings import OsdpOutputSettings
from device_drivers.osdp_reader.settings import OsdpReaderSettings
from device_drivers.registry import make_door, make_reader
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine
from simulators.osdp_reader import OsdpLineEnd, SimulatedOsdpReader
from tests.contracts.stand import (
    DEVICE,
    Stand,
    Wire,
    in_pieces,
    line_fault,
    noise_on,
)

KEY: Final = bytes(range(16))
ADDRESS: Final = 5
FACILITY: Final = 12


@contextlib.asynccontextmanager
async def osdp_reader_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A reader on a line; each act holds up another card."""
    key_file = folder / "reader.key"
    write_key(key_file, KEY)
    reader, shared = SimulatedOsdpReader(ADDRESS, KEY, seed=wire.seed), Shared()
    async with (
        SimulatedLine(folder, baud=wire.baud, seed=wire.seed) as line,
        OsdpLineEnd(line.far_port, reader),
    ):
        settings = OsdpReaderSettings(
            line=SerialLineSettings(port=str(line.near_port)), address=ADDRESS, key_file=key_file
        )
        driver = make_reader(settings, DEVICE, SystemClock(), shared)
        cards = 0

        async def hold_up() -> None:
            nonlocal cards
            cards += 1
            reader.present_wiegand_26(FACILITY, cards)

        def payload() -> bytes:
            return f"W26:{FACILITY:02X}{cards:04X}".encode()

        async def return_with_old_read() -> None:
            await hold_up()
            line.plug_in()

        yield Stand(
            driver=driver,
            act=hold_up,
            unplug=line.unplug,
            plug_in=line.plug_in,
            services=tuple(service.run for service in shared.services()),
            payload=payload,
            act_in_pieces=in_pieces(line, hold_up),
            make_noise=noise_on(line),
            hurt=line_fault(line),
            return_with_old_read=return_with_old_read,
        )


@contextlib.asynccontextmanager
async def osdp_output_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A lane behind outputs; each act is a passage told by an input."""
    key_file = folder / "door.key"
    write_key(key_file, KEY)
    peripheral, shared = SimulatedOsdpReader(ADDRESS, KEY, seed=wire.seed), Shared()
    async with (
        SimulatedLine(folder, baud=wire.baud, seed=wire.seed) as line,
        OsdpLineEnd(line.far_port, peripheral),
    ):
        settings = OsdpOutputSettings(
            line=SerialLineSettings(port=str(line.near_port)),
            address=ADDRESS,
            key_file=key_file,
            inputs=("passage_entry", "door_contact"),
            passage_signal="pulse",
            release_ms=300,
        )

        async def go_through() -> None:
            peripheral.set_input(0, on=True)
            await asyncio.sleep(0.1)
            peripheral.set_input(0, on=False)

        async def until_locked() -> None:
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(3):
                while any(output.is_on for output in peripheral.inside.outputs):
                    await asyncio.sleep(0.02)
                    peripheral.inside.pass_time(loop.time())

        def lose_answers() -> None:
            # All lost at once would be noticed before the order is sent.
            peripheral.is_mute_after_pulse = True

        yield Stand(
            driver=make_door(settings, DEVICE, SystemClock(), shared),
            act=go_through,
            unplug=line.unplug,
            plug_in=line.plug_in,
            services=tuple(service.run for service in shared.services()),
            act_in_pieces=in_pieces(line, go_through),
            make_noise=noise_on(line),
            hurt=line_fault(line),
            lose_answers=lose_answers,
            pulses=lambda: sum(output.pulses for output in peripheral.inside.outputs),
            until_locked=until_locked,
        )
