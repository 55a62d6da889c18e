"""One gate with everything round it, running: start, serve, stop."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

import structlog

from access_core.clock import Clock
from access_core.devices.events import DeviceLost, DeviceReady
from access_core.devices.ports import Driver
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from device_drivers.shared import Service
from edge_agent.config import EdgeSettings
from edge_agent.console.application import Console
from edge_agent.gate.stamp import Stamp, Subject
from edge_agent.health import FRESH_S, DriverSigns, Watchdog, notify, watchdog_interval_s
from edge_agent.journal import NotRecorded
from edge_agent.recorder import Recorder
from edge_agent.runner import GateRunner
from edge_agent.stores import Stores
from edge_agent.supervisor import Supervisor

_log = structlog.get_logger("edge")
_TRIM_EVERY_S = 3600.0
_FLUSH_S = 2.0
"""How long start and stop wait for the disk."""
_END_AGAIN_S = 0.5
"""How long a task may take to end before it is cancelled once more."""
Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeAgent:
    """Made by `bootstrap.edge_agent`."""

    settings: EdgeSettings
    clock: Clock
    stores: Stores
    stamp: Stamp
    """For events of the program itself."""
    recorder: Recorder
    runner: GateRunner
    drivers: list[Driver]
    services: tuple[Service, ...]
    """What several drivers use together."""
    changed: asyncio.Event
    """Set when something worth telling the centre has changed."""
    link: Mapping[str, Work]
    supervisor: Supervisor
    console: Console
    beside: Supervisor
    """Keeps what the gate can do without: that it fails must not starve the watchdog."""

    async def run(self, stop: asyncio.Event) -> None:
        """Serve the gate until `stop`; then record the stop and leave every file whole."""
        for event in await self._start_events():
            self.recorder.add(event)
        async with asyncio.TaskGroup() as group:
            recording = group.create_task(self.recorder.run())
            await self.recorder.flush(_FLUSH_S)
            serving = [group.create_task(self.runner.run())]
            for name, work in self._kept().items():
                serving.append(group.create_task(self.supervisor.keep(name, work)))
            for name, work in self._beside().items():
                serving.append(group.create_task(self.beside.keep(name, work)))
            notify("READY=1")
            _log.info("gate in service", gate=self.settings.gate.id, edge=self.settings.edge.id)
            await stop.wait()
            notify("STOPPING=1")
            await _end(serving)
            self.recorder.add(self.stamp.event(Kind.EDGE_STOPPED, self.clock.now()))
            await self.recorder.flush(_FLUSH_S)
            recording.cancel()

    async def _start_events(self) -> list[AccessEvent]:
        """What must be recorded before anything else: grants cut off, then the start itself."""
        now = self.clock.now()
        events = [
            self.stamp.event(
                Kind.ACCESS_OUTCOME_UNKNOWN,
                now,
                Subject(
                    access_point_id=grant.access_point_id,
                    direction=grant.direction,
                    decision_id=grant.decision_id,
                    pass_id=grant.pass_id,
                    holder_id=grant.holder_id,
                    step=grant.step,
                ),
                detail="the edge stopped between grant and passage",
            )
            for grant in await self.stores.journal.open_grants()
        ]
        for loss in self.stores.losses:
            _log.error("a file was damaged and set aside", loss=loss)
        detail = "; ".join(self.stores.losses)
        return [*events, self.stamp.event(Kind.EDGE_STARTED, now, detail=detail)]

    def _kept(self) -> dict[str, Work]:
        """Every task that is begun again when it ends, by name."""
        signs = DriverSigns(self.drivers, self.clock)
        watchdog = Watchdog(
            signs={
                "journal": self.stores.journal.answers,
                "gate": self.runner.is_moving,
                "tasks": self._are_tasks_well,
                "drivers": signs.are_moving,
            },
            interval_s=watchdog_interval_s(),
        )
        kept: dict[str, Work] = {**self.link, "watchdog": watchdog.run, "trim": self._trim}
        for number, service in enumerate(self.services, 1):
            kept[f"shared {number} {type(service).__name__}"] = service.run
        for driver in self.drivers:
            kept[f"device {driver.device_id}"] = driver.run
            kept[f"events of {driver.device_id}"] = self._pump(driver, signs)
        return kept

    def _pump(self, driver: Driver, signs: DriverSigns) -> Work:
        async def pump() -> None:
            async for event in driver.events():
                signs.told(event)
                if isinstance(event, DeviceLost | DeviceReady):
                    self.changed.set()
                if self.console.reads.is_for_gate(event):
                    await self.runner.put(event)

        return pump

    def _beside(self) -> dict[str, Work]:
        """Tasks that look at the gate, by name."""
        if not self.settings.console.enabled:
            return {}
        return {"console": self.console.run, "loop lag": self.console.watch_loop}

    async def _are_tasks_well(self) -> bool:
        return not self.supervisor.failing(FRESH_S)

    async def _trim(self) -> None:
        while True:
            try:
                keep_days = self.settings.journal.keep_days
                while await self.stores.journal.trim(self.clock.now().wall_ms, keep_days):
                    pass
            except NotRecorded as error:
                _log.warning("journal not trimmed", problem=str(error))
            await asyncio.sleep(_TRIM_EVERY_S)


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel until all have ended: a library may swallow a cancellation."""
    going_on = set(tasks)
    while going_on:
        for task in going_on:
            task.cancel()
        _, going_on = await asyncio.wait(going_on, timeout=_END_AGAIN_S)
