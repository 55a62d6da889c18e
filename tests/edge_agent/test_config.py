"""The settings file: typed, read once, every mistake named with its cure."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.errors import SettingsError
from edge_agent.config import read_settings, settings_with_origin
from tests.edge_settings import TEMPLATE, write_settings

EXAMPLE = Path(__file__).parents[2] / "deploy" / "edge" / "edge.example.toml"


def problems(file: Path) -> list[str]:
    """Everything that is said to be wrong with `file`."""
    with pytest.raises(ExceptionGroup) as caught:
        read_settings(file)
    found = [error for error in caught.value.exceptions if isinstance(error, SettingsError)]
    assert len(found) == len(caught.value.exceptions)
    return [str(error).replace(str(file), "FILE") for error in found]


def changed(folder: Path, old: str, new: str) -> Path:
    """The settings of `write_settings` with one change."""
    file = write_settings(folder)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_the_example_can_be_used() -> None:
    """The settings example of the deployment reads without a fault."""
    settings = read_settings(EXAMPLE)
    assert settings.gate.wait_for_passage_s == 8.0
    assert settings.journal.keep_days == 7


def test_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    """A path that is not absolute does not depend on where the program was started."""
    file = changed(tmp_path, "[gate]", 'ca_file = "ca.pem"\n[gate]')
    settings = read_settings(file)
    assert settings.edge.state_dir == tmp_path / "state"
    assert settings.centre.ca_file == tmp_path / "ca.pem"


def test_every_value_has_an_origin(tmp_path: Path) -> None:
    """What the file says is `file`, what it leaves out is `default`, keys are as written."""
    lines = {
        key: (value, origin)
        for key, value, origin in settings_with_origin(read_settings(write_settings(tmp_path)))
    }
    assert lines["gate.wait_for_passage_s"] == (2.0, "file")
    assert lines["gate.record_deadline_ms"] == (300, "default")
    assert lines["readers[0].kind"] == ("serial_scanner", "file")
    assert lines["readers[0].line.baud"] == (115200, "file")
    assert lines["door.unit"] == (1, "default")
    assert lines["journal.keep_days"] == (7, "default")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "modbus_turnstile"', 'kind = "modbus_turnstil"', "FILE: door: kind 'modbus_tu"),
        ('kind = "serial_scanner"', 'kind = "sonar"', "FILE: readers[0]: kind 'sonar'"),
        ('kind = "serial_scanner"', "", "FILE: readers[0]: has no `kind`"),
        ("settle_ms = 20", "settle = 20", "FILE: readers[0].settle: is not a known key"),
        ("settle_ms = 20", "settle_ms = -1", "FILE: readers[0].settle_ms: -1 does not do"),
        ("poll_wait_s = 1", "poll = 1", "FILE: link.poll: is not a known key"),
        ('url = "http://127.0.0.1:1"', "", "FILE: centre.url: is missing. Add it"),
        ("http://127.0.0.1:1", "http://gate.example.edu", "plain http:// works to this same"),
        ("http://127.0.0.1:1", "gate.example.edu", "is not an address like https://"),
        ('id = "edge-north-1"', 'id = "north 1"', "FILE: edge.id: 'north 1' is no name"),
        ('id = "camera-in"', 'id = "turnstile"', "stands for two devices"),
        ("wait_for_passage_s = 2", "wait_for_passage_s = 'long'", "gate.wait_for_passage_s"),
        ("[gate]", "[gate]\nwhen_record_fails = 'open'", "'refuse' or 'open_and_flag'"),
        ("[link]", "[journal]\nkeep_days = 6\n[link]", "FILE: journal.keep_days: 6"),
        ("[link]", "[lnik]", "FILE: lnik: is not a known key"),
        ("[gate]", "[gate", "is not TOML"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_key_and_cure(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Each mistake is said once, where it stands, with what to write instead."""
    found = problems(changed(tmp_path, old, new))
    assert len(found) == 1
    assert said in found[0]
    assert found[0].count(". ") >= 1


def test_a_wrong_baud_and_a_missing_port_are_both_named(tmp_path: Path) -> None:
    """Several mistakes are listed at once."""
    file = changed(tmp_path, f'port = "{tmp_path}/no-door"\nbaud = 115200', "baud = 17")
    found = problems(file)
    assert [line.split(": ")[1] for line in found] == ["door.line.port", "door.line.baud"]
    assert "Write one of 1200" in found[1]


def test_no_reader_is_a_mistake(tmp_path: Path) -> None:
    """A gate without a reader cannot be passed."""
    file = write_settings(tmp_path)
    text = file.read_text(encoding="utf-8")
    start, end = text.index("[[readers]]"), text.index("[door]")
    file.write_text("readers = []\n" + text[:start] + text[end:], encoding="utf-8")
    assert "readers: [] does not do" in problems(file)[0]


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Missing, a folder, or not text."""
    assert "there is no such file" in problems(tmp_path / "none.toml")[0]
    assert "cannot be read" in problems(tmp_path)[0]
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    assert "cannot be read" in problems(tmp_path / "x.toml")[0]


@given(position=st.integers(0, len(TEMPLATE) - 1), put=st.text(max_size=8))
def test_any_damage_is_a_settings_error_or_none(
    tmp_path_factory: pytest.TempPathFactory, position: int, put: str
) -> None:
    """Whatever is done to a file: it reads, or every fault is a SettingsError."""
    folder = tmp_path_factory.getbasetemp()
    file = folder / "fuzz.toml"
    text = TEMPLATE[:position] + put + TEMPLATE[position + len(put) :]
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    errors: tuple[Exception, ...] = ()
    try:
        read_settings(file)
    except ExceptionGroup as group:
        errors = group.exceptions
    assert all(isinstance(error, SettingsError) for error in errors)
