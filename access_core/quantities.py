"""Numbers as they may stand in a message: bounded, so that every store and index can hold them.

JSON has integers of any length; SQLite and PostgreSQL have 63 bits and a sign. A number beyond
is refused where the message is read, not where it is stored.
"""

from typing import Annotated, TypeAlias

import msgspec

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""Revisions, sequence numbers, nanoseconds, seconds."""

WallMs: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**42 - 1)]
"""Milliseconds since 1970-01-01 UTC until the year 2109: what the key of the access log holds."""
