"""A checklist for the technician: can this edge do its work here and now?

Each check gives one line, ok or fault, and for a fault what to do about it.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from access_core.clock import Clock
from access_core.devices.events import DeviceLost, DeviceReady
from access_core.devices.ports import Driver
from access_core.errors import AccessControlError, SettingsError
from edge_agent.bootstrap import Devices, enrolled, make_devices, transport_to_centre
from edge_agent.cache import open_cache
from edge_agent.config import EdgeSettings
from edge_agent.journal import open_journal
from edge_agent.link.downlink import PATH as CHANGES_PATH
from edge_agent.stores import CACHE_FILE, JOURNAL_FILE, facts_of, open_existing

_DEVICE_OPENS_WITHIN_S: Final = 3.0
_EARLIEST_CLOCK_S: Final = 1_767_225_600
"""2026-01-01: a clock before this was never set."""
_SLOW_SYNC_MS: Final = 100.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the checklist."""

    name: str
    is_ok: bool
    detail: str
    cure: str = ""


async def findings(settings: EdgeSettings, file: Path, clock: Clock) -> AsyncIterator[Finding]:
    """Every check in turn, as soon as it is done."""
    yield Finding("settings", is_ok=True, detail=str(file))
    yield _clock(clock)
    yield _disk(settings.edge.state_dir, clock)
    yield await _journal(settings)
    yield _keys(settings, file)
    yield await _rules(settings, clock)
    yield await _link(settings, file, clock)
    devices = make_devices(settings, clock)
    async for finding in _devices(devices):
        yield finding


def _clock(clock: Clock) -> Finding:
    now = clock.now()
    return Finding(
        "clock",
        is_ok=now.wall_s >= _EARLIEST_CLOCK_S,
        detail=f"{now.utc():%Y-%m-%d %H:%M:%S} UTC",
        cure="Set the clock and check time synchronisation; passes are judged by it",
    )


def _disk(folder: Path, clock: Clock) -> Finding:
    """One synced write where the journal stands."""
    trial = folder / "self-test.tmp"
    start = clock.now()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with trial.open("wb") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        trial.unlink()
    except OSError as error:
        cure = "Check that the folder of `edge.state_dir` is writable and the disk not full"
        return Finding("disk", is_ok=False, detail=str(error), cure=cure)
    took_ms = clock.now().ms_since(start)
    return Finding(
        "disk",
        is_ok=took_ms < _SLOW_SYNC_MS,
        detail=f"a synced write takes {took_ms:.1f} ms",
        cure="The disk is too slow for a gate: use an SSD or industrial card",
    )


async def _journal(settings: EdgeSettings) -> Finding:
    path = settings.edge.state_dir / JOURNAL_FILE
    try:
        async with open_existing(open_journal, path) as journal:
            waiting = journal.head.seq - journal.delivered_seq
            detail = f"{journal.head.seq} events, {waiting} not delivered yet"
            return Finding("journal", is_ok=True, detail=detail)
    except FileNotFoundError:
        return Finding("journal", is_ok=True, detail="none yet; `run` makes it")
    except AccessControlError as error:
        cure = "`run` sets the file aside and begins anew; keep the old one for the auditor"
        return Finding("journal", is_ok=False, detail=str(error), cure=cure)


def _keys(settings: EdgeSettings, file: Path) -> Finding:
    try:
        identity = enrolled(settings, file)
    except SettingsError as error:
        return Finding("keys", is_ok=False, detail=error.problem, cure=error.cure)
    except AccessControlError as error:
        cure = "Remove that file and enrol again with a new code"
        return Finding("keys", is_ok=False, detail=str(error), cure=cure)
    return Finding("keys", is_ok=True, detail=f"enrolled as {identity.edge_id}")


async def _rules(settings: EdgeSettings, clock: Clock) -> Finding:
    path = settings.edge.state_dir / CACHE_FILE
    cure = "Start the agent with the centre in reach; it fetches its rules by itself"
    try:
        async with open_existing(open_cache, path) as cache:
            facts, count = facts_of(cache.stored), await cache.credential_count()
    except (FileNotFoundError, AccessControlError) as error:
        return Finding("rules", is_ok=False, detail=f"none: {error}", cure=cure)
    if facts is None:
        return Finding("rules", is_ok=False, detail="none yet", cure=cure)
    unknown = [
        r.access_point for r in settings.readers if r.access_point not in facts.access_points
    ]
    if unknown:
        return Finding(
            "rules",
            is_ok=False,
            detail=f"do not contain access point {unknown[0]}",
            cure="Correct `access_point` of that reader, or add it to the gate at the centre",
        )
    age_min = (clock.now().wall_ms - facts.issued_ms) / 60_000
    detail = f"revision {facts.revision}, {count} credentials, {age_min:.0f} min old"
    if facts.is_stale(clock.now()):
        return Finding("rules", is_ok=False, detail=f"{detail}, expired", cure=cure)
    return Finding("rules", is_ok=True, detail=detail)


async def _link(settings: EdgeSettings, file: Path, clock: Clock) -> Finding:
    try:
        transport = transport_to_centre(settings, clock, enrolled(settings, file))
    except AccessControlError as error:
        return Finding("link", is_ok=False, detail="not tried: no keys", cure=str(error))
    try:
        await transport.get(CHANGES_PATH, {"after": "0", "wait": "0"})
    except AccessControlError as error:
        return Finding(
            "link",
            is_ok=False,
            detail=str(error),
            cure="Check cable, `centre.url`, `centre.ca_file` and clock; the gate works without it",
        )
    finally:
        await transport.close()
    return Finding("link", is_ok=True, detail=settings.centre.url)


async def _devices(devices: Devices) -> AsyncIterator[Finding]:
    """Each device in turn, with what they share running beside."""
    async with asyncio.TaskGroup() as group:
        services = [group.create_task(service.run()) for service in devices.shared.services()]
        for driver in devices.drivers():
            yield await _device(driver)
        for service in services:
            service.cancel()


async def _device(driver: Driver) -> Finding:
    """Run the driver until it says ready or lost."""
    name = f"device {driver.device_id}"
    cure = "Check power, cable and the settings of this device"
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        try:
            async with asyncio.timeout(_DEVICE_OPENS_WITHIN_S):
                async for event in driver.events():
                    if isinstance(event, DeviceReady):
                        return Finding(name, is_ok=True, detail="answers")
                    if isinstance(event, DeviceLost):
                        return Finding(name, is_ok=False, detail=event.reason, cure=cure)
        except TimeoutError:
            detail = f"said nothing within {_DEVICE_OPENS_WITHIN_S:.0f} s"
            return Finding(name, is_ok=False, detail=detail, cure=cure)
        finally:
            task.cancel()
    return Finding(name, is_ok=False, detail="ended by itself", cure=cure)
