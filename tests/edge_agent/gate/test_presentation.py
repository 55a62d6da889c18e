"""A credential held up at a reader, on its way to a decision."""

from typing import Any, Final

import pytest

from access_core.devices.commands import Signal
from access_core.devices.events import CredentialPresented, Direction, Medium, PassageSensed
from access_core.ids import CommandId, DeviceId
from access_core.model.access_event import AccessEventKind as Kind
from access_core.model.credential import CredentialStatus
from access_core.passes.card import CardFormat, card_text, read_card
from access_core.passes.pass_token import PassFlaw, PassType
from access_core.passes.signing import PassRefusal
from access_core.policy.request import PassHistory, PassPolicy
from edge_agent.gate.commands import LookUpPass
from edge_agent.gate.events import LinkChanged, PassLookedUp
from edge_agent.gate.facts import SiteFacts
from edge_agent.gate.presentation import Presentation
from tests.builders import READER_IN, READER_OUT, a_gate, origin, presented, some_facts
from tests.facts import AT, ENTRY, STEP, VISITOR, a_credential
from tests.facts import shown as verified
from tests.playbook import at_rest, granted, recorded, released, shown

CARD: Final = card_text(CardFormat.W26, bytes.fromhex("7B3039"))
READ = read_card(CARD)
assert READ is not None
CARD_ID: Final = READ.pass_id
CARD_IN: Final = LookUpPass(pass_id=CARD_ID, direction=Direction.ENTRY)


def test_the_request_holds_every_fact() -> None:
    """Zone bit, schedules, staleness and freshness come from rules and read."""
    held_up = Presentation(
        event=presented(is_fresh=False),
        access_point=ENTRY,
        facts=some_facts(expires_ms=0),
        presented=verified(),
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
        event=presented(), access_point=ENTRY, facts=some_facts(), presented=verified()
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


def card(payload: bytes = CARD, reader: DeviceId = READER_IN) -> CredentialPresented:
    """A card held to `reader`."""
    return presented(reader=reader, payload=payload, medium=Medium.CARD)


def known_card(**changes: Any) -> PassLookedUp:  # noqa: ANN401 - any field
    """What the edge was told of the card."""
    return PassLookedUp(pass_id=CARD_ID, credential=a_credential(pass_id=CARD_ID, **changes))


def trusting_members() -> SiteFacts:
    """Rules under which members are let in by rules past their expiry too."""
    policies = {PassType.MEMBER: PassPolicy(accept_when_stale=True)}
    return some_facts(policies=policies, expires_ms=AT.wall_ms)


def test_a_known_card_goes_in_again_and_again() -> None:
    """A card has no entries to spend: each time it is held up anew it is a grant of its own."""
    play = at_rest()
    for _ in range(2):
        play >> card() << CARD_IN
        play >> known_card() << recorded(Kind.ACCESS_GRANTED, is_awaited=True) << released()
        play << shown(Signal.GO)
        assert play.events[-1].pass_id == CARD_ID
        assert play.events[-1].step is None
        play >> PassageSensed(origin=origin(), direction=Direction.ENTRY)
        play << recorded(Kind.ACCESS_TAKEN)
        play.wait(2_000)


def test_an_unknown_card_is_denied_with_and_without_the_centre() -> None:
    """Unknown is unknown, and the event says whether the centre could be reached."""
    play = at_rest()
    for is_up in (True, False):
        play >> LinkChanged(is_up=is_up)
        play >> card() << CARD_IN
        play >> PassLookedUp(pass_id=CARD_ID, credential=None)
        play << recorded(Kind.ACCESS_DENIED, "CREDENTIAL_NOT_FOUND", "UNAUTHORIZED")
        play << shown(Signal.STOP)
        assert play.events[-1].is_offline is not is_up
        play.wait(2_000)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": CredentialStatus.REVOKED}, "CREDENTIAL_REVOKED"),
        ({"status": CredentialStatus.DISABLED}, "CREDENTIAL_NOT_ENABLED"),
        ({"valid_from_s": AT.wall_s + 1}, "CREDENTIAL_NOT_ACTIVE"),
        ({"valid_until_s": AT.wall_s}, "CREDENTIAL_EXPIRED"),
        ({"is_holder_blocked": True}, "HOLDER_BLOCKED"),
        ({"access_levels": ()}, "UNAUTHORIZED"),
    ],
)
def test_a_card_is_denied_for_what_the_centre_says_of_it(
    changes: dict[str, Any], reason: str
) -> None:
    """All that is known of a card is what the centre has told; each refusal has its reason."""
    play = at_rest()
    play >> card() << CARD_IN
    play >> known_card(**changes) << recorded(Kind.ACCESS_DENIED, reason) << shown(Signal.STOP)


def test_a_card_under_old_rules_follows_the_owners_choice_for_members() -> None:
    """Rules past their expiry refuse a card unless the owner trusts members to them."""
    play = at_rest(a_gate(facts=some_facts(expires_ms=AT.wall_ms)))
    play >> card() << CARD_IN
    play >> known_card() << recorded(Kind.ACCESS_DENIED, "SNAPSHOT_TOO_OLD") << shown(Signal.STOP)
    play = at_rest(a_gate(facts=trusting_members()))
    play >> card() << CARD_IN
    play >> known_card() << recorded(Kind.ACCESS_GRANTED, is_awaited=True)
    play.any()


def test_what_is_no_card_is_denied_without_asking_the_disk() -> None:
    """A pass text through a card reader is not a card, nor is a text that breaks off."""
    for payload in (VISITOR.text(STEP), CARD[:-1], b""):
        play = at_rest()
        play >> card(payload) << recorded(Kind.ACCESS_DENIED, "PASS_MALFORMED")
        play << shown(Signal.STOP)


def test_the_same_card_is_one_decision_as_long_as_it_is_held_up() -> None:
    """A reader that repeats itself every 50 ms makes one event; taken away and back, two."""
    play = at_rest()
    play >> card() << CARD_IN
    play >> PassLookedUp(pass_id=CARD_ID, credential=None)
    play.any()
    for _ in range(100):
        play.wait(50)
        play >> card()
        play.done()
    play.wait(2_000)
    play >> card() << CARD_IN


def test_whoever_had_to_wait_is_decided_on_at_once() -> None:
    """Told to wait, and still held up when the lane is at rest: that is no repetition."""
    play = granted()
    play >> card() << recorded(Kind.ACCESS_DENIED, "GATE_BUSY") << shown(Signal.WAIT)
    play.wait(50)
    play >> card()
    play >> PassageSensed(origin=origin(), direction=Direction.ENTRY)
    play << recorded(Kind.ACCESS_TAKEN)
    play >> card() << CARD_IN


def test_the_way_out_waits_for_nothing_shown_at_the_way_in() -> None:
    """The same card at the other reader is a presentation of its own."""
    play = at_rest()
    play >> card() << CARD_IN
    play >> PassLookedUp(pass_id=CARD_ID, credential=None)
    play.any()
    play >> card(reader=READER_OUT)
    play << LookUpPass(pass_id=CARD_ID, direction=Direction.EXIT)
