"""The simulated serial line."""

import asyncio
import contextlib
import os
import tty
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import pytest

from simulators.line import JUNK_BYTES, Fault, SimulatedLine, Toward


class Port:
    """One end, opened like a program would."""

    def __init__(self, path: Path) -> None:
        """Open `path`."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._descriptor)
        self._arrived = asyncio.Event()
        self.received = b""
        asyncio.get_running_loop().add_reader(self._descriptor, self._on_bytes)

    def __enter__(self) -> Self:
        """Use until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)

    def send(self, data: bytes) -> None:
        """Write `data`."""
        os.write(self._descriptor, data)

    async def receive(self, count: int) -> bytes:
        """Wait for `count` bytes in all, then give everything received and forget it."""
        async with asyncio.timeout(5):
            while len(self.received) < count:
                self._arrived.clear()
                await self._arrived.wait()
        received, self.received = self.received, b""
        return received

    def _on_bytes(self) -> None:
        with contextlib.suppress(OSError):
            self.received += os.read(self._descriptor, 4096)
        self._arrived.set()


@contextlib.asynccontextmanager
async def laid(
    folder: Path, baud: int | None = None
) -> AsyncIterator[tuple[SimulatedLine, Port, Port]]:
    """A line with both ends opened: (line, near, far)."""
    async with SimulatedLine(folder, baud=baud) as line:
        with Port(line.near_port) as near, Port(line.far_port) as far:
            yield line, near, far


async def test_bytes_arrive_unchanged_both_ways(tmp_path: Path) -> None:
    """All 256 bytes, in order."""
    everything = bytes(range(256))
    async with laid(tmp_path) as (_, near, far):
        near.send(everything)
        assert await far.receive(256) == everything
        far.send(everything)
        assert await near.receive(256) == everything


async def seconds_for(folder: Path, baud: int | None, count: int) -> float:
    """How long `count` characters take, the best of three: a busy machine only ever adds."""
    loop, times = asyncio.get_running_loop(), []
    async with laid(folder, baud=baud) as (_, near, far):
        for _turn in range(3):
            start = loop.time()
            far.send(b"x" * count)
            await near.receive(count)
            times.append(loop.time() - start)
    return min(times)


@pytest.mark.parametrize("baud", [9_600, 115_200])
async def test_a_paced_line_takes_its_wire_time(tmp_path: Path, baud: int) -> None:
    """Beside a line without pacing it takes the computed wire time more, within a tenth."""
    wire_s = 0.06
    count = round(wire_s * baud / 10)
    (tmp_path / "plain").mkdir()
    plain_s = await seconds_for(tmp_path / "plain", None, count)
    paced_s = await seconds_for(tmp_path, baud, count)
    assert paced_s >= 0.999 * wire_s
    assert (paced_s - plain_s) / wire_s < 1.1


async def test_control_half_the_speed_takes_twice_the_time(tmp_path: Path) -> None:
    """The clock of the test above does tell one baud rate from another."""
    (tmp_path / "slow").mkdir()
    fast_s = await seconds_for(tmp_path, 19_200, 96)
    slow_s = await seconds_for(tmp_path / "slow", 9_600, 96)
    assert 1.6 < slow_s / fast_s < 2.4


async def test_two_wires_let_the_driver_hear_itself(tmp_path: Path) -> None:
    """What the driver sends comes back to it and goes to the device; an answer comes once."""
    async with SimulatedLine(tmp_path, is_echoing=True) as line:
        with Port(line.near_port) as near, Port(line.far_port) as far:
            near.send(b"question")
            assert await far.receive(8) == b"question"
            assert await near.receive(8) == b"question"
            far.send(b"answer")
            assert await near.receive(6) == b"answer"
            await asyncio.sleep(0.01)
            assert far.received == b""


async def test_a_mistuned_end_hears_something_else(tmp_path: Path) -> None:
    """At another speed than it is sent, a text arrives as other bytes, and not as many."""
    async with laid(tmp_path) as (line, near, far):
        line.mistune(Toward.DRIVER, sent_baud=9_600, read_baud=115_200)
        far.send(b"CP1:PASS\r")
        first = await near.receive(1)
        await asyncio.sleep(0.02)
        assert b"CP1" not in first + near.received


async def test_injected_noise_and_pieces_arrive_whole(tmp_path: Path) -> None:
    """Noise that nobody sent arrives; a chunk in pieces arrives in order."""
    async with laid(tmp_path) as (line, near, far):
        line.inject(Toward.DRIVER, b"noise")
        assert await near.receive(5) == b"noise"
        line.arm(Toward.DRIVER, Fault.PIECES)
        far.send(b"one by one")
        assert await near.receive(10) == b"one by one"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.HALF, b"abcd"),
        (Fault.DUPLICATE, b"abcdefghabcdefgh"),
        (Fault.LATE, b"abcdefgh"),
    ],
)
async def test_a_fault_befalls_the_next_chunk_only(
    tmp_path: Path, fault: Fault, expected: bytes
) -> None:
    """One armed fault, one damaged chunk; the one after it is whole."""
    async with laid(tmp_path) as (line, near, far):
        line.arm(Toward.DRIVER, fault, late_ms=20)
        far.send(b"abcdefgh")
        assert await near.receive(len(expected)) == expected
        far.send(b"12345678")
        assert await near.receive(8) == b"12345678"


async def test_a_flip_changes_one_bit(tmp_path: Path) -> None:
    """Same length, one bit apart."""
    async with laid(tmp_path) as (line, near, far):
        line.arm(Toward.DRIVER, Fault.FLIP)
        far.send(bytes(8))
        received = await near.receive(8)
        assert sum(byte.bit_count() for byte in received) == 1


async def test_junk_comes_before_and_a_dropped_chunk_not_at_all(tmp_path: Path) -> None:
    """A burst of noise, then the bytes; after it a chunk that is lost."""
    async with laid(tmp_path) as (line, near, far):
        line.arm(Toward.DRIVER, Fault.JUNK_BEFORE, Fault.DROP)
        far.send(b"one")
        assert (await near.receive(JUNK_BYTES + 3)).endswith(b"one")
        far.send(b"two")
        await asyncio.sleep(0.01)
        far.send(b"three")
        assert await near.receive(5) == b"three"
        assert line.faults_left(Toward.DRIVER) == 0


async def test_a_noisy_line_flips_bits_as_often_as_told(tmp_path: Path) -> None:
    """At rate 0.1 about a tenth of the bytes are hurt."""
    async with laid(tmp_path) as (line, near, far):
        line.flip_bits(Toward.DRIVER, 0.1)
        far.send(bytes(1000))
        hurt = sum(byte != 0 for byte in await near.receive(1000))
        assert 60 < hurt < 140


async def test_a_cut_line_swallows_and_a_mended_one_delivers(tmp_path: Path) -> None:
    """What is sent into a cut is gone for good."""
    async with laid(tmp_path) as (line, near, far):
        line.cut()
        far.send(b"lost")
        await asyncio.sleep(0.01)
        line.mend()
        far.send(b"found")
        assert await near.receive(5) == b"found"


async def test_an_unplugged_port_comes_back_under_its_name(tmp_path: Path) -> None:
    """The name vanishes with the adapter and leads to a new terminal after."""
    async with SimulatedLine(tmp_path) as line:
        before = line.near_port.readlink()
        line.unplug()
        assert not line.near_port.exists()
        line.plug_in()
        assert line.near_port.exists()
        with Port(line.near_port) as near, Port(line.far_port) as far:
            far.send(b"again")
            assert await near.receive(5) == b"again"
        assert str(before).startswith("/dev/")
