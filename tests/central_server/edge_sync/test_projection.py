"""What one edge is told."""

from access_core.ids import AccessLevelId, HolderId
from access_core.model.credential import CredentialStatus
from access_core.model.holder import HolderKind
from access_core.passes.pass_token import PassType
from central_server.access_levels import service as access_levels
from central_server.access_levels.schemas import ALWAYS, VISITORS, NewLevelForm
from central_server.edge_sync.projection import POLICIES
from central_server.holders import service as holders
from central_server.holders.schemas import NewHolderForm
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.passes import service as passes
from central_server.passes.schemas import PassOrder
from tests.central_server.an_edge import AnEdge
from tests.central_server.conftest import START_MS

BY = By(now_ms=START_MS)
START_S = START_MS // 1000


async def a_pass(centre: Centre, level: AccessLevelId = VISITORS, holder: str = "h1") -> None:
    """A pass that is valid for an hour."""
    order = PassOrder(
        subject=f"test:{level}:{holder}",
        holder_id=HolderId(holder),
        pass_type=PassType.VISITOR,
        valid_from_s=START_S,
        valid_until_s=START_S + 3600,
        access_levels=(level,),
        zones=1,
        uses=1,
    )
    async with centre.database.writing() as session:
        await passes.issue(session, order, centre.clock.now())


async def test_an_edge_is_told_of_the_passes_for_its_gate_only(
    north: AnEdge, centre: Centre
) -> None:
    """Whole or as a delta, a pass for another gate is not among them."""
    form = NewLevelForm(
        access_level_id="south-only", name_zh="x", name_en="x", schedule_id=ALWAYS, gates=("south",)
    )
    async with centre.database.writing() as session:
        await access_levels.add_level(session, form, BY)
    await a_pass(centre)
    await a_pass(centre, AccessLevelId("south-only"))
    whole = await north.changes(0)
    assert whole is not None
    assert [credential.access_levels for credential in whole.credentials] == [("visitors",)]
    await a_pass(centre, AccessLevelId("south-only"), "h2")
    await a_pass(centre, VISITORS, "h2")
    delta = await north.changes(whole.revision)
    assert delta is not None
    assert delta.base == whole.revision
    assert delta.rules is None
    assert [credential.holder_id for credential in delta.credentials] == ["h2"]
    assert len(delta.removed) == 1


async def test_a_revoked_pass_and_a_blocked_holder_are_told_at_once(
    north: AnEdge, centre: Centre
) -> None:
    """The gate learns the status, so that it can say why it refuses."""
    async with centre.database.writing() as session:
        person = NewHolderForm(kind=HolderKind.VISITOR, full_name="x")
        await holders.add_holder(session, person, BY)
    await a_pass(centre)
    whole = await north.changes(0)
    assert whole is not None
    async with centre.database.writing() as session:
        await holders.set_blocked(session, 1, "why", BY, is_blocked=True)
    blocked = await north.changes(whole.revision)
    assert blocked is not None
    assert [c.is_holder_blocked for c in blocked.credentials] == [True]
    async with centre.database.writing() as session:
        await passes.revoke(session, "test:visitors:h1")
    revoked = await north.changes(blocked.revision)
    assert revoked is not None
    assert [c.status for c in revoked.credentials] == [CredentialStatus.REVOKED]


def test_only_members_keep_coming_when_rules_are_stale() -> None:
    """Every pass type has its policy, and none is believed unseen."""
    assert {policy.pass_type for policy in POLICIES} == set(PassType)
    stale = [policy.pass_type for policy in POLICIES if policy.accept_when_stale]
    assert stale == [PassType.MEMBER]
    assert not any(policy.accept_unseen for policy in POLICIES)
