"""Settings of a serial scanner."""

import pytest
from pydantic import ValidationError

from device_drivers.dialects import Dialect
from device_drivers.serial_scanner.settings import SerialScannerSettings


def test_a_port_is_all_that_must_be_said() -> None:
    """Everything but the port has a default."""
    settings = SerialScannerSettings.model_validate({"line": {"port": "/dev/ttyS0"}})
    assert settings.dialect is Dialect.QR


def test_an_unknown_key_is_refused() -> None:
    """A misspelt key is named, not ignored."""
    with pytest.raises(ValidationError, match="termnator"):
        SerialScannerSettings.model_validate({"line": {"port": "/dev/ttyS0"}, "termnator": "CR"})
