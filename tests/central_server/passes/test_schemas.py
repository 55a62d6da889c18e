"""What a phone may send, and what a pass is."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.model.credential import CredentialStatus
from central_server.passes.schemas import AnchorRequest
from tests.central_server.passes.samples import a_record


def test_an_anchor_is_sixteen_bytes() -> None:
    """Sixteen are read, fifteen are refused with words."""
    good = msgspec.json.encode({"pass_id": b"8 random", "anchor": b"a" * 16})
    assert msgspec.json.decode(good, type=AnchorRequest).anchor == b"a" * 16
    short = msgspec.json.encode({"pass_id": b"8 random", "anchor": b"a" * 15})
    with pytest.raises(msgspec.ValidationError, match="16 bytes"):
        msgspec.json.decode(short, type=AnchorRequest)


@given(st.binary(max_size=300))
def test_any_body_is_an_anchor_or_refused(body: bytes) -> None:
    """Whatever a phone sends, reading gives an anchor or the one error that is answered."""
    try:
        msgspec.json.decode(body, type=AnchorRequest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return


@pytest.mark.parametrize(
    ("status", "is_live"),
    [
        (CredentialStatus.ENABLED, True),
        (CredentialStatus.DISABLED, True),
        (CredentialStatus.REVOKED, False),
    ],
)
def test_only_a_revoked_pass_is_dead(status: CredentialStatus, is_live: bool) -> None:
    """A suspended pass may come back."""
    assert a_record(status=status).is_live is is_live
