"""What can be asked of the log."""

from central_server.access_log.schemas import Asked


def test_only_what_was_typed_goes_into_the_next_address() -> None:
    """Empty fields are left out."""
    assert Asked(gate="north", kind="").as_dict() == {"gate": "north"}
    assert Asked().as_dict() == {}
