"""Settings of tag readers, and the example of all readers that only speak."""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel, ValidationError

from device_drivers.em4100.settings import Em4100Settings
from device_drivers.registry import READERS
from tests.architecture.test_deploy import with_defaults_shown, written_keys

EXAMPLE: Final = Path(__file__).parents[3] / "deploy" / "edge" / "card_readers.example.toml"
OWN_KEYS: Final = {"id", "access_point"}


def tables(text: str) -> list[dict[str, Any]]:
    """The readers of an example, each without the keys that are not its driver's."""
    readers = tomllib.loads(text)["readers"]
    return [{key: value for key, value in r.items() if key not in OWN_KEYS} for r in readers]


def read(table: dict[str, Any]) -> BaseModel:
    """A reader's table, read by the settings of its driver."""
    return READERS[table["kind"]].settings.model_validate(table)


def test_the_example_shows_every_key_with_its_true_default() -> None:
    """Writing the shown defaults changes nothing, and no key of the three drivers is missing."""
    text = EXAMPLE.read_text(encoding="utf-8")
    shown = tables(with_defaults_shown(text))
    assert [table["kind"] for table in shown] == ["serial_scanner", "em4100", "keyboard_wedge"]
    assert [read(table) for table in shown] == [read(table) for table in tables(text)]
    for table in shown:
        assert written_keys(table) == written_keys(read(table).model_dump())


def test_a_pause_shorter_than_between_two_repetitions_is_refused() -> None:
    """The line would count as quiet while a tag lies there."""
    with pytest.raises(ValidationError, match="settle_ms"):
        Em4100Settings.model_validate({"line": {"port": "/dev/ttyS0"}, "settle_ms": 50})
