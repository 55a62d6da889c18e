"""libosdp, which is not ours, as the other end: it agrees with us on every frame of both sides."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import osdp
import pytest

from access_core.devices.commands import ReleaseDoor, ReleaseOutcome, ShowFeedback, Signal
from access_core.devices.events import CredentialPresented, DeviceEvent, DeviceReady, Direction
from access_core.ids import CommandId, DeviceId
from device_drivers.osdp_bus.keys import write_key
from device_drivers.osdp_bus.service import bus_of
from device_drivers.osdp_output.settings import OsdpOutputSettings
from device_drivers.osdp_output.supervisor import OsdpOutputDriver
from device_drivers.osdp_reader.settings import OsdpReaderSettings
from device_drivers.osdp_reader.supervisor import OsdpReaderDriver
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import Fault, SimulatedLine, Toward
from simulators.osdp_reader import OsdpLineEnd, SimulatedOsdpReader, wiegand_26
from tests.libosdp_peer import LibosdpPanel, LibosdpPeripheral, WholeFrames, kept_going

KEY = bytes(range(16))
ADDRESS = 5


@contextlib.asynccontextmanager
async def our_panel(
    folder: Path, line: SimulatedLine
) -> AsyncIterator[tuple[OsdpReaderDriver, OsdpOutputDriver, AsyncIterator[DeviceEvent]]]:
    """A reader and a door of ours at one peripheral, both ready; the reader's events."""
    shared, clock = Shared(), SystemClock()
    write_key(folder / "key", KEY)
    common = {
        "line": SerialLineSettings(port=str(line.near_port), baud=115_200),
        "address": ADDRESS,
        "key_file": folder / "key",
    }
    for_reader = OsdpReaderSettings.model_validate(common)
    for_door = OsdpOutputSettings.model_validate(common)
    bus = bus_of(for_reader, clock, shared)
    reader = OsdpReaderDriver(for_reader, DeviceId("reader"), clock, bus)
    door = OsdpOutputDriver(for_door, DeviceId("door"), clock, bus_of(for_door, clock, shared))
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.run()) for one in (bus, reader, door)]
        events = reader.events()
        for each in (events, door.events()):
            while not isinstance(await anext(each), DeviceReady):
                pass
        yield reader, door, events
        for task in tasks:
            task.cancel()


@contextlib.asynccontextmanager
async def their_peripheral(line: SimulatedLine) -> AsyncIterator[LibosdpPeripheral]:
    """A peripheral by libosdp at the far end."""
    channel = WholeFrames(line.far_port)
    peripheral = LibosdpPeripheral(channel, ADDRESS, KEY)
    async with kept_going(peripheral, channel):
        yield peripheral


async def until(is_so: Callable[[], bool]) -> None:
    """Return once `is_so()`; libosdp tells nobody when its state changes."""
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.005)


def _is_done(line: SimulatedLine, way: Toward) -> bool:
    return line.faults_left(way) == 0


async def next_read(events: AsyncIterator[DeviceEvent]) -> CredentialPresented:
    """The next credential presented."""
    while not isinstance(event := await anext(events), CredentialPresented):
        pass
    return event


def wiegand_bytes(bits: str) -> bytes:
    """Bits as libosdp takes them: first bit highest, filled with zeros."""
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))


async def test_our_panel_reads_cards_and_keys_of_its_peripheral(tmp_path: Path) -> None:
    """Secure Channel comes up, and what is presented there is reported here, bit for bit."""
    async with (
        SimulatedLine(tmp_path, baud=115_200) as line,
        their_peripheral(line) as peripheral,
        our_panel(tmp_path, line) as (reader, _, events),
    ):
        assert peripheral.inside.is_sc_active()
        await until(lambda: reader._seat.peripheral._hearing.is_clean)
        peripheral.present(wiegand_bytes(wiegand_26(12, 601)), 26)
        read = await next_read(events)
        assert (read.payload, read.is_fresh) == (b"W26:0C0259", True)
        peripheral.press(b"1234\r")
        assert (await next_read(events)).payload == b"KEYS:1234"


async def test_its_peripheral_understands_what_our_panel_orders(tmp_path: Path) -> None:
    """Light, sound, text and a timed output are decoded there as they were meant here."""
    async with (
        SimulatedLine(tmp_path) as line,
        their_peripheral(line) as peripheral,
        our_panel(tmp_path, line) as (reader, door, _),
    ):
        peripheral.commands.clear()
        result = await door.release(
            ReleaseDoor(
                command_id=CommandId("one"),
                direction=Direction.ENTRY,
                deadline=SystemClock().now().plus_ms(2_000),
                reason="GRANTED",
                issued_by="gate",
            )
        )
        assert result.outcome is ReleaseOutcome.ACCEPTED
        (out,) = [one for one in peripheral.commands if one["command"] == osdp.Command.Output]
        assert (out["output_no"], out["control_code"], out["timer_count"]) == (0, 5, 30)
        await reader.show(
            ShowFeedback(
                signal=Signal.GO, direction=Direction.ENTRY, text_zh="请通行", text_en="Go on"
            )
        )
        wanted = {osdp.Command.LED, osdp.Command.Buzzer, osdp.Command.Text}
        await until(lambda: wanted <= {one["command"] for one in peripheral.commands})
        shown = {one["command"]: one for one in peripheral.commands}
        light = shown[osdp.Command.LED]
        assert (light["temporary"], light["on_color"], light["timer_count"]) == (
            True,
            osdp.CommandLEDColor.Green,
            30,
        )
        assert shown[osdp.Command.Buzzer]["rep_count"] == 1
        assert shown[osdp.Command.Text]["data"] == "Go on"


@pytest.mark.slow
async def test_our_panel_is_back_after_each_bad_frame(tmp_path: Path) -> None:
    """Dropped, halved, flipped, doubled, after noise, either way: the next card is read."""
    faults = [Fault.DROP, Fault.HALF, Fault.FLIP, Fault.DUPLICATE, Fault.JUNK_BEFORE]
    async with (
        SimulatedLine(tmp_path) as line,
        their_peripheral(line) as peripheral,
        our_panel(tmp_path, line) as (_, _, events),
    ):
        for number, (fault, way) in enumerate((f, w) for f in faults for w in Toward):
            line.arm(way, fault)
            await until(partial(_is_done, line, way))
            await asyncio.sleep(0.6)
            peripheral.present(wiegand_bytes(wiegand_26(1, number)), 26)
            assert (await next_read(events)).payload == f"W26:01{number:04X}".encode()


async def test_its_panel_accepts_our_simulated_reader(tmp_path: Path) -> None:
    """The panel of libosdp opens a Secure Channel with our reader, reads its card, lights it."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with SimulatedLine(tmp_path) as line, OsdpLineEnd(line.far_port, reader):
        channel = WholeFrames(line.near_port)
        panel = LibosdpPanel(channel, ADDRESS, KEY)
        async with kept_going(panel, channel):
            await until(lambda: panel.is_secure)
            assert reader.is_in_session
            reader.present_wiegand_26(12, 601)
            async with asyncio.timeout(5):
                while (event := await panel.events.get())["event"] != osdp.Event.CardRead:
                    pass
            assert event["length"] == 26
            assert event["data"][:4] == wiegand_bytes(wiegand_26(12, 601))
            panel.order(
                {
                    "command": osdp.Command.Output,
                    "output_no": 1,
                    "control_code": 2,
                    "timer_count": 0,
                }
            )
            await until(lambda: reader.inside.outputs[1].is_on)


async def test_control_its_panel_refuses_our_reader_with_another_key(tmp_path: Path) -> None:
    """The same, with a key that differs: no Secure Channel."""
    reader = SimulatedOsdpReader(ADDRESS, KEY[::-1])
    async with SimulatedLine(tmp_path) as line, OsdpLineEnd(line.far_port, reader):
        channel = WholeFrames(line.near_port)
        panel = LibosdpPanel(channel, ADDRESS, KEY)
        async with kept_going(panel, channel):
            await asyncio.sleep(1)
            assert not panel.is_secure
            assert not reader.is_in_session
