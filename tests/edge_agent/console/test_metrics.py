"""Metrics, read with the library's own parser."""

import asyncio
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from access_core.devices.commands import ReleaseOutcome, ReleaseResult
from access_core.ids import AccessPointId, CommandId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from device_drivers.system_clock import SystemClock
from edge_agent.console.metrics import TABLE, MetricKind, Metrics, watch_loop
from tests.edge_agent.console.a_console import a_desk

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    """Every sample by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def denied(reason: str) -> AccessEvent:
    """A denial on disk."""
    return AccessEvent(
        kind=Kind.ACCESS_DENIED,
        wall_ms=1,
        mono_ns=1,
        boot="b",
        access_point_id=AccessPointId("north-1-in"),
        reasons=(reason, "GATE_BUSY"),
    )


async def test_every_metric_of_the_table_is_there_as_described(tmp_path: Path) -> None:
    """Name, type, meaning and labels as documented, and no metric beside them."""
    async with a_desk(tmp_path) as desk:
        desk.console.metrics.recorded(denied("CREDENTIAL_EXPIRED"))
        desk.console.view.transport.offset_s = 0.5
        text = await desk.page("/metrics")
    families = {f.name: f for f in text_string_to_metric_families(text)}
    described = {m.name.removesuffix("_total"): m for m in TABLE}
    assert set(families) == set(described)
    for name, family in families.items():
        metric = described[name]
        assert (family.type, family.documentation) == (metric.kind.value, metric.meaning)
        if metric.kind is not MetricKind.HISTOGRAM:
            for sample in family.samples:
                assert set(sample.labels) == set(metric.labels)


async def test_what_happens_is_counted(tmp_path: Path) -> None:
    """Decisions by outcome and first reason, releases by outcome, events by kind, disk by time."""
    async with a_desk(tmp_path) as desk:
        metrics = desk.console.metrics
        for _ in range(2):
            metrics.recorded(denied("CREDENTIAL_EXPIRED"))
        released = ReleaseResult(command_id=CommandId("1"), outcome=ReleaseOutcome.UNKNOWN)
        metrics.released(released)
        metrics.synced(4.0)
        found = samples(await desk.page("/metrics"))
    where = (
        ("access_point", "north-1-in"),
        ("outcome", "denied"),
        ("reason", "CREDENTIAL_EXPIRED"),
    )
    assert found["campus_edge_decisions_total", where] == 2
    assert found["campus_edge_events_total", (("kind", "access_denied"),)] == 2
    assert found["campus_edge_releases_total", (("outcome", "unknown"),)] == 1
    assert found["campus_edge_journal_sync_seconds_bucket", (("le", "0.0025"),)] == 0
    assert found["campus_edge_journal_sync_seconds_bucket", (("le", "0.005"),)] == 1


async def test_what_is_so_is_read_at_that_moment(tmp_path: Path) -> None:
    """Device states, journal, rules and link; no credential and no name anywhere."""
    async with a_desk(tmp_path) as desk:
        found = samples(await desk.page("/metrics"))
        await desk.console.view.link.worked()
        later = samples(await desk.page("/metrics"))
    ready = (("device", "turnstile"), ("state", "ready"))
    assert found["campus_edge_device_state", ready] == 1
    assert found["campus_edge_journal_undelivered_events", ()] == 3
    assert found["campus_edge_rules_revision", ()] == 7
    assert (found["campus_edge_link_up", ()], later["campus_edge_link_up", ()]) == (0, 1)


async def test_the_lag_of_the_loop_is_measured() -> None:
    """A loop held for a moment shows in the observation of that moment."""
    seen = asyncio.Event()

    class Witness(Metrics):
        """Says when something was observed."""

        def lagged(self, lag_s: float) -> None:
            """Note it and say so."""
            super().lagged(lag_s)
            seen.set()

    metrics = Witness()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        task = group.create_task(watch_loop(metrics, SystemClock()))
        await seen.wait()
        task.cancel()
    found = samples(metrics.text().decode())
    assert found["campus_edge_event_loop_lag_seconds_count", ()] >= 1
