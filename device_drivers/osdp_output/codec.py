"""What an order to a door is on the line: outputs and what they are to do. No I/O.

The frames themselves are those of the line: `osdp_bus/codec.py`.
"""

from collections.abc import Iterable

from device_drivers.osdp_bus.messages import OutputControl, Switch


def release_by(number: int, release_ms: int) -> Switch:
    """On for a time that the peripheral measures: it ends also if this program has stopped."""
    return Switch(number, OutputControl.ON_FOR, release_ms)


def for_good(numbers: Iterable[int], control: OutputControl) -> list[Switch]:
    """Each of the outputs once, on or off until something else is ordered."""
    return [Switch(number, control) for number in sorted(set(numbers))]
