"""The chip: lines that are read and driven through libgpiod's kernel interface.

Levels are logical: `active_low` is applied by the kernel. What happens to an output when its
owner ends is not promised ("may revert to its default state", kernel documentation of
GPIO_V2_GET_LINE_IOCTL); in practice it stays as it was.
"""

from typing import Protocol

from access_core.errors import DeviceUnavailable
from device_drivers.gpio_door.settings import GpioDoorSettings, GpioLine


class Chip(Protocol):
    """The lines of one door, requested for this process alone. Every method may raise OSError."""

    def active_inputs(self) -> frozenset[int]:
        """Numbers of the input lines that are active now."""
        ...

    def drive(self, line: int, *, active: bool) -> None:
        """Set one output."""
        ...

    def close(self) -> None:
        """Give the lines back; may be called twice."""
        ...


def open_chip(settings: GpioDoorSettings) -> Chip:
    """The lines of `settings`, every output inactive.

    Raises:
        DeviceUnavailable: No binding, no chip, or a line is in use; says what to check.
    """
    try:
        return _GpiodChip(settings)
    except ImportError as error:
        raise DeviceUnavailable(
            f"{settings.chip}: libgpiod's binding is not installed; check that the edge was "
            "installed with the extra `gpio`"
        ) from error
    except (OSError, ValueError) as error:
        raise DeviceUnavailable(
            f"{settings.chip}: {error}; check `chip` and the line numbers with gpioinfo, that no "
            "other program holds the lines, and that this account may open the chip"
        ) from error


class _GpiodChip:
    """A `Chip` by the binding `gpiod`, version 2."""

    def __init__(self, settings: GpioDoorSettings) -> None:
        import gpiod  # noqa: PLC0415 - an extra: most gates have no pins
        from gpiod.line import Bias, Direction, Value  # noqa: PLC0415 - as above

        biases = {
            "as_is": Bias.AS_IS,
            "disabled": Bias.DISABLED,
            "pull_up": Bias.PULL_UP,
            "pull_down": Bias.PULL_DOWN,
        }

        def line_settings(wired: GpioLine, direction: Direction) -> gpiod.LineSettings:
            return gpiod.LineSettings(
                direction=direction,
                active_low=wired.active_low,
                bias=biases[wired.bias],
                output_value=Value.INACTIVE,
            )

        self._value = Value
        self._inputs = [wired.line for wired in settings.points.values()]
        self._request = gpiod.request_lines(
            settings.chip,
            consumer="campus-gateway",
            config={
                **{w.line: line_settings(w, Direction.INPUT) for w in settings.points.values()},
                **{w.line: line_settings(w, Direction.OUTPUT) for w in settings.outputs.values()},
            },
        )

    def active_inputs(self) -> frozenset[int]:
        values = self._request.get_values(self._inputs)
        pairs = zip(self._inputs, values, strict=True)
        return frozenset(line for line, value in pairs if value is self._value.ACTIVE)

    def drive(self, line: int, *, active: bool) -> None:
        self._request.set_value(line, self._value.ACTIVE if active else self._value.INACTIVE)

    def close(self) -> None:
        if self._request:
            self._request.release()
