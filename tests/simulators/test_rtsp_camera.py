"""A simulated network camera, seen by FFmpeg."""

import asyncio

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.rtsp_camera import SimulatedRtspCamera, jpeg_parts, packets


def _shade(level: int) -> NDArray[np.uint8]:
    return np.full((96, 128), level, np.uint8)


def _first_frames(address: str, count: int) -> list[NDArray[np.uint8]]:
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 5_000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 2_000]
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)
    frames = []
    for _ in range(count):
        got, frame = capture.read()
        if got:
            frames.append(np.asarray(frame, np.uint8))
    capture.release()
    return frames


async def test_what_it_sees_is_what_arrives() -> None:
    """Size and shade; and after a power cut, at the same address, what it sees then."""
    async with SimulatedRtspCamera(_shade(80)) as camera:
        address = camera.address
        frames = await asyncio.to_thread(_first_frames, address, 2)
        assert [frame.shape for frame in frames] == [(96, 128, 3)] * 2
        assert frames[-1].mean() == pytest.approx(80, abs=4)
        await camera.power_off()
        assert await asyncio.to_thread(_first_frames, address, 1) == []
        camera.show(_shade(160))
        await camera.power_on()
        assert camera.address == address
        frames = await asyncio.to_thread(_first_frames, address, 1)
        assert frames[-1].mean() == pytest.approx(160, abs=4)


def test_a_frame_is_sent_whole_and_in_order() -> None:
    """The packets' parts make the scan again; only the last one says so."""
    noise = np.random.default_rng(1).integers(0, 255, (96, 128), dtype=np.uint8)
    parts = jpeg_parts(noise)
    sent = list(packets(parts, noise.shape))
    assert len(parts.tables) == 128
    assert len(sent) > 3
    assert [packet.is_last for packet in sent] == [False] * (len(sent) - 1) + [True]
    first, rest = sent[0], sent[1:]
    assert first.payload[12 + 128 :] + b"".join(p.payload[8:] for p in rest) == parts.scan


def test_a_size_that_rtp_cannot_carry_is_refused() -> None:
    """In words, before anything is sent."""
    for shape in ((90, 128), (96, 2064)):
        with pytest.raises(ValueError, match="multiples of 16"):
            jpeg_parts(np.zeros(shape, np.uint8))
