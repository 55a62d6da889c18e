"""A line as written in settings: `{ port = … }` here, `{ host = …, tcp_port = … }` elsewhere."""

from typing import Annotated, TypeAlias

from pydantic import Discriminator, Tag

from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings

SERIAL, TCP = "serial_line", "tcp_line"


def _which(given: object) -> str:
    """Which of the two a table of settings describes, told by its keys."""
    if isinstance(given, dict):
        return TCP if {"host", "tcp_port"} & given.keys() else SERIAL
    return TCP if isinstance(given, TcpLineSettings) else SERIAL


LineSettings: TypeAlias = Annotated[
    Annotated[SerialLineSettings, Tag(SERIAL)] | Annotated[TcpLineSettings, Tag(TCP)],
    Discriminator(_which),
]
