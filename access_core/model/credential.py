"""What an edge knows of a credential beside what the pass says of itself."""

from enum import StrEnum

import msgspec

from access_core.ids import AccessLevelId, HolderId, PassId
from access_core.quantities import Count


class CredentialStatus(StrEnum):
    """Whether a credential may be used at all."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    """Lost or suspended; may be enabled again."""
    REVOKED = "revoked"
    """Never again."""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A pass as the centre has told this edge about it.

    Times are whole seconds since 1970 UTC; valid in [valid_from_s, valid_until_s).
    """

    pass_id: PassId
    holder_id: HolderId
    status: CredentialStatus
    valid_from_s: Count
    valid_until_s: Count
    access_levels: tuple[AccessLevelId, ...]
    is_holder_blocked: bool = False
