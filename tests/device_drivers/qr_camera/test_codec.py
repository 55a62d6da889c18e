"""What is taken from the codes in a picture."""

from hypothesis import given
from hypothesis import strategies as st

from device_drivers.qr_camera.codec import (
    MAX_PAYLOAD,
    MAX_PAYLOADS,
    Symbol,
    as_result,
    handed_on,
)

SYMBOLS = st.lists(st.builds(Symbol, st.binary(max_size=600), st.text(max_size=5)), max_size=9)


@given(SYMBOLS)
def test_what_goes_on_is_bounded(symbols: list[Symbol]) -> None:
    """Whatever a picture holds: at most 4 payloads of at most 512 bytes, in order."""
    kept = handed_on(symbols)
    assert len(kept) <= MAX_PAYLOADS
    assert all(len(symbol.payload) <= MAX_PAYLOAD for symbol in kept)
    assert kept == [s for s in symbols if len(s.payload) <= MAX_PAYLOAD][:MAX_PAYLOADS]


@given(SYMBOLS)
def test_each_payload_is_there_once(symbols: list[Symbol]) -> None:
    """Twice the same code is one; an empty one is none; each has its text."""
    result = as_result(symbols, 1.5, ["plain"])
    assert len(set(result.payloads)) == len(result.payloads) == len(result.texts)
    assert set(result.payloads) == {s.payload for s in symbols if s.payload}
    assert (result.elapsed_ms, result.stages) == (1.5, ("plain",))
