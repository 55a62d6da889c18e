"""What is asked of passes and what they answer, as frozen data."""

from typing import Final

import msgspec

from access_core.ids import AccessLevelId, HolderId, PassId
from access_core.model.credential import CredentialStatus
from access_core.passes.pass_token import PassType
from access_core.passes.rotation import REVEAL_BYTES

MAX_ANCHOR_BODY: Final = 300
"""Bytes of JSON in which a phone sends its anchor."""


class PassOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A pass to be made, valid in [valid_from_s, valid_until_s), seconds since 1970 UTC."""

    subject: str
    """What it is for, as `kind:id`; a subject has one live pass at a time."""
    holder_id: HolderId
    pass_type: PassType
    valid_from_s: int
    valid_until_s: int
    access_levels: tuple[AccessLevelId, ...]
    zones: int
    """Bitmap over `Area.zone_bit`."""
    uses: int
    """Entries; exits are never counted."""


class PassRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A pass as the centre holds it."""

    pass_id: PassId
    order: PassOrder
    status: CredentialStatus
    short_code: str | None
    """None once another pass of the subject has taken it over."""
    claim_hash: bytes | None
    """Only who knows the claim may anchor it: the phone that asked for it. None: the first."""
    anchor: bytes | None
    signed: bytes | None
    """Item 1 of the pass; there from the moment the phone has sent its anchor."""

    @property
    def is_live(self) -> bool:
        """Whether it may still open a gate, now or later."""
        return self.status is not CredentialStatus.REVOKED


class AnchorRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The phone has made its chain. Bytes travel as base64."""

    pass_id: bytes
    anchor: bytes
    claim: str = ""

    def __post_init__(self) -> None:
        """Refuse an anchor of the wrong length."""
        if len(self.anchor) != REVEAL_BYTES:
            raise ValueError(f"an anchor has {REVEAL_BYTES} bytes")


class AnchorAnswer(msgspec.Struct, frozen=True):
    """Item 1 of the pass, to which the phone adds what it reveals."""

    signed: bytes
