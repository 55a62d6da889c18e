"""How a device is, for the technician and for the metrics. Never a reason to move a door."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from access_core.clock import Instant
from access_core.ids import DeviceId

DEGRADED_AFTER_MS: Final = 1_000
"""Without a good frame for so long, a device that is asked all the time is degraded."""
OFFLINE_AFTER_MS: Final = 8_000
"""And for so long it is offline (OSDP 2.2 says 8 s)."""


class DeviceState(StrEnum):
    """In one word."""

    STARTING = "starting"
    """Nothing has been heard of it yet."""
    READY = "ready"
    DEGRADED = "degraded"
    """It was there a moment ago."""
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceHealth:
    """One look at a device."""

    device: DeviceId
    state: DeviceState
    reason: str
    """In words, with what to check; empty when all is well."""
    epoch: int
    """Connections since the program started."""
    last_good: Instant | None
    """When the last good frame came; None if none ever did."""
    counters: Mapping[str, int]
    """What was counted since the program started: frames, junk, bad checksums, reads, drops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputState:
    """One input of a device as last read."""

    name: str
    is_active: bool | None
    """None if it has not been read."""


def state_of(*, is_connected: bool, is_polled: bool, silent_ms: float | None) -> DeviceState:
    """The state of a device silent for `silent_ms` (None: it was never heard).

    A device that speaks only when there is something to say (`is_polled` false) is ready as long
    as its line is open.
    """
    if is_connected and not is_polled:
        return DeviceState.READY
    if silent_ms is None:
        return DeviceState.READY if is_connected else DeviceState.STARTING
    if silent_ms >= OFFLINE_AFTER_MS:
        return DeviceState.OFFLINE
    if silent_ms >= DEGRADED_AFTER_MS or not is_connected:
        return DeviceState.DEGRADED
    return DeviceState.READY
