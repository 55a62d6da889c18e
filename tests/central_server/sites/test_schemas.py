"""Forms and views of sites."""

import pytest
from pydantic import ValidationError

from access_core.ids import EdgeId
from central_server.sites.schemas import EdgeView, NewGateForm


@pytest.mark.parametrize("gate_id", ["N1", "a", "north 1", "-n", "n--1", "n" * 33, "北门"])
def test_an_identifier_is_small_letters_digits_and_hyphens(gate_id: str) -> None:
    """It stands in addresses, settings and events."""
    with pytest.raises(ValidationError):
        NewGateForm(gate_id=gate_id, name_zh="x", name_en="x")


def test_the_backlog_is_what_lies_at_the_edge_only() -> None:
    """Never below nothing, whatever an edge says."""
    view = EdgeView(
        edge_id=EdgeId("e"),
        is_online=True,
        seen_ms=1,
        revision=1,
        journal_seq=5,
        delivered_seq=9,
        skew_ms=0,
        software="",
        devices={},
    )
    assert view.backlog == 0
