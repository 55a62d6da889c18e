"""The code that opens the console: made at a terminal of this machine, good once and for minutes.

It lies, as a hash, in a file of the state folder, which only the edge's account and root can
reach: who can make a code could do everything to this gate anyway.
"""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final

import msgspec

from access_core.clock import Instant
from edge_agent.private_file import write_private

FILE: Final = "console-code.json"
GOOD_FOR_MS: Final = 10 * 60_000
MOST_TRIES: Final = 5
"""Wrong codes after which the right one is worth nothing either."""
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look like others."""
_LENGTH: Final = 8
"""31^8 codes, five tries: one in 170,000 million."""


class _Stored(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sha256: str
    until_ms: int
    """Wall time, ms since 1970 UTC."""
    tries: int = 0


def make_code(folder: Path, now: Instant) -> str:
    """A new code, as a person types it; the one before is worth nothing any more."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    stored = _Stored(sha256=_hash(code), until_ms=now.wall_ms + GOOD_FOR_MS)
    write_private(folder / FILE, msgspec.json.encode(stored))
    return f"{code[:4]}-{code[4:]}"


def use_code(folder: Path, typed: str, now: Instant) -> bool:
    """Whether `typed` is the code of this moment; after a yes it is used up."""
    path = folder / FILE
    stored = _read(path)
    if stored is None:
        return False
    code = "".join(c for c in typed.upper() if c in _LETTERS)
    is_right = hmac.compare_digest(_hash(code), stored.sha256)
    is_alive = 0 <= stored.until_ms - now.wall_ms <= GOOD_FOR_MS
    tries = stored.tries + 1
    if is_right or not is_alive or tries >= MOST_TRIES:
        path.unlink(missing_ok=True)
    else:
        write_private(path, msgspec.json.encode(msgspec.structs.replace(stored, tries=tries)))
    return is_right and is_alive


def _read(path: Path) -> _Stored | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Stored)
    except (OSError, msgspec.DecodeError):
        return None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
