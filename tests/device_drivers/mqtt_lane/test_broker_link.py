"""The one connection that all lanes at a broker use."""

import asyncio
from pathlib import Path

import pytest

from access_core.errors import SettingsError
from device_drivers.mqtt_lane.broker_link import BrokerLink, link_of
from device_drivers.mqtt_lane.settings import BrokerSettings
from device_drivers.shared import Shared
from device_drivers.supervised import Backoff
from simulators.broker import SimulatedBroker
from simulators.mqtt_lane import SimulatedMqttLane
from tests.device_drivers.mqtt_lane.mqtt_gate import CLOCK, QUICK_LANE, settings_for, until


def test_one_link_for_one_broker_and_client_id() -> None:
    """Reader and door of a lane share it; another client id has its own."""
    shared = Shared()
    settings = BrokerSettings(host="b", client_id="edge-1")
    first = link_of(shared, settings, CLOCK)
    assert link_of(shared, settings, CLOCK) is first
    assert first.lane("a") is first.lane("a")
    other = settings.model_copy(update={"client_id": "edge-2"})
    assert link_of(shared, other, CLOCK) is not first
    assert len(shared.services()) == 2


def test_two_descriptions_of_one_connection_are_refused() -> None:
    """Two connections of one name would put one another out for ever."""
    shared = Shared()
    settings = BrokerSettings(host="b", client_id="edge-1")
    link_of(shared, settings, CLOCK)
    with pytest.raises(SettingsError, match="differently"):
        link_of(shared, settings.model_copy(update={"keepalive_s": 30}), CLOCK)


async def test_a_broker_that_is_away_is_tried_again_not_faster_than_the_back_off_says() -> None:
    """Nobody listens: 0.25 s, 0.5 s, … between the attempts, at most half taken off."""
    attempts: list[float] = []
    loop = asyncio.get_running_loop()

    async def count(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        attempts.append(loop.time())
        writer.close()

    async with await asyncio.start_server(count, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = BrokerSettings(host="127.0.0.1", port=port, client_id="e", tls=False)
        link = BrokerLink(settings, CLOCK)
        lane = link.lane("north-1")
        async with asyncio.TaskGroup() as group:
            task = group.create_task(link.run())
            await until(lambda: len(attempts) >= 3)
            task.cancel()
    assert attempts[2] - attempts[0] >= 0.95 * (0.25 + 0.5) / 2
    assert Backoff().longest_ms <= 5_000
    assert not lane.is_up
    assert "check" in lane.reason


async def test_each_lane_at_the_broker_hears_only_its_own(tmp_path: Path) -> None:
    """A lane that goes takes no other with it, nor do messages stray."""
    async with (
        SimulatedBroker(tmp_path) as broker,
        SimulatedMqttLane(broker, "north-1", times=QUICK_LANE) as north,
        SimulatedMqttLane(broker, "south-1", times=QUICK_LANE),
        asyncio.TaskGroup() as group,
    ):
        link = BrokerLink(settings_for(broker), CLOCK)
        first, second = link.lane("north-1"), link.lane("south-1")
        inbox = second.new_inbox()
        task = group.create_task(link.run())
        await until(lambda: first.is_up and second.is_up)
        north.present("CP1:X")
        north.unplug()
        await until(lambda: not first.is_up)
        assert second.is_up
        kinds = set()
        while (heard := inbox.take()) is not None:
            kinds.add(type(heard.message).__name__)
        assert kinds == {"Report"}
        assert link.connections == 1
        task.cancel()
