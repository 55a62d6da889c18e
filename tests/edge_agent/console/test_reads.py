"""The last reads, and the reader test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.devices.events import CredentialPresented, DeviceReady, Medium, Origin
from access_core.errors import ProgramError
from access_core.ids import DeviceId
from edge_agent.console.reads import KEPT, TEST_MS, ReadDesk
from tests.edge_agent.console.hand_clock import HandClock
from tests.facts import AT

CAMERA = DeviceId("camera")


def read(
    payload: bytes, medium: Medium = Medium.QR, *, is_fresh: bool = True
) -> CredentialPresented:
    """`payload` held up to the camera."""
    origin = Origin(device=CAMERA, epoch=1, sequence=1, at=AT)
    return CredentialPresented(origin=origin, medium=medium, payload=payload, is_fresh=is_fresh)


@pytest.mark.parametrize(
    ("medium", "payload", "looks_like", "masked"),
    [
        (Medium.QR, b"CP1:SECRET", "campus pass CP1", "CP1:…"),
        (Medium.QR, b"https://example.edu", "another code, not a campus pass", "…"),
        (Medium.CARD, b"W26:0A1B2C", "card W26", "••••2C"),
        (Medium.CARD, b"EM4100:0102030405", "card EM4100", "••••••••05"),
        (Medium.CARD, b"\xff\xfe", "not a card number in any known form", "…"),
        (Medium.KEYPAD, b"KEYS:1234", "typed at the keypad", "••••"),
    ],
)
def test_a_read_is_told_by_its_kind_and_masked(
    medium: Medium, payload: bytes, looks_like: str, masked: str
) -> None:
    """What kind of thing it is and how long; of its content at most the last two digits."""
    desk = ReadDesk(HandClock(), [CAMERA])
    assert desk.is_for_gate(read(payload, medium, is_fresh=False))
    (seen,) = desk.reads(CAMERA)
    assert seen.looks_like.en == looks_like
    assert seen.masked.startswith(masked)
    assert (seen.length, seen.is_fresh, seen.is_test) == (len(payload), False, False)


@given(st.sampled_from(Medium), st.binary(max_size=512))
def test_no_read_is_too_strange_to_be_shown(medium: Medium, payload: bytes) -> None:
    """Whatever a device gives is masked, and nothing raises."""
    desk = ReadDesk(HandClock(), [CAMERA])
    assert desk.is_for_gate(read(payload, medium))
    (seen,) = desk.reads(CAMERA)
    assert len(seen.masked) <= 64
    assert seen.looks_like.zh


def test_under_test_reads_are_kept_from_the_gate_for_a_while() -> None:
    """They are shown as tests; other events pass; then the test ends by itself."""
    clock = HandClock()
    desk = ReadDesk(clock, [CAMERA])
    desk.begin_test(CAMERA)
    assert not desk.is_for_gate(read(b"CP1:A"))
    assert desk.is_for_gate(DeviceReady(origin=read(b"").origin))
    assert desk.reads(CAMERA)[0].is_test
    clock.at = clock.at.plus_ms(TEST_MS)
    assert desk.is_for_gate(read(b"CP1:A"))
    assert not desk.reads(CAMERA)[0].is_test


def test_a_test_can_be_ended_before_its_time() -> None:
    """The next read is the gate's again."""
    desk = ReadDesk(HandClock(), [CAMERA])
    desk.begin_test(CAMERA)
    assert desk.test_left_ms(CAMERA) == TEST_MS
    desk.end_test(CAMERA)
    assert desk.is_for_gate(read(b"CP1:A"))


def test_only_the_last_reads_are_kept() -> None:
    """Newest first, no more than a screen shows; an unknown reader has none and no test."""
    desk = ReadDesk(HandClock(), [CAMERA])
    for number in range(KEPT + 5):
        desk.is_for_gate(read(b"x" * number))
    assert [seen.length for seen in desk.reads(CAMERA)] == list(range(KEPT + 4, 4, -1))
    assert desk.reads(DeviceId("other")) == ()
    with pytest.raises(ProgramError, match="no reader"):
        desk.begin_test(DeviceId("other"))
