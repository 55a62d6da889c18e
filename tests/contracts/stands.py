"""STANDS: where each registered driver is tried. A driver is tried once it is listed here.

What a stand is stands in `stand.py`. What a driver promises stands in its `checklist.toml`; a
promise that needs something a stand does not offer fails, and says what is missing.

    async with STANDS["modbus_turnstile"].lay(folder, Wire(baud=9600)) as stand: ...
"""

import contextlib
import itertools
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import numpy as np

from device_drivers.mqtt_lane.settings import (
    BrokerSettings,
    MqttDoorSettings,
    MqttReaderSettings,
)
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.registry import make_door, make_reader
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from simulators.broker import SimulatedBroker
from simulators.mqtt_lane import SimulatedMqttLane
from simulators.qr_camera import SimulatedCamera, View, phone_with_text, see
from simulators.turnstile_lane import Way
from tests.contracts.checklists import SAMPLE
from tests.contracts.door_stands import QUICK_LANE, gpio_stand, turnstile_stand
from tests.contracts.line_stands import keyboard_stand, scanner_stand, tag_reader_stand
from tests.contracts.osdp_stands import osdp_output_stand, osdp_reader_stand
from tests.contracts.sample_driver.stand import card_reader_stand
from tests.contracts.stand import (
    DEVICE,
    DIRECT,
    OVER_TCP,
    PACED,
    TEXT,
    Stand,
    StandEntry,
    Wire,
)


@contextlib.asynccontextmanager
async def camera_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A camera whose frames lie in a folder."""
    spool, away = folder / "spool", folder / "away"
    camera = SimulatedCamera(spool)
    frame = see(phone_with_text(TEXT), View(), np.random.default_rng(wire.seed + 4))
    settings = QrCameraSettings(source=f"spool:{spool}", gone_after_ms=100, spool_poll_ms=5)

    async def hold_up() -> None:
        camera.show(frame)

    def unplug() -> None:
        spool.rename(away)

    def plug_in() -> None:
        away.rename(spool)

    yield Stand(
        driver=make_reader(settings, DEVICE, SystemClock(), Shared()),
        act=hold_up,
        unplug=unplug,
        plug_in=plug_in,
        payload=TEXT.encode,
    )


@contextlib.asynccontextmanager
async def _mqtt_lane(
    folder: Path, wire: Wire
) -> AsyncIterator[tuple[SimulatedMqttLane, BrokerSettings]]:
    """A lane controller at a broker, and how an edge comes to that broker."""
    async with (
        SimulatedBroker(folder) as broker,
        SimulatedMqttLane(broker, "lane", times=QUICK_LANE) as lane,
    ):
        yield (
            lane,
            BrokerSettings(
                host=broker.host, port=broker.port, client_id=f"edge-{wire.seed}", tls=False
            ),
        )


def _mqtt_noise(lane: SimulatedMqttLane) -> Callable[[random.Random], None]:
    def make_noise(dice: random.Random) -> None:
        for leaf in ("state", "event", "answer"):
            lane.say(leaf, dice.randbytes(dice.randint(0, 40)))

    return make_noise


def _mqtt_fault(lane: SimulatedMqttLane) -> Callable[[random.Random], None]:
    def hurt(dice: random.Random) -> None:
        match dice.randrange(3):
            case 0:
                lane.say_again()
            case 1:
                lane.say("event", lane.last_event, retain=True)
            case _:
                _mqtt_noise(lane)(dice)

    return hurt


@contextlib.asynccontextmanager
async def mqtt_reader_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A reader at a lane controller behind a real broker."""
    async with _mqtt_lane(folder, wire) as (lane, broker):
        shared, numbers, shown = Shared(), itertools.count(1), [b""]
        settings = MqttReaderSettings(broker=broker, lane=lane.name, repeat_after_ms=0)

        async def present() -> None:
            shown[0] = f"{TEXT} {next(numbers)}".encode()
            lane.present(shown[0].decode())

        async def return_with_old_read() -> None:
            await present()
            lane.plug_in()

        driver = make_reader(settings, DEVICE, SystemClock(), shared)
        yield Stand(
            driver=driver,
            services=tuple(service.run for service in shared.services()),
            act=present,
            unplug=lane.unplug,
            plug_in=lane.plug_in,
            payload=lambda: shown[0],
            make_noise=_mqtt_noise(lane),
            hurt=_mqtt_fault(lane),
            return_with_old_read=return_with_old_read,
        )


@contextlib.asynccontextmanager
async def mqtt_door_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """The door of a lane controller behind a real broker."""
    async with _mqtt_lane(folder, wire) as (lane, broker):
        shared = Shared()
        settings = MqttDoorSettings(broker=broker, lane=lane.name)

        async def go_through() -> None:
            lane.lane.free()
            await lane.walk(Way.ENTRY)
            lane.lane.end_free()

        async def until_locked() -> None:
            assert await lane.lane.until(lambda: lane.lane.is_locked, 10)

        def lose_answers() -> None:
            lane.is_silent = True

        driver = make_door(settings, DEVICE, SystemClock(), shared)
        yield Stand(
            driver=driver,
            services=tuple(service.run for service in shared.services()),
            act=go_through,
            unplug=lane.unplug,
            plug_in=lane.plug_in,
            make_noise=_mqtt_noise(lane),
            hurt=_mqtt_fault(lane),
            lose_answers=lose_answers,
            pulses=lambda: lane.oracle.releases_entry + lane.oracle.releases_exit,
            until_locked=until_locked,
        )


STANDS: Final[dict[str, StandEntry]] = {
    "qr_camera": StandEntry(camera_stand, wires=(DIRECT,)),
    "serial_scanner": StandEntry(scanner_stand, wires=(DIRECT, PACED, OVER_TCP)),
    "osdp_reader": StandEntry(osdp_reader_stand),
    "em4100": StandEntry(tag_reader_stand),
    "keyboard_wedge": StandEntry(keyboard_stand, wires=(DIRECT,)),
    "modbus_turnstile": StandEntry(turnstile_stand, wires=(DIRECT, PACED, OVER_TCP)),
    "gpio_door": StandEntry(gpio_stand, wires=(DIRECT,)),
    "mqtt_reader": StandEntry(mqtt_reader_stand, wires=(DIRECT,)),
    "osdp_output": StandEntry(osdp_output_stand),
    "mqtt_door": StandEntry(mqtt_door_stand, wires=(DIRECT,)),
    SAMPLE: StandEntry(card_reader_stand),
}
"""Kind as in the registry -> its stand. One line a driver, the sample of the how-to page last."""
