"""The stand of the desk reader for cards."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine
from tests.contracts.sample_driver.registration import READERS
from tests.contracts.sample_driver.settings import CardReaderSettings
from tests.contracts.sample_driver.simulator import SimulatedCardReader
from tests.contracts.stand import DEVICE, Stand, Wire, in_pieces, line_fault, noise_on


@contextlib.asynccontextmanager
async def card_reader_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A desk reader on a line; each act lays another card on it."""
    async with (
        SimulatedLine(folder, baud=wire.baud, seed=wire.seed) as line,
        SimulatedCardReader(line.far_port) as reader,
    ):
        cards = 0
        port = SerialLineSettings(port=str(line.near_port))
        settings = CardReaderSettings(line=port, settle_ms=100)
        driver = READERS["card_reader"].make(settings, DEVICE, SystemClock(), Shared())

        async def lay_down() -> None:
            nonlocal cards
            cards += 1
            reader.lay_down(cards.to_bytes(4))

        def payload() -> bytes:
            return f"UID:{cards:08X}".encode()

        async def return_with_old_read() -> None:
            epoch = driver.health().epoch
            line.plug_in()
            while driver.health().epoch == epoch:  # noqa: ASYNC110 - its events are the test's
                await asyncio.sleep(0.001)
            await lay_down()

        yield Stand(
            driver=driver,
            act=lay_down,
            unplug=line.unplug,
            plug_in=line.plug_in,
            payload=payload,
            act_in_pieces=in_pieces(line, lay_down),
            make_noise=noise_on(line),
            hurt=line_fault(line),
            return_with_old_read=return_with_old_read,
        )
