"""How long the line to the boards must be silent, and when; the line itself is `transports.line`.

Nothing of a serial frame says where it ends but the silence after it, and nothing says which
question it answers: both are a matter of time, and time depends on the line.
"""

from dataclasses import dataclass
from typing import Final, Literal

from device_drivers.transports.line_settings import LineSettings
from device_drivers.transports.serial_settings import SerialLineSettings

BITS_PER_CHARACTER: Final = 11
"""Start, eight data bits, parity or second stop bit, stop (MODBUS over Serial Line, 2.5.1)."""

GAP_CHARACTERS: Final = 3.5
GAP_LEAST_S: Final = 0.00175
"""Silence between two frames; above 19200 baud a fixed time (MODBUS over Serial Line, 2.5.1.1)."""

QUIET_CHARACTERS: Final = 40
"""Silence after which a late answer is not to be expected any more, characters."""

QUIET_LEAST_S: Final = 0.02
"""The same for fast lines: USB adapters hold bytes back for up to 16 ms."""

QUIET_OVER_NETWORK_S: Final = 0.1
"""The same behind a serial server: its baud rate is not known here, and a network has delays."""


@dataclass(frozen=True, slots=True)
class Silences:
    """How long nothing may be sent, s."""

    between_frames_s: float
    after_a_fault_s: float
    """So long without a byte, and a late answer is not to be expected any more."""


def silences_on(line: LineSettings, framing: Literal["rtu", "tcp"]) -> Silences:
    """The silences of this line; none where each frame carries its length and number."""
    if framing == "tcp":
        return Silences(0.0, 0.0)
    if not isinstance(line, SerialLineSettings):
        return Silences(GAP_LEAST_S, QUIET_OVER_NETWORK_S)
    character_s = BITS_PER_CHARACTER / line.baud
    return Silences(
        max(GAP_LEAST_S, GAP_CHARACTERS * character_s),
        max(QUIET_LEAST_S, QUIET_CHARACTERS * character_s),
    )
