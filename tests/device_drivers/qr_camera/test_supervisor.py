"""The camera driver against a simulated camera."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from access_core.devices.events import CredentialPresented, DeviceEvent, DeviceLost, DeviceReady
from access_core.ids import DeviceId
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.qr_camera.supervisor import QrCameraDriver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from simulators.qr_camera import SimulatedCamera, View, empty_frame, phone_with_text, see

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
