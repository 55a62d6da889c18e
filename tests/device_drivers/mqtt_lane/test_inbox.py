"""What one driver has yet to look at."""

from access_core.clock import Instant
from device_drivers.mqtt_lane.codec import ButtonPressed
from device_drivers.mqtt_lane.inbox import CAPACITY, Heard, Inbox


def _heard(sequence: int) -> Heard:
    return Heard(ButtonPressed("b", sequence, 0, "exit"), Instant(sequence, 0))


def test_messages_come_out_in_order() -> None:
    """First in, first out, then nothing."""
    inbox = Inbox()
    for sequence in (1, 2):
        inbox.put(_heard(sequence))
    assert inbox.news.is_set()
    assert [inbox.take(), inbox.take(), inbox.take()] == [_heard(1), _heard(2), None]


def test_it_is_bounded_and_says_what_it_dropped() -> None:
    """The oldest gives way, and that is counted."""
    inbox = Inbox()
    for sequence in range(CAPACITY + 3):
        inbox.put(_heard(sequence))
    assert inbox.dropped == 3
    assert inbox.take() == _heard(3)
