"""What is looked at before an order goes to a door."""

from access_core.clock import Instant
from access_core.devices.commands import ReleaseOutcome
from access_core.ids import CommandId
from device_drivers.lane.orders import REMEMBERED_ORDERS, SEND_WITHIN_MS, OrderBook, send_before

NOW = Instant(mono_ns=10**12, wall_ms=1_800_000_000_000)
ONE = CommandId("one")


def outcome(book: OrderBook, deadline: Instant | None) -> ReleaseOutcome | None:
    """What the book says to order `one` at `NOW`."""
    objection = book.objection(ONE, deadline, NOW)
    return objection.outcome if objection else None


def test_an_order_is_given_once() -> None:
    """Looking does not count as giving; once remembered, the same id is refused."""
    book = OrderBook()
    assert outcome(book, None) is None
    assert outcome(book, NOW.plus_ms(1)) is None
    book.remember(ONE)
    assert outcome(book, None) is ReleaseOutcome.REFUSED


def test_a_late_order_is_expired() -> None:
    """On the monotonic clock, whatever the wall clock says."""
    assert outcome(OrderBook(), NOW.plus_ms(-1)) is ReleaseOutcome.EXPIRED
    on_a_wrong_wall = Instant(NOW.mono_ns + 1, wall_ms=0)
    assert outcome(OrderBook(), on_a_wrong_wall) is None


def test_only_so_many_are_remembered() -> None:
    """The memory is bounded; what is forgotten is long past its deadline."""
    book = OrderBook()
    book.remember(ONE)
    for number in range(REMEMBERED_ORDERS):
        book.remember(CommandId(f"c{number}"))
    assert outcome(book, None) is None


def test_an_order_is_sent_soon_or_not_at_all() -> None:
    """Within its deadline, and in any case soon enough to answer within a second."""
    assert send_before(None, NOW) == NOW.plus_ms(SEND_WITHIN_MS)
    assert send_before(NOW.plus_ms(100), NOW) == NOW.plus_ms(100)
    assert send_before(NOW.plus_ms(5_000), NOW) == NOW.plus_ms(SEND_WITHIN_MS)
