"""Holders."""

import msgspec

from access_core.ids import HolderId
from access_core.model.holder import Holder, HolderKind


def test_an_edge_knows_a_holder_by_id_and_kind_only() -> None:
    """No name, no number: a stolen edge tells nobody's name."""
    assert [field.name for field in msgspec.structs.fields(Holder)] == [
        "holder_id",
        "kind",
        "is_blocked",
    ]


def test_nobody_is_blocked_unless_somebody_says_so() -> None:
    """Blocking is an act."""
    assert not Holder(holder_id=HolderId("h"), kind=HolderKind.VISITOR).is_blocked
