"""What is written of a device on an OSDP line."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from device_drivers.lane.points import Point
from device_drivers.osdp_bus.settings import BAUD_BEHIND_HOST, OsdpDeviceSettings

SERIAL = {"port": "/dev/ttyUSB0", "baud": 38400}


def the_settings(**more: object) -> OsdpDeviceSettings:
    """Of a device at address 5."""
    return OsdpDeviceSettings.model_validate(
        {"line": SERIAL, "address": 5, "key_file": "/var/lib/keys/five.key"} | more
    )


def test_a_device_is_named_by_address_and_port() -> None:
    """As a technician says it; a serial port is one line, whatever else is written."""
    settings = the_settings()
    assert settings.in_words().startswith("address 5 on ")
    assert settings.place == "/dev/ttyUSB0"
    assert settings.baud == 38400


def test_a_line_behind_a_serial_server_is_a_place_of_its_own() -> None:
    """Its speed is only the server's to know: the slowest usual one is assumed."""
    settings = the_settings(line={"host": "10.0.0.9", "tcp_port": 4001})
    assert "10.0.0.9" in settings.place
    assert settings.baud == BAUD_BEHIND_HOST


def test_inputs_keep_the_order_of_their_terminals() -> None:
    """A terminal without a wire has no meaning, and the next one keeps its place."""
    settings = the_settings(inputs=["unused", "door_contact"], normally_closed=["door_contact"])
    assert settings.points() == (None, Point.DOOR_CONTACT)
    assert settings.closed_points() == {Point.DOOR_CONTACT}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"key_file": "five.key"}, "not an absolute path"),
        ({"inputs": ["tamper", "tamper"]}, "'tamper' stands twice"),
        ({"inputs": ["tamper"], "normally_closed": ["fire"]}, "'fire' is not among the inputs"),
        ({"address": 127}, "less than or equal to 126"),
        ({"key": "00"}, "not permitted"),
    ],
)
def test_what_cannot_be_is_told(more: dict[str, object], words: str) -> None:
    """Every mistake says what is wrong; a key in the text is no setting at all."""
    with pytest.raises(ValidationError, match=words):
        the_settings(**more)


def test_the_key_itself_is_not_in_the_settings() -> None:
    """They name a file, so that they can be shown."""
    assert the_settings().key_file == Path("/var/lib/keys/five.key")
