"""What a driver must offer. Drivers know devices and nothing of policy."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from access_core.clock import Instant
from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseResult,
    SecureDoor,
    ShowFeedback,
)
from access_core.devices.events import DeviceEvent
from access_core.devices.health import DeviceHealth, InputState
from access_core.ids import DeviceId


class Driver(Protocol):
    """One configured device with its own supervision.

    `run()` connects, serves and reconnects until cancelled; a lost device is an event
    (`DeviceLost`), never an exception out of `run()`. Cancelling closes the device.
    """

    @property
    def device_id(self) -> DeviceId:
        """The name from the settings."""
        ...

    async def run(self) -> None:
        """Serve the device until cancelled."""
        ...

    def events(self) -> AsyncIterator[DeviceEvent]:
        """Everything the device reports, in order; one consumer."""
        ...

    def health(self) -> DeviceHealth:
        """How the device is now; asks nothing of it and never raises."""
        ...


class ReaderDriver(Driver, Protocol):
    """A device that reads credentials and may tell the person something."""

    async def show(self, feedback: ShowFeedback) -> None:
        """Show it as well as the device can; returns at once, never raises for a lost device."""
        ...


class DoorDriver(Driver, Protocol):
    """A turnstile, barrier or door that can be released."""

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """Release for one passage; answers within 1 s, whatever the line does."""
        ...

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """Lock both directions."""
        ...

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Free both directions until secured."""
        ...


@runtime_checkable
class WiredDevice(Protocol):
    """A driver whose inputs and outputs a technician can see and try one by one."""

    def inputs(self) -> tuple[InputState, ...]:
        """Every input, in the order of the terminals, as last read."""
        ...

    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs that may be tried."""
        ...

    async def pulse(self, command: PulseOutput) -> ReleaseResult:
        """Switch one output for a moment; answers within 1 s. Refused if there is no such."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCode:
    """One code in a picture: its corners, x and y in pixels, and what the decoder made of it."""

    corners: tuple[tuple[int, int], ...]
    outcome: str
    """In words; never the content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraView:
    """The newest picture of a camera and what was seen in it."""

    at: Instant
    jpeg: bytes
    width: int
    height: int
    codes: tuple[SeenCode, ...]


@runtime_checkable
class ViewedDevice(Protocol):
    """A driver with a picture."""

    def view(self) -> CameraView | None:
        """The newest picture; None before the first."""
        ...
