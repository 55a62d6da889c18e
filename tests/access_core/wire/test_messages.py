"""Messages between edge and centre."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.errors import MalformedMessage
from access_core.model.access_event import AccessEvent
from access_core.wire.messages import (
    VERSION,
    ChangeSet,
    EdgeStatus,
    EnrolRequest,
    EventBatch,
    Reader,
    Receipt,
    SignedMessage,
    encode,
)
from tests.wire_samples import DELTA, SAMPLES, SNAPSHOT

KINDS: tuple[type[msgspec.Struct], ...] = (
    ChangeSet,
    EdgeStatus,
    EnrolRequest,
    EventBatch,
    Receipt,
    SignedMessage,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=10,
)


def altered(**changes: Any) -> bytes:  # noqa: ANN401 - any JSON
    """The sample snapshot with some fields replaced."""
    return json.dumps({**json.loads(encode(SNAPSHOT)), **changes}).encode()


def altered_rules(**changes: Any) -> bytes:  # noqa: ANN401 - any JSON
    """The sample snapshot with some of its rules replaced."""
    rules = json.loads(encode(SNAPSHOT))["rules"]
    return altered(rules={**rules, **changes})


@pytest.mark.parametrize("name", SAMPLES)
def test_every_message_survives_the_wire(name: str) -> None:
    """Read back it is equal, and it is written the same again."""
    message = SAMPLES[name]
    body = encode(message)
    read = Reader(type(message)).read(body)
    assert encode(read) == body
    if not isinstance(message, EventBatch):  # its raw lines compare by identity
        assert read == message


def test_raw_events_keep_their_very_bytes() -> None:
    """The chain is over the line as the edge wrote it, so nothing may tidy it."""
    line = b'{"kind": "edge_started" ,"wall_ms":1,"mono_ns":2,"boot":"b"}'
    batch = SAMPLES["event_batch"]
    assert isinstance(batch, EventBatch)
    body = encode(msgspec.structs.replace(batch, events=[msgspec.Raw(line)]))
    assert [bytes(raw) for raw in Reader(EventBatch).read(body).events] == [line]


def test_a_raw_event_can_be_read_by_itself() -> None:
    """A reader takes the slice of a batch as it takes bytes."""
    batch = SAMPLES["event_batch"]
    assert isinstance(batch, EventBatch)
    events = [Reader(AccessEvent).read(raw) for raw in batch.events]
    assert [event.reasons for event in events] == [(), ("PASS_REPLAYED", "ENTRIES_SPENT")]


@pytest.mark.parametrize("version", [0, VERSION + 1])
def test_another_version_is_refused(version: int) -> None:
    """The message says which version it is and which is spoken here."""
    with pytest.raises(MalformedMessage, match=f"ChangeSet: version {version} is not 1"):
        Reader(ChangeSet).read(altered(version=version))


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (altered(extra=1), "unknown field `extra`"),
        (altered(revision="7"), r"\$\.revision"),
        (altered(revision=2**70), r"\$\.revision"),
        (altered(removed=["not base64!"]), r"\$\.removed"),
        (altered_rules(areas=[{"area_id": "a"}]), r"\$\.rules\.areas"),
        (altered_rules(policies=[{"pass_type": 1, "typo": True}]), r"\$\.rules\.policies"),
        (b"", "ChangeSet"),
        (b"{", "ChangeSet"),
        (b"[" * 100_000, "ChangeSet"),
        (b'"\xff\xfe"', "ChangeSet"),
        (encode(DELTA)[:-1], "ChangeSet"),
    ],
    ids=range(11),
)
def test_a_message_that_cannot_be_read_says_where(body: bytes, place: str) -> None:
    """The path of the wrong field is in the message; nothing else ever comes out."""
    with pytest.raises(MalformedMessage, match=place):
        Reader(ChangeSet).read(body)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("areas", {"area_id": "a", "name_zh": "", "name_en": "", "zone_bit": 32}, "zone_bit 32"),
        ("schedules", {"schedule_id": "s", "name_zh": "", "name_en": "", "week": []}, "7 days"),
        (
            "schedules",
            {"schedule_id": "s", "name_zh": "", "name_en": "", "week": [[[9, 8]], *[[]] * 6]},
            "period 9..8",
        ),
    ],
    ids=["zone bit", "week", "period"],
)
def test_rules_no_edge_could_hold_are_the_senders_fault(
    field: str, value: dict[str, Any], words: str
) -> None:
    """A range that a constructor refuses is a malformed message, not a bug of this side."""
    with pytest.raises(MalformedMessage, match=words):
        Reader(ChangeSet).read(altered_rules(**{field: [value]}))


@pytest.mark.parametrize("kind", KINDS)
@given(body=st.one_of(st.binary(max_size=200), json_values.map(lambda v: json.dumps(v).encode())))
def test_reading_takes_any_bytes(kind: type[msgspec.Struct], body: bytes) -> None:
    """Noise and any JSON end in MalformedMessage, never in another error."""
    with pytest.raises(MalformedMessage):
        Reader(kind).read(body)


@given(st.data())
def test_a_patched_message_is_read_or_refused(data: st.DataObject) -> None:
    """A real message with some bytes overwritten never raises anything else."""
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    body = bytearray(encode(SAMPLES[name]))
    at = data.draw(st.integers(0, len(body) - 1))
    body[at : at + 4] = data.draw(st.binary(min_size=1, max_size=4))
    try:
        Reader(type(SAMPLES[name])).read(bytes(body))
    except MalformedMessage:
        return
