"""Drivers in memory: a reader and a door that do what a test says, through the real ports."""

import asyncio
from collections.abc import AsyncIterator, Callable

from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
    ShowFeedback,
)
from access_core.devices.events import DeviceEvent
from access_core.devices.health import DeviceHealth, DeviceState, InputState
from access_core.ids import DeviceId


def always_ready(device_id: DeviceId) -> DeviceHealth:
    """The health of a device to which nothing ever happens."""
    return DeviceHealth(
        device=device_id,
        state=DeviceState.READY,
        reason="",
        epoch=1,
        last_good=None,
        counters={},
    )


class TwinDevice:
    """Reports what it is given."""

    def __init__(self, device_id: DeviceId) -> None:
        """Silent at first."""
        self._device_id = device_id
        self.reports: asyncio.Queue[DeviceEvent] = asyncio.Queue()

    @property
    def device_id(self) -> DeviceId:
        """The name it was given."""
        return self._device_id

    async def run(self) -> None:
        """Nothing to do; ends when cancelled."""
        await asyncio.Event().wait()

    async def events(self) -> AsyncIterator[DeviceEvent]:
        """Every report, in order."""
        while True:
            yield await self.reports.get()

    def health(self) -> DeviceHealth:
        """Ready, whatever happens."""
        return always_ready(self.device_id)


class TwinReader(TwinDevice):
    """Remembers what it was to show."""

    def __init__(self, device_id: DeviceId) -> None:
        """Nothing shown yet."""
        super().__init__(device_id)
        self.shown: list[ShowFeedback] = []

    async def show(self, feedback: ShowFeedback) -> None:
        """Remember it."""
        self.shown.append(feedback)


class TwinDoor(TwinDevice):
    """Remembers what it was told and answers as it was set up."""

    def __init__(self, device_id: DeviceId, was_told: asyncio.Event | None = None) -> None:
        """Confirms every release; `was_told` is set whenever it is told something."""
        super().__init__(device_id)
        self.told: list[ReleaseDoor | SecureDoor | FreeDoor] = []
        self.outcome = ReleaseOutcome.CONFIRMED
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.was_told = was_told or asyncio.Event()
        self.pulsed: list[PulseOutput] = []
        self.on_pulse: Callable[[PulseOutput], None] = lambda _: None

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """Answer once it may."""
        self._hear(command)
        await self.may_answer.wait()
        return ReleaseResult(command_id=command.command_id, outcome=self.outcome)

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """Confirm."""
        self._hear(command)
        return ReleaseResult(command_id=command.command_id, outcome=ReleaseOutcome.CONFIRMED)

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Confirm."""
        self._hear(command)
        return ReleaseResult(command_id=command.command_id, outcome=ReleaseOutcome.CONFIRMED)

    def inputs(self) -> tuple[InputState, ...]:
        """One that nobody has read."""
        return (InputState(name="passage", is_active=None),)

    def outputs(self) -> tuple[str, ...]:
        """Its one relay."""
        return ("relay 1",)

    async def pulse(self, command: PulseOutput) -> ReleaseResult:
        """Confirm once it may answer."""
        self.on_pulse(command)
        self.pulsed.append(command)
        await self.may_answer.wait()
        return ReleaseResult(command_id=command.command_id, outcome=ReleaseOutcome.CONFIRMED)

    def _hear(self, command: ReleaseDoor | SecureDoor | FreeDoor) -> None:
        self.told.append(command)
        self.was_told.set()
