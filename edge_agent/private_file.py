"""Small files that only the edge's own account may read: its key, its enrolment, a one-time code.

A technician's command runs as root, the agent under an account of its own: what is written here
belongs to whoever owns the folder.
"""

import os
from pathlib import Path


def write_private(path: Path, data: bytes) -> None:
    """Write, sync, then rename: the file is whole or not there, and only its owner reads it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = path.parent.stat()
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if os.geteuid() == 0:
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
