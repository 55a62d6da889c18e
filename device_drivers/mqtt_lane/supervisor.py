"""A reader and the door of a lane controller, as the registry's drivers.

Both look at the same lane over the same connection, which `broker_link` keeps up; each tells of
its own loss and return and has its own queue, so that neither delays the other.
"""

import asyncio
import contextlib
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, assert_never

from access_core.clock import Clock, Instant
from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseResult,
    SecureDoor,
    ShowFeedback,
)
from access_core.devices.events import (
    CredentialPresented,
    DeviceEvent,
    ExitRequested,
    PassageReversed,
    PassageStarted,
    ResetPressed,
)
from access_core.devices.health import DeviceHealth, InputState
from access_core.ids import DeviceId
from device_drivers.debounce import Debounce
from device_drivers.mqtt_lane import codec
from device_drivers.mqtt_lane.device import LaneDevice, Order, needs_up
from device_drivers.mqtt_lane.inbox import Heard
from device_drivers.mqtt_lane.lane_watch import Change, LaneWatch, events_of
from device_drivers.mqtt_lane.settings import MqttReaderSettings
from device_drivers.supervised import Backoff, SupervisedDevice, SupervisedDriver

UP_WITHIN_S: Final = 1.0
"""A lane that is not up by then is told as lost, once."""
FRESH_MS: Final = 1_500
"""A button or a step into the lane that arrives older than this is not told any more."""
LOOK_AGAIN: Final = Backoff(first_ms=20, longest_ms=20)
"""Reconnecting is the link's; here one only waits for the lane to be up again."""


class _LaneDriver(SupervisedDriver):
    """What reader and door have in common: the lane, and what it says, one by one."""

    def __init__(self, lane: LaneDevice, device_id: DeviceId, clock: Clock) -> None:
        super().__init__(SupervisedDevice(device_id, clock, backoff=LOOK_AGAIN, is_polled=True))
        self._lane = lane
        self._clock = clock
        self._inbox = lane.new_inbox()

    def health(self) -> DeviceHealth:
        """How the device is now, with what was counted of its lane."""
        if self._lane.last_good is not None:
            self._device.heard(self._lane.last_good)
        health = super().health()
        counters = {**health.counters, **self._lane.counters, "dropped": self._inbox.dropped}
        return replace(health, counters=counters)

    async def _serve(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UP_WITHIN_S):
                while not self._lane.is_up:
                    self._inbox.news.clear()
                    await self._inbox.news.wait()
        times_up = self._lane.times_up
        needs_up(self._lane, times_up)
        await self._device.ready()
        while True:
            needs_up(self._lane, times_up)
            if (heard := self._inbox.take()) is None:
                self._inbox.news.clear()
                await self._inbox.news.wait()
                continue
            for event in self._events_of(heard):
                await self._device.emit(event)

    def _is_fresh(self, heard: Heard, longest_ms: int) -> bool:
        """Whether a message is known to be no older than that, time in this program included."""
        if heard.age_ms is None:
            return False
        return heard.age_ms + self._clock.now().ms_since(heard.at) <= longest_ms

    @abstractmethod
    def _events_of(self, heard: Heard) -> list[DeviceEvent]:
        """What to tell of one message."""


class MqttReaderDriver(_LaneDriver):
    """One reader of a lane controller."""

    def __init__(
        self, settings: MqttReaderSettings, device_id: DeviceId, clock: Clock, lane: LaneDevice
    ) -> None:
        """`lane` belongs to a `BrokerLink` that runs beside this."""
        super().__init__(lane, device_id, clock)
        self._settings = settings
        self._debounce = Debounce(settings.repeat_after_ms)

    async def show(self, feedback: ShowFeedback) -> None:
        """Hand it to the controller, which shows what it can; nothing if the lane is not up."""
        self._lane.show(
            codec.Feedback(
                reader=self._settings.reader,
                signal=feedback.signal,
                direction=feedback.direction,
                text_zh=feedback.text_zh,
                text_en=feedback.text_en,
                show_ms=feedback.show_ms,
            )
        )

    def _events_of(self, heard: Heard) -> list[DeviceEvent]:
        message = heard.message
        if not isinstance(message, codec.Credential) or message.reader != self._settings.reader:
            return []
        payload = message.as_bytes()
        if not self._debounce.is_new(payload, heard.at):
            return []
        return [
            CredentialPresented(
                origin=self._device.origin(heard.at),
                medium=message.medium,
                payload=payload,
                is_fresh=self._is_fresh(heard, self._settings.fresh_ms),
            )
        ]


class MqttDoorDriver(_LaneDriver):
    """The door of a lane controller. A release ends by the controller's own timer."""

    def __init__(self, device_id: DeviceId, clock: Clock, lane: LaneDevice) -> None:
        """`lane` belongs to a `BrokerLink` that runs beside this."""
        super().__init__(lane, device_id, clock)
        self._watch = LaneWatch()

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """Release for one passage; answers within 1 s, whatever the link does."""
        return await self._order(command, lambda terms: codec.Release(terms, command.direction))

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """Lock both directions; also without a deadline not done later than the answer."""
        return await self._order(command, codec.Secure)

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Free both directions until secured; as `secure` never done later."""
        return await self._order(command, codec.Free)

    def inputs(self) -> tuple[InputState, ...]:
        """Every input as last said."""
        return self._watch.inputs()

    def outputs(self) -> tuple[str, ...]:
        """The outputs that the controller lets be tried."""
        return () if self._lane.report is None else tuple(self._lane.report.outputs)

    async def pulse(self, command: PulseOutput) -> ReleaseResult:
        """Switch one output for a moment; the controller refuses one that it does not have."""
        return await self._order(command, lambda terms: codec.Pulse(terms, command.output))

    async def _order(
        self,
        command: ReleaseDoor | SecureDoor | FreeDoor | PulseOutput,
        on: Callable[[codec.Terms], codec.LaneOrder],
    ) -> ReleaseResult:
        return await self._lane.order(
            Order(
                command_id=command.command_id,
                deadline=command.deadline,
                reason=command.reason,
                issued_by=command.issued_by,
                on=on,
            )
        )

    def _events_of(self, heard: Heard) -> list[DeviceEvent]:
        match heard.message:
            case codec.Report(boot=boot, counts=counts, inputs=inputs):
                changes = [
                    *self._watch.saw_inputs(inputs),
                    *self._watch.saw_counts(boot, counts, is_report=True),
                ]
                return self._told(changes, heard.at)
            case codec.InputsChanged(inputs=inputs):
                return self._told(self._watch.saw_inputs(inputs), heard.at)
            case codec.PassageEnded(boot=boot, counts=counts):
                more = self._watch.saw_counts(boot, counts, is_report=False)
                return self._told(more, heard.at)
            case codec.Credential():
                return []
            case _:
                return self._happened(heard.message, heard)

    def _happened(
        self,
        message: codec.PassageBegun | codec.PassageGivenUp | codec.ButtonPressed,
        heard: Heard,
    ) -> list[DeviceEvent]:
        """What is worth telling only at once: a button pressed a minute ago opens nothing now."""
        if not self._is_fresh(heard, FRESH_MS):
            self._device.counters["stale_refused"] += 1
            return []
        origin = self._device.origin(heard.at)
        match message:
            case codec.PassageBegun(direction=direction):
                return [PassageStarted(origin=origin, direction=direction)]
            case codec.PassageGivenUp(direction=direction):
                return [PassageReversed(origin=origin, direction=direction)]
            case codec.ButtonPressed(button="exit"):
                return [ExitRequested(origin=origin)]
            case codec.ButtonPressed():
                return [ResetPressed(origin=origin)]
            case _:
                assert_never(message)

    def _told(self, changes: Sequence[Change], at: Instant) -> list[DeviceEvent]:
        origin = partial(self._device.origin, at)
        return [event for change in changes for event in events_of(change, origin)]
