"""One connection to a broker: paho-mqtt, MQTT 5, read and written by the asyncio loop.

What paho would do by itself is left undone on purpose. It keeps unacknowledged commands and sends
them again after a reconnect: an open that nobody waits for any more. So each connection has a
client of its own, and what it did not get through ends with it. The session at the broker, which
holds what happened at the lane meanwhile, goes by the client id and is never begun anew.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt import MQTTException
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from access_core.errors import DeviceUnavailable
from device_drivers.mqtt_lane.codec import MAX_BYTES
from device_drivers.mqtt_lane.settings import BrokerSettings

CONNECT_S: Final = 3.0
"""Longest wait for the broker: for its port, for TLS and for its word, each."""
MISC_EVERY_S: Final = 0.5
"""How often paho looks whether the broker is still there."""
OVERHEAD: Final = 1024
"""Bytes of a packet besides its payload: topic and properties."""
FAILURE: Final = 128
"""Reason codes from here on are refusals (MQTT 5.0, 2.4)."""
NOBODY_LISTENS: Final = 16
"""The broker took it and has nobody to give it to (MQTT 5.0, 3.4.2.1)."""

_REFUSED: Final[Mapping[int, str]] = {
    132: "it does not speak MQTT 5; use a broker that does",
    133: "it does not take this client id; check `client_id`",
    134: "it does not know this account; check `username` and `password_file`",
    135: "it does not let this client in; check its account and certificate at the broker",
    138: "it has banned this client; see the broker's log",
    142: "another client came with the same client id; give each edge its own `client_id`",
}
"""CONNACK and DISCONNECT reason codes (MQTT 5.0, 3.2.2.2 and 3.14.2.1), in words."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came."""

    topic: str
    payload: bytes
    is_retained: bool
    """The broker had kept it, or was told to: nothing at a lane may be."""


class BrokerLine:
    """An open connection. Not for two threads; close it."""

    def __init__(self, settings: BrokerSettings, on_message: Callable[[Message], None]) -> None:
        """Nothing is opened before `open()`; `on_message` is called in the loop."""
        self._settings = settings
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._client = _client(settings)
        self._let_in = self._loop.create_future()
        self._lost: asyncio.Future[str] = self._loop.create_future()
        self._acks: dict[int, asyncio.Future[int]] = {}
        self._misc: asyncio.TimerHandle | None = None
        self._socket: paho.SocketLike | None = None
        self._is_closed = False

    async def open(self) -> None:
        """Connect and wait until the broker lets this client in.

        Raises:
            DeviceUnavailable: It does not; the message says what to check.
        """
        opening = self._loop.run_in_executor(None, self._connect)
        try:
            async with asyncio.timeout(3 * CONNECT_S):
                await asyncio.shield(opening)
        except (TimeoutError, asyncio.CancelledError) as ended:
            # The thread cannot be stopped: whatever it still opens is closed again.
            opening.add_done_callback(lambda done: done.exception() or self._client.disconnect())
            if isinstance(ended, asyncio.CancelledError):
                raise
            raise self._unavailable("it does not answer; check network and address") from None
        self._take_over()
        try:
            async with asyncio.timeout(CONNECT_S):
                await asyncio.wait((self._let_in, self._lost), return_when="FIRST_COMPLETED")
        except TimeoutError:
            raise self._unavailable("it takes the connection and says nothing") from None
        if self._lost.done():
            raise self._unavailable(self._lost.result())

    def subscribe(self, topics: Mapping[str, int]) -> None:
        """Ask for `topics` (topic -> quality of service), retained messages marked as such."""
        wanted = [
            (topic, SubscribeOptions(qos=qos, retainAsPublished=True))
            for topic, qos in topics.items()
        ]
        self._client.subscribe(wanted)

    def publish(
        self, topic: str, payload: bytes, *, qos: int, expiry_s: int
    ) -> asyncio.Future[int]:
        """Send, never retained; the broker throws it away undelivered after `expiry_s`.

        The future gives the broker's reason code; at quality 0 it is never done.
        """
        properties = _properties(PacketTypes.PUBLISH)
        properties.MessageExpiryInterval = expiry_s
        info = self._client.publish(topic, payload, qos, retain=False, properties=properties)
        ack: asyncio.Future[int] = self._loop.create_future()
        if qos and info.rc == paho.MQTT_ERR_SUCCESS:
            self._acks[info.mid] = ack
            ack.add_done_callback(lambda _: self._acks.pop(info.mid, None))
        return ack

    async def until_lost(self) -> DeviceUnavailable:
        """Why the connection ended and what to check, once it has."""
        return self._unavailable(await asyncio.shield(self._lost))

    def close(self) -> None:
        """Say goodbye and close; may be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._misc is not None:
            self._misc.cancel()
        for ack in list(self._acks.values()):
            ack.cancel()
        self._client.disconnect()
        self._client.loop_write()
        self._release_socket()

    # -- paho, driven by the loop ----------------------------------------------------------

    def _connect(self) -> None:
        """In a thread: name look-up, connect and TLS handshake block."""
        settings = self._settings
        if settings.tls:
            self._client.tls_set_context(_tls(settings))
        if settings.username is not None and settings.password_file is not None:
            self._client.username_pw_set(settings.username, _password(settings))
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = settings.session_s
        properties.MaximumPacketSize = MAX_BYTES + OVERHEAD
        try:
            self._client.connect(
                settings.host,
                settings.port,
                keepalive=settings.keepalive_s,
                clean_start=False,
                properties=properties,
            )
        except OSError as error:
            raise self._unavailable(what_to_check(error)) from error

    def _take_over(self) -> None:
        """From here on the loop reads and writes."""
        client, sock = self._client, self._client.socket()
        if sock is None:
            raise self._unavailable(self._not_let_in())
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_paho_message
        client.on_publish = self._on_publish
        client.on_socket_close = lambda *_: self._release_socket()
        client.on_socket_register_write = lambda _c, _u, s: self._loop.add_writer(s, self._write)
        client.on_socket_unregister_write = lambda *_: self._no_more_to_write()
        self._socket = sock
        if isinstance(sock, socket.socket):
            # An order is two small packets: without this the second waits 40 ms for the first.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop.add_reader(sock, self._read)
        self._look_after()
        self._read()  # TLS may hold the broker's first word already

    def _read(self) -> None:
        try:
            self._client.loop_read()
            while isinstance(sock := self._client.socket(), ssl.SSLSocket) and sock.pending():
                self._client.loop_read()
        except (MQTTException, ValueError, LookupError, struct.error) as error:
            # paho reads on as if nothing were wrong; what follows could be anything.
            self._end(f"it sent what is not MQTT 5 ({type(error).__name__}); see its version")

    def _write(self) -> None:
        self._client.loop_write()

    def _look_after(self) -> None:
        self._misc = self._loop.call_later(MISC_EVERY_S, self._look_after)
        self._client.loop_misc()

    def _no_more_to_write(self) -> None:
        if self._socket is not None:
            self._loop.remove_writer(self._socket)

    def _release_socket(self) -> None:
        if self._socket is not None and self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)

    def _on_connect(
        self, _c: object, _u: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        if reason.is_failure:
            self._end(_REFUSED.get(reason.value, f"it refuses: {reason}"))
        elif not self._let_in.done():
            self._let_in.set_result(None)

    def _on_disconnect(
        self, _c: object, _u: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        if reason.value in _REFUSED:
            self._end(_REFUSED[reason.value])
        elif not self._let_in.done():
            self._end(self._not_let_in())
        else:
            # mosquitto 2.0 does not say so when another client came with the same client id.
            self._end(
                "the connection has ended; check network and broker, and that nobody else uses "
                "this `client_id`"
            )

    def _not_let_in(self) -> str:
        what = "it ends the connection before letting this client in; check "
        if self._settings.tls:
            return what + "that it trusts `cert_file`, that this is not out of date, and its log"
        return what + "that this is an MQTT broker that does without TLS, and its log"

    def _on_paho_message(self, _c: object, _u: object, message: paho.MQTTMessage) -> None:
        if not self._is_closed:
            self._on_message(Message(message.topic, bytes(message.payload), message.retain))

    def _on_publish(self, _c: object, _u: object, mid: int, reason: ReasonCode, _p: object) -> None:
        ack = self._acks.get(mid)
        if ack is not None and not ack.done():
            ack.set_result(reason.value)

    def _end(self, reason: str) -> None:
        if not self._lost.done():
            self._lost.set_result(reason)

    def _unavailable(self, reason: str) -> DeviceUnavailable:
        return DeviceUnavailable(f"{self._settings.in_words()}: {reason}")


def what_to_check(error: OSError) -> str:
    """What a technician should look at when connecting failed with `error`."""
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"its certificate is not to be trusted ({error.verify_message}); check `ca_file`, "
                "`host` and this machine's clock"
            )
        case ssl.SSLError():
            return f"no TLS ({error}); check `port` and `cert_file`"
        case ConnectionRefusedError():
            return "nobody listens there; check that the broker runs, and `port`"
        case TimeoutError():
            return "it does not answer; check network, firewall and address"
        case _:
            return f"cannot be reached ({error}); check `host` and network"


class _ClosingSocket(ssl.SSLSocket):
    """Closes itself when the handshake fails, which paho leaves open."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - ssl's signature
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def _client(settings: BrokerSettings) -> paho.Client:
    return paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=settings.client_id,
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
    )


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]


def _tls(settings: BrokerSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise DeviceUnavailable(f"{settings.ca_file}: {error}; check `ca_file`") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _ClosingSocket
    if settings.cert_file is not None:
        try:
            context.load_cert_chain(settings.cert_file, settings.key_file)
        except OSError as error:
            raise DeviceUnavailable(
                f"{settings.cert_file}: cannot be used with {settings.key_file} ({error}); "
                "check `cert_file` and `key_file`"
            ) from error
    return context


def _password(settings: BrokerSettings) -> str:
    try:
        lines = settings.password_file.read_text().splitlines() if settings.password_file else []
    except (OSError, UnicodeDecodeError) as error:
        raise DeviceUnavailable(
            f"{settings.password_file}: cannot be read ({type(error).__name__}); "
            "check `password_file` and who may read it"
        ) from error
    return lines[0] if lines else ""
