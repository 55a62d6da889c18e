"""How a scanner is reached: any line, on a port of this machine or behind a serial server."""

from device_drivers.transports.line import Line, open_line
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings

__all__ = ["Line", "open_line", "slow_for_codes"]

SLOW_BAUD = 38_400
"""Below it a person waits for the wire, not for the gate."""
_TYPICAL_CODE = 120
"""Characters; a pass has at most about so many."""
_BITS_PER_CHARACTER = 10


def slow_for_codes(settings: SerialLineSettings | TcpLineSettings) -> str:
    """In words, what a slow line costs those who show a code; empty if it is not slow."""
    if not isinstance(settings, SerialLineSettings) or settings.baud >= SLOW_BAUD:
        return ""
    wire_ms = _TYPICAL_CODE * _BITS_PER_CHARACTER * 1000 / settings.baud
    return (
        f"{settings.in_words()} needs {wire_ms:.0f} ms for a code of {_TYPICAL_CODE} characters; "
        "set the scanner and `baud` to 115200, or use its USB virtual COM port"
    )
