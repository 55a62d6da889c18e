"""One connection to a real broker, and what it says when there is none."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.mqtt_lane.settings import BrokerSettings
from device_drivers.mqtt_lane.transport import (
    NOBODY_LISTENS,
    BrokerLine,
    Message,
    what_to_check,
)
from simulators.broker import BrokerRules, BrokerTls, SimulatedBroker
from tests.device_drivers.mqtt_lane.certificates import Authority
from tests.device_drivers.mqtt_lane.mqtt_gate import settings_for


@contextlib.asynccontextmanager
async def _open(settings: BrokerSettings) -> AsyncIterator[tuple[BrokerLine, list[Message]]]:
    heard: list[Message] = []
    line = BrokerLine(settings, heard.append)
    try:
        await line.open()
        yield line, heard
    finally:
        line.close()


async def _refusal(settings: BrokerSettings) -> str:
    with pytest.raises(DeviceUnavailable) as caught:
        async with _open(settings):
            pass
    assert str(caught.value).startswith((settings.in_words(), "/"))
    return str(caught.value)


async def test_what_is_published_is_heard_and_acknowledged(tmp_path: Path) -> None:
    """A message arrives unchanged and not retained; the broker's word for it is 0."""
    async with (
        SimulatedBroker(tmp_path) as broker,
        _open(settings_for(broker)) as (line, heard),
        asyncio.timeout(5),
    ):
        line.subscribe({"a/b": 1})
        assert await line.publish("a/b", b"one", qos=1, expiry_s=1) == 0
        assert await line.publish("a/b", b"two", qos=1, expiry_s=1) == 0
        assert heard == [Message("a/b", b"one", False), Message("a/b", b"two", False)]


async def test_the_broker_says_when_nobody_listens(tmp_path: Path) -> None:
    """A command to a lane that has never been there is not taken for delivered."""
    async with (
        SimulatedBroker(tmp_path) as broker,
        _open(settings_for(broker)) as (line, _),
        asyncio.timeout(5),
    ):
        assert await line.publish("nobody/here", b"x", qos=1, expiry_s=1) == NOBODY_LISTENS


async def test_a_broker_that_ends_is_noticed_at_once(tmp_path: Path) -> None:
    """The connection's end comes with words; what was not acknowledged stays so."""
    async with (
        SimulatedBroker(tmp_path) as broker,
        _open(settings_for(broker)) as (line, _),
        asyncio.timeout(10),
    ):
        await broker.stop()
        assert "check network and broker" in str(await line.until_lost())
        assert not line.publish("a/b", b"x", qos=1, expiry_s=1).done()


async def test_nothing_is_sent_again_after_a_loss(tmp_path: Path) -> None:
    """What one connection could not deliver does not leave with the next one."""
    async with SimulatedBroker(tmp_path) as broker, asyncio.timeout(10):
        async with _open(settings_for(broker)) as (line, _):
            await broker.kill()
            await line.until_lost()
            line.publish("a/b", b"late", qos=1, expiry_s=60)
        await broker.start()
        async with (
            _open(settings_for(broker, "listener")) as (listening, heard),
            _open(settings_for(broker)) as (line, _),
        ):
            listening.subscribe({"a/b": 1})
            await listening.publish("c", b"", qos=1, expiry_s=1)
            await line.publish("a/b", b"now", qos=1, expiry_s=60)
            await listening.publish("c", b"", qos=1, expiry_s=1)
            assert [message.payload for message in heard] == [b"now"]


async def test_two_with_one_name_are_told_so(tmp_path: Path) -> None:
    """Whoever is put out by a second client of the same id learns why."""
    async with (
        SimulatedBroker(tmp_path) as broker,
        _open(settings_for(broker)) as (line, _),
        _open(settings_for(broker)),
        asyncio.timeout(5),
    ):
        assert "`client_id`" in str(await line.until_lost())


async def test_an_absent_broker_is_named_with_what_to_check() -> None:
    """Refused, unknown and silent addresses each have their words."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        settings = BrokerSettings(host="127.0.0.1", port=port, client_id="e", tls=False)
        assert "check that the broker runs" in await _refusal(settings)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "firewall"),
        (socket.gaierror(-2, "Name or service not known"), "check `host`"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "check `port`"),
        (OSError(113, "No route to host"), "check `host` and network"),
    ],
)
def test_every_failure_says_what_to_check(error: OSError, words: str) -> None:
    """No error of the socket is left to speak for itself."""
    assert words in what_to_check(error)


async def test_a_wrong_password_is_named(tmp_path: Path) -> None:
    """The right password is let in; a wrong one and an unreadable file say what to check."""
    rules = BrokerRules(accounts={"edge": "right"})
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("right\n")
    wrong.write_text("wrong\n")
    async with SimulatedBroker(tmp_path / "broker", rules) as broker:
        settings = settings_for(broker).model_copy(
            update={"username": "edge", "password_file": right}
        )
        async with _open(settings):
            pass
        refused = await _refusal(settings.model_copy(update={"password_file": wrong}))
        assert "check" in refused
        assert "wrong" not in refused
        missing = settings.model_copy(update={"password_file": tmp_path / "none"})
        assert "check `password_file`" in await _refusal(missing)


async def test_certificates_are_checked_both_ways(tmp_path: Path) -> None:
    """A broker of another authority, and a certificate that the broker does not trust: in words."""
    ours, foreign = Authority(tmp_path), Authority(tmp_path, "foreign")
    server = ours.sign("server")
    edge, stranger, old = ours.sign("edge"), foreign.sign("stranger"), ours.sign("old", days=0)
    tls = BrokerTls(ours.file, server.cert_file, server.key_file, asks_for_certificate=True)
    async with SimulatedBroker(tmp_path / "broker", BrokerRules(tls=tls)) as broker:
        settings = BrokerSettings(
            host=broker.host,
            port=broker.port,
            client_id="edge",
            ca_file=ours.file,
            cert_file=edge.cert_file,
            key_file=edge.key_file,
        )
        async with _open(settings) as (line, heard), asyncio.timeout(5):
            line.subscribe({"a": 1})
            await line.publish("a", b"x" * 4000, qos=1, expiry_s=1)
            assert [len(message.payload) for message in heard] == [4000]
        other = settings.model_copy(update={"ca_file": foreign.file})
        assert "check `ca_file`" in await _refusal(other)
        for pair in (stranger, old):
            given = {"cert_file": pair.cert_file, "key_file": pair.key_file}
            assert "`cert_file`" in await _refusal(settings.model_copy(update=given))
        unlike = settings.model_copy(update={"key_file": stranger.key_file})
        assert "check `cert_file` and `key_file`" in await _refusal(unlike)
        absent = settings.model_copy(update={"ca_file": tmp_path / "none"})
        assert "check `ca_file`" in await _refusal(absent)


@pytest.mark.parametrize(
    "noise",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x03\x00\x00", b"\x20\x7f" + b"\xff" * 127, b""],
)
async def test_something_else_at_the_port_is_survived(noise: bytes) -> None:
    """Whatever answers there, it ends in words and not in an exception of the library."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(noise)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await _refusal(BrokerSettings(host="127.0.0.1", port=port, client_id="e", tls=False))


async def test_cancelled_while_connecting_leaves_nothing_open() -> None:
    """An agent that ends while the broker does not answer ends all the same."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        settings = BrokerSettings(host="127.0.0.1", port=port, client_id="e", tls=False)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), _open(settings):
                pass
