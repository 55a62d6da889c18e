"""Everything wired in one place."""

from pathlib import Path

import pytest

from access_core.errors import SettingsError
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from device_drivers.system_clock import SystemClock
from edge_agent.bootstrap import edge_agent, enrolled, software, transport_to_centre
from edge_agent.config import EdgeSettings, read_settings
from edge_agent.gate.door_table import DoorMode
from edge_agent.journal import open_journal
from edge_agent.link.enrolment import enrol
from tests.edge_settings import write_settings
from tests.small_centre import CODE, small_centre


async def enrolled_settings(folder: Path) -> tuple[EdgeSettings, Path]:
    """Settings of an edge that has been enrolled."""
    async with small_centre() as centre:
        file = write_settings(folder, url=centre.url)
        settings = read_settings(file)
        transport = transport_to_centre(settings, SystemClock(), None)
        await enrol(transport, settings.edge.state_dir, CODE)
        await transport.close()
    return settings, file


async def test_an_edge_that_is_not_enrolled_says_how(tmp_path: Path) -> None:
    """No enrolment: the message names the command."""
    file = write_settings(tmp_path)
    with pytest.raises(SettingsError, match="edge-agent enrol --code CODE"):
        enrolled(read_settings(file), file)


async def test_an_edge_under_another_name_says_which(tmp_path: Path) -> None:
    """Settings and enrolment must agree."""
    settings, file = await enrolled_settings(tmp_path)
    other = settings.model_copy(
        update={"edge": settings.edge.model_copy(update={"id": "edge-south"})}
    )
    with pytest.raises(SettingsError, match='id = "edge-north-1"'):
        enrolled(other, file)


def test_a_certificate_authority_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Missing, or no PEM: the key of the setting and the cure."""
    settings = read_settings(write_settings(tmp_path))
    for content in (None, b"no certificate"):
        ca_file = tmp_path / "ca.pem"
        if content is not None:
            ca_file.write_bytes(content)
        centre = settings.centre.model_copy(update={"ca_file": ca_file})
        with pytest.raises(SettingsError, match=r"centre\.ca_file: cannot be read"):
            transport_to_centre(settings.model_copy(update={"centre": centre}), SystemClock(), None)


async def test_everything_is_wired_and_nothing_runs(tmp_path: Path) -> None:
    """One door, one reader, three link tasks; nothing recorded and nothing opened yet."""
    settings, file = await enrolled_settings(tmp_path)
    async with edge_agent(settings, file, SystemClock()) as agent:
        assert [driver.device_id for driver in agent.drivers] == ["turnstile", "camera-in"]
        assert sorted(agent.link) == ["downlink", "status", "uplink"]
        assert agent.stores.journal.head.seq == 0


async def test_an_unreset_fire_is_remembered(tmp_path: Path) -> None:
    """The journal of the last run says that the lane is free."""
    settings, file = await enrolled_settings(tmp_path)
    journal = await open_journal(settings.edge.state_dir / "journal.db")
    await journal.append(AccessEvent(kind=Kind.FIRE_ACTIVATED, wall_ms=1, mono_ns=1, boot="before"))
    await journal.close()
    async with edge_agent(settings, file, SystemClock()) as agent:
        assert agent.runner._machine.mode is DoorMode.FREE


def test_the_program_has_a_name_and_a_version() -> None:
    """What the centre is told of the software."""
    assert software().startswith("campus-gateway ")
