"""Which line a table of settings describes."""

import pytest
from pydantic import TypeAdapter, ValidationError

from device_drivers.transports.line_settings import LineSettings
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings

ADAPTER: TypeAdapter[LineSettings] = TypeAdapter(LineSettings)


def test_the_keys_tell_a_port_from_a_serial_server() -> None:
    """`port` is one of this machine, `host` and `tcp_port` are elsewhere."""
    assert isinstance(ADAPTER.validate_python({"port": "/dev/ttyS0"}), SerialLineSettings)
    far = ADAPTER.validate_python({"host": "10.0.0.7", "tcp_port": 4001})
    assert isinstance(far, TcpLineSettings)
    assert ADAPTER.validate_python(far) is far


@pytest.mark.parametrize(
    "given", [{"host": "10.0.0.7"}, {"host": "h", "tcp_port": 1, "baud": 9600}, {}]
)
def test_half_of_one_and_both_at_once_are_refused(given: dict[str, object]) -> None:
    """The message names the key that is missing or too much."""
    with pytest.raises(ValidationError, match=r"tcp_port|baud|port"):
        ADAPTER.validate_python(given)
