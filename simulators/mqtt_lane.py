"""A lane controller at an MQTT broker: readers, a turnstile, and what it is told and tells.

Written from `docs/mqtt_lane.md`, not from the driver: topics and fields stand here a second time
on purpose. paho's own thread carries the messages; everything else happens in the event loop.

    PREFIX/LANE/state, event, answer   from here      PREFIX/LANE/command, feedback   to here
"""

import asyncio
import json
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from device_drivers.system_clock import SystemClock
from simulators.broker import SimulatedBroker
from simulators.turnstile_lane import LaneTimes, Oracle, Refusal, TurnstileLane, WalkResult, Way

SESSION_S: Final = 3600
"""The broker keeps the controller's session so long while it is away."""
RETRY_S: Final = 0.1
"""Wait before it comes to the broker again after a loss."""
REMEMBERED: Final = 64
"""Ids of commands kept to refuse a repeat."""
OUTPUTS: Final = ("relay_entry", "relay_exit", "lamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerLogin:
    """How the controller comes to the broker."""

    account: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None


class SimulatedMqttLane:
    """A lane and its controller. Use as an asynchronous context manager; power is on inside.

    The lane's `oracle` counts what truly happened.
    """

    def __init__(
        self,
        broker: SimulatedBroker,
        name: str,
        *,
        times: LaneTimes | None = None,
        login: ControllerLogin | None = None,
        prefix: str = "campus/lane",
    ) -> None:
        """`times` are real ones unless given."""
        self.name = name
        self._broker = broker
        self._login, self._topic = login or ControllerLogin(), f"{prefix}/{name}"
        self._loop = asyncio.get_running_loop()
        self._clock = SystemClock()
        self._client: paho.Client | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._is_there = asyncio.Event()
        self._extra: dict[str, bool] = {"tamper": False, "door_contact": False, "fault": False}
        self.lane = TurnstileLane(times or LaneTimes(), on_change=self._look)
        self._starts = 0
        self._began_at = self._clock.now()
        self.links = 0
        """How often it has come to the broker since it started."""
        self._sequence = 0
        self._said, self._said_counts = self._inputs(), self._counts()
        self._last: bytes | None = None
        self._unsent: list[bytes] = []
        self._unacknowledged: dict[int, bytes] = {}
        self._known: deque[str] = deque(maxlen=REMEMBERED)
        self.commands: list[dict[str, Any]] = []
        """Every order that came, done or not; questions left out."""
        self.shown: list[dict[str, Any]] = []
        """Every feedback that came."""
        self.retained_refused = 0
        self.pulsed: list[str] = []
        """Outputs that were tried."""
        self.is_silent = False
        """True: it hears and does, and its answers are lost."""

    @property
    def oracle(self) -> Oracle:
        """What truly happened."""
        return self.lane.oracle

    async def __aenter__(self) -> Self:
        """Power on, and wait until it is at the broker."""
        self.power_on()
        await self.until_there()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Power off."""
        self.lane.stop()
        self.unplug()

    # -- what people and cables do to it ---------------------------------------------------

    def power_on(self) -> None:
        """Start anew: clock, counters and memory begin again."""
        self._starts += 1
        self._began_at = self._clock.now()
        self.links = 0
        self._sequence = 0
        self._known.clear()
        self._unsent.clear()
        self.lane.signals.count = dict.fromkeys(Way, 0)
        self._said, self._said_counts = self._inputs(), self._counts()
        self.plug_in()

    def power_cycle(self) -> None:
        """Off and on again: what it had not said is forgotten."""
        self.unplug()
        self._unacknowledged.clear()
        self.power_on()

    def plug_in(self) -> None:
        """Put the network cable in; it comes to the broker by itself, again and again."""
        if self._client is not None:
            return
        self._client = client = self._new_client()
        client.connect_async(
            self._broker.host,
            self._broker.port,
            keepalive=5,
            clean_start=False,
            properties=_with(PacketTypes.CONNECT, SessionExpiryInterval=SESSION_S),
        )
        client.loop_start()

    def unplug(self) -> None:
        """Pull it: there is no goodbye, so that the broker sends the last will."""
        if self._retry is not None:
            self._retry.cancel()
        if self._client is None:
            return
        client, self._client = self._client, None
        self._is_there.clear()
        sock = client.socket()
        if isinstance(sock, socket.socket):
            sock.shutdown(socket.SHUT_RDWR)
        client.loop_stop()

    async def until_there(self) -> None:
        """Return once the broker has let it in."""
        await self._is_there.wait()

    def present(self, payload: str, *, medium: str = "qr", reader: str = "in") -> None:
        """Somebody holds up a credential; without a network it waits in the controller."""
        self._tell("credential", reader=reader, medium=medium, payload=payload)

    def press(self, button: str) -> None:
        """Somebody presses the button `exit`, or turns the key `reset`."""
        self._tell("button", button=button)

    async def walk(self, way: Way) -> WalkResult:
        """Somebody walks up and goes through `way`, or is blocked."""
        return await self.lane.walk(way)

    def set_input(self, name: str, *, on: bool) -> None:
        """Change `tamper`, `door_contact` or `fault`."""
        self._extra[name] = on
        self._look()

    def say_again(self) -> None:
        """Send the last event once more, as a client may after a loss."""
        if self._last is not None:
            self._publish("event", self._last)

    def say(self, leaf: str, payload: bytes, *, retain: bool = False) -> None:
        """Send any bytes at all on one of its topics."""
        self._publish(leaf, payload, retain=retain)

    @property
    def last_event(self) -> bytes:
        """The last event it told of; empty if there was none."""
        return self._last or b""

    # -- what it says ----------------------------------------------------------------------

    def _tell(self, kind: str, **fields: object) -> None:
        self._sequence += 1
        message = {
            "kind": kind,
            "boot": self.boot,
            "sequence": self._sequence,
            "uptime_ms": self.uptime_ms,
            **fields,
        }
        self._last = json.dumps(message).encode()
        if self._is_there.is_set():
            self._publish("event", self._last)
        else:
            self._unsent.append(self._last)

    def _look(self) -> None:
        """Say what has changed at the lane."""
        inputs, counts = self._inputs(), self._counts()
        began = [way for way in Way if inputs[f"occupied_{way}"] > self._said[f"occupied_{way}"]]
        ended = [way for way in Way if inputs[f"occupied_{way}"] < self._said[f"occupied_{way}"]]
        is_through = counts != self._said_counts
        is_new, self._said, self._said_counts = inputs != self._said, inputs, counts
        for way in began:
            self._tell("passage_started", direction=way)
        if is_through:
            self._tell("passage", counts=counts)
        for way in ended:
            if not is_through:
                self._tell("passage_reversed", direction=way)
        if is_new:
            self._tell("inputs", inputs=inputs)

    def _inputs(self) -> dict[str, bool]:
        signals = self.lane.signals
        return {
            "released": self.lane.is_released,
            "occupied_entry": signals.occupied[Way.ENTRY],
            "occupied_exit": signals.occupied[Way.EXIT],
            "fire": signals.fire,
            "alarm": signals.alarm,
            **self._extra,
        }

    def _counts(self) -> dict[str, int]:
        return {way.value: count for way, count in self.lane.signals.count.items()}

    @property
    def boot(self) -> str:
        """The name of this start."""
        return f"{self.name}-{self._began_at.wall_ms}-{self._starts}"

    @property
    def uptime_ms(self) -> int:
        """Milliseconds since it."""
        return int(self._clock.now().ms_since(self._began_at))

    # -- what it is told -------------------------------------------------------------------

    def _hear(self, leaf: str, payload: bytes, *, is_retained: bool) -> None:
        if is_retained:
            self.retained_refused += 1
            return
        message = json.loads(payload)
        if leaf == "feedback":
            self.shown.append(message)
        elif message["kind"] == "ask":
            self._report(message["id"])
        else:
            self.commands.append(message)
            outcome, detail = self._obey(message)
            answer = {"id": message["terms"]["id"], "outcome": outcome, "detail": detail}
            self._answer({"kind": "result", **answer})

    def _report(self, question: str) -> None:
        self._answer(
            {
                "kind": "report",
                "id": question,
                "boot": self.boot,
                "link": self.links,
                "uptime_ms": self.uptime_ms,
                "inputs": self._inputs(),
                "counts": self._counts(),
                "outputs": OUTPUTS,
            }
        )

    def _answer(self, message: Mapping[str, object]) -> None:
        if not self.is_silent:
            self._publish("answer", json.dumps(message).encode())

    def _obey(self, message: dict[str, Any]) -> tuple[str, str]:
        """Outcome and detail of one order."""
        terms = message["terms"]
        if terms["id"] in self._known:
            return "refused", "this id was given before"
        self._known.append(terms["id"])
        if (terms["boot"], terms["link"]) != (self.boot, self.links):
            return "expired", "meant for before this controller came to the broker"
        if self.uptime_ms > terms["not_after_ms"]:
            return "expired", "came too late"
        match message["kind"]:
            case "release":
                return _outcome(self.lane.release(Way(message["direction"])))
            case "secure":
                return _outcome(self.lane.secure())
            case "free":
                self.lane.free()
                return "confirmed", ""
            case "pulse" if message["output"] in OUTPUTS:
                self.pulsed.append(message["output"])
                return "accepted", ""
            case _:
                return "refused", "unknown command or output"

    # -- the wire --------------------------------------------------------------------------

    def _new_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.name,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        if self._login.account is not None:
            client.username_pw_set(self._login.account, self._login.password)
        if self._login.tls is not None:
            client.tls_set_context(self._login.tls)
        client.will_set(f"{self._topic}/state", b'{"state":"offline"}', qos=1)
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_connect_fail = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _publish(self, leaf: str, payload: bytes, *, retain: bool = False) -> None:
        if self._client is None:
            return
        topic = f"{self._topic}/{leaf}"
        mid = self._client.publish(topic, payload, qos=1, retain=retain).mid
        if leaf == "event":
            self._unacknowledged[mid] = payload

    def _on_connect(
        self, client: paho.Client, _u: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        if not reason.is_failure:
            self._loop.call_soon_threadsafe(self._came, client)

    def _came(self, client: paho.Client) -> None:
        if client is not self._client:
            return
        self.links += 1
        options = SubscribeOptions(qos=1, retainAsPublished=True)
        client.subscribe([(f"{self._topic}/{leaf}", options) for leaf in ("command", "feedback")])

    def _on_subscribe(self, client: paho.Client, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._listens, client)

    def _listens(self, client: paho.Client) -> None:
        """From here on nothing it is told is missed: now it says that it is there."""
        if client is not self._client:
            return
        client.publish(f"{self._topic}/state", b'{"state":"online"}', qos=1)
        waiting = [*self._unacknowledged.values(), *self._unsent]
        self._unacknowledged.clear()
        self._unsent.clear()
        for payload in waiting:
            self._publish("event", payload)
        self._is_there.set()

    def _on_disconnect(self, client: paho.Client, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._left, client)

    def _left(self, client: paho.Client) -> None:
        if client is not self._client:
            return
        self._client = None
        self._is_there.clear()
        self._retry = self._loop.call_later(RETRY_S, self.plug_in)

    def _on_message(self, _c: object, _u: object, message: paho.MQTTMessage) -> None:
        leaf = message.topic.rpartition("/")[2]
        self._loop.call_soon_threadsafe(
            lambda: self._hear(leaf, bytes(message.payload), is_retained=message.retain)
        )

    def _on_publish(
        self, _c: object, _u: object, mid: int, _reason: ReasonCode, _p: object
    ) -> None:
        self._loop.call_soon_threadsafe(self._unacknowledged.pop, mid, None)


def _outcome(refusal: Refusal | None) -> tuple[str, str]:
    return ("confirmed", "") if refusal is None else ("refused", refusal.value)


def _send_at_once(_c: paho.Client, _u: object, sock: object) -> None:
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _with(packet: int, **values: int) -> Properties:
    properties = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(properties, name, value)
    return properties
