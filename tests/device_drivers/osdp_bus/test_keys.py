"""Keys in files."""

from pathlib import Path

import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.osdp_bus.keys import new_key, read_key, write_key
from device_drivers.osdp_bus.secure_channel import DEFAULT_KEY


def test_a_written_key_is_read_again_and_its_owners_alone(tmp_path: Path) -> None:
    """32 digits in a file of mode 600, in a folder that is made if it is not there."""
    path, key = tmp_path / "keys" / "door.key", new_key()
    write_key(path, key)
    assert read_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["door.key"]


def test_a_key_replaces_another(tmp_path: Path) -> None:
    """Written twice, the second one holds; two new keys are not the same."""
    path, first, second = tmp_path / "door.key", new_key(), new_key()
    write_key(path, first)
    write_key(path, second)
    assert read_key(path) == second != first


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """And what to do is said."""
    path = tmp_path / "door.key"
    write_key(path, new_key())
    path.chmod(0o640)
    with pytest.raises(DeviceUnavailable, match=r"others may read this key.*chmod 600"):
        read_key(path)


def test_no_file_says_how_to_make_one(tmp_path: Path) -> None:
    """The words name the command."""
    with pytest.raises(DeviceUnavailable, match="osdp-install"):
        read_key(tmp_path / "none.key")


@pytest.mark.parametrize("text", ["no hex", "0011", "é", DEFAULT_KEY.hex(), ""])
def test_what_is_no_key_of_a_site_is_refused(tmp_path: Path, text: str) -> None:
    """Neither something else, nor too short, nor the key that everybody knows."""
    path = tmp_path / "door.key"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeviceUnavailable, match="this is no key"):
        read_key(path)


def test_a_folder_in_the_place_of_the_key_is_told(tmp_path: Path) -> None:
    """The words of the system, and what to check."""
    folder = tmp_path / "door.key"
    folder.mkdir(mode=0o700)
    with pytest.raises(DeviceUnavailable, match="check owner and mode"):
        read_key(folder)


def test_a_key_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file where its folder should be: the words say what to check."""
    (tmp_path / "keys").touch()
    with pytest.raises(DeviceUnavailable, match="cannot be kept"):
        write_key(tmp_path / "keys" / "door.key", new_key())
