"""Settings of a Modbus turnstile."""

import pytest
from pydantic import ValidationError

from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.transports.serial_settings import SerialLineSettings

PORT = {"line": {"port": "/dev/ttyS0"}}
HOST = {"line": {"host": "board.example", "tcp_port": 502}}


def test_a_port_is_all_that_must_be_said() -> None:
    """Everything but the port has a default."""
    settings = ModbusTurnstileSettings.model_validate(PORT)
    assert settings.line == SerialLineSettings(port="/dev/ttyS0", baud=9600)
    assert (settings.unit, settings.poll_ms) == (1, 40)


def test_polling_too_rarely_for_a_passage_pulse_is_refused() -> None:
    """Above 50 ms a 0.3 s pulse may be missed."""
    with pytest.raises(ValidationError, match="poll_ms"):
        ModbusTurnstileSettings.model_validate(PORT | {"poll_ms": 51})


def test_the_framing_follows_from_the_line_unless_written() -> None:
    """A port has serial frames, a host Modbus TCP; a host may pass serial frames through."""
    assert ModbusTurnstileSettings.model_validate(PORT).framing_in_use == "rtu"
    assert ModbusTurnstileSettings.model_validate(HOST).framing_in_use == "tcp"
    passed_on = ModbusTurnstileSettings.model_validate(HOST | {"framing": "rtu"})
    assert passed_on.framing_in_use == "rtu"


def test_boards_on_one_line_share_it() -> None:
    """The same line and framing is the same bus, whatever the unit; another port is not."""
    one = ModbusTurnstileSettings.model_validate(PORT | {"unit": 1})
    two = ModbusTurnstileSettings.model_validate(PORT | {"unit": 2})
    assert one.bus_key == two.bus_key
    assert one.bus_key != ModbusTurnstileSettings.model_validate(HOST).bus_key
