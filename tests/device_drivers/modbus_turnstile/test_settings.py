"""Settings of a Modbus turnstile."""

import pytest
from pydantic import ValidationError

from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings


def test_a_port_is_all_that_must_be_said() -> None:
    """Everything but the port has a default."""
    settings = ModbusTurnstileSettings.model_validate({"line": {"port": "/dev/ttyS0"}})
    assert (settings.unit, settings.line.baud, settings.poll_ms) == (1, 9600, 40)


def test_polling_too_rarely_for_a_passage_pulse_is_refused() -> None:
    """Above 50 ms a 0.3 s pulse may be missed."""
    with pytest.raises(ValidationError, match="poll_ms"):
        ModbusTurnstileSettings.model_validate({"line": {"port": "/dev/ttyS0"}, "poll_ms": 51})
