"""One gate with everything round it: real files, real wires, a small centre."""

import asyncio
import re
from pathlib import Path

import httpx2
import pytest

from access_core.devices.health import DeviceState
from access_core.ids import CommandId, DeviceId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from device_drivers.system_clock import SystemClock
from edge_agent.agent import _end
from edge_agent.console.one_time_code import make_code
from edge_agent.journal import open_journal
from simulators.run_folder import free_port
from simulators.turnstile_lane import WalkResult, Way
from tests.gate_at_work import EVENT, a_gate


@pytest.mark.slow
async def test_a_visitor_goes_in_once(tmp_path: Path) -> None:
    """Scan, release, passage, delivery; the same visitor again has no entries left."""
    async with a_gate(tmp_path) as gate:
        gate.hold_up()
        assert await gate.board.until_released(Way.ENTRY)
        assert await gate.board.walk(Way.ENTRY) is WalkResult.THROUGH
        await gate.until(lambda kinds: Kind.ACCESS_TAKEN in kinds)
        gate.scan(b"HTTP://EXAMPLE.COM\r")
        await gate.until(lambda kinds: Kind.ACCESS_DENIED in kinds)
        assert gate.delivered()[-1].reasons == ("PASS_MALFORMED",)
        assert {driver.health().state for driver in gate.agent.drivers} == {DeviceState.READY}
        assert await gate.agent._are_tasks_well()
    kinds = [event.kind for event in gate.delivered()]
    assert kinds[0] is Kind.EDGE_STARTED
    assert kinds.index(Kind.ACCESS_GRANTED) + 1 == kinds.index(Kind.ACCESS_TAKEN)


@pytest.mark.slow
async def test_the_console_shows_and_tries_the_running_gate(tmp_path: Path) -> None:
    """Metrics count its decisions; a test of a reader opens nothing; an output is recorded."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with (
        a_gate(tmp_path, console_port=port) as gate,
        httpx2.AsyncClient(base_url=url, headers={"origin": url}) as browser,
    ):
        code = make_code(gate.agent.settings.edge.state_dir, SystemClock().now())
        await browser.post("/sign-in", data={"code": code})
        reads = gate.agent.console.reads
        reads.begin_test(DeviceId("camera-in"))
        gate.hold_up()
        while not reads.reads(DeviceId("camera-in")):  # noqa: ASYNC110 - a read sets no event here
            await asyncio.sleep(0.01)
        assert gate.board.lane.is_locked
        page = (await browser.get("/devices/turnstile")).text
        output = re.search(r'href="(/devices/turnstile/outputs/[^"]+)"', page)
        key = re.search(r'name="form_key" value="([^"]+)"', page)
        assert output
        assert key
        form = {"form_key": key[1], "is_clear": "yes"}
        answer = await browser.post(output[1], data=form)
        assert "note ok" in answer.text
        await gate.until(lambda kinds: Kind.OUTPUT_TESTED in kinds)
        assert "console 1" in gate.delivered()[-1].detail
        metrics = (await browser.get("/metrics")).text
        assert 'campus_edge_events_total{kind="output_tested"} 1.0' in metrics
        assert 'campus_edge_device_state{device="turnstile",state="ready"} 1.0' in metrics
        assert Kind.ACCESS_GRANTED not in [event.kind for event in gate.delivered()]


@pytest.mark.slow
async def test_a_gate_cut_off_in_a_passage_says_so_and_opens_nothing(tmp_path: Path) -> None:
    """A grant without an outcome is recorded as unknown before anything else; the entry counts."""
    grant = AccessEvent(
        kind=Kind.ACCESS_GRANTED,
        wall_ms=1,
        mono_ns=1,
        boot="before",
        decision_id=CommandId("before-1"),
    )
    async with a_gate(tmp_path, before=[grant]) as gate:
        assert [event.kind for event in gate.delivered()][:3] == [
            Kind.ACCESS_GRANTED,
            Kind.ACCESS_OUTCOME_UNKNOWN,
            Kind.EDGE_STARTED,
        ]
        assert gate.delivered()[1].decision_id == "before-1"
        assert gate.board.lane.is_locked


@pytest.mark.slow
async def test_a_stop_is_recorded(tmp_path: Path) -> None:
    """The last row of an orderly stop says so."""
    async with a_gate(tmp_path) as gate:
        state_dir = gate.agent.settings.edge.state_dir
    journal = await open_journal(state_dir / "journal.db")
    rows = [row async for row in journal.rows_verified()]
    await journal.close()
    assert EVENT.read(rows[-1].line).kind is Kind.EDGE_STOPPED


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stop does not hang on a library that loses a cancellation."""
    monkeypatch.setattr("edge_agent.agent._END_AGAIN_S", 0.01)
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(stubborn())
        await asyncio.sleep(0)
        await _end([task])
    assert swallowed == 2
