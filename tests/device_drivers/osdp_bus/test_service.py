"""The shell round a panel, on a line of this machine."""

import asyncio
from pathlib import Path

import pytest

from access_core.errors import SettingsError
from device_drivers.osdp_bus.messages import Code
from device_drivers.osdp_bus.reports import InstallChanged, InstallStep, OrderOutcome
from device_drivers.osdp_bus.service import OsdpBus, Seat
from device_drivers.osdp_bus.settings import OsdpDeviceSettings
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from simulators.osdp_reader import SimulatedOsdpReader
from tests.device_drivers.osdp_bus.a_bus import ADDRESS, THE_DEVICE, ABus, a_bus, until
from tests.device_drivers.osdp_bus.virtual_line import KEY


def test_devices_of_one_line_share_a_bus_and_must_agree(tmp_path: Path) -> None:
    """Another baud rate, or another key for the same address, is a mistake told by its name."""
    settings = the_settings(tmp_path)
    bus = OsdpBus(settings, SystemClock())
    bus.join("one", settings)
    with pytest.raises(SettingsError, match=r"two\.line"):
        bus.join("two", the_settings(tmp_path, line={"port": "/dev/ttyNone", "baud": 9600}))
    with pytest.raises(SettingsError, match=r"two\.key_file"):
        bus.join("two", the_settings(tmp_path, key_file="/other.key"))
    assert bus.join("two", settings).peripheral is bus.join("three", settings).peripheral


async def test_a_port_that_is_gone_is_tried_with_a_back_off(tmp_path: Path) -> None:
    """Not in a loop without rest, and the peripheral says why it is not there."""
    settings = the_settings(tmp_path, line={"port": str(tmp_path / "none"), "baud": 9600})
    waits: list[int] = []

    class Counted(Backoff):
        """Notes after how many failures it was asked."""

        def delay_ms(self, failures: int, jitter: object) -> float:
            """Short, for the test."""
            del jitter
            waits.append(failures)
            return 1.0

    bus = OsdpBus(settings, SystemClock(), backoff=Counted())
    seat = bus.join(THE_DEVICE, settings)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(bus.run())
        await until(lambda: len(waits) >= 3)
        task.cancel()
    assert waits[:3] == [1, 2, 3]
    assert "none" in seat.peripheral.why


async def test_an_order_is_answered_and_counted(tmp_path: Path) -> None:
    """Through the line and back; the counters show frames."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        settings = stand.settings(OsdpDeviceSettings)
        bus = stand.bus(settings)
        seat = bus.join(THE_DEVICE, settings)
        seat.set_key(KEY)
        await until(lambda: seat.peripheral.is_online)
        answer = await seat.order(Code.TEXT, b"\0\4\1\1\1\2Hi", stand.clock.now().plus_ms(500))
        assert answer.outcome is OrderOutcome.TAKEN
        assert reader.inside.shown.texts == [b"\0\4\1\1\1\2Hi"]
        assert bus.counters()["frames"] > 5


async def test_a_reader_is_installed_through_its_seat(tmp_path: Path) -> None:
    """From the default key to the site's, within the window."""
    reader = SimulatedOsdpReader(ADDRESS)
    async with a_bus(tmp_path, reader) as stand:
        seat = joined(stand)
        with seat.listening():
            seat.install(KEY, 60_000)
            async with asyncio.timeout(10):
                while not isinstance(report := await seat.next(), InstallChanged):
                    pass
        assert report.step is InstallStep.DONE
        assert reader.inside.key == KEY


async def test_only_what_is_said_while_somebody_listens_is_kept(tmp_path: Path) -> None:
    """Reports of before are not handed to who listens later; states are."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        seat = joined(stand)
        seat.set_key(KEY)
        await until(lambda: seat.outputs is not None)
        assert not seat._waiting
        assert seat.status is not None
        assert seat.inputs is not None


def the_settings(folder: Path, **more: object) -> OsdpDeviceSettings:
    """Of a device on a port."""
    return OsdpDeviceSettings.model_validate(
        {
            "line": {"port": "/dev/ttyNone", "baud": 115200},
            "address": ADDRESS,
            "key_file": str(folder / "device.key"),
        }
        | more
    )


def joined(stand: ABus) -> Seat:
    """A seat on the bus of `stand`, which runs."""
    settings = stand.settings(OsdpDeviceSettings)
    return stand.bus(settings).join(THE_DEVICE, settings)
