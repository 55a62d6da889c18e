"""How a peripheral stands with its panel."""

from access_core.clock import Instant
from access_core.devices.health import OFFLINE_AFTER_MS
from device_drivers.osdp_bus.messages import Code, Reply
from device_drivers.osdp_bus.standing import STALE_AFTER_MS, WAITS_MS, Hearing, Known, Patience

NOW = Instant(mono_ns=10**9, wall_ms=0)


def test_a_gap_in_hearing_makes_what_follows_old() -> None:
    """Heard often it stays clean; after a second of silence it does not."""
    hearing = Hearing()
    hearing.heard(NOW)
    hearing.is_clean = True
    hearing.heard(NOW.plus_ms(STALE_AFTER_MS - 1))
    assert hearing.is_clean
    hearing.heard(NOW.plus_ms(2 * STALE_AFTER_MS))
    assert not hearing.is_clean


def test_silence_counts_from_the_last_good_answer() -> None:
    """Eight seconds later it is offline; one never heard cannot be lost."""
    hearing = Hearing()
    assert hearing.offline_at() is None
    hearing.heard(NOW)
    assert hearing.offline_at() == NOW.plus_ms(OFFLINE_AFTER_MS)


def test_every_failure_in_a_row_waits_longer_up_to_five_seconds() -> None:
    """Success begins anew."""
    patience = Patience()
    waits = [patience.failed(NOW).ms_since(NOW) for _ in range(len(WAITS_MS) + 2)]
    assert waits == [*WAITS_MS, 5_000, 5_000]
    patience.succeeded()
    assert patience.failed(NOW) == NOW.plus_ms(WAITS_MS[0])


def test_only_what_it_can_do_is_asked() -> None:
    """Without inputs and outputs only its housing; with them, them too."""
    known = Known()
    assert known.states() == [Code.LSTAT]
    known.learn(bytes([Reply.PDCAP, 1, 1, 2, 2, 1, 1]))
    assert known.states() == [Code.LSTAT, Code.ISTAT, Code.OSTAT]


def test_an_identity_is_kept_and_other_answers_are_not_taken_for_one() -> None:
    """PDID only."""
    known = Known()
    known.learn(bytes([Reply.ACK]))
    known.learn(bytes([Reply.PDID]) + bytes(3) + bytes([7, 2]) + bytes(7))
    assert (known.identity.model, known.identity.version) == (7, 2)
