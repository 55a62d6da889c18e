"""Files of the pages."""

import re

import pytest

from edge_agent.console.assets import FOLDER, TYPES, Assets


@pytest.mark.parametrize("name", TYPES)
def test_every_file_of_the_table_is_served(name: str) -> None:
    """With its content type."""
    answer = Assets().respond(name)
    assert (answer.status_code, answer.headers["content-type"]) == (200, TYPES[name])
    assert answer.body == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", ["", "..", "../pages.py", "none.js"])
def test_nothing_else_is(name: str) -> None:
    """Whatever is asked for."""
    assert Assets().respond(name).status_code == 404


def test_the_folder_holds_what_the_table_names() -> None:
    """No file lies there that nobody can get."""
    assert {path.name for path in FOLDER.iterdir()} == set(TYPES)


def test_every_text_of_the_lane_can_be_read_from_afar() -> None:
    """No size of the sheet for the screen is below 24 px."""
    sheet = (FOLDER / "lane.css").read_text(encoding="utf-8")
    sizes = re.findall(r"font-size:\s*([^;}]+)", sheet)
    assert sizes
    for size in sizes:
        least = re.fullmatch(r"max\((\d+)px, [\d.]+vmin\)", size.strip())
        assert least, size
        assert int(least[1]) >= 24
