"""A lane behind a real broker: what the driver's own way of running paho costs.

Publisher and subscriber share one process and the broker is another, on loopback. Beside ours
stands a pair of paho clients as its manual has them, each with its own thread.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter_ns
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from access_core.devices.commands import ReleaseDoor, ReleaseOutcome
from access_core.devices.events import Direction
from access_core.ids import CommandId, DeviceId
from device_drivers.mqtt_lane.broker_link import BrokerLink
from device_drivers.mqtt_lane.settings import BrokerSettings
from device_drivers.mqtt_lane.supervisor import MqttDoorDriver
from device_drivers.mqtt_lane.transport import BrokerLine
from device_drivers.system_clock import SystemClock
from simulators.broker import SimulatedBroker
from simulators.mqtt_lane import SimulatedMqttLane
from simulators.turnstile_lane import LaneTimes
from tests.benchmarks.figure import Figure, at_most

_ROUNDS: Final = 400
_WARM_UP: Final = 20
_ORDERS: Final = 60
_PAYLOAD: Final = b"x" * 200
_P95: Final = 94
_AT_ONCE: Final = LaneTimes(arm_ms=1, wait_ms=20, turn_ms=5, pulse_ms=5, reset_ms=20)

OneWay = Callable[[], Awaitable[None]]
"""Publishes one message and returns once its subscriber has it."""


def publish() -> Iterator[Figure]:
    """From publishing to the subscriber, and the whole order to a lane and back."""
    ours, bare, orders = asyncio.run(_measured())
    yield Figure(
        id="hardware.mqtt.publish",
        what="MQTT publish to subscriber, quality 1, 95th percentile vs a bare paho pair",
        value=_p95(ours),
        unit="ms",
        reference=_p95(bare),
        target=at_most(2.0),
    )
    yield Figure(
        id="hardware.mqtt.publish_median",
        what="the same, median",
        value=median(ours),
        unit="ms",
        reference=median(bare),
    )
    yield Figure(
        id="hardware.mqtt.order",
        what="order to a simulated lane and its answer back, median",
        value=median(orders),
        unit="ms",
        note="two messages each way through the broker; controller in the same process",
    )


async def _measured() -> tuple[list[float], list[float], list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        async with SimulatedBroker(Path(folder)) as broker:
            settings = BrokerSettings(
                host=broker.host, port=broker.port, client_id="ours", tls=False
            )
            async with _ours(settings) as ours, _bare(settings) as bare:
                times: dict[str, list[float]] = {"ours": [], "bare": []}
                for turn in range(_ROUNDS + _WARM_UP):
                    pair = (("ours", ours), ("bare", bare))
                    for name, one_way in pair if turn % 2 else pair[::-1]:
                        begun = perf_counter_ns()
                        await one_way()
                        times[name].append((perf_counter_ns() - begun) / 1e6)
            orders = await _orders(broker, settings)
    return times["ours"][_WARM_UP:], times["bare"][_WARM_UP:], orders


@contextlib.asynccontextmanager
async def _ours(settings: BrokerSettings) -> AsyncIterator[OneWay]:
    arrived = asyncio.Event()
    listener = settings.model_copy(update={"client_id": "ours-listening"})
    sender = BrokerLine(settings, lambda _: None)
    receiver = BrokerLine(listener, lambda _: arrived.set())
    try:
        await sender.open()
        await receiver.open()
        receiver.subscribe({"bench/ours": 1})
        await receiver.publish("bench/none", b"", qos=1, expiry_s=1)

        async def one_way() -> None:
            arrived.clear()
            sender.publish("bench/ours", _PAYLOAD, qos=1, expiry_s=5)
            await arrived.wait()

        yield one_way
    finally:
        sender.close()
        receiver.close()


@contextlib.asynccontextmanager
async def _bare(settings: BrokerSettings) -> AsyncIterator[OneWay]:
    loop, arrived, subscribed = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    sender, receiver = _threaded(settings, "bare"), _threaded(settings, "bare-listening")

    def heard(*_: object) -> None:
        loop.call_soon_threadsafe(arrived.set)

    def is_subscribed(*_: object) -> None:
        loop.call_soon_threadsafe(subscribed.set)

    receiver.on_message, receiver.on_subscribe = heard, is_subscribed
    receiver.subscribe("bench/bare", qos=1)
    await subscribed.wait()

    async def one_way() -> None:
        arrived.clear()
        sender.publish("bench/bare", _PAYLOAD, qos=1)
        await arrived.wait()

    try:
        yield one_way
    finally:
        for client in (sender, receiver):
            client.disconnect()
            client.loop_stop()


def _threaded(settings: BrokerSettings, name: str) -> paho.Client:
    client = paho.Client(
        CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5
    )
    client.connect(settings.host, settings.port)
    client.loop_start()
    return client


async def _orders(broker: SimulatedBroker, settings: BrokerSettings) -> list[float]:
    """Milliseconds of each order that the lane confirmed."""
    clock, times = SystemClock(), []
    link = BrokerLink(settings, clock)
    lane = link.lane("lane")
    door = MqttDoorDriver(DeviceId("door"), clock, lane)
    news = lane.new_inbox().news
    async with (
        SimulatedMqttLane(broker, "lane", times=_AT_ONCE) as simulated,
        asyncio.TaskGroup() as group,
    ):
        task = group.create_task(link.run())
        while not lane.is_up:
            news.clear()
            await news.wait()
        for number in range(_ORDERS):
            command = ReleaseDoor(
                command_id=CommandId(f"order {number}"),
                direction=Direction.ENTRY,
                deadline=clock.now().plus_ms(900),
                reason="GRANTED",
                issued_by="gate",
            )
            begun = perf_counter_ns()
            result = await door.release(command)
            if result.outcome is ReleaseOutcome.CONFIRMED:
                times.append((perf_counter_ns() - begun) / 1e6)
            await simulated.lane.until(lambda: simulated.lane.is_locked, 5)
        task.cancel()
    return times


def _p95(times: list[float]) -> float:
    return quantiles(times, n=100)[_P95]
