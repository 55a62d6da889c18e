"""Events of the journal."""

import msgspec
from hypothesis import given

from access_core.model.access_event import AccessEvent, AccessEventKind
from access_core.wire.messages import Reader, encode
from tests.strategies import access_events

READER = Reader(AccessEvent)


@given(access_events)
def test_an_event_survives_its_line(event: AccessEvent) -> None:
    """What was written is what is read, and is written the same again."""
    line = encode(event)
    assert READER.read(line) == event
    assert encode(READER.read(line)) == line


def test_a_line_holds_nothing_that_goes_without_saying() -> None:
    """Defaults are left out, so that a journal of a year stays small."""
    event = AccessEvent(kind=AccessEventKind.DEVICE_READY, wall_ms=1, mono_ns=2, boot="b")
    assert encode(event) == b'{"kind":"device_ready","wall_ms":1,"mono_ns":2,"boot":"b"}'


def test_no_field_can_hold_who_somebody_is() -> None:
    """No name, phone or document number ever stands in a journal: ids only."""
    names = {field.name for field in msgspec.structs.fields(AccessEvent)}
    assert not {n for n in names if any(w in n for w in ("name", "phone", "mail", "document"))}
