"""The technician's checklist."""

from pathlib import Path

import pytest

from device_drivers.system_clock import SystemClock
from edge_agent.bootstrap import enrolled, transport_to_centre
from edge_agent.checks import Finding
from edge_agent.config import read_settings
from edge_agent.link.enrolment import enrol
from edge_agent.link.identity import make_or_load_key
from edge_agent.self_test import findings
from edge_agent.stores import open_stores
from tests.builders import a_change_set
from tests.edge_settings import write_settings
from tests.small_centre import CODE, small_centre


async def checklist(file: Path) -> dict[str, Finding]:
    """Every finding by its name."""
    settings = read_settings(file)
    return {found.name: found async for found in findings(settings, file, SystemClock())}


async def test_every_fault_comes_with_a_cure(tmp_path: Path) -> None:
    """A box fresh from its carton: what is missing is named, each with what to do."""
    found = await checklist(write_settings(tmp_path))
    faults = {name for name, finding in found.items() if not finding.is_ok}
    assert {"keys", "rules", "link", "device turnstile", "device camera-in"} <= faults
    assert all(found[name].cure.zh and found[name].cure.en for name in faults)
    assert "edge-agent enrol" in found["keys"].cure.en
    assert found["settings"].is_ok
    assert found["journal"].is_ok


async def test_an_enrolled_edge_with_rules_is_well(tmp_path: Path) -> None:
    """Keys, rules, journal and link are found; rules past their expiry are a fault."""
    now_ms = SystemClock().now().wall_ms
    async with small_centre() as centre:
        file = write_settings(tmp_path, url=centre.url)
        settings = read_settings(file)
        transport = transport_to_centre(settings, SystemClock(), None)
        await enrol(transport, settings.edge.state_dir, CODE)
        await transport.close()
        centre.key = make_or_load_key(settings.edge.state_dir).public_key()
        for revision, expires_ms in ((7, now_ms + 60_000), (8, now_ms - 1)):
            change = a_change_set(
                revision=revision, issued_ms=now_ms - 60_000, expires_ms=expires_ms
            )
            async with open_stores(settings.edge.state_dir, SystemClock()) as stores:
                identity = enrolled(settings, file)
                after = stores.cache.rules_after(change, identity.site_id, identity.edge_id)
                await stores.cache.store(change, after)
            found = await checklist(file)
            assert found["keys"].is_ok
            assert found["journal"].detail.en == "0 events, 0 not delivered yet"
            assert found["link"].is_ok
            assert found["rules"].is_ok is (revision == 7)
            assert f"revision {revision}, 1 credentials, 1 min old" in found["rules"].detail.en


@pytest.mark.parametrize("name", ["journal.db", "rules.db"])
async def test_a_damaged_file_is_a_fault(tmp_path: Path, name: str) -> None:
    """It is named and left as it is."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / name).write_bytes(b"damaged" * 1000)
    found = await checklist(write_settings(tmp_path))
    assert not found["journal" if name == "journal.db" else "rules"].is_ok
    assert (tmp_path / "state" / name).read_bytes() == b"damaged" * 1000
