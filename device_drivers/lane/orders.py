"""What is looked at before an order goes to a door: has it been given before, is it too late?"""

from collections import deque
from typing import Final

from access_core.clock import Instant
from access_core.devices.commands import ReleaseOutcome, ReleaseResult
from access_core.ids import CommandId

ORDER_S: Final = 0.9
"""Longest time an order takes, whatever the line does: the port promises an answer within 1 s."""

SEND_WITHIN_MS: Final = 450
"""An order that could not be sent for this long is given up unsent."""

REMEMBERED_ORDERS: Final = 64
"""Command ids kept to refuse a repeat."""


class OrderBook:
    """The last orders of one door, by their ids."""

    def __init__(self) -> None:
        """Nothing was ordered yet."""
        self._known: deque[CommandId] = deque(maxlen=REMEMBERED_ORDERS)

    def objection(
        self, command_id: CommandId, deadline: Instant | None, now: Instant
    ) -> ReleaseResult | None:
        """Why this order must not be sent; None if it may be."""
        if command_id in self._known:
            return refused(command_id, "this order was already given; nothing was sent")
        if deadline is not None and now.mono_ns > deadline.mono_ns:
            detail = "came after its deadline; nothing was sent"
            return ReleaseResult(
                command_id=command_id, outcome=ReleaseOutcome.EXPIRED, detail=detail
            )
        return None

    def remember(self, command_id: CommandId) -> None:
        """This order is about to be sent: never again."""
        self._known.append(command_id)


def refused(command_id: CommandId, detail: str) -> ReleaseResult:
    """The answer to an order that was not carried out."""
    return ReleaseResult(command_id=command_id, outcome=ReleaseOutcome.REFUSED, detail=detail)


def send_before(deadline: Instant | None, now: Instant) -> Instant:
    """The moment after which an order given at `now` is not to be sent any more."""
    own = now.plus_ms(SEND_WITHIN_MS)
    return own if deadline is None or own.mono_ns < deadline.mono_ns else deadline
