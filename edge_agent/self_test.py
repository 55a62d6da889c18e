"""`edge-agent self-test`: can this edge do its work here and now?

It looks by itself, with the agent stopped; what a finding means stands in `checks`, where the
console has it from too.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from access_core.clock import Clock
from access_core.devices.events import DeviceLost, DeviceReady
from access_core.devices.ports import Driver
from access_core.errors import AccessControlError, SettingsError
from access_core.ids import AccessPointId
from edge_agent.bootstrap import Devices, enrolled, make_devices, transport_to_centre
from edge_agent.cache import open_cache
from edge_agent.checks import (
    JOURNAL,
    KEYS,
    LINK,
    RULES,
    Finding,
    Words,
    clock_finding,
    device_finding,
    disk_fault,
    disk_finding,
    journal_finding,
    link_finding,
    rules_finding,
    settings_finding,
)
from edge_agent.config import EdgeSettings
from edge_agent.journal import open_journal
from edge_agent.link.downlink import PATH as CHANGES_PATH
from edge_agent.link.transport import Transport
from edge_agent.stores import CACHE_FILE, JOURNAL_FILE, facts_of, open_existing
from edge_agent.time_sync import is_clock_synchronised

_DEVICE_OPENS_WITHIN_S: Final = 3.0


async def findings(settings: EdgeSettings, file: Path, clock: Clock) -> AsyncIterator[Finding]:
    """Every check in turn, as soon as it is done."""
    yield settings_finding(file)
    link, offset_s = await _link(settings, file, clock)
    yield clock_finding(clock.now(), is_synchronised=is_clock_synchronised(), offset_s=offset_s)
    yield _disk(settings.edge.state_dir, clock)
    yield await _journal(settings)
    yield _keys(settings, file)
    yield await _rules(settings, clock)
    yield link
    devices = make_devices(settings, clock)
    async for finding in _devices(devices):
        yield finding


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
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        return disk_fault(str(error))
    return disk_finding(sync_ms=clock.now().ms_since(start), free_bytes=free_bytes)


async def _journal(settings: EdgeSettings) -> Finding:
    path = settings.edge.state_dir / JOURNAL_FILE
    try:
        async with open_existing(open_journal, path) as journal:
            return journal_finding(events=journal.head.seq, delivered=journal.delivered_seq)
    except FileNotFoundError:
        return JOURNAL.good("还没有；`run` 会建立", "none yet; `run` makes it")
    except AccessControlError as error:
        cure = Words(
            "`run` 会把该文件另存并重新开始；旧文件留给审计",
            "`run` sets the file aside and begins anew; keep the old one for the auditor",
        )
        return JOURNAL.bad(Words(str(error), str(error)), cure)


def _keys(settings: EdgeSettings, file: Path) -> Finding:
    try:
        identity = enrolled(settings, file)
    except SettingsError as error:
        return KEYS.bad(Words(error.problem, error.problem), Words(error.cure, error.cure))
    except AccessControlError as error:
        cure = Words(
            "删除该文件，用新的注册码重新注册",
            "Remove that file and enrol again with a new code",
        )
        return KEYS.bad(Words(str(error), str(error)), cure)
    return KEYS.good(f"已注册为 {identity.edge_id}", f"enrolled as {identity.edge_id}")


async def _rules(settings: EdgeSettings, clock: Clock) -> Finding:
    path = settings.edge.state_dir / CACHE_FILE
    try:
        async with open_existing(open_cache, path) as cache:
            facts, count = facts_of(cache.stored), await cache.credential_count()
    except FileNotFoundError:
        facts, count = None, 0
    except AccessControlError as error:
        cure = Words("`run` 会重新下载规则", "`run` sets the file aside and fetches the rules anew")
        return RULES.bad(Words(str(error), str(error)), cure)
    wanted = [AccessPointId(reader.access_point) for reader in settings.readers]
    return rules_finding(facts, count, wanted, clock.now())


async def _link(settings: EdgeSettings, file: Path, clock: Clock) -> tuple[Finding, float | None]:
    """Whether the centre answers, and how far our clock is from its own."""
    try:
        transport = transport_to_centre(settings, clock, enrolled(settings, file))
    except AccessControlError as error:
        detail = Words("未尝试：没有密钥", "not tried: no keys")
        return LINK.bad(detail, Words(str(error), str(error))), None
    try:
        problem = await _problem_with(transport)
    finally:
        await transport.close()
    return link_finding(settings.centre.url, problem), transport.offset_s


async def _problem_with(transport: Transport) -> str:
    try:
        await transport.get(CHANGES_PATH, {"after": "0", "wait": "0"})
    except AccessControlError as error:
        return str(error)
    return ""


async def _devices(devices: Devices) -> AsyncIterator[Finding]:
    """Each device in turn, with what they share running beside."""
    async with asyncio.TaskGroup() as group:
        services = [group.create_task(service.run()) for service in devices.shared.services()]
        for driver in devices.drivers():
            yield await _device(driver)
        for service in services:
            service.cancel()


async def _device(driver: Driver) -> Finding:
    """Run the driver until it says ready or lost; what it says of itself then."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        try:
            async with asyncio.timeout(_DEVICE_OPENS_WITHIN_S):
                async for event in driver.events():
                    if isinstance(event, DeviceReady | DeviceLost):
                        break
        except TimeoutError:
            pass
        finally:
            task.cancel()
        return device_finding(driver.health())
