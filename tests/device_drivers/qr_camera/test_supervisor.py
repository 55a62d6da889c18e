"""The camera driver against a simulated camera."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from access_core.devices.events import CredentialPresented, DeviceEvent, DeviceLost, DeviceReady
from access_core.devices.health import DeviceState
from access_core.devices.ports import ViewedDevice
from access_core.ids import DeviceId
from device_drivers import supervised
from device_drivers.qr_camera import picture_watch
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.qr_camera.supervisor import QrCameraDriver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from simulators.qr_camera import SimulatedCamera, View, empty_frame, phone_with_text, see
from simulators.rtsp_camera import SimulatedRtspCamera

FRAMES = np.random.default_rng(5)
EMPTY = empty_frame(FRAMES)
FIRST = see(phone_with_text("CP1:FIRST PASS"), View(), FRAMES)
SECOND = see(phone_with_text("CP1:SECOND PASS"), View(), FRAMES)


@contextlib.asynccontextmanager
async def _watching(
    source: str, gone_after_ms: int = 60_000
) -> AsyncIterator[AsyncIterator[DeviceEvent]]:
    settings = QrCameraSettings(source=source, gone_after_ms=gone_after_ms, spool_poll_ms=5)
    driver = QrCameraDriver(
        settings, DeviceId("reader-1"), SystemClock(), backoff=Backoff(first_ms=1, longest_ms=20)
    )
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        yield driver.events()
        task.cancel()


async def _payload(events: AsyncIterator[DeviceEvent]) -> bytes:
    event = await anext(events)
    assert isinstance(event, CredentialPresented)
    return event.payload


async def test_a_pass_held_up_is_presented_once(tmp_path: Path) -> None:
    """Many frames of one pass are one presentation, the next pass is another."""
    camera = SimulatedCamera(tmp_path)
    async with _watching(f"spool:{tmp_path}") as events:
        assert isinstance(await anext(events), DeviceReady)
        camera.show(EMPTY)
        camera.show(FIRST)
        assert await _payload(events) == b"CP1:FIRST PASS"
        for _ in range(3):
            camera.show(FIRST)
        camera.show(SECOND)
        assert await _payload(events) == b"CP1:SECOND PASS"


async def test_a_frame_from_before_the_start_is_not_fresh(tmp_path: Path) -> None:
    """A picture that lay in the folder is reported as possibly old, a new one as fresh."""
    camera = SimulatedCamera(tmp_path)
    camera.show(FIRST)
    async with _watching(f"spool:{tmp_path}") as events:
        await anext(events)
        old = await anext(events)
        assert isinstance(old, CredentialPresented)
        assert not old.is_fresh
        camera.show(SECOND)
        new = await anext(events)
        assert isinstance(new, CredentialPresented)
        assert new.is_fresh


async def test_a_folder_that_comes_back_is_a_new_connection(tmp_path: Path) -> None:
    """A missing folder is lost once, in words; when it is there, frames are read."""
    folder = tmp_path / "spool"
    async with _watching(f"spool:{folder}") as events:
        lost = await anext(events)
        assert isinstance(lost, DeviceLost)
        assert "no such folder; check `source`" in lost.reason
        camera = SimulatedCamera(folder)
        assert isinstance(await anext(events), DeviceReady)
        camera.show(FIRST)
        assert await _payload(events) == b"CP1:FIRST PASS"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("97", "/dev/video97: no such camera; check the cable"),
        ("file:///nothing/here.avi", "cannot be opened; check the path"),
    ],
)
async def test_a_missing_camera_says_what_to_check(source: str, words: str) -> None:
    """A camera that is not there is lost with the place and the cure."""
    async with _watching(source) as events:
        lost = await anext(events)
        assert isinstance(lost, DeviceLost)
        assert words in lost.reason


async def test_a_network_camera_comes_back_after_a_power_cut() -> None:
    """RTSP: read, lost in words without its password, and read again at the same address."""
    async with SimulatedRtspCamera(EMPTY) as camera, _watching(camera.address, 100) as events:
        assert isinstance(await anext(events), DeviceReady)
        camera.show(FIRST)
        assert await _payload(events) == b"CP1:FIRST PASS"
        await camera.power_off()
        lost = await anext(events)
        assert isinstance(lost, DeviceLost)
        assert "check the cable, the camera's power and its address" in lost.reason
        camera.show(SECOND)
        await camera.power_on()
        assert isinstance(await anext(events), DeviceReady)
        assert await _payload(events) == b"CP1:SECOND PASS"


async def test_two_cameras_on_one_box_do_not_know_of_one_another(tmp_path: Path) -> None:
    """Each reads its own lane; losing one changes nothing for the other."""
    one, two = tmp_path / "one", tmp_path / "two"
    first, second = SimulatedCamera(one), SimulatedCamera(two)
    async with _watching(f"spool:{one}") as at_one, _watching(f"spool:{two}") as at_two:
        await anext(at_one)
        await anext(at_two)
        first.show(FIRST)
        second.show(SECOND)
        assert await _payload(at_one) == b"CP1:FIRST PASS"
        assert await _payload(at_two) == b"CP1:SECOND PASS"
        one.rename(tmp_path / "away")
        assert isinstance(await anext(at_one), DeviceLost)
        second.show(FIRST)
        assert await _payload(at_two) == b"CP1:FIRST PASS"


async def test_the_newest_picture_can_be_looked_at(tmp_path: Path) -> None:
    """None before the first; then with its code; none again when the camera is gone."""
    settings = QrCameraSettings(source=f"spool:{tmp_path}", spool_poll_ms=5)
    driver = QrCameraDriver(settings, DeviceId("reader-1"), SystemClock())
    camera = SimulatedCamera(tmp_path)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        events = driver.events()
        await anext(events)
        assert isinstance(driver, ViewedDevice)
        assert driver.view() is None
        camera.show(FIRST)
        await anext(events)
        view = driver.view()
        assert view is not None
        assert [code.outcome for code in view.codes] == ["read"]
        assert driver.health().counters["frames_decoded"] == 1
        task.cancel()
    assert driver.view() is None


async def test_a_camera_that_cannot_see_says_so_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Degraded, with what to check, though it delivers frames; and ready again after a good one."""
    monkeypatch.setattr(picture_watch, "LASTS_MS", 0)
    monkeypatch.setattr(picture_watch, "LOOK_EVERY_MS", 0)
    monkeypatch.setattr(supervised, "DOUBTED_AFTER_MS", 0)
    settings = QrCameraSettings(source=f"spool:{tmp_path}", spool_poll_ms=5)
    driver = QrCameraDriver(settings, DeviceId("reader-1"), SystemClock())
    camera = SimulatedCamera(tmp_path)
    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        task = group.create_task(driver.run())
        await anext(driver.events())
        for frame, state, words in (
            (np.full_like(EMPTY, 3), DeviceState.DEGRADED, "covered"),
            (EMPTY, DeviceState.READY, ""),
        ):
            camera.show(frame)
            while driver.health().state is not state:  # noqa: ASYNC110 - health is asked, not told
                await asyncio.sleep(0.01)
            assert words in driver.health().reason
        task.cancel()
