"""The hash chain over a journal."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from access_core.wire.event_chain import EPOCH_BYTES, GENESIS, HASH_BYTES, link

EPOCH = bytes(range(EPOCH_BYTES))
lines = st.lists(st.binary(max_size=40), min_size=2, max_size=6)


def head(events: list[bytes], epoch: bytes = EPOCH) -> bytes:
    """The chain hash after all events."""
    previous = GENESIS
    for seq, line in enumerate(events, start=1):
        previous = link(epoch, seq, previous, line)
    return previous


def test_one_link_is_the_hash_that_the_protocol_states() -> None:
    """SHA-256 over 0x00, epoch, number as eight bytes, hash before, line."""
    expected = sha256(b"\x00" + EPOCH + b"\x00" * 7 + b"\x02" + b"p" * 32 + b"line").digest()
    assert link(EPOCH, 2, b"p" * 32, b"line") == expected


def test_a_stored_chain_stays_the_same() -> None:
    """Another implementation can check itself against this head."""
    assert head([b'{"a":1}', b'{"b":2}']).hex() == (
        "8496045200d920158a17992ce84dc260cf8a945eca3f786f8a0b7594f1838380"
    )


def test_the_beginning_is_32_zero_bytes() -> None:
    """Nothing stands before the first event."""
    assert bytes(HASH_BYTES) == GENESIS


@given(lines, st.data())
def test_any_change_of_any_event_changes_the_head(events: list[bytes], data: st.DataObject) -> None:
    """Changed, left out, doubled, swapped: the head tells."""
    i = data.draw(st.integers(0, len(events) - 1))
    j = data.draw(st.integers(0, len(events) - 1))
    swapped = list(events)
    swapped[i], swapped[j] = swapped[j], swapped[i]
    for changed in (
        [*events[:i], events[i] + b"x", *events[i + 1 :]],
        [*events[:i], *events[i + 1 :]],
        [*events[:i], events[i], *events[i:]],
        swapped,
    ):
        assert (head(changed) == head(events)) == (changed == events)


@given(lines)
def test_the_chain_of_another_journal_is_another(events: list[bytes]) -> None:
    """The epoch is part of every link."""
    assert head(events) != head(events, bytes(EPOCH_BYTES))
