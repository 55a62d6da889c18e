"""Pictures for the documentation."""

from pathlib import Path

import pytest

from simulators.pictures import take_pictures
from tests.architecture.checkout import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
LARGEST = 120_000


async def test_pictures_show_the_running_product(tmp_path: Path) -> None:
    """Each page whose picture the documentation shows, in a file small enough for it."""
    taken = await take_pictures(tmp_path / "pictures", tmp_path / "run", seed=1, say=lambda _: None)
    shown = {file.name for file in (ROOT / "docs" / "pictures").iterdir()}
    assert {file.name for file in taken} == shown
    assert [file.name for file in taken if file.stat().st_size > LARGEST] == []
