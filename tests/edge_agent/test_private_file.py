"""Files that only the edge's own account may read."""

import os
from pathlib import Path

from edge_agent.private_file import write_private


def test_a_private_file_is_whole_and_closed_to_others(tmp_path: Path) -> None:
    """Mode 0600, whatever the umask; what stood there is replaced; nothing is left beside it."""
    before = os.umask(0)
    try:
        for data in (b"first", b"second"):
            write_private(tmp_path / "state" / "key", data)
    finally:
        os.umask(before)
    file = tmp_path / "state" / "key"
    assert file.read_bytes() == b"second"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["key"]


def test_a_file_belongs_to_the_owner_of_its_folder(tmp_path: Path) -> None:
    """Written by root into the agent's folder it is the agent's; otherwise it is one's own."""
    folder = tmp_path / "state"
    folder.mkdir()
    owner = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(folder, owner, -1)
    write_private(folder / "key", b"x")
    assert (folder / "key").stat().st_uid == owner
