"""The product and its gate, running together."""

from pathlib import Path

import pytest

from access_core.model.access_event import AccessEventKind
from simulators.desk import Account
from simulators.run_folder import MAIN_GATE
from simulators.stage import running_campus
from simulators.turnstile_lane import Way

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


async def test_a_campus_can_lose_its_centre_and_get_it_back(tmp_path: Path) -> None:
    """Stopping the centre is no crash; the gate stands locked meanwhile; its log is complete."""
    async with running_campus(tmp_path, lane_pace=0.3, seed=1, say=lambda _: None) as campus:
        assert await campus.desk.gate_is_current(MAIN_GATE)
        was_running = campus.is_centre_running
        await campus.stop_centre()
        assert (was_running, campus.is_centre_running) == (True, False)
        assert not await campus.entrance.turnstile.until_released(Way.ENTRY, 0.2)
        await campus.start_centre()
        await campus.until_delivered()
        kinds = [event.kind for event in await campus.log()]
    assert kinds.count(AccessEventKind.EDGE_STARTED) == 1
    assert kinds.count(AccessEventKind.DEVICE_READY) >= 3


async def test_passwords_do_not_lie_in_the_folder_of_a_run(tmp_path: Path) -> None:
    """Neither settings nor logs nor databases hold one in clear."""
    accounts: tuple[Account, ...] = ()
    async with running_campus(tmp_path, lane_pace=0.3, seed=1, say=lambda _: None) as campus:
        accounts = campus.desk.accounts
    assert [holds(account.password, tmp_path) for account in accounts] == [[], [], []]
    assert holds(MAIN_GATE, tmp_path) != []


def holds(text: str, folder: Path) -> list[Path]:
    """The files under `folder` in which `text` stands."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if text.encode() in path.read_bytes()]
