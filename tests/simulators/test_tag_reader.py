"""The simulated tag reader sends what the makers' manuals show."""

from pathlib import Path

import pytest

from simulators.line import SimulatedLine
from simulators.tag_reader import Make, SimulatedTagReader
from tests.simulators.test_line import Port

NUMBER = bytes.fromhex("62E3086CED")


@pytest.mark.parametrize(
    ("make", "frame"),
    [
        (Make.RDM6300, b"\x0262E3086CED08\x03"),
        (Make.GWIOT_7941E, bytes.fromhex("020A0262E3086CED0003")),
    ],
)
async def test_frames_are_those_of_the_manual(tmp_path: Path, make: Make, frame: bytes) -> None:
    """Seeed's wiki page of the RDM6300, and the Gwiot 7941E manual, sections 12 and 13."""
    async with SimulatedLine(tmp_path) as line:
        with Port(line.near_port) as near:
            async with SimulatedTagReader(line.far_port, make=make) as reader:
                await reader.hold(NUMBER, 2)
                assert await near.receive(2 * len(frame)) == 2 * frame
