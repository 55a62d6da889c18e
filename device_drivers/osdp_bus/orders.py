"""Orders that wait for one peripheral: bounded, each with its end. No I/O."""

from collections import deque
from typing import Final

from access_core.clock import Instant
from device_drivers.osdp_bus.messages import Reply, nak_words
from device_drivers.osdp_bus.reports import Order, OrderAnswered, OrderOutcome

MOST_ORDERS: Final = 16


class OrderQueue:
    """First in, first out; a newer order takes the place of an older one of its topic."""

    def __init__(self) -> None:
        """Empty."""
        self._orders: deque[Order] = deque()

    def __bool__(self) -> bool:
        """Whether any waits."""
        return bool(self._orders)

    def add(self, order: Order, now: Instant) -> list[OrderAnswered]:
        """Let it wait; gives what became of others, or of itself if there are too many."""
        answers = []
        for older in [waiting for waiting in self._orders if waiting.topic == order.topic != ""]:
            self._orders.remove(older)
            answers.append(done(older, now, OrderOutcome.EXPIRED, "a newer one came"))
        if len(self._orders) >= MOST_ORDERS:
            return [done(order, now, OrderOutcome.REFUSED, "too many orders wait already")]
        self._orders.append(order)
        return answers

    def pop(self) -> Order:
        """The next one."""
        return self._orders.popleft()

    def put_back(self, order: Order) -> None:
        """Send it again, first."""
        self._orders.appendleft(order)

    def expired(self, now: Instant) -> list[OrderAnswered]:
        """Take out those whose time has passed."""
        late = [order for order in self._orders if order.not_after < now]
        for order in late:
            self._orders.remove(order)
        return [done(order, now, OrderOutcome.EXPIRED, "its time passed unsent") for order in late]

    def refused(self, why: str, now: Instant) -> list[OrderAnswered]:
        """Take out all."""
        orders, self._orders = self._orders, deque()
        return [done(order, now, OrderOutcome.REFUSED, f"not there: {why}") for order in orders]

    def next_expiry(self) -> Instant | None:
        """When `expired()` will have something to say."""
        return min((order.not_after.plus_ms(1) for order in self._orders), default=None)


def done(order: Order, now: Instant, outcome: OrderOutcome, detail: str) -> OrderAnswered:
    """The end of an order."""
    return OrderAnswered(now, order.number, outcome, detail)


def answer_to(order: Order, body: bytes, now: Instant) -> OrderAnswered:
    """What the peripheral's own answer makes of it."""
    if body[0] == Reply.NAK:
        words = f"the peripheral will not: {nak_words(body[1:])}"
        return done(order, now, OrderOutcome.REFUSED, words)
    return done(order, now, OrderOutcome.TAKEN, "")
