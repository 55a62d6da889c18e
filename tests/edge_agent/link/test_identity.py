"""Who this edge is to the centre."""

import stat
from pathlib import Path

import pytest

from access_core.errors import StoreDamaged
from access_core.wire.messages import VERSION, EnrolResponse, NamedKey
from edge_agent.link.identity import load_identity, make_or_load_key, save_enrolment
from tests.builders import (
    EDGE,
    POLICY_KEY,
    POLICY_KID,
    RECEIPT_KEY,
    RECEIPT_KID,
    SITE,
    named,
)


def a_response(policy_key: NamedKey | None = None) -> EnrolResponse:
    """What the centre answers to an enrolment."""
    return EnrolResponse(
        version=VERSION,
        edge_id=EDGE,
        site_id=SITE,
        policy_keys=(policy_key or named(POLICY_KID, POLICY_KEY),),
        receipt_keys=(named(RECEIPT_KID, RECEIPT_KEY),),
        now_ms=1,
    )


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    """Made on the edge, mode 0600, the same ever after."""
    folder = tmp_path / "state"
    key = make_or_load_key(folder)
    again = make_or_load_key(folder)
    assert key.private_bytes_raw() == again.private_bytes_raw()
    assert stat.S_IMODE((folder / "identity.key").stat().st_mode) == 0o600


def test_an_edge_that_was_never_enrolled_has_no_identity(tmp_path: Path) -> None:
    """Nothing kept, nothing given; no key is made by looking."""
    assert load_identity(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_what_was_enrolled_is_loaded(tmp_path: Path) -> None:
    """Name, site and the keys to believe are what the centre said."""
    save_enrolment(tmp_path, a_response())
    identity = load_identity(tmp_path)
    assert identity is not None
    assert (identity.edge_id, identity.site_id) == (EDGE, SITE)
    assert list(identity.policy_keys) == [POLICY_KID]
    assert list(identity.receipt_keys) == [RECEIPT_KID]
    assert "key=" not in repr(identity).replace("_keys=", "")


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    """A key or enrolment that cannot be read is StoreDamaged with the cure."""
    (tmp_path / "identity.key").write_bytes(b"short")
    with pytest.raises(StoreDamaged, match="remove it and enrol again"):
        make_or_load_key(tmp_path)
    (tmp_path / "enrolment.json").write_bytes(b"{")
    with pytest.raises(StoreDamaged, match="enrol again"):
        load_identity(tmp_path)
    save_enrolment(tmp_path, a_response(NamedKey(kid=POLICY_KID, public_key=b"short")))
    with pytest.raises(StoreDamaged, match="enrol again"):
        load_identity(tmp_path)
