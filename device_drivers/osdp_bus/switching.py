"""Orders to a peripheral's outputs: never late, never twice, never without an answer."""

import asyncio
from collections.abc import Sequence
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.commands import PulseOutput, ReleaseOutcome, ReleaseResult
from access_core.ids import CommandId
from device_drivers.lane.orders import ORDER_S, OrderBook, refused, send_before
from device_drivers.osdp_bus.messages import (
    Capability,
    Code,
    OutputControl,
    Switch,
    output_data,
)
from device_drivers.osdp_bus.reports import OrderOutcome
from device_drivers.osdp_bus.service import Seat, is_taken

PULSE_MS: Final = 500
"""Length of a wiring test."""
_OUTPUT: Final = "output_"


class Switchboard:
    """The outputs of one peripheral."""

    def __init__(self, seat: Seat, clock: Clock) -> None:
        """The orders of one device."""
        self._seat = seat
        self._clock = clock
        self._book = OrderBook()

    def names(self) -> tuple[str, ...]:
        """`output_0` and so on, as many as the peripheral says it has."""
        count = self._seat.peripheral.known.abilities.count(Capability.OUTPUTS)
        return tuple(f"{_OUTPUT}{number}" for number in range(count))

    async def pulse(self, command: PulseOutput) -> ReleaseResult:
        """The technician's wiring test."""
        if command.output not in self.names():
            return refused(command.command_id, f"there is no output {command.output!r}")
        number = int(command.output.removeprefix(_OUTPUT))
        switch = Switch(number, OutputControl.ON_FOR, PULSE_MS)
        return await self.give(command.command_id, [switch], command.deadline)

    async def give(
        self, command_id: CommandId, switches: Sequence[Switch], deadline: Instant | None
    ) -> ReleaseResult:
        """Switch outputs; confirmed once the peripheral shows them so. Answers within 1 s."""
        now = self._clock.now()
        objection = self._book.objection(command_id, deadline, now)
        if objection is not None:
            return objection
        if not self._seat.peripheral.is_online:
            return refused(command_id, f"not there: {self._seat.peripheral.why}")
        self._book.remember(command_id)
        outcome, detail = ReleaseOutcome.UNKNOWN, "no answer in time; it may have been done"
        try:
            async with asyncio.timeout(ORDER_S):
                for switch in switches:
                    outcome, detail = await self._switch(switch, send_before(deadline, now))
                    if outcome is not ReleaseOutcome.ACCEPTED:
                        break
                if outcome is ReleaseOutcome.ACCEPTED and await self._is_shown(switches):
                    outcome, detail = ReleaseOutcome.CONFIRMED, "the output shows it"
        except TimeoutError:
            pass  # time is up: what is known by now is the answer
        return ReleaseResult(command_id=command_id, outcome=outcome, detail=detail)

    async def _switch(self, switch: Switch, not_after: Instant) -> tuple[ReleaseOutcome, str]:
        answer = await self._seat.order(Code.OUT, output_data(switch), not_after)
        match answer.outcome:
            case OrderOutcome.TAKEN:
                return ReleaseOutcome.ACCEPTED, "taken, and not shown (yet)"
            case OrderOutcome.REFUSED:
                return ReleaseOutcome.REFUSED, answer.detail
            case OrderOutcome.EXPIRED:
                return ReleaseOutcome.EXPIRED, answer.detail
            case OrderOutcome.UNKNOWN:
                return ReleaseOutcome.UNKNOWN, answer.detail

    async def _is_shown(self, switches: Sequence[Switch]) -> bool:
        asked_at = self._clock.now()
        until = asked_at.plus_ms(int(ORDER_S * 1000))
        answer = await self._seat.order(Code.OSTAT, b"", until)
        told = self._seat.outputs
        if not is_taken(answer) or told is None or told.at < asked_at:
            return False
        return all(
            switch.number < len(told.on) and told.on[switch.number] is switch.is_on
            for switch in switches
        )
