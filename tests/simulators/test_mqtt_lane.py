"""A simulated lane controller, seen from the broker by a client of its own."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from simulators.broker import SimulatedBroker
from simulators.mqtt_lane import SimulatedMqttLane
from simulators.turnstile_lane import LaneTimes, Way

QUICK = LaneTimes(arm_ms=10, wait_ms=200, turn_ms=40, pulse_ms=20, reset_ms=20)
FOR_EVER = 10**9


@dataclass
class Listener:
    """Hears all that a lane says, and can tell it something."""

    client: paho.Client
    said: asyncio.Queue[tuple[str, dict[str, Any]]]

    def tell(self, message: dict[str, object], *, retain: bool = False) -> None:
        """Publish a command."""
        payload = json.dumps(message)
        self.client.publish("campus/lane/lane/command", payload, qos=1, retain=retain)

    async def next(self, leaf: str, **fields: object) -> dict[str, Any]:
        """The next message of that topic that has these fields."""
        async with asyncio.timeout(5):
            while True:
                topic, message = await self.said.get()
                if topic == leaf and fields.items() <= message.items():
                    return message


@contextlib.asynccontextmanager
async def listened_to(folder: Path) -> AsyncIterator[tuple[SimulatedMqttLane, Listener]]:
    """A lane at a broker with a listener; the lane comes after it."""
    async with SimulatedBroker(folder) as broker:
        loop = asyncio.get_running_loop()
        said: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        ready = asyncio.Event()
        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)

        def hear(_c: object, _u: object, message: paho.MQTTMessage) -> None:
            one = message.topic.rpartition("/")[2], json.loads(message.payload)
            loop.call_soon_threadsafe(said.put_nowait, one)

        def subscribed(*_: object) -> None:
            loop.call_soon_threadsafe(ready.set)

        client.on_message = hear
        client.on_subscribe = subscribed
        client.connect(broker.host, broker.port)
        client.subscribe("campus/lane/#", qos=1)
        client.loop_start()
        await ready.wait()
        async with SimulatedMqttLane(broker, "lane", times=QUICK) as lane:
            yield lane, Listener(client, said)
        client.disconnect()
        client.loop_stop()


def _release(lane: SimulatedMqttLane, name: str, **other: object) -> dict[str, object]:
    terms = {"id": name, "boot": lane.boot, "link": lane.links, "not_after_ms": FOR_EVER, **other}
    return {"kind": "release", "terms": terms, "direction": "entry"}


async def test_it_comes_answers_and_goes(tmp_path: Path) -> None:
    """Online, a report to a question, and the last will when its cable is pulled."""
    async with listened_to(tmp_path) as (lane, listener):
        await listener.next("state", state="online")
        listener.tell({"kind": "ask", "id": "q1"})
        report = await listener.next("answer", kind="report", id="q1")
        assert (report["boot"], report["link"], report["counts"]) == (
            lane.boot,
            1,
            {"entry": 0, "exit": 0},
        )
        lane.unplug()
        await listener.next("state", state="offline")
        lane.present("waits")
        lane.plug_in()
        assert (await listener.next("event", kind="credential"))["payload"] == "waits"
        assert lane.links == 2


async def test_it_does_what_is_in_order_and_nothing_else(tmp_path: Path) -> None:
    """Late, repeated, of another start or connection, or retained: nothing moves."""
    async with listened_to(tmp_path) as (lane, listener):
        wrong: dict[str, dict[str, object]] = {
            "late": {"not_after_ms": -1},
            "start": {"boot": "another"},
            "link": {"link": 7},
        }
        for name, other in wrong.items():
            listener.tell(_release(lane, name, **other))
            assert (await listener.next("answer", id=name))["outcome"] == "expired"
        listener.tell(_release(lane, "one"))
        assert (await listener.next("answer", id="one"))["outcome"] == "confirmed"
        listener.tell(_release(lane, "one"))
        assert (await listener.next("answer", id="one"))["outcome"] == "refused"
        listener.tell(_release(lane, "kept"), retain=True)
        listener.tell({"kind": "ask", "id": "q"})
        await listener.next("answer", id="q")
        assert lane.retained_refused == 1
        assert lane.oracle.releases_entry == 1


async def test_it_tells_of_people_in_order(tmp_path: Path) -> None:
    """Released, begun, through with both counts; numbered without a gap."""
    async with listened_to(tmp_path) as (lane, listener):
        listener.tell(_release(lane, "one"))
        await lane.lane.until(lambda: lane.lane.gives_way(Way.ENTRY), 5)
        await lane.walk(Way.ENTRY)
        begun = await listener.next("event", kind="passage_started")
        through = await listener.next("event", kind="passage")
        assert through["counts"] == {"entry": 1, "exit": 0}
        assert begun["sequence"] < through["sequence"]
        assert begun["uptime_ms"] <= through["uptime_ms"]


async def test_a_power_cut_is_a_new_start(tmp_path: Path) -> None:
    """Another boot, numbers and counters from the beginning."""
    async with listened_to(tmp_path) as (lane, listener):
        before = lane.boot
        lane.present("one")
        await listener.next("event", payload="one")
        lane.power_cycle()
        await lane.until_there()
        lane.present("two")
        event = await listener.next("event", payload="two")
        assert event["boot"] == lane.boot != before
        assert event["sequence"] == 1
