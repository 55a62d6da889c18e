"""A gate whose rules hold 50,000 credentials, some of which have passes to hold up."""

from pathlib import Path
from typing import Final

from access_core.clock import Clock
from access_core.ids import HolderId, PassId
from access_core.model.credential import Credential
from access_core.passes.rotation import step_at
from access_core.wire.messages import IssuerKey
from edge_agent.cache import open_cache
from edge_agent.stores import CACHE_FILE
from tests.builders import EDGE, SITE, a_change_set, a_rule_set
from tests.facts import a_credential
from tests.issuer import KEY, KID, IssuedPass, issue_visitor

CREDENTIALS: Final = 50_000
_DAY_S: Final = 86_400


def issue_passes(count: int, now_s: int) -> list[IssuedPass]:
    """Rotating visitor passes that began a minute ago, one entry each."""
    return [issue_visitor(seed, not_before_s=now_s - 60) for seed in range(1, count + 1)]


def text_now(issued: IssuedPass, clock: Clock) -> bytes:
    """What the phone shows now."""
    return issued.text(step_at(issued.claims.not_before_s, clock.now().wall_s))


async def store_rules(folder: Path, passes: list[IssuedPass], now_s: int) -> None:
    """Put a snapshot with all credentials into the rule file of `folder`, which exists."""
    known: list[Credential] = [a_credential(issued.claims) for issued in passes]
    others = (
        a_credential(
            passes[0].claims,
            pass_id=PassId(number.to_bytes(8, "big")),
            holder_id=HolderId(f"h-{number}"),
        )
        for number in range(CREDENTIALS - len(passes))
    )
    key = IssuerKey(
        kid=KID,
        public_key=KEY.public_key().public_bytes_raw(),
        valid_from_s=now_s - _DAY_S,
        valid_until_s=now_s + _DAY_S,
    )
    change = a_change_set(
        rules=a_rule_set(issuer_keys=(key,)),
        credentials=(*known, *others),
        issued_ms=(now_s - 60) * 1000,
        expires_ms=(now_s + _DAY_S) * 1000,
    )
    cache = await open_cache(folder / CACHE_FILE)
    try:
        await cache.store(change, cache.rules_after(change, SITE, EDGE))
    finally:
        await cache.close()
