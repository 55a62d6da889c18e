"""A credential held up at a reader, on its way to a decision."""

from access_core.ids import CommandId
from access_core.passes.pass_token import PassFlaw
from access_core.passes.signing import PassRefusal
from access_core.policy.request import PassHistory
from edge_agent.gate.presentation import Presentation
from tests.builders import presented, some_facts
from tests.facts import AT, ENTRY, STEP, VISITOR, a_credential, shown


def test_the_request_holds_every_fact() -> None:
    """Zone bit, schedules, staleness and freshness come from rules and read."""
    held_up = Presentation(
        event=presented(is_fresh=False),
        access_point=ENTRY,
        facts=some_facts(expires_ms=0),
        presented=shown(),
    )
    request = held_up.request(a_credential(), PassHistory(), AT)
    assert request.zone_bit == 2
    assert len(request.schedules) == 1
    assert request.is_snapshot_stale
    assert not request.is_read_fresh
    assert request.pass_id == VISITOR.claims.pass_id


def test_an_event_about_it_names_pass_step_and_holder() -> None:
    """Only what the issuer signed and the centre has told is named."""
    held_up = Presentation(
        event=presented(), access_point=ENTRY, facts=some_facts(), presented=shown()
    )
    subject = held_up.subject(CommandId("d1"), a_credential())
    assert (subject.pass_id, subject.step) == (VISITOR.claims.pass_id, STEP)
    assert (subject.decision_id, subject.holder_id) == ("d1", "h1")


def test_what_is_no_pass_names_nobody() -> None:
    """A refused text has no pass id, no step and no schedules."""
    held_up = Presentation(
        event=presented(),
        access_point=ENTRY,
        facts=some_facts(),
        presented=PassRefusal(PassFlaw.NOT_A_PASS),
    )
    assert held_up.verified is None
    assert held_up.subject().pass_id is None
    assert held_up.request(None, PassHistory(), AT).schedules == ()
