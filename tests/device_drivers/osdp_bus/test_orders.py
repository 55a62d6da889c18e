"""Orders that wait for a peripheral."""

from access_core.clock import Instant
from device_drivers.osdp_bus.messages import Code, Nak, Reply
from device_drivers.osdp_bus.orders import MOST_ORDERS, OrderQueue, answer_to
from device_drivers.osdp_bus.reports import Order, OrderOutcome

NOW = Instant(mono_ns=10**9, wall_ms=0)


def an_order(number: int, topic: str = "", within_ms: int = 100) -> Order:
    """To show a light."""
    until = NOW.plus_ms(within_ms)
    return Order(number=number, code=Code.LED, data=b"", not_after=until, topic=topic)


def test_orders_are_taken_in_turn() -> None:
    """First in, first out; one that is put back is next."""
    queue = OrderQueue()
    assert not queue
    queue.add(an_order(1), NOW)
    queue.add(an_order(2), NOW)
    first = queue.pop()
    queue.put_back(first)
    assert [queue.pop().number, queue.pop().number] == [1, 2]


def test_a_newer_order_of_a_topic_takes_the_older_ones_place() -> None:
    """Nobody wants to see the light of before; orders without a topic stay."""
    queue = OrderQueue()
    queue.add(an_order(1, "light"), NOW)
    queue.add(an_order(2), NOW)
    queue.add(an_order(3), NOW)
    (answer,) = queue.add(an_order(4, "light"), NOW)
    assert (answer.number, answer.outcome) == (1, OrderOutcome.EXPIRED)
    assert [queue.pop().number for _ in range(3)] == [2, 3, 4]


def test_too_many_orders_are_refused() -> None:
    """The queue is bounded, and the one that has no place is told."""
    queue = OrderQueue()
    for number in range(MOST_ORDERS):
        assert queue.add(an_order(number), NOW) == []
    (answer,) = queue.add(an_order(99), NOW)
    assert (answer.number, answer.outcome) == (99, OrderOutcome.REFUSED)


def test_an_order_expires_after_its_moment_and_not_in_it() -> None:
    """What is late is taken out, with when to look for it."""
    queue = OrderQueue()
    queue.add(an_order(1, within_ms=100), NOW)
    queue.add(an_order(2, within_ms=200), NOW)
    assert queue.next_expiry() == NOW.plus_ms(101)
    assert queue.expired(NOW.plus_ms(100)) == []
    (answer,) = queue.expired(NOW.plus_ms(101))
    assert (answer.number, answer.outcome) == (1, OrderOutcome.EXPIRED)
    assert queue.pop().number == 2
    assert queue.next_expiry() is None


def test_all_are_refused_when_the_peripheral_has_gone() -> None:
    """With why."""
    queue = OrderQueue()
    queue.add(an_order(1), NOW)
    (answer,) = queue.refused("unplugged", NOW)
    assert (answer.outcome, answer.detail) == (OrderOutcome.REFUSED, "not there: unplugged")
    assert not queue


def test_the_peripherals_answer_decides() -> None:
    """NAK is a refusal in words, anything else means taken."""
    order = an_order(1)
    assert answer_to(order, bytes([Reply.ACK]), NOW).outcome is OrderOutcome.TAKEN
    refusal = answer_to(order, bytes([Reply.NAK, Nak.UNKNOWN]), NOW)
    assert refusal.outcome is OrderOutcome.REFUSED
    assert "does not know this command" in refusal.detail
