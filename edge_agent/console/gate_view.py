"""The running gate as the console and the metrics see it: read only, asked anew each time."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.events import Direction
from access_core.devices.health import DeviceHealth
from access_core.devices.ports import Driver
from access_core.ids import AccessPointId, DeviceId
from access_core.wire.messages import VERSION, EdgeStatus
from edge_agent.checks import (
    KEYS,
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
from edge_agent.link.state import LinkState
from edge_agent.link.transport import Transport
from edge_agent.recorder import Recorder
from edge_agent.stores import Stores, facts_of
from edge_agent.time_sync import is_clock_synchronised

_WAYS: Final = {Direction.ENTRY: Words("入口", "In"), Direction.EXIT: Words("出口", "Out")}


@dataclass(slots=True, kw_only=True)
class GateView:
    """Made by `bootstrap`; everything in it belongs to the gate."""

    settings: EdgeSettings
    settings_file: Path
    software: str
    clock: Clock
    drivers: Mapping[DeviceId, Driver]
    stores: Stores
    recorder: Recorder
    link: LinkState
    transport: Transport
    _credentials: tuple[int, int] = field(default=(-1, 0), init=False)
    """Revision and count: 300,000 rows are not counted again for every look."""

    @property
    def readers(self) -> dict[DeviceId, AccessPointId]:
        """Which access point each reader guards."""
        return {
            DeviceId(reader.id): AccessPointId(reader.access_point)
            for reader in self.settings.readers
        }

    def health(self) -> list[DeviceHealth]:
        """Every device, the door first."""
        return [driver.health() for driver in self.drivers.values()]

    def now(self) -> Instant:
        """The present moment."""
        return self.clock.now()

    def free_bytes(self) -> int:
        """Room left where the journal stands. Raises OSError."""
        return shutil.disk_usage(self.settings.edge.state_dir).free

    def status(self) -> EdgeStatus:
        """How this edge is, for the centre."""
        journal = self.stores.journal
        return EdgeStatus(
            version=VERSION,
            revision=self.stores.cache.revision,
            journal_seq=journal.head.seq,
            delivered_seq=journal.delivered_seq,
            now_ms=self.now().wall_ms,
            software=self.software,
            devices={h.device: device_finding(h).detail.en for h in self.health()},
        )

    def place(self, point: AccessPointId) -> Words:
        """An access point as people know it: the gate's name and the way."""
        stored = self.stores.cache.stored
        if stored is not None:
            names = {gate.gate_id: Words(gate.name_zh, gate.name_en) for gate in stored.rules.gates}
            for known in stored.rules.access_points:
                gate = names.get(known.gate_id)
                if known.access_point_id == point and gate is not None:
                    way = _WAYS[known.direction]
                    return Words(f"{gate.zh} · {way.zh}", f"{gate.en} · {way.en}")
        return Words(point, point)

    async def findings(self) -> list[Finding]:
        """The checklist, in the order of `edge-agent self-test`."""
        now, stores = self.now(), self.stores
        facts = facts_of(stores.cache.stored)
        url = self.settings.centre.url
        return [
            settings_finding(self.settings_file),
            clock_finding(
                now,
                is_synchronised=is_clock_synchronised(),
                offset_s=self.transport.offset_s,
            ),
            self._disk(),
            journal_finding(
                events=stores.journal.head.seq,
                delivered=stores.journal.delivered_seq,
                problem=self.recorder.problem,
            ),
            KEYS.good(f"已注册为 {self.settings.edge.id}", f"enrolled as {self.settings.edge.id}"),
            rules_finding(facts, await self._credential_count(), self.readers.values(), now),
            link_finding(url, "" if self.link.is_up else self.link.problem),
            *(device_finding(health) for health in self.health()),
        ]

    def _disk(self) -> Finding:
        try:
            free_bytes = self.free_bytes()
        except OSError as error:
            return disk_fault(str(error))
        return disk_finding(sync_ms=self.recorder.last_sync_ms, free_bytes=free_bytes)

    async def _credential_count(self) -> int:
        cache = self.stores.cache
        revision, count = self._credentials
        if revision != cache.revision:
            revision, count = cache.revision, await cache.credential_count()
            self._credentials = (revision, count)
        return count
