"""`edge-agent show-snapshot`: the rules this edge holds, for a person."""

from access_core.clock import Clock, Instant
from access_core.errors import StoreDamaged
from edge_agent.cache import RuleCache, open_cache
from edge_agent.config import EdgeSettings
from edge_agent.gate.facts import SiteFacts
from edge_agent.stores import CACHE_FILE, facts_of, open_existing


async def snapshot_lines(settings: EdgeSettings, clock: Clock) -> list[str]:
    """The snapshot in lines. Raises FileNotFoundError or StoreDamaged."""
    async with open_existing(open_cache, settings.edge.state_dir / CACHE_FILE) as cache:
        facts = facts_of(cache.stored)
        if facts is None or cache.stored is None:
            raise StoreDamaged("no rules yet: the centre has not been reached since enrolment")
        return [*_heading(facts, await cache.credential_count(), clock), *_small_rules(cache)]


def _heading(facts: SiteFacts, credentials: int, clock: Clock) -> list[str]:
    now = clock.now()
    expires = Instant(0, facts.expires_ms).utc().astimezone(facts.zone)
    issued = Instant(0, facts.issued_ms).utc().astimezone(facts.zone)
    stale = "  STALE" if facts.is_stale(now) else ""
    return [
        f"revision      {facts.revision}",
        f"issued        {issued:%Y-%m-%d %H:%M:%S %Z}",
        f"expires       {expires:%Y-%m-%d %H:%M:%S %Z}{stale}",
        f"credentials   {credentials}",
    ]


def _small_rules(cache: RuleCache) -> list[str]:
    if cache.stored is None:
        return []
    rules = cache.stored.rules
    lines = [f"issuer keys   {', '.join(key.kid.hex() for key in rules.issuer_keys)}"]
    lines += [f"gate          {g.gate_id}  {g.name_zh} / {g.name_en}" for g in rules.gates]
    lines += [
        f"access point  {p.access_point_id}  {p.direction} of area {p.area_id} at {p.gate_id}"
        for p in rules.access_points
    ]
    lines += [f"schedule      {s.schedule_id}  {s.name_zh} / {s.name_en}" for s in rules.schedules]
    lines += [
        f"access level  {x.access_level_id}  {x.name_zh} / {x.name_en}: {len(x.grants)} grants"
        for x in rules.access_levels
    ]
    return lines
