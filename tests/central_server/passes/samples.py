"""Passes for tests: the shortest good ones."""

from access_core.ids import AccessLevelId, HolderId, PassId
from access_core.model.credential import CredentialStatus
from access_core.passes.pass_token import PassType
from central_server.passes.schemas import PassOrder, PassRecord

BEGINS_S = 1_800_000_000


def an_order(subject: str = "visit:1", pass_type: PassType = PassType.VISITOR) -> PassOrder:
    """A pass for two hours."""
    return PassOrder(
        subject=subject,
        holder_id=HolderId("h1"),
        pass_type=pass_type,
        valid_from_s=BEGINS_S,
        valid_until_s=BEGINS_S + 7200,
        access_levels=(AccessLevelId("visitors"),),
        zones=1,
        uses=1,
    )


def a_record(
    pass_id: bytes = b"8 random",
    *,
    status: CredentialStatus = CredentialStatus.ENABLED,
    short_code: str | None = None,
) -> PassRecord:
    """A stored pass that no phone has anchored yet."""
    return PassRecord(
        pass_id=PassId(pass_id),
        order=an_order(),
        status=status,
        short_code=short_code,
        claim_hash=None,
        anchor=None,
        signed=None,
    )
