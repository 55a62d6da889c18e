"""The driver that docs/how_to/add_a_driver.md has its reader write: the page, and its codec.

That it keeps its promises is shown by the contract suite, where it stands beside the real ones.
"""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from access_core.devices.events import Medium
from device_drivers.dialects import Read
from tests.contracts.sample_driver.codec import CardCodec

HERE = Path(__file__).parent / "sample_driver"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "add_a_driver.md"
FILES = {
    "settings.py": "device_drivers/card_reader/settings.py",
    "codec.py": "device_drivers/card_reader/codec.py",
    "transport.py": "device_drivers/card_reader/transport.py",
    "device.py": "device_drivers/card_reader/device.py",
    "supervisor.py": "device_drivers/card_reader/supervisor.py",
    "registration.py": "device_drivers/registry.py",
    "simulator.py": "simulators/card_reader.py",
    "stand.py": "tests/contracts/card_reader_stand.py",
    "checklist.toml": "device_drivers/card_reader/checklist.toml",
}
"""File of the sample -> what the page calls it."""
FRAME = bytes.fromhex("aa 04 04a1b2c3 c8")


def on_page(text: str) -> dict[str, str]:
    """File as the page calls it -> what the page has its reader write there."""
    written: dict[str, str] = {}
    for part in text.split("\n### ")[1:]:
        called = re.match(r"`([^`]+)`\n", part)
        block = re.search(r"\n```(?:python|toml)\n(.*?)\n```", part, re.DOTALL)
        if called and block:
            written[called[1]] = block[1]
    return written


def statements(text: str) -> list[str]:
    """The lines that do something, save imports and the docstring: those have other names here."""
    text = re.sub(r'\A""".*?"""\n', "", text, flags=re.DOTALL)
    text = re.sub(r"from [\w.]+ import \([^)]*\)", "", text)
    lines = [line for line in text.splitlines() if line.strip()]
    return [line for line in lines if not line.lstrip().startswith(("from ", "import "))]


def test_the_page_has_its_reader_write_this_driver() -> None:
    """Every file of the sample stands on the page, line for line, and no other."""
    written = on_page(PAGE.read_text(encoding="utf-8"))
    assert set(written) == set(FILES.values())
    for name, called in FILES.items():
        here = (HERE / name).read_text(encoding="utf-8")
        assert statements(written[called]) == statements(here), called


def test_control_a_page_that_falls_behind_is_noticed() -> None:
    """A line changed on the page is another statement."""
    page = PAGE.read_text(encoding="utf-8").replace("START = 0xAA", "START = 0xAB")
    here = (HERE / "codec.py").read_text(encoding="utf-8")
    assert statements(on_page(page)[FILES["codec.py"]]) != statements(here)


def test_a_card_laid_down_is_read_and_damage_is_not() -> None:
    """The serial number becomes a card's text; with one bit flipped nothing is read."""
    assert CardCodec(Counter()).feed(FRAME) == [Read(Medium.CARD, b"UID:04A1B2C3")]
    for place in range(8 * len(FRAME)):
        damaged = bytearray(FRAME)
        damaged[place // 8] ^= 1 << place % 8
        assert CardCodec(Counter()).feed(bytes(damaged)) == []


@given(
    st.lists(st.binary(max_size=6) | st.just(FRAME), max_size=10).map(b"".join),
    st.lists(st.integers(0, 80), max_size=6),
)
def test_any_split_gives_the_same_reads(stream: bytes, cuts: list[int]) -> None:
    """However a stream is cut into reads, and whatever is in it, the same cards come out."""
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces, whole = CardCodec(Counter()), CardCodec(Counter())
    assert [
        read for start, end in pairwise(bounds) for read in pieces.feed(stream[start:end])
    ] == whole.feed(stream)
    assert len(pieces._buffer) < 13
