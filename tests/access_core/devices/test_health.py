"""How a device is, from what was heard of it."""

import pytest

from access_core.devices.health import (
    DEGRADED_AFTER_MS,
    OFFLINE_AFTER_MS,
    DeviceState,
    state_of,
)


@pytest.mark.parametrize(
    ("is_connected", "is_polled", "silent_ms", "state"),
    [
        (False, True, None, DeviceState.STARTING),
        (True, True, None, DeviceState.READY),
        (True, True, 0.0, DeviceState.READY),
        (True, True, DEGRADED_AFTER_MS, DeviceState.DEGRADED),
        (True, True, OFFLINE_AFTER_MS - 1, DeviceState.DEGRADED),
        (True, True, OFFLINE_AFTER_MS, DeviceState.OFFLINE),
        (True, False, OFFLINE_AFTER_MS, DeviceState.READY),
        (False, False, 0.0, DeviceState.DEGRADED),
        (False, True, OFFLINE_AFTER_MS, DeviceState.OFFLINE),
    ],
)
def test_silence_degrades_and_then_counts_as_offline(
    *, is_connected: bool, is_polled: bool, silent_ms: float | None, state: DeviceState
) -> None:
    """Degraded after a second, offline after eight; who need not speak is ready while connected."""
    found = state_of(is_connected=is_connected, is_polled=is_polled, silent_ms=silent_ms)
    assert found is state
