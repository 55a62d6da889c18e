"""What a driver must offer. Drivers know devices and nothing of policy."""

from collections.abc import AsyncIterator
from typing import Protocol

from access_core.devices.commands import (
    FreeDoor,
    ReleaseDoor,
    ReleaseResult,
    SecureDoor,
    ShowFeedback,
)
from access_core.devices.events import DeviceEvent
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
