"""Device events."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import get_args

import pytest

from access_core.clock import Instant
from access_core.devices.events import CredentialPresented, DeviceEvent, Medium, Origin
from access_core.ids import DeviceId

ORIGIN = Origin(device=DeviceId("reader-1"), epoch=1, sequence=1, at=Instant(1, 1))


@pytest.mark.parametrize("kind", get_args(DeviceEvent))
def test_every_event_says_where_it_comes_from(kind: type) -> None:
    """The first field of each is its origin."""
    assert is_dataclass(kind)
    assert fields(kind)[0].name == "origin"


def test_what_was_presented_is_never_shown_in_a_log() -> None:
    """The payload is left out of the text form."""
    event = CredentialPresented(origin=ORIGIN, medium=Medium.QR, payload=b"CP1:SECRET")
    assert "SECRET" not in repr(event)
    assert event.is_fresh


def test_events_are_facts() -> None:
    """What has happened cannot be changed."""
    event = CredentialPresented(origin=ORIGIN, medium=Medium.QR, payload=b"")
    with pytest.raises(FrozenInstanceError):
        event.is_fresh = False  # type: ignore[misc]
