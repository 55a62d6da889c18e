"""What an order to a door is on the line."""

from device_drivers.osdp_bus.messages import OutputControl, Switch
from device_drivers.osdp_output.codec import for_good, release_by


def test_a_release_is_ended_by_the_peripheral() -> None:
    """On for a time, which it measures itself."""
    assert release_by(1, 3_000) == Switch(1, OutputControl.ON_FOR, 3_000)


def test_one_output_for_both_ways_is_switched_once() -> None:
    """Each output once, in order."""
    assert for_good([1, 0, 1], OutputControl.OFF) == [
        Switch(0, OutputControl.OFF),
        Switch(1, OutputControl.OFF),
    ]
