"""The simulated scanner."""

import asyncio
import os
from pathlib import Path

import pytest

from simulators.line import SimulatedLine
from simulators.serial_scanner import SimulatedScanner


async def _sent(folder: Path, terminator: bytes, what: str) -> bytes:
    """What arrives at the near end when the scanner does `what`."""
    async with (
        SimulatedLine(folder) as line,
        SimulatedScanner(line.far_port, terminator=terminator, seed=3) as scanner,
    ):
        near = os.open(line.near_port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        arrived = asyncio.Event()
        asyncio.get_running_loop().add_reader(near, arrived.set)
        match what:
            case "scan":
                scanner.scan("CP1:A B")
            case "pieces":
                await scanner.scan_in_pieces("CP1:A B")
            case "half":
                scanner.scan_half("CP1:A BC")
            case _:
                scanner.make_noise(20)
        await arrived.wait()
        await asyncio.sleep(0.02)
        asyncio.get_running_loop().remove_reader(near)
        received = os.read(near, 4096)
        os.close(near)
        return received


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n"])
async def test_a_scan_is_the_text_and_the_terminator(tmp_path: Path, terminator: bytes) -> None:
    """As configured, whole or in pieces."""
    assert await _sent(tmp_path, terminator, "scan") == b"CP1:A B" + terminator
    assert await _sent(tmp_path, terminator, "pieces") == b"CP1:A B" + terminator


async def test_a_broken_read_has_no_end(tmp_path: Path) -> None:
    """Half the text, no terminator."""
    assert await _sent(tmp_path, b"\r", "half") == b"CP1:"


async def test_noise_is_not_text(tmp_path: Path) -> None:
    """As many bytes as told, none of them printable."""
    noise = await _sent(tmp_path, b"\r", "noise")
    assert len(noise) == 20
    assert all(byte < 0x20 for byte in noise)
