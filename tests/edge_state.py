"""The state folder of an edge that has been at work, for tests of the technician's commands."""

from pathlib import Path

from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from device_drivers.system_clock import SystemClock
from edge_agent.config import EdgeSettings, read_settings
from edge_agent.stores import open_stores
from tests.builders import EDGE, SITE, a_change_set
from tests.edge_settings import write_settings


async def a_used_edge(folder: Path, *, events: int = 3) -> EdgeSettings:
    """Rules of revision 7 with the visitor of `tests.facts`, and so many events."""
    settings = read_settings(write_settings(folder))
    async with open_stores(settings.edge.state_dir, SystemClock()) as stores:
        change = a_change_set()
        await stores.cache.store(change, stores.cache.rules_after(change, SITE, EDGE))
        for number in range(events):
            await stores.journal.append(
                AccessEvent(kind=Kind.DOOR_FORCED, wall_ms=number, mono_ns=number, boot="b")
            )
    return settings
