"""Settings of a lane controller behind an MQTT broker: the broker, a reader at it, its door."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_FORBID = ConfigDict(extra="forbid", frozen=True)
_TOPIC_LEVEL = r"^[A-Za-z0-9._-]{1,64}$"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class BrokerSettings(BaseModel):
    """How to reach the broker. Devices with the same broker and client id share one connection."""

    model_config = _FORBID

    host: str = Field(min_length=1, max_length=253)
    """Name or address of the broker, as its certificate names it."""
    port: int = Field(default=8883, ge=1, le=65_535)
    """TCP port. Default 8883."""
    client_id: str = Field(pattern=_TOPIC_LEVEL)
    """Name of this edge at the broker; nobody else may use it."""
    prefix: str = Field(default="campus/lane", pattern=r"^[A-Za-z0-9._/-]{1,128}$")
    """Topics begin so; then comes the lane's name."""
    tls: bool = True
    """False sends everything in the clear; allowed to this same machine only. Default true."""
    ca_file: Path | None = None
    """Certificate authority that signs the broker's certificate, PEM. Default: the system's."""
    cert_file: Path | None = None
    """This edge's certificate, PEM, if the broker asks for one."""
    key_file: Path | None = None
    """The private key to `cert_file`, PEM."""
    username: str | None = Field(default=None, min_length=1, max_length=128)
    """Account at the broker, if it asks for one."""
    password_file: Path | None = None
    """File whose first line is the password of `username`."""
    keepalive_s: int = Field(default=5, ge=1, le=60)
    """A broker silent for this long is asked; silent twice as long it is lost, s. Default 5."""
    session_s: int = Field(default=3600, ge=60, le=604_800)
    """The broker keeps what happened at the lane for this long while this edge is away, s.
    Default 3600."""

    @model_validator(mode="after")
    def _is_secure(self) -> Self:
        """Refuse a connection that others could read, and half an identity."""
        if not self.tls and self.host not in _LOOPBACK:
            raise ValueError("tls: may be false only for a broker on this same machine")
        if not self.tls and (self.ca_file or self.cert_file):
            raise ValueError("tls: is false, so ca_file and cert_file would not be used; drop them")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file belong together; write both or neither")
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file belong together; write both or neither")
        return self

    def in_words(self) -> str:
        """The broker as a technician says it."""
        return f"broker {self.host}:{self.port}"


class MqttReaderSettings(BaseModel):
    """A reader at a lane controller behind an MQTT broker."""

    model_config = _FORBID

    kind: Literal["mqtt_reader"] = "mqtt_reader"
    broker: BrokerSettings
    """The broker."""
    lane: str = Field(pattern=_TOPIC_LEVEL)
    """Name of the lane controller, as in its topics."""
    reader: str = Field(default="in", pattern=_TOPIC_LEVEL)
    """Which of its readers this is, as the controller calls it. Default in."""
    repeat_after_ms: int = Field(default=1500, ge=0, le=60_000)
    """The same text again within this time is the same presentation, ms. Default 1500."""
    fresh_ms: int = Field(default=1500, ge=100, le=10_000)
    """A read older than this when it arrives is recorded and not acted on, ms. Default 1500."""


class MqttDoorSettings(BaseModel):
    """The door of a lane controller behind an MQTT broker."""

    model_config = _FORBID

    kind: Literal["mqtt_door"] = "mqtt_door"
    broker: BrokerSettings
    """The broker."""
    lane: str = Field(pattern=_TOPIC_LEVEL)
    """Name of the lane controller, as in its topics."""
