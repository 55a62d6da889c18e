"""When a presentation begins."""

from access_core.clock import Instant
from device_drivers.debounce import REMEMBERED, Debounce

START = Instant(mono_ns=0, wall_ms=1_800_000_000_000)


def test_a_pass_held_up_is_presented_once() -> None:
    """A payload seen in every frame for three seconds is one presentation."""
    debounce = Debounce(gone_after_ms=1000)
    new = [debounce.is_new(b"P", START.plus_ms(ms)) for ms in range(0, 3000, 100)]
    assert new == [True] + [False] * 29


def test_a_pass_that_was_gone_is_presented_anew() -> None:
    """Only an absence longer than the limit ends a presentation."""
    debounce = Debounce(gone_after_ms=1000)
    assert debounce.is_new(b"P", START)
    assert not debounce.is_new(b"P", START.plus_ms(1000))
    assert debounce.is_new(b"P", START.plus_ms(2001))


def test_two_passes_side_by_side_do_not_disturb_one_another() -> None:
    """Payloads seen in turn are one presentation each."""
    debounce = Debounce(gone_after_ms=1000)
    seen = [debounce.is_new(bytes([65 + n % 2]), START.plus_ms(n * 40)) for n in range(10)]
    assert seen == [True, True] + [False] * 8


def test_memory_is_bounded() -> None:
    """Of ever new payloads only the latest are remembered."""
    debounce = Debounce(gone_after_ms=60_000)
    for number in range(1000):
        debounce.is_new(str(number).encode(), START)
    assert len(debounce._last_seen) == REMEMBERED
