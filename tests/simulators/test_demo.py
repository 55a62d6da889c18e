"""The demo: a campus to look at, and its certain end."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from access_core.devices.events import Direction
from access_core.model.access_event import AccessEvent, AccessEventKind
from simulators.demo import in_words, taken_from, view_of
from simulators.journal_feed import JournalLine
from tests.process_end import until_ended


def test_an_event_is_one_line() -> None:
    """Its number, what happened, which way, why, and that it was decided offline."""
    event = AccessEvent(
        kind=AccessEventKind.ACCESS_DENIED,
        wall_ms=0,
        mono_ns=0,
        boot="b",
        direction=Direction.ENTRY,
        reasons=("PASS_STALE", "UNAUTHORIZED"),
        is_offline=True,
    )
    words = in_words(JournalLine("e", 7, event))
    assert words.endswith("#7 access denied in because PASS_STALE, UNAUTHORIZED (offline)")


def test_pictures_are_taken_once_and_other_files_stay(tmp_path: Path) -> None:
    """What somebody puts before the camera is shown once."""
    (tmp_path / "a.PNG").write_bytes(b"a")
    (tmp_path / "note.txt").write_bytes(b"n")
    assert taken_from(tmp_path) == [("a.PNG", b"a")]
    assert taken_from(tmp_path) == []
    assert (tmp_path / "note.txt").exists()


def test_a_wide_screen_is_held_nearer() -> None:
    """A screenshot of a desk's browser must be as readable as one of a phone."""
    wide, tall = np.zeros((480, 828), np.uint8), np.zeros((1736, 828), np.uint8)
    assert view_of(wide).phone_width_px > view_of(tall).phone_width_px


@asynccontextmanager
async def running_demo(root: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`campus-sim demo` in `root`, up and running."""
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("campus-sim"), "demo", "--dir", root),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if b"everything runs" in line:
                break
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def programs_of(root: Path) -> dict[int, str]:
    """Command lines of the living processes that work in `root`, by process id."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(root) in words and int(folder.name) != os.getpid():
            found[int(folder.name)] = words
    return found


@pytest.mark.slow
async def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """Centre, edge and helpers run while the demo runs, and none of them afterwards."""
    async with running_demo(tmp_path) as demo:
        assert len(programs_of(tmp_path)) >= 4
        demo.send_signal(signal.SIGINT)
        output, _ = await demo.communicate()
    assert programs_of(tmp_path) == {}
    assert demo.returncode == 130
    assert b"Traceback" not in output


@pytest.mark.slow
async def test_a_crash_is_told_and_ends_the_rest(tmp_path: Path) -> None:
    """When the edge dies unasked the demo says which program it was and what it said last."""
    async with running_demo(tmp_path) as demo:
        (edge,) = [p for p, words in programs_of(tmp_path).items() if "edge-agent run" in words]
        os.kill(edge, signal.SIGKILL)
        output, _ = await demo.communicate()
    assert b"edge-agent run ended by itself with code -9" in output
    assert b"gate in service" in output
    assert demo.returncode == 2
    assert programs_of(tmp_path) == {}


@pytest.mark.slow
async def test_nothing_outlives_a_killed_demo(tmp_path: Path) -> None:
    """Even SIGKILL of the demo itself ends what it started."""
    async with running_demo(tmp_path) as demo:
        watched = [os.pidfd_open(pid) for pid in programs_of(tmp_path) if pid != demo.pid]
        demo.kill()
        for descriptor in watched:
            await until_ended(descriptor)
    assert programs_of(tmp_path) == {}
