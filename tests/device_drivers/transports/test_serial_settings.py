"""Line settings of a serial port."""

import pytest
from pydantic import ValidationError

from device_drivers.transports.serial_settings import SerialLineSettings


def test_line_settings_in_words() -> None:
    """A technician reads port, speed and format as usual."""
    settings = SerialLineSettings(port="/dev/ttyUSB0", baud=19200, parity="even", stop_bits=1)
    assert settings.in_words() == "/dev/ttyUSB0 at 19200 8E1"


def test_a_baud_that_no_device_has_is_refused() -> None:
    """A wrong baud is refused with the list of right ones."""
    with pytest.raises(ValidationError, match=r"baud[\s\S]*115200"):
        SerialLineSettings.model_validate({"port": "/dev/ttyS0", "baud": 9601})
