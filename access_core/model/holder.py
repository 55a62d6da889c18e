"""Who holds a credential. An edge knows an opaque id and a kind, never a name or a number."""

from enum import StrEnum

import msgspec

from access_core.ids import HolderId


class HolderKind(StrEnum):
    """Classes of people; what follows from a class is data at the centre."""

    STAFF = "staff"
    STUDENT = "student"
    VISITOR = "visitor"
    CONTRACTOR = "contractor"


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A holder as an edge knows them."""

    holder_id: HolderId
    kind: HolderKind
    is_blocked: bool = False
    """On the block list: refused at every entry, whatever they hold."""
