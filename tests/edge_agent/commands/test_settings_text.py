"""A settings file from a person's choices."""

from pathlib import Path

import pytest

from access_core.errors import SettingsError
from edge_agent.commands.settings_text import (
    Device,
    NewGate,
    quoted,
    settings_text,
    write_settings,
)

SCANNER = Device(kind="serial_scanner", keys=(("line.port", quoted('/dev/tty"x\\y')),))
BOARD = Device(
    kind="modbus_turnstile", keys=(("line.port", quoted("/dev/lane")), ("line.baud", "19200"))
)


def a_gate(*, reader_out: Device | None = SCANNER) -> NewGate:
    """A gate with odd names of ports."""
    return NewGate(
        edge_id="edge-north-1",
        gate_id="north-1",
        state_dir=Path("/var/lib/edge"),
        url="https://gateway.example.edu",
        ca_file=None,
        reader_in=SCANNER,
        reader_out=reader_out,
        door=BOARD,
    )


def test_what_was_chosen_is_what_is_read(tmp_path: Path) -> None:
    """Names follow the centre's rule, ports are kept to the letter, the file is for all to read."""
    file = tmp_path / "etc" / "edge.toml"
    settings = write_settings(file, settings_text(a_gate()))
    assert (settings.edge.id, settings.gate.id) == ("edge-north-1", "north-1")
    assert [reader.access_point for reader in settings.readers] == ["north-1-in", "north-1-out"]
    assert settings.door.id == "north-1-door"
    assert settings.readers[0].device.model_dump()["line"]["port"] == '/dev/tty"x\\y'
    assert settings.door.device.model_dump()["line"]["baud"] == 19_200
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_gate_may_have_one_reader(tmp_path: Path) -> None:
    """The way out may be by the button."""
    settings = write_settings(tmp_path / "edge.toml", settings_text(a_gate(reader_out=None)))
    assert [reader.id for reader in settings.readers] == ["north-1-reader-in"]


def test_what_would_not_do_leaves_the_old_file(tmp_path: Path) -> None:
    """Nothing is half written and nothing is left behind."""
    file = tmp_path / "edge.toml"
    file.write_text("old")
    with pytest.raises(ExceptionGroup) as caught:
        write_settings(file, "[edge]\n")
    assert caught.value.subgroup(SettingsError)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
