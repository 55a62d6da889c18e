"""The running gate as the console sees it."""

from pathlib import Path

from access_core.ids import AccessPointId
from edge_agent.self_test import findings
from tests.edge_agent.console.a_console import a_desk


async def test_the_console_has_the_checks_of_the_self_test(tmp_path: Path) -> None:
    """The same names in the same order, and the same words about what both have looked at."""
    async with a_desk(tmp_path) as desk:
        view = desk.console.view
        here = {found.name: found for found in await view.findings()}
    there = {f.name: f async for f in findings(view.settings, view.settings_file, view.clock)}
    assert list(here) == list(there)
    for name in ("settings", "journal", "rules"):
        assert (here[name].is_ok, here[name].detail) == (there[name].is_ok, there[name].detail)


async def test_places_have_the_names_people_know(tmp_path: Path) -> None:
    """From the rules held; one that is not in them is called as in the settings."""
    async with a_desk(tmp_path) as desk:
        place = desk.console.view.place
        assert place(AccessPointId("north-1-in")).zh == "北门一号 · 入口"
        assert place(AccessPointId("elsewhere")).en == "elsewhere"


async def test_the_centre_is_told_of_devices_in_words(tmp_path: Path) -> None:
    """Name and state of each, with what the journal holds."""
    async with a_desk(tmp_path) as desk:
        status = desk.console.view.status()
        assert status.devices == {"turnstile": "ready", "camera-in": "ready"}
        assert (status.revision, status.journal_seq, status.delivered_seq) == (7, 3, 0)
