"""Identifiers."""

import access_core.ids
from access_core.ids import DoorId, PassId, ReaderId


def test_an_identifier_is_its_plain_value_at_run_time() -> None:
    """Types keep a door from being passed for a reader; nothing is wrapped."""
    values: list[object] = [DoorId("d"), ReaderId("d"), PassId(b"12345678")]
    assert [type(value) for value in values] == [str, str, bytes]


def test_every_identifier_says_so() -> None:
    """The module holds identifiers and nothing else."""
    public = [name for name in vars(access_core.ids) if name[0].isupper() and name != "NewType"]
    assert public
    assert all(name.endswith("Id") for name in public)
