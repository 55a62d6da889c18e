"""What befalls a broker, its messages and whoever speaks through it; each with a control.

Nothing here may ever release a lane that nobody asked to be released now.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from access_core.devices.commands import ReleaseOutcome
from access_core.devices.events import (
    CredentialPresented,
    DeviceLost,
    DeviceReady,
    PassageSensed,
)
from device_drivers.mqtt_lane.settings import BrokerSettings
from device_drivers.mqtt_lane.transport import BrokerLine, Message
from simulators.broker import BrokerRules, BrokerTls, SimulatedBroker
from simulators.mqtt_lane import ControllerLogin, SimulatedMqttLane
from simulators.turnstile_lane import Way
from tests.device_drivers.mqtt_lane.certificates import Authority
from tests.device_drivers.mqtt_lane.mqtt_gate import (
    LANE,
    QUICK_LANE,
    drivers_at,
    mqtt_gate,
    settings_for,
    until,
)

DEPLOY = Path(__file__).parents[2] / "deploy" / "broker"
COMMAND, EVENT = f"campus/lane/{LANE}/command", f"campus/lane/{LANE}/event"
FORBIDDEN = 135


@contextlib.asynccontextmanager
async def anybody(settings: BrokerSettings) -> AsyncIterator[tuple[BrokerLine, list[Message]]]:
    """Somebody else at the broker, and what they hear."""
    heard: list[Message] = []
    line = BrokerLine(settings, heard.append)
    try:
        await line.open()
        yield line, heard
    finally:
        line.close()


def an_open(lane: SimulatedMqttLane, name: str, *, uptime_ms: int, link: int = 0) -> bytes:
    """A release that is in order but for what a test does with it."""
    terms = {
        "id": name,
        "boot": lane.boot,
        "link": link or lane.links,
        "not_after_ms": uptime_ms,
        "reason": "GRANTED",
        "issued_by": "gate",
    }
    return json.dumps({"kind": "release", "terms": terms, "direction": "entry"}).encode()


FOR_EVER = 10**9


@pytest.mark.parametrize("is_killed", [False, True], ids=["restarted", "killed"])
async def test_a_broker_restart_loses_no_read_and_moves_nothing(
    is_killed: bool, tmp_path: Path
) -> None:
    """Every read before, during and after it arrives once; those that waited are not fresh."""
    rules = BrokerRules(saves_every_change=is_killed)
    async with mqtt_gate(tmp_path, rules) as gate:
        gate.lane.lane.free()
        gate.lane.present("read 0")
        await gate.at_reader.next(CredentialPresented)
        await (gate.broker.kill() if is_killed else gate.broker.stop())
        await gate.at_reader.next(DeviceLost)
        gate.lane.present("read 1")
        await gate.lane.walk(Way.ENTRY)
        gate.lane.lane.end_free()
        assert (await gate.release()).outcome is ReleaseOutcome.REFUSED
        await gate.broker.start()
        await gate.at_reader.next(DeviceReady)
        await gate.lane.until_there()
        gate.lane.present("read 2")
        await until(lambda: gate.at_reader.count(CredentialPresented) == 3)
        await gate.at_door.next(PassageSensed)
        reads = [e for e in gate.at_reader.all if isinstance(e, CredentialPresented)]
        assert [(e.payload, e.is_fresh) for e in reads] == [
            (b"read 0", True),
            (b"read 1", False),
            (b"read 2", True),
        ]
        assert gate.at_door.count(PassageSensed) == 1
        assert gate.pulses == 0
        assert (await gate.release()).outcome is ReleaseOutcome.CONFIRMED


async def test_what_is_acknowledged_survives_the_restart_in_the_brokers_session(
    tmp_path: Path,
) -> None:
    """A listener that is away gets all of it after the restart; one never there before, nothing."""
    async with SimulatedBroker(tmp_path) as broker:
        here, away = settings_for(broker, "here"), settings_for(broker, "away")
        async with anybody(away) as (line, _):
            line.subscribe({EVENT: 1})
            assert await line.publish("x", b"", qos=1, expiry_s=1) == 16
        async with anybody(here) as (line, _):
            for number in range(50):
                assert await line.publish(EVENT, b"%d" % number, qos=1, expiry_s=60) == 0
        await broker.stop()
        await broker.start()
        async with anybody(away) as (_, heard):
            await until(lambda: len(heard) >= 50)
        assert [message.payload for message in heard] == [b"%d" % n for n in range(50)]
        async with anybody(settings_for(broker, "new")) as (line, heard):
            line.subscribe({EVENT: 1})
            await line.publish("x", b"", qos=1, expiry_s=1)
            assert heard == []


async def test_a_retained_open_never_acts(tmp_path: Path) -> None:
    """Neither live nor at any reconnect; the same open without the flag does act (control)."""
    async with mqtt_gate(tmp_path) as gate:
        intruder = _Retaining(settings_for(gate.broker, "intruder"))
        await intruder.retain(COMMAND, an_open(gate.lane, "kept", uptime_ms=FOR_EVER))
        await until(lambda: gate.lane.retained_refused == 1)
        for times in (2, 3):
            gate.lane.unplug()
            await gate.at_door.next(DeviceLost)
            gate.lane.plug_in()
            await gate.at_door.next(DeviceReady)
            await until(lambda times=times: gate.lane.retained_refused == times)  # type: ignore[misc]
        assert gate.pulses == 0
        async with anybody(settings_for(gate.broker, "control")) as (line, _):
            not_kept = an_open(gate.lane, "not kept", uptime_ms=FOR_EVER)
            await line.publish(COMMAND, not_kept, qos=1, expiry_s=60)
            await until(lambda: gate.pulses == 1)


async def test_a_retained_read_never_acts(tmp_path: Path) -> None:
    """A credential that the broker keeps is refused, counted, and no event."""
    async with mqtt_gate(tmp_path) as gate:
        gate.lane.present("CP1:X")
        await gate.at_reader.next(CredentialPresented)
        gate.lane.say("event", gate.lane.last_event, retain=True)
        await until(lambda: gate.reader.health().counters.get("retained_refused") == 1)
        assert gate.at_reader.count(CredentialPresented) == 1


async def test_an_open_that_waited_is_expired(tmp_path: Path) -> None:
    """By the broker; by the controller's clock; by a new connection. In time it acts (control)."""
    async with (
        mqtt_gate(tmp_path) as gate,
        anybody(settings_for(gate.broker, "somebody")) as (line, heard),
    ):
        line.subscribe({f"campus/lane/{LANE}/answer": 1})
        uptime_ms = gate.lane.uptime_ms
        gate.lane.unplug()
        await gate.at_door.next(DeviceLost)
        short = an_open(gate.lane, "short", uptime_ms=FOR_EVER, link=2)
        long = an_open(gate.lane, "long", uptime_ms=uptime_ms + 900, link=2)
        earlier = an_open(gate.lane, "earlier", uptime_ms=FOR_EVER, link=1)
        in_time = an_open(gate.lane, "in time", uptime_ms=FOR_EVER, link=2)
        await line.publish(COMMAND, short, qos=1, expiry_s=1)
        await line.publish(COMMAND, long, qos=1, expiry_s=60)
        await line.publish(COMMAND, earlier, qos=1, expiry_s=60)
        await asyncio.sleep(2.1)  # the broker counts whole seconds
        gate.lane.plug_in()
        await until(lambda: len(_results(heard)) == 2)
        assert _results(heard) == {"long": "expired", "earlier": "expired"}
        assert [c["terms"]["id"] for c in gate.lane.commands] == ["long", "earlier"]
        assert gate.pulses == 0
        await line.publish(COMMAND, in_time, qos=1, expiry_s=60)
        await until(lambda: gate.pulses == 1)


async def test_an_open_from_before_a_power_cut_is_expired(tmp_path: Path) -> None:
    """The controller that starts anew does nothing that was meant for the one before."""
    async with (
        mqtt_gate(tmp_path) as gate,
        anybody(settings_for(gate.broker, "somebody")) as (line, heard),
    ):
        line.subscribe({f"campus/lane/{LANE}/answer": 1})
        before = an_open(gate.lane, "before", uptime_ms=FOR_EVER)
        gate.lane.power_cycle()
        await line.publish(COMMAND, before, qos=1, expiry_s=60)
        await until(lambda: _results(heard) == {"before": "expired"})
        assert gate.pulses == 0


async def test_an_open_delivered_twice_opens_once(tmp_path: Path) -> None:
    """At least once is what the broker promises; the id makes it once."""
    async with (
        mqtt_gate(tmp_path) as gate,
        anybody(settings_for(gate.broker, "somebody")) as (line, _),
    ):
        one = an_open(gate.lane, "one", uptime_ms=FOR_EVER)
        for _ in range(3):
            await line.publish(COMMAND, one, qos=1, expiry_s=60)
        await until(lambda: len(gate.lane.commands) == 3)
        assert gate.pulses == 1
        await gate.lane.lane.until(lambda: gate.lane.lane.is_locked, 5)
        await line.publish(
            COMMAND, an_open(gate.lane, "two", uptime_ms=FOR_EVER), qos=1, expiry_s=60
        )
        await until(lambda: gate.pulses == 2)


async def test_a_broker_that_is_not_there_at_the_start_is_waited_for(tmp_path: Path) -> None:
    """Lost once, in words; ready by itself when it comes."""
    async with SimulatedBroker(tmp_path) as broker:
        await broker.stop()
        lane = SimulatedMqttLane(broker, LANE, times=QUICK_LANE)
        lane.power_on()
        try:
            async with drivers_at(broker, lane) as gate:
                assert "check that the broker runs" in (await gate.at_door.next(DeviceLost)).reason
                await broker.start()
                await gate.at_door.next(DeviceReady)
                assert gate.at_door.count(DeviceLost) == 1
                assert (await gate.release()).outcome is ReleaseOutcome.CONFIRMED
        finally:
            lane.lane.stop()
            lane.unplug()


async def test_an_agent_that_died_leaves_no_open_lane_and_acts_on_nothing_old(
    tmp_path: Path,
) -> None:
    """The lane locks by its own timer; a read held up meanwhile is recorded and not fresh."""
    async with (
        SimulatedBroker(tmp_path) as broker,
        SimulatedMqttLane(broker, LANE, times=QUICK_LANE) as lane,
    ):
        async with drivers_at(broker, lane) as gate:
            await gate.at_door.next(DeviceReady)
            assert (await gate.release()).outcome is ReleaseOutcome.CONFIRMED
            gate.hang_up()
        assert await lane.lane.until(lambda: lane.lane.is_locked, 5)
        assert lane.oracle.not_taken == 1
        lane.present("while away")
        async with drivers_at(broker, lane) as gate:
            read = await gate.at_reader.next(CredentialPresented)
            assert (read.payload, read.is_fresh) == (b"while away", False)
            assert lane.oracle.releases_entry == 1
            lane.present("now")
            assert (await gate.at_reader.next(CredentialPresented)).is_fresh


async def test_losing_and_regaining_the_broker_again_and_again_moves_nothing(
    tmp_path: Path,
) -> None:
    """Also with an order given in each gap and one just before it; the last one, in time, acts."""
    async with mqtt_gate(tmp_path) as gate:
        for _ in range(3):
            gate.lane.unplug()
            just_before = await gate.release()
            assert just_before.outcome is not ReleaseOutcome.CONFIRMED
            await gate.broker.stop()
            assert (await gate.release()).outcome is ReleaseOutcome.REFUSED
            await gate.broker.start()
            gate.lane.plug_in()
            await gate.at_door.next(DeviceReady)
        assert gate.pulses == 0
        assert (await gate.release()).outcome is ReleaseOutcome.CONFIRMED
        assert gate.pulses == 1


async def test_the_shipped_configuration_gives_each_its_own_lane(tmp_path: Path) -> None:
    """By certificate: no controller speaks for another or commands a lane, no edge another's."""
    authority = Authority(tmp_path)
    server = authority.sign("broker")
    text = (DEPLOY / "lanes.conf").read_text()
    for shipped, here in (
        ("/etc/mosquitto/certs/campus-ca.pem", authority.file),
        ("/etc/mosquitto/certs/broker.pem", server.cert_file),
        ("/etc/mosquitto/certs/broker.key", server.key_file),
        ("/etc/mosquitto/lanes.acl", DEPLOY / "lanes.acl"),
    ):
        assert shipped in text
        text = text.replace(shipped, str(here))
    rules = BrokerRules(
        configuration=text,
        tls=BrokerTls(authority.file, server.cert_file, server.key_file),
    )
    async with SimulatedBroker(tmp_path / "broker", rules) as broker:

        def login(name: str) -> BrokerSettings:
            pair = authority.sign(name)
            return BrokerSettings(
                host=broker.host,
                port=broker.port,
                client_id=name,
                ca_file=authority.file,
                cert_file=pair.cert_file,
                key_file=pair.key_file,
            )

        async with (
            anybody(login("north-1")) as (north, north_heard),
            anybody(login("south-1")) as (south, south_heard),
            anybody(login("edge-north-1")) as (edge, edge_heard),
        ):
            north.subscribe({COMMAND: 1})
            south.subscribe({COMMAND: 1, "campus/lane/#": 1})
            edge.subscribe({EVENT: 1, "campus/lane/south-1/event": 1})

            async def word(line: BrokerLine, topic: str) -> int:
                return await line.publish(topic, b"x", qos=1, expiry_s=60)

            async with asyncio.timeout(5):
                assert await word(south, EVENT) == FORBIDDEN
                assert await word(south, COMMAND) == FORBIDDEN
                assert await word(north, COMMAND) == FORBIDDEN
                assert await word(edge, "campus/lane/south-1/command") == FORBIDDEN
                assert await word(north, EVENT) == 0
                assert await word(edge, COMMAND) == 0
                await until(lambda: bool(north_heard and edge_heard))
            assert south_heard == []
            assert [message.topic for message in edge_heard] == [EVENT]
            assert [message.topic for message in north_heard] == [COMMAND]


async def test_the_shipped_configuration_throws_out_who_retains(tmp_path: Path) -> None:
    """`retain_available false`: whoever tries is disconnected; where it is true, it is kept."""
    shipped = (DEPLOY / "lanes.conf").read_text()
    assert "\nretain_available false\n" in shipped
    for keeps in (False, True):
        rules = BrokerRules(keeps_retained=keeps)
        async with SimulatedBroker(tmp_path / str(keeps), rules) as broker:
            intruder = _Retaining(settings_for(broker, "intruder"))
            await intruder.retain(COMMAND, b"{}")
            async with anybody(settings_for(broker)) as (line, heard):
                line.subscribe({COMMAND: 1})
                await line.publish("x", b"", qos=1, expiry_s=1)
                await line.publish(COMMAND, b"live", qos=1, expiry_s=1)
                await until(lambda heard=heard: bool(heard) and heard[-1].payload == b"live")  # type: ignore[misc]
                assert [message.is_retained for message in heard] == ([True, False][not keeps :])


async def test_a_controller_and_its_edge_meet_over_tls_and_passwords(tmp_path: Path) -> None:
    """With the shipped access list and accounts instead of certificates."""
    authority = Authority(tmp_path)
    server = authority.sign("broker")
    rules = BrokerRules(
        accounts={LANE: "lane secret", "edge-north-1": "edge secret"},
        acl_file=DEPLOY / "lanes.acl",
        tls=BrokerTls(authority.file, server.cert_file, server.key_file),
    )
    secret = tmp_path / "secret"
    secret.write_text("edge secret\n")
    async with SimulatedBroker(tmp_path / "broker", rules) as broker:
        settings = BrokerSettings(
            host=broker.host,
            port=broker.port,
            client_id="edge-1",
            ca_file=authority.file,
            username="edge-north-1",
            password_file=secret,
        )
        login = ControllerLogin(account=LANE, password="lane secret", tls=authority.context())
        async with (
            SimulatedMqttLane(broker, LANE, times=QUICK_LANE, login=login) as lane,
            drivers_at(broker, lane, settings) as gate,
        ):
            await gate.at_reader.next(DeviceReady)
            await gate.at_door.next(DeviceReady)
            lane.present("CP1:X")
            assert (await gate.at_reader.next(CredentialPresented)).is_fresh
            assert (await gate.release()).outcome is ReleaseOutcome.CONFIRMED


def _results(heard: list[Message]) -> dict[str, str]:
    answers = [json.loads(message.payload) for message in heard]
    return {a["id"]: a["outcome"] for a in answers if a["kind"] == "result"}


class _Retaining:
    """Does what our own side never does."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings

    async def retain(self, topic: str, payload: bytes) -> None:
        """Publish with the retain flag; return once the broker has said anything to it."""
        async with anybody(self._settings) as (line, _):
            info = line._client.publish(topic, payload, qos=1, retain=True)
            ack: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            line._acks[info.mid] = ack
            await asyncio.wait((ack, line._lost), timeout=5, return_when="FIRST_COMPLETED")
