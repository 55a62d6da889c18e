"""Metrics in Prometheus' text form. `TABLE` is their documentation, too (`docs/metrics.md`)."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from access_core.clock import Clock
from access_core.devices.commands import ReleaseResult
from access_core.devices.health import DeviceHealth, DeviceState
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from edge_agent.console.gate_view import GateView
from edge_agent.stores import facts_of

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
LAG_LOOK_EVERY_S: Final = 0.25
_OUTCOMES: Final = {Kind.ACCESS_GRANTED: "granted", Kind.ACCESS_DENIED: "denied"}
_SYNC_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0)
_LAG_BUCKETS_S: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class MetricKind(StrEnum):
    """As Prometheus has them."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Described:
    """One metric: what it is called and what it says."""

    name: str
    kind: MetricKind
    meaning: str
    labels: tuple[str, ...] = ()


_C, _G, _H = MetricKind.COUNTER, MetricKind.GAUGE, MetricKind.HISTOGRAM
INFO: Final = Described(
    "campus_edge_info", _G, "Which edge this is; always 1.", ("edge", "gate", "software")
)
DEVICE_STATE: Final = Described(
    "campus_edge_device_state",
    _G,
    "1 for the state that a device is in: starting, ready, degraded or offline; 0 for the others.",
    ("device", "state"),
)
DEVICE_SILENT: Final = Described(
    "campus_edge_device_silent_seconds",
    _G,
    "Time since the last good frame of a device; missing if there was none.",
    ("device",),
)
DEVICE_CONNECTIONS: Final = Described(
    "campus_edge_device_connections_total",
    _C,
    "Connections to a device since the program started.",
    ("device",),
)
DEVICE_COUNTED: Final = Described(
    "campus_edge_device_counted_total",
    _C,
    "What the driver of a device counts, by its own name for it.",
    ("device", "what"),
)
DECISIONS: Final = Described(
    "campus_edge_decisions_total",
    _C,
    "Decisions on disk; `reason` is the deciding one, empty for a grant.",
    ("access_point", "outcome", "reason"),
)
EVENTS: Final = Described(
    "campus_edge_events_total", _C, "Events on disk, of every kind.", ("kind",)
)
RELEASES: Final = Described(
    "campus_edge_releases_total", _C, "What became of releases of the door.", ("outcome",)
)
JOURNAL_EVENTS: Final = Described(
    "campus_edge_journal_events", _G, "Number of the newest event of the journal."
)
JOURNAL_WAITING: Final = Described(
    "campus_edge_journal_undelivered_events", _G, "Events the centre has not confirmed."
)
JOURNAL_SYNC: Final = Described(
    "campus_edge_journal_sync_seconds", _H, "Time until an event was on the disk."
)
DISK_FREE: Final = Described(
    "campus_edge_disk_free_bytes",
    _G,
    "Room left where the journal stands; missing if the disk does not say.",
)
LINK_UP: Final = Described("campus_edge_link_up", _G, "1 while the centre can be reached, else 0.")
RULES_REVISION: Final = Described(
    "campus_edge_rules_revision", _G, "Revision of the rules held; 0 without any."
)
RULES_EXPIRY: Final = Described(
    "campus_edge_rules_expiry_timestamp_seconds",
    _G,
    "When the rules held become stale, seconds since 1970 UTC; missing without rules.",
)
CLOCK_OFFSET: Final = Described(
    "campus_edge_clock_offset_seconds",
    _G,
    "This clock minus the centre's, to a second; missing before the first answer.",
)
LOOP_LAG: Final = Described(
    "campus_edge_event_loop_lag_seconds", _H, "How late the event loop came back to a task."
)
TABLE: Final = (
    INFO,
    DEVICE_STATE,
    DEVICE_SILENT,
    DEVICE_CONNECTIONS,
    DEVICE_COUNTED,
    DECISIONS,
    EVENTS,
    RELEASES,
    JOURNAL_EVENTS,
    JOURNAL_WAITING,
    JOURNAL_SYNC,
    DISK_FREE,
    LINK_UP,
    RULES_REVISION,
    RULES_EXPIRY,
    CLOCK_OFFSET,
    LOOP_LAG,
)


class Metrics:
    """What is counted as it happens; what simply is, is asked when somebody reads."""

    def __init__(self) -> None:
        """All at zero."""
        # Otherwise each counter brings a second series with the moment of its making.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library forgot its type
        self._registry = CollectorRegistry()
        self._decisions = self._counter(DECISIONS)
        self._events = self._counter(EVENTS)
        self._releases = self._counter(RELEASES)
        self._sync = self._histogram(JOURNAL_SYNC, _SYNC_BUCKETS_S)
        self._lag = self._histogram(LOOP_LAG, _LAG_BUCKETS_S)

    def watch(self, view: GateView) -> None:
        """Read the gate itself, too, from now on."""
        self._registry.register(_GateCollector(view))

    def recorded(self, event: AccessEvent) -> None:
        """An event is on disk."""
        self._events.labels(event.kind.value).inc()
        outcome = _OUTCOMES.get(event.kind)
        if outcome is not None:
            reason = event.reasons[0] if event.reasons else ""
            self._decisions.labels(event.access_point_id or "", outcome, reason).inc()

    def released(self, result: ReleaseResult) -> None:
        """The door has answered a release."""
        self._releases.labels(result.outcome.value).inc()

    def synced(self, took_ms: float) -> None:
        """An event took so long to be on the disk."""
        self._sync.observe(took_ms / 1000)

    def lagged(self, lag_s: float) -> None:
        """A task was woken so late."""
        self._lag.observe(lag_s)

    def text(self) -> bytes:
        """Everything now, in the text form."""
        return generate_latest(self._registry)

    def _counter(self, described: Described) -> Counter:
        return Counter(described.name, described.meaning, described.labels, registry=self._registry)

    def _histogram(self, described: Described, buckets_s: tuple[float, ...]) -> Histogram:
        return Histogram(
            described.name, described.meaning, buckets=buckets_s, registry=self._registry
        )


async def watch_loop(metrics: Metrics, clock: Clock) -> None:
    """Measure how late the event loop is, until cancelled."""
    while True:
        before = clock.now()
        await asyncio.sleep(LAG_LOOK_EVERY_S)
        slept_s = clock.now().ms_since(before) / 1000
        metrics.lagged(max(0.0, slept_s - LAG_LOOK_EVERY_S))


class _GateCollector(Collector):
    """What is so at the moment of reading."""

    def __init__(self, view: GateView) -> None:
        self._view = view

    def collect(self) -> Iterable[Metric]:
        """One family after the other."""
        view, settings = self._view, self._view.settings
        yield _gauge(INFO, 1, settings.edge.id, settings.gate.id, view.software)
        yield from _device_families(view.health(), view)
        journal = view.stores.journal
        yield _gauge(JOURNAL_EVENTS, journal.head.seq)
        yield _gauge(JOURNAL_WAITING, journal.head.seq - journal.delivered_seq)
        with contextlib.suppress(OSError):
            yield _gauge(DISK_FREE, view.free_bytes())
        yield _gauge(LINK_UP, int(view.link.is_up))
        facts = facts_of(view.stores.cache.stored)
        yield _gauge(RULES_REVISION, view.stores.cache.revision)
        if facts is not None:
            yield _gauge(RULES_EXPIRY, facts.expires_ms / 1000)
        if view.transport.offset_s is not None:
            yield _gauge(CLOCK_OFFSET, view.transport.offset_s)


def _gauge(described: Described, value: float, *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(described.name, described.meaning, labels=described.labels)
    family.add_metric(labels, value)
    return family


def _device_families(devices: list[DeviceHealth], view: GateView) -> Iterable[Metric]:
    states = GaugeMetricFamily(DEVICE_STATE.name, DEVICE_STATE.meaning, labels=DEVICE_STATE.labels)
    silent = GaugeMetricFamily(
        DEVICE_SILENT.name, DEVICE_SILENT.meaning, labels=DEVICE_SILENT.labels
    )
    connections = CounterMetricFamily(
        DEVICE_CONNECTIONS.name, DEVICE_CONNECTIONS.meaning, labels=DEVICE_CONNECTIONS.labels
    )
    counted = CounterMetricFamily(
        DEVICE_COUNTED.name, DEVICE_COUNTED.meaning, labels=DEVICE_COUNTED.labels
    )
    for health in devices:
        for state in DeviceState:
            states.add_metric((health.device, state.value), int(state is health.state))
        if health.last_good is not None:
            silent_s = view.now().ms_since(health.last_good) / 1000
            silent.add_metric((health.device,), silent_s)
        connections.add_metric((health.device,), health.epoch)
        for what, count in health.counters.items():
            counted.add_metric((health.device, what), count)
    return (states, silent, connections, counted)
