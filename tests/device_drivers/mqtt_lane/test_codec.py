"""Messages of a lane controller: read strictly, and as the documentation says."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.devices.events import Direction, Medium
from access_core.errors import MalformedMessage
from device_drivers.mqtt_lane import codec

PAGE = Path(__file__).parents[3] / "docs" / "mqtt_lane.md"
HEAD = {"boot": "b1", "sequence": 1, "uptime_ms": 5}
CREDENTIAL = {"kind": "credential", **HEAD, "reader": "in", "medium": "qr", "payload": "CP1:X"}
READ = {"state": codec.read_state, "event": codec.read_event, "answer": codec.read_answer}


def _json(message: object) -> bytes:
    return json.dumps(message).encode()


def test_a_credential_is_read_whole() -> None:
    """Every field arrives; one that is not known is passed over."""
    event = codec.read_event(_json({**CREDENTIAL, "colour": "red"}))
    assert isinstance(event, codec.Credential)
    assert (event.medium, event.as_bytes(), event.sequence) == (Medium.QR, b"CP1:X", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {**CREDENTIAL, "payload": ""},
        {**CREDENTIAL, "payload": "x" * 513},
        {**CREDENTIAL, "payload": "门" * 171},
        {**CREDENTIAL, "sequence": -1},
        {**CREDENTIAL, "sequence": 2**60},
        {**CREDENTIAL, "medium": "iris"},
        {**CREDENTIAL, "boot": "a b"},
        {"kind": "open", **HEAD},
        {"kind": "inputs", **HEAD, "inputs": {f"i{n}": True for n in range(33)}},
        {"kind": "inputs", **HEAD, "inputs": {"fire": 1}},
        [],
        None,
    ],
)
def test_what_is_out_of_bounds_is_refused(wrong: object) -> None:
    """Too long, too large, of the wrong type or unknown: MalformedMessage, in few words."""
    with pytest.raises(MalformedMessage) as caught:
        codec.read_event(_json(wrong))
    assert 0 < len(str(caught.value)) <= codec.MAX_WORDS


def test_a_long_message_is_not_even_looked_at() -> None:
    """More than the limit is refused by its length."""
    with pytest.raises(MalformedMessage, match="at most 4096"):
        codec.read_event(_json(CREDENTIAL) + b" " * 4096)


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read_or_refused(noise: bytes) -> None:
    """Nothing but MalformedMessage ever comes out of reading."""
    for read in READ.values():
        try:
            read(noise)
        except MalformedMessage:
            continue


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*CREDENTIAL, "inputs", "counts", "id", "state"]), _JSON))
def test_any_object_at_all_is_read_or_refused(message: dict[str, object]) -> None:
    """Fields of any type and depth never raise anything else."""
    for read in READ.values():
        try:
            read(json.dumps(message).encode())
        except MalformedMessage:
            continue


def test_orders_say_all_that_a_controller_needs() -> None:
    """Id, boot, last moment, reason and issuer are in every order."""
    terms = codec.Terms(
        id="c1", boot="b1", link=2, not_after_ms=9, reason="GRANTED", issued_by="gate"
    )
    assert json.loads(codec.encode(codec.Release(terms, Direction.ENTRY))) == {
        "kind": "release",
        "terms": {
            "id": "c1",
            "boot": "b1",
            "link": 2,
            "not_after_ms": 9,
            "reason": "GRANTED",
            "issued_by": "gate",
        },
        "direction": "entry",
    }


def test_every_example_of_the_page_is_what_it_says() -> None:
    """Each JSON example in the documentation is read by the codec of its topic."""
    blocks = re.findall(r"^```json (\w+)\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    seen = set()
    for leaf, text in blocks:
        for line in text.strip().splitlines():
            if leaf in READ:
                message = READ[leaf](line.encode())
                seen.add(type(message))
    assert seen == {
        codec.State,
        codec.Credential,
        codec.PassageBegun,
        codec.PassageEnded,
        codec.PassageGivenUp,
        codec.InputsChanged,
        codec.ButtonPressed,
        codec.Report,
        codec.Result,
    }


def test_schemas_name_every_message() -> None:
    """The published JSON Schema has every topic and every kind of message."""
    schemas = codec.schemas()
    text = json.dumps(schemas)
    for kind in ("credential", "passage", "report", "result", "ask", "release", "secure", "free"):
        assert f'"{kind}"' in text
    assert set(schemas) == {"topics", "$defs"}
