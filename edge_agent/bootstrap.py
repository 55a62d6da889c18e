"""The composition root: settings -> drivers, stores, gate, link and tasks, wired in one place."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import structlog

from access_core.clock import Clock
from access_core.devices.ports import DoorDriver, Driver, ReaderDriver
from access_core.errors import SettingsError
from access_core.ids import AccessPointId, DeviceId, GateId
from access_core.model.access_event import AccessEvent
from access_core.wire.messages import VERSION, EdgeStatus
from device_drivers.registry import make_door, make_reader
from device_drivers.shared import Shared
from edge_agent.agent import EdgeAgent
from edge_agent.config import EdgeSettings, LinkSection
from edge_agent.gate.events import GateEvent
from edge_agent.gate.lane import LaneTimings
from edge_agent.gate.machine import GateMachine, GateSetup
from edge_agent.gate.stamp import Stamp
from edge_agent.journal import Row
from edge_agent.link.backoff import Backoff
from edge_agent.link.downlink import Downlink
from edge_agent.link.identity import Identity, load_identity
from edge_agent.link.state import LinkState
from edge_agent.link.status import StatusReport
from edge_agent.link.transport import Credentials, Transport
from edge_agent.link.uplink import Uplink
from edge_agent.recorder import Recorder
from edge_agent.runner import GateRunner, GateSurroundings
from edge_agent.stores import Stores, facts_of, open_stores
from edge_agent.supervisor import Supervisor

_log = structlog.get_logger("edge")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@asynccontextmanager
async def edge_agent(settings: EdgeSettings, file: Path, clock: Clock) -> AsyncIterator[EdgeAgent]:
    """Everything wired and opened, nothing running; closed at the end.

    Raises SettingsError if this edge is not enrolled or enrolled under another name.
    """
    identity = enrolled(settings, file)
    async with open_stores(settings.edge.state_dir, clock) as stores:
        transport = transport_to_centre(settings, clock, identity)
        try:
            yield await _wired(settings, clock, identity, stores, transport)
        finally:
            await transport.close()


def enrolled(settings: EdgeSettings, file: Path) -> Identity:
    """Who this edge is to the centre. Raises SettingsError if that does not fit the settings."""
    identity = load_identity(settings.edge.state_dir)
    if identity is None:
        raise SettingsError(
            file=str(file),
            key="edge.state_dir",
            problem="holds no enrolment: the centre does not know this edge yet",
            cure="Run `edge-agent enrol --code CODE` with a code from the centre",
        )
    if identity.edge_id != settings.edge.id:
        raise SettingsError(
            file=str(file),
            key="edge.id",
            problem=f"is {settings.edge.id}, but this edge was enrolled as {identity.edge_id}",
            cure=f'Write id = "{identity.edge_id}", or enrol again in an empty state_dir',
        )
    return identity


def transport_to_centre(
    settings: EdgeSettings, clock: Clock, identity: Identity | None
) -> Transport:
    """Requests to the centre, signed if this edge is enrolled.

    Raises SettingsError if the certificate authority cannot be read.
    """
    signer = None
    if identity is not None:
        signer = Credentials(edge_id=identity.edge_id, key=identity.key)
    try:
        return Transport(
            settings.centre.url,
            clock,
            signer=signer,
            ca_file=settings.centre.ca_file,
            timeout_s=settings.link.timeout_s,
        )
    except OSError as error:
        raise SettingsError(
            file=str(settings.centre.ca_file),
            key="centre.ca_file",
            problem=f"cannot be read: {error}",
            cure="Name a file with the certificate authority in PEM",
        ) from error


@dataclass(frozen=True, slots=True)
class Devices:
    """The drivers of one gate, not yet running."""

    door: DoorDriver
    readers: Mapping[DeviceId, ReaderDriver]
    shared: Shared
    """What several of them use together; it must run too."""

    def drivers(self) -> list[Driver]:
        """The door and then the readers."""
        return [self.door, *self.readers.values()]


def make_devices(settings: EdgeSettings, clock: Clock) -> Devices:
    """Every device of the settings; nothing is opened."""
    shared = Shared()
    door = make_door(settings.door.device, DeviceId(settings.door.id), clock, shared)
    readers = {
        DeviceId(reader.id): make_reader(reader.device, DeviceId(reader.id), clock, shared)
        for reader in settings.readers
    }
    return Devices(door, readers, shared)


def software() -> str:
    """Name and version of this program."""
    try:
        return f"campus-gateway {version('campus-gateway')}"
    except PackageNotFoundError:
        return "campus-gateway (not installed)"


async def _wired(
    settings: EdgeSettings, clock: Clock, identity: Identity, stores: Stores, transport: Transport
) -> EdgeAgent:
    added, changed = asyncio.Event(), asyncio.Event()
    run = secrets.token_hex(6)
    boot = _boot_id(run)

    def recorded(event: AccessEvent, row: Row) -> None:
        added.set()
        _tell(event, row)

    recorder = Recorder(stores.journal, clock, recorded)
    devices = make_devices(settings, clock)
    facts = facts_of(stores.cache.stored)
    setup = _gate_setup(settings, boot, run, is_free=await stores.journal.is_fire_unreset())
    around = GateSurroundings(
        clock=clock,
        door=devices.door,
        readers=devices.readers,
        recorder=recorder,
        journal=stores.journal,
        cache=stores.cache,
        record_deadline_ms=settings.gate.record_deadline_ms,
    )
    runner = GateRunner(GateMachine(setup, facts), around)
    states: dict[str, str] = {}
    link = _Link(settings.link, stores, transport, identity, LinkState(runner.put))

    def compose() -> EdgeStatus:
        return EdgeStatus(
            version=VERSION,
            revision=stores.cache.revision,
            journal_seq=stores.journal.head.seq,
            delivered_seq=stores.journal.delivered_seq,
            now_ms=clock.now().wall_ms,
            software=software(),
            devices=dict(states),
        )

    return EdgeAgent(
        settings=settings,
        clock=clock,
        stores=stores,
        stamp=Stamp(gate_id=GateId(settings.gate.id), boot=boot, run=run, facts=facts),
        recorder=recorder,
        runner=runner,
        drivers=devices.drivers(),
        services=devices.shared.services(),
        devices=states,
        changed=changed,
        link={
            "uplink": link.uplink(added).run,
            "downlink": link.downlink(_also_set(changed, runner)).run,
            "status": link.status(changed, compose).run,
        },
        supervisor=Supervisor(clock=clock),
    )


@dataclass(frozen=True, slots=True)
class _Link:
    """What the three ways of talking to the centre share."""

    section: LinkSection
    stores: Stores
    transport: Transport
    identity: Identity
    state: LinkState

    def uplink(self, added: asyncio.Event) -> Uplink:
        return Uplink(
            journal=self.stores.journal,
            transport=self.transport,
            identity=self.identity,
            state=self.state,
            backoff=self._backoff("up"),
            added=added,
            batch_events=self.section.batch_events,
        )

    def downlink(self, told: Callable[[GateEvent], Awaitable[None]]) -> Downlink:
        return Downlink(
            cache=self.stores.cache,
            transport=self.transport,
            identity=self.identity,
            state=self.state,
            backoff=self._backoff("down"),
            poll_wait_s=self.section.poll_wait_s,
            told=told,
        )

    def status(self, changed: asyncio.Event, compose: Callable[[], EdgeStatus]) -> StatusReport:
        return StatusReport(
            transport=self.transport,
            state=self.state,
            every_s=self.section.status_every_s,
            changed=changed,
            compose=compose,
        )

    def _backoff(self, way: str) -> Backoff:
        return Backoff(
            first_s=self.section.backoff_first_ms / 1000,
            longest_s=self.section.backoff_longest_s,
            jitter=random.Random(f"{self.identity.edge_id} {way}"),  # noqa: S311 - spreads retries
        )


def _also_set(changed: asyncio.Event, runner: GateRunner) -> Callable[[GateEvent], Awaitable[None]]:
    async def told(event: GateEvent) -> None:
        await runner.put(event)
        changed.set()

    return told


def _gate_setup(settings: EdgeSettings, boot: str, run: str, *, is_free: bool) -> GateSetup:
    gate = settings.gate
    return GateSetup(
        gate_id=GateId(gate.id),
        door=DeviceId(settings.door.id),
        readers={DeviceId(r.id): AccessPointId(r.access_point) for r in settings.readers},
        boot=boot,
        run=run,
        timings=LaneTimings(
            wait_for_passage_ms=int(gate.wait_for_passage_s * 1000),
            in_passage_ms=int(gate.in_passage_s * 1000),
            release_within_ms=gate.release_within_ms,
            opens_unrecorded_entry=gate.when_record_fails == "open_and_flag",
        ),
        is_free_at_start=is_free,
    )


def _boot_id(run: str) -> str:
    """The kernel's boot id; where it is hidden, each run counts as a boot of its own."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return run


def _tell(event: AccessEvent, row: Row) -> None:
    _log.info(
        "recorded",
        seq=row.seq,
        kind=event.kind.value,
        access_point=event.access_point_id,
        direction=event.direction,
        decision=event.decision_id,
        reasons=list(event.reasons),
        notes=list(event.notes),
        is_offline=event.is_offline,
        detail=event.detail,
    )
