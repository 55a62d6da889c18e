"""Settings of lanes behind a broker."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from device_drivers.mqtt_lane.settings import (
    BrokerSettings,
    MqttDoorSettings,
    MqttReaderSettings,
)
from edge_agent.config import DoorSection, ReaderSection

EXAMPLE = Path(__file__).parents[3] / "deploy" / "edge" / "lane_over_mqtt.example.toml"


def test_defaults_are_the_safe_ones() -> None:
    """TLS on its own port, a session that outlives a restart."""
    broker = BrokerSettings(host="broker.example", client_id="edge-1")
    assert (broker.tls, broker.port, broker.session_s) == (True, 8883, 3600)
    assert broker.in_words() == "broker broker.example:8883"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tls": False}, "only for a broker on this same machine"),
        ({"host": "localhost", "tls": False, "ca_file": Path("ca")}, "would not be used"),
        ({"cert_file": Path("c")}, "belong together"),
        ({"username": "edge"}, "belong together"),
        ({"client_id": "edge/1"}, "pattern"),
        ({"retain": True}, "Extra inputs"),
    ],
)
def test_what_is_unsafe_or_half_is_refused(wrong: dict[str, object], words: str) -> None:
    """Plain text over a network, half an identity, unknown keys: refused, in words."""
    given = {"host": "broker.example", "client_id": "edge-1", **wrong}
    with pytest.raises(ValidationError, match=words):
        BrokerSettings.model_validate(given)


def test_a_lane_is_one_level_of_a_topic() -> None:
    """A lane's name cannot reach into another lane's topics."""
    broker = BrokerSettings(host="broker.example", client_id="edge-1")
    for name in ("a/b", "+", "#", ""):
        with pytest.raises(ValidationError):
            MqttDoorSettings(broker=broker, lane=name)


def test_the_example_shows_every_key_with_its_default() -> None:
    """The edge reads it, all keys are there, and the shown defaults are the true ones."""
    text = EXAMPLE.read_text()
    (reader,), door = tomllib.loads(text)["readers"], tomllib.loads(text)["door"]
    device = ReaderSection.model_validate(reader).device
    assert isinstance(device, MqttReaderSettings)
    assert DoorSection.model_validate(door).device.kind == "mqtt_door"
    without_account = re.sub(r"^# (username|password_file) .*$", "", text, flags=re.MULTILINE)
    full = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", without_account, flags=re.MULTILINE))
    assert ReaderSection.model_validate(full["readers"][0]).device == device
    shown = set(re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE))
    models: list[type[BaseModel]] = [BrokerSettings, MqttReaderSettings, MqttDoorSettings]
    assert {key for model in models for key in model.model_fields} - {"broker"} <= shown
