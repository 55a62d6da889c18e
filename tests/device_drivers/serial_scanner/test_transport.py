"""How a scanner is reached."""

import pytest

from device_drivers.serial_scanner.transport import slow_for_codes
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings


@pytest.mark.parametrize(("baud", "is_slow"), [(9600, True), (38400, False), (115200, False)])
def test_a_slow_line_says_what_it_costs(baud: int, *, is_slow: bool) -> None:
    """Below 38400 the words name the wire time of a code; from there on there are none."""
    words = slow_for_codes(SerialLineSettings.model_validate({"port": "/dev/x", "baud": baud}))
    assert bool(words) is is_slow
    assert not is_slow or "125 ms" in words


def test_a_network_line_is_not_slow() -> None:
    """A serial server paces the line by itself; its baud is not known here."""
    settings = TcpLineSettings.model_validate({"host": "127.0.0.1", "tcp_port": 4001})
    assert slow_for_codes(settings) == ""
