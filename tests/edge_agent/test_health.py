"""Signs of life for the service manager."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from access_core.devices.events import DeviceLost, DeviceReady
from access_core.devices.health import DeviceHealth, DeviceState
from edge_agent import health
from edge_agent.health import STUCK_S, DriverSigns, Watchdog, notify, watchdog_interval_s
from tests.builders import DOOR, origin
from tests.edge_agent.console.hand_clock import HandClock
from tests.twins import TwinDevice


async def well() -> bool:
    """Alive."""
    return True


async def ill() -> bool:
    """Dead."""
    return False


async def silent() -> bool:
    """Says nothing."""
    await asyncio.Event().wait()
    return True


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """The service manager's socket."""
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.bind(str(tmp_path / "notify"))
    channel.settimeout(5)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    return channel


def test_without_a_service_manager_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started by hand, the program says nothing to nobody."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")


def test_a_message_arrives(manager: socket.socket) -> None:
    """One datagram, the message as it is."""
    with manager:
        assert notify("READY=1")
        assert manager.recv(100) == b"READY=1"


def test_an_abstract_address_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that begins with @ has no file."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind("\0campus-gateway-test")
        monkeypatch.setenv("NOTIFY_SOCKET", "@campus-gateway-test")
        assert notify("WATCHDOG=1")
        assert channel.recv(100) == b"WATCHDOG=1"


def test_the_ping_comes_three_times_as_often_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of what is allowed, at most five seconds; five without a watchdog."""
    monkeypatch.setenv("WATCHDOG_USEC", "6000000")
    assert watchdog_interval_s() == 2.0
    monkeypatch.setenv("WATCHDOG_USEC", "20000000")
    assert watchdog_interval_s() == 5.0
    monkeypatch.delenv("WATCHDOG_USEC")
    assert watchdog_interval_s() == 5.0


async def test_all_must_be_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """What says no, and what says nothing in time, is named."""
    monkeypatch.setattr(health, "FRESH_S", 0.01)
    signs = {"gate": well, "tasks": ill, "journal": silent}
    assert await Watchdog(signs=signs, interval_s=1).dead() == ["tasks", "journal"]


async def test_the_watchdog_is_fed_only_while_all_is_alive(manager: socket.socket) -> None:
    """Fed when well; when not, said in the log and left hungry."""
    manager.setblocking(False)
    with manager, capture_logs() as lines:
        for sign in (well, ill):
            async with asyncio.TaskGroup() as group:
                task = group.create_task(Watchdog(signs={"x": sign}, interval_s=60).run())
                await asyncio.sleep(0.01)
                task.cancel()
        assert manager.recv(100) == b"WATCHDOG=1"
        with pytest.raises(BlockingIOError):
            manager.recv(100)
    assert [line["without_life"] for line in lines] == [["x"]]


class SilentDevice(TwinDevice):
    """A device that has not been heard for long."""

    state = DeviceState.OFFLINE

    def health(self) -> DeviceHealth:
        """As it is set."""
        return replace(super().health(), state=self.state)


async def test_a_driver_that_does_not_notice_its_silent_device_is_stuck() -> None:
    """Offline, and not a word of it: after a while the watchdog is not fed any more."""
    clock, device = HandClock(), SilentDevice(DOOR)
    signs = DriverSigns([device], clock)
    assert await signs.are_moving()
    clock.at = clock.at.plus_ms(int(STUCK_S * 1000))
    assert signs.stuck() == [DOOR]
    device.state = DeviceState.READY
    assert await signs.are_moving()


async def test_a_device_that_is_away_starves_nothing() -> None:
    """The driver has said that it is lost: a restart would not mend the cable."""
    clock, device = HandClock(), SilentDevice(DOOR)
    signs = DriverSigns([device], clock)
    signs.told(DeviceLost(origin=origin(), reason="cable"))
    assert await signs.are_moving()
    clock.at = clock.at.plus_ms(3_600_000)
    assert await signs.are_moving()
    signs.told(DeviceReady(origin=origin()))
    assert await signs.are_moving()
    clock.at = clock.at.plus_ms(int(STUCK_S * 1000))
    assert not await signs.are_moving()
