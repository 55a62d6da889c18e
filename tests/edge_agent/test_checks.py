"""What makes a finding good or bad."""

from pathlib import Path

import pytest

from access_core.clock import Instant
from access_core.devices.health import DeviceHealth, DeviceState
from access_core.ids import AccessPointId, DeviceId
from edge_agent.checks import (
    Finding,
    clock_finding,
    device_finding,
    disk_fault,
    disk_finding,
    journal_finding,
    link_finding,
    rules_finding,
    settings_finding,
)
from tests.builders import some_facts
from tests.facts import AT

GIBIBYTE = 1024**3


def health(state: DeviceState, reason: str = "") -> DeviceHealth:
    """A device in this state."""
    return DeviceHealth(
        device=DeviceId("camera-in"),
        state=state,
        reason=reason,
        epoch=1,
        last_good=None,
        counters={},
    )


GOOD = [
    settings_finding(Path("edge.toml")),
    clock_finding(AT, is_synchronised=True, offset_s=0.4),
    clock_finding(AT, is_synchronised=False, offset_s=None),
    clock_finding(AT, is_synchronised=None, offset_s=-4.0),
    disk_finding(sync_ms=None, free_bytes=GIBIBYTE),
    disk_finding(sync_ms=3.0, free_bytes=GIBIBYTE),
    journal_finding(events=9, delivered=4),
    rules_finding(some_facts(), 1, [], AT),
    link_finding("https://gateway.example.edu", ""),
    device_finding(health(DeviceState.READY)),
]
BAD = [
    clock_finding(Instant(0, 0), is_synchronised=True, offset_s=None),
    clock_finding(AT, is_synchronised=True, offset_s=60.0),
    disk_finding(sync_ms=100.0, free_bytes=GIBIBYTE),
    disk_finding(sync_ms=3.0, free_bytes=1),
    disk_fault("read-only file system"),
    journal_finding(events=9, delivered=4, problem="disk full"),
    rules_finding(None, 0, [], AT),
    rules_finding(some_facts(), 1, [AccessPointId("elsewhere")], AT),
    rules_finding(some_facts(expires_ms=AT.wall_ms), 1, [], AT),
    link_finding("https://gateway.example.edu", "no route to host"),
    device_finding(health(DeviceState.STARTING)),
    device_finding(health(DeviceState.DEGRADED, "no answer for 1.2 s; check the cable")),
    device_finding(health(DeviceState.OFFLINE, "no answer; check the cable")),
]


@pytest.mark.parametrize("finding", GOOD, ids=lambda found: found.detail.en)
def test_what_is_well_needs_no_cure(finding: Finding) -> None:
    """A good finding says what was seen, in both languages, and nothing to do."""
    assert finding.is_ok
    assert finding.detail.zh
    assert finding.detail.en
    assert not finding.cure.en


@pytest.mark.parametrize("finding", BAD, ids=lambda found: found.detail.en)
def test_what_is_wrong_says_what_to_do(finding: Finding) -> None:
    """A bad finding says what was seen and what to do, in both languages."""
    assert not finding.is_ok
    assert finding.detail.zh
    assert finding.detail.en
    assert finding.cure.zh
    assert finding.cure.en


def test_the_clock_says_who_keeps_it_and_how_far_it_is_off() -> None:
    """Time, state of synchronisation and distance to the centre stand in one line."""
    finding = clock_finding(AT, is_synchronised=False, offset_s=-7.2)
    assert finding.detail.en.endswith("UTC, not synchronised, -7 s from the centre's")
    assert finding.detail.zh.endswith("，未同步，与中心相差 -7 秒")


def test_a_device_gives_the_reason_of_its_driver() -> None:
    """State in words, then the driver's own words."""
    finding = device_finding(health(DeviceState.OFFLINE, "no answer; check the cable"))
    assert finding.name == "device camera-in"
    assert finding.detail.in_language("en") == "offline: no answer; check the cable"
    assert finding.detail.in_language("zh") == "离线：no answer; check the cable"
