"""Silences on the line."""

import pytest

from device_drivers.modbus_turnstile.transport import Silences, silences_on
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings

HOST = TcpLineSettings(host="board", tcp_port=502)


def test_the_gap_between_frames_is_that_of_the_standard() -> None:
    """3.5 characters of 11 bits at 9600 baud; a fixed 1.75 ms on fast lines (2.5.1.1)."""
    slow = silences_on(SerialLineSettings(port="p", baud=9600), "rtu")
    fast = silences_on(SerialLineSettings(port="p", baud=115200), "rtu")
    assert slow.between_frames_s == pytest.approx(0.00401, abs=1e-5)
    assert fast.between_frames_s == pytest.approx(0.00175)
    assert fast.after_a_fault_s > 0.016  # what a USB adapter may hold back


def test_modbus_tcp_needs_no_silence_but_a_serial_server_does() -> None:
    """A number in each frame tells a late answer; behind a serial server only time does."""
    assert silences_on(HOST, "tcp") == Silences(0.0, 0.0)
    assert silences_on(HOST, "rtu").after_a_fault_s >= 0.1
