"""The rules as a gate asks for them."""

from dataclasses import replace

import msgspec
import pytest

from access_core.errors import MalformedMessage
from access_core.ids import AccessLevelId, AreaId, KeyId
from access_core.passes.pass_token import PassType
from access_core.wire.messages import SiteRules, TypePolicy
from edge_agent.gate.facts import index_rules
from tests.builders import a_rule_set, some_facts
from tests.facts import AT, ENTRY, EXIT, a_credential, shown
from tests.issuer import KID


def test_an_issuer_key_is_believed_within_its_time_only() -> None:
    """Before and after its validity a key is not among the keys."""
    facts = some_facts()
    key, _ = facts.issuer_keys[0]
    first = replace(AT, wall_ms=key.valid_from_s * 1000)
    assert list(facts.keys_at(first)) == [KID]
    assert not facts.keys_at(first.plus_ms(-1000))
    assert not facts.keys_at(replace(AT, wall_ms=key.valid_until_s * 1000))


def test_rules_expire() -> None:
    """At their expiry rules are stale; so are they while the clock is before their signing."""
    facts = some_facts(issued_ms=1000, expires_ms=2000)
    moments = {ms: facts.is_stale(replace(AT, wall_ms=ms)) for ms in (999, 1000, 1999, 2000)}
    assert moments == {999: True, 1000: False, 1999: False, 2000: True}
    assert facts.is_clock_suspect(replace(AT, wall_ms=999))


def test_schedules_follow_the_access_levels() -> None:
    """A known pass has the schedules of its levels at the access point, another has none."""
    facts = some_facts()
    point = ENTRY.access_point_id
    assert len(facts.schedules_for(point, shown(), a_credential())) == 1
    other = a_credential(access_levels=(AccessLevelId("staff"),))
    assert facts.schedules_for(point, shown(), other) == ()


def test_an_unseen_pass_gets_the_levels_of_its_type() -> None:
    """What the owner says of a type holds for passes the edge was not told of."""
    policy = TypePolicy(pass_type=PassType.VISITOR, accept_unseen=True, unseen_levels=("visitors",))
    unknown_type = TypePolicy(pass_type=99, accept_unseen=True)
    facts = some_facts(a_rule_set(policies=(policy, unknown_type)))
    assert len(facts.schedules_for(EXIT.access_point_id, shown(), None)) == 1
    assert facts.policies[PassType.VISITOR].accept_unseen
    assert set(facts.policies) == {PassType.VISITOR}


def test_local_time_is_the_sites() -> None:
    """The site's wall clock, not this machine's."""
    assert some_facts().local_time(AT).utcoffset() is not None
    assert some_facts().local_time(AT).tzname() == "CST"


def _without_area() -> SiteRules:
    lost = msgspec.structs.replace(ENTRY, area_id=AreaId("moon"))
    return a_rule_set(access_points=(lost,))


def _bad_key() -> SiteRules:
    key = msgspec.structs.replace(a_rule_set().issuer_keys[0], kid=KeyId(b"xy"), public_key=b"1")
    return a_rule_set(issuer_keys=(key,))


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        (a_rule_set(time_zone="Mars/Base"), "time zone 'Mars/Base' is not known here"),
        (a_rule_set(time_zone="../../etc/passwd"), "time zone"),
        (a_rule_set(schedules=()), "names schedule always"),
        (_without_area(), "leads to area moon"),
        (_bad_key(), "issuer key 7879"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(rules: SiteRules, problem: str) -> None:
    """A reference into nothing is named, and nothing of such rules is used."""
    with pytest.raises(MalformedMessage, match=problem):
        index_rules(rules, revision=1, issued_ms=0, expires_ms=1)
