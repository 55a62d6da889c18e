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
from access_core.devices.ports import DoorDriver, Driver, ReaderDriver, WiredDevice
from access_core.errors import SettingsError
from access_core.ids import AccessPointId, DeviceId, GateId
from access_core.model.access_event import AccessEvent
from access_core.wire.messages import EdgeStatus
from device_drivers.registry import make_door, make_reader
from device_drivers.shared import Shared
from edge_agent.agent import EdgeAgent
from edge_agent.config import EdgeSettings
from edge_agent.console.application import Console
from edge_agent.console.gate_view import GateView
from edge_agent.console.lane_board import LaneBoard
from edge_agent.console.metrics import Metrics
from edge_agent.console.reads import ReadDesk
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
            ground = _Ground(
                settings=settings,
                file=file,
                clock=clock,
                identity=identity,
                stores=stores,
                transport=transport,
            )
            yield await _wired(ground)
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

    def wired(self) -> dict[DeviceId, WiredDevice]:
        """Those whose outputs a technician may try."""
        return {d.device_id: d for d in self.drivers() if isinstance(d, WiredDevice)}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What everything else stands on."""

    settings: EdgeSettings
    file: Path
    clock: Clock
    identity: Identity
    stores: Stores
    transport: Transport


async def _wired(ground: _Ground) -> EdgeAgent:
    settings, clock, stores = ground.settings, ground.clock, ground.stores
    added, changed, metrics = asyncio.Event(), asyncio.Event(), Metrics()
    run = secrets.token_hex(6)
    boot = _boot_id(run)
    recorder = _recorder(ground, added, metrics)
    devices = make_devices(settings, clock)
    facts = facts_of(stores.cache.stored)
    setup = _gate_setup(settings, boot, run, is_free=await stores.journal.is_fire_unreset())
    board = LaneBoard(setup.readers)
    around = GateSurroundings(
        clock=clock,
        door=devices.door,
        readers=devices.readers,
        recorder=recorder,
        journal=stores.journal,
        cache=stores.cache,
        record_deadline_ms=settings.gate.record_deadline_ms,
        wired=devices.wired(),
        shown=board.show,
        released=metrics.released,
    )
    runner = GateRunner(GateMachine(setup, facts), around)
    link = _Link(ground, LinkState(runner.put))
    view = _view(ground, devices, recorder, link.state)
    metrics.watch(view)
    return EdgeAgent(
        settings=settings,
        clock=clock,
        stores=stores,
        stamp=Stamp(gate_id=GateId(settings.gate.id), boot=boot, run=run, facts=facts),
        recorder=recorder,
        runner=runner,
        drivers=devices.drivers(),
        services=devices.shared.services(),
        changed=changed,
        link={
            "uplink": link.uplink(added).run,
            "downlink": link.downlink(_also_set(changed, runner)).run,
            "status": link.status(changed, view.status).run,
        },
        supervisor=Supervisor(clock=clock),
        console=Console(
            view=view,
            board=board,
            reads=ReadDesk(clock, devices.readers),
            metrics=metrics,
            test_output=runner.test_output,
        ),
        beside=Supervisor(clock=clock),
    )


def _recorder(ground: _Ground, added: asyncio.Event, metrics: Metrics) -> Recorder:
    def recorded(event: AccessEvent, row: Row) -> None:
        added.set()
        metrics.recorded(event)
        _tell(event, row)

    return Recorder(ground.stores.journal, ground.clock, recorded, metrics.synced)


def _view(ground: _Ground, devices: Devices, recorder: Recorder, link: LinkState) -> GateView:
    return GateView(
        settings=ground.settings,
        settings_file=ground.file,
        software=software(),
        clock=ground.clock,
        drivers={driver.device_id: driver for driver in devices.drivers()},
        stores=ground.stores,
        recorder=recorder,
        link=link,
        transport=ground.transport,
    )


@dataclass(frozen=True, slots=True)
class _Link:
    """What the three ways of talking to the centre share."""

    ground: _Ground
    state: LinkState

    def uplink(self, added: asyncio.Event) -> Uplink:
        return Uplink(
            journal=self.ground.stores.journal,
            transport=self.ground.transport,
            identity=self.ground.identity,
            state=self.state,
            backoff=self._backoff("up"),
            added=added,
            batch_events=self.ground.settings.link.batch_events,
        )

    def downlink(self, told: Callable[[GateEvent], Awaitable[None]]) -> Downlink:
        return Downlink(
            cache=self.ground.stores.cache,
            transport=self.ground.transport,
            identity=self.ground.identity,
            state=self.state,
            backoff=self._backoff("down"),
            poll_wait_s=self.ground.settings.link.poll_wait_s,
            told=told,
        )

    def status(self, changed: asyncio.Event, compose: Callable[[], EdgeStatus]) -> StatusReport:
        return StatusReport(
            transport=self.ground.transport,
            state=self.state,
            every_s=self.ground.settings.link.status_every_s,
            changed=changed,
            compose=compose,
        )

    def _backoff(self, way: str) -> Backoff:
        return Backoff(
            first_s=self.ground.settings.link.backoff_first_ms / 1000,
            longest_s=self.ground.settings.link.backoff_longest_s,
            jitter=random.Random(f"{self.ground.identity.edge_id} {way}"),  # noqa: S311 - spreads retries
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
            held_open_warn_ms=int(gate.held_open_warn_s * 1000),
            held_open_ms=int(gate.held_open_s * 1000),
            following_ms=gate.following_ms,
            repeat_ms=gate.repeat_ms,
            is_passage_by_contact=gate.passage_shown_by == "contact",
            has_exit_button=gate.exit_button == "release",
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
