"""Settings of a serial server."""

import pytest
from pydantic import ValidationError

from device_drivers.transports.tcp_settings import TcpLineSettings


@pytest.mark.parametrize(
    ("host", "words"), [("10.0.0.7", "tcp://10.0.0.7:4001"), ("fd00::7", "tcp://[fd00::7]:4001")]
)
def test_it_is_named_as_an_address(host: str, words: str) -> None:
    """As a technician writes it, also for IPv6."""
    assert TcpLineSettings(host=host, tcp_port=4001).in_words() == words


@pytest.mark.parametrize("tcp_port", [0, 65_536])
def test_a_port_has_sixteen_bits(tcp_port: int) -> None:
    """Others are refused when the settings are read."""
    with pytest.raises(ValidationError):
        TcpLineSettings(host="h", tcp_port=tcp_port)
