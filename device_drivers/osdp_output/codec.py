"""What an order to a door is on the line: outputs and what they are to do. No I/O.

The frames themselves are those of the line: `osdp_bus/codec.py`.
"""

from access_core.devices.events import Direction
from device_drivers.osdp_bus.messages import OutputControl
from device_drivers.osdp_bus.switching import Switch
from device_drivers.osdp_output.settings import OsdpOutputSettings


def release_of(settings: OsdpOutputSettings, direction: Direction) -> Switch:
    """On for a time that the peripheral measures: it ends also if this program has stopped."""
    return Switch(_number(settings, direction), OutputControl.ON_FOR, settings.release_ms)


def all_outputs(settings: OsdpOutputSettings, control: OutputControl) -> list[Switch]:
    """Every output of the door, for good."""
    numbers = {_number(settings, direction) for direction in Direction}
    return [Switch(number, control) for number in sorted(numbers)]


def _number(settings: OsdpOutputSettings, direction: Direction) -> int:
    if direction is Direction.ENTRY:
        return settings.release_entry_output
    return settings.release_exit_output
