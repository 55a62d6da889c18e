"""Rules from the centre: checked, stored, and only then used."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from access_core.errors import MalformedMessage, OutOfOrder, PeerError, UntrustedMessage
from access_core.ids import EdgeId, SiteId
from access_core.wire.messages import ChangeSet, encode
from access_core.wire.signed_message import Purpose, sign_message
from device_drivers.system_clock import SystemClock
from edge_agent.cache import RuleCache, open_cache
from edge_agent.gate.events import GateEvent, SnapshotRefused, SnapshotReplaced
from edge_agent.link.backoff import Backoff
from edge_agent.link.downlink import PATH, Downlink
from edge_agent.link.state import LinkState
from edge_agent.link.transport import Credentials, Transport
from tests.builders import (
    EDGE,
    EDGE_KEY,
    POLICY_KEY,
    POLICY_KID,
    a_change_set,
    a_rule_set,
    an_identity,
    signed_by_policy,
)
from tests.facts import VISITOR
from tests.issuer import OTHER_KEY
from tests.small_centre import Answer, SmallCentre, small_centre


@dataclass
class Following:
    """A cache that follows a centre."""

    cache: RuleCache
    centre: SmallCentre
    downlink: Downlink
    heard: list[GateEvent] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def following(folder: Path) -> AsyncIterator[Following]:
    """Nothing held yet."""
    cache = await open_cache(folder / "rules.db")
    async with small_centre() as centre:
        credentials = Credentials(edge_id=EDGE, key=EDGE_KEY)
        transport = Transport(centre.url, SystemClock(), signer=credentials)
        heard: list[GateEvent] = []
        news = asyncio.Event()

        async def told(event: GateEvent) -> None:
            heard.append(event)
            news.set()

        downlink = Downlink(
            cache=cache,
            transport=transport,
            identity=an_identity(),
            state=LinkState(told),
            backoff=Backoff(first_s=0.001, longest_s=0.01, jitter=random.Random(1)),
            poll_wait_s=1,
            told=told,
        )
        try:
            yield Following(cache, centre, downlink, heard, news)
        finally:
            await transport.close()
            await cache.close()


async def test_a_snapshot_then_a_delta(tmp_path: Path) -> None:
    """The whole first, then what changed; each stored before the gate hears of it."""
    async with following(tmp_path) as given:
        assert not await given.downlink.poll()
        given.centre.changes.append(a_change_set())
        assert await given.downlink.poll()
        heard = given.heard[-1]
        assert isinstance(heard, SnapshotReplaced)
        assert heard.facts.revision == given.cache.revision == 7
        delta = a_change_set(
            base=7, revision=8, rules=None, credentials=(), removed=(VISITOR.claims.pass_id,)
        )
        given.centre.changes.append(delta)
        assert await given.downlink.poll()
        assert given.cache.revision == 8
        assert await given.cache.credential(VISITOR.claims.pass_id) is None
        assert given.centre.asked[-1] == f"GET {PATH}?after=7&wait=1"


WRONG: list[tuple[ChangeSet, type[PeerError]]] = [
    (a_change_set(revision=8, edge_id=EdgeId("edge-south")), OutOfOrder),
    (a_change_set(revision=8, site_id=SiteId("other")), OutOfOrder),
    (a_change_set(revision=7), OutOfOrder),
    (a_change_set(revision=6), OutOfOrder),
    (a_change_set(base=5, revision=8), OutOfOrder),
    (a_change_set(base=0, revision=8, rules=None), MalformedMessage),
    (a_change_set(revision=8, version=2), MalformedMessage),
    (a_change_set(revision=8, rules=a_rule_set(schedules=())), MalformedMessage),
]


@pytest.mark.parametrize(("change", "error"), WRONG)
async def test_wrong_rules_leave_the_old_ones(
    tmp_path: Path, change: ChangeSet, error: type[PeerError]
) -> None:
    """For another edge or site, older, not following, without rules, contradicting: refused."""
    async with following(tmp_path) as given:
        await given.downlink.apply(encode(signed_by_policy(a_change_set())))
        with pytest.raises(error):
            await given.downlink.apply(encode(signed_by_policy(change)))
        assert given.cache.revision == 7
        assert await given.cache.credential(VISITOR.claims.pass_id) is not None


async def test_rules_are_opened_before_they_are_read(tmp_path: Path) -> None:
    """Another key, another purpose, or a changed byte: not believed, whatever stands in it."""
    payload = encode(a_change_set())
    signed = signed_by_policy(a_change_set())
    changed = msgspec.structs.replace(signed, payload=payload.replace(b"visitors", b"visitorz"))
    answers = [
        sign_message(payload, Purpose.CHANGE_SET, POLICY_KID, OTHER_KEY),
        sign_message(payload, Purpose.RECEIPT, POLICY_KID, POLICY_KEY),
        changed,
    ]
    async with following(tmp_path) as given:
        for answer in answers:
            with pytest.raises(UntrustedMessage):
                await given.downlink.apply(encode(answer))
        assert given.cache.revision == 0


async def test_a_refusal_is_told_once_and_the_whole_is_asked_for(tmp_path: Path) -> None:
    """A delta that does not fit is recorded once, and the next request asks from the start."""
    wrong = encode(signed_by_policy(a_change_set(base=5, revision=8)))
    async with following(tmp_path) as given:
        await given.downlink.apply(encode(signed_by_policy(a_change_set())))
        given.centre.laid_out[PATH].extend([Answer(body=wrong), Answer(body=wrong)])
        given.centre.changes.append(a_change_set(revision=9))
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            running = group.create_task(given.downlink.run())
            while given.cache.revision != 9:
                given.news.clear()
                await given.news.wait()
            running.cancel()
        refusals = [e for e in given.heard if isinstance(e, SnapshotRefused)]
        assert len(refusals) == 1
        assert "follows revision 5, but 7 is held here" in refusals[0].problem
        asked = [line for line in given.centre.asked if PATH in line]
        assert asked[0].endswith("after=7&wait=1")
        assert asked[2].endswith("after=0&wait=1")


async def test_a_centre_that_is_away_is_asked_again(tmp_path: Path) -> None:
    """Failures wait and try again; the link's state follows."""
    async with following(tmp_path) as given:
        given.centre.laid_out[PATH].extend(
            [Answer(status=503), Answer(status=403, body=b"{}"), Answer(status=204)]
        )
        given.centre.changes.append(a_change_set())
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            running = group.create_task(given.downlink.run())
            while given.cache.revision != 7:
                given.news.clear()
                await given.news.wait()
            running.cancel()
        assert given.downlink.state.is_up
