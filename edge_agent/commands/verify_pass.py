"""`edge-agent verify-pass`: what this gate would say to a pass, with every reason in words."""

from access_core.clock import Clock, Instant
from access_core.devices.events import CredentialPresented, Medium, Origin
from access_core.errors import StoreDamaged
from access_core.ids import AccessPointId, DeviceId
from access_core.passes import signing
from access_core.passes.signing import VerifiedPass
from access_core.policy.decide import decide
from access_core.policy.reason_texts import TEXTS
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import Decision, PassHistory
from edge_agent.cache import open_cache
from edge_agent.config import EdgeSettings
from edge_agent.gate.facts import SiteFacts
from edge_agent.gate.presentation import Presentation
from edge_agent.journal import open_journal
from edge_agent.stores import CACHE_FILE, JOURNAL_FILE, facts_of, open_existing


async def explain(settings: EdgeSettings, text: str, clock: Clock) -> tuple[list[str], bool]:
    """The answer at each access point of the gate, in lines, and whether one would let in.

    Nothing is recorded and nothing spent. Raises FileNotFoundError or StoreDamaged.
    """
    folder, now = settings.edge.state_dir, clock.now()
    lines: list[str] = []
    is_granted = False
    async with (
        open_existing(open_cache, folder / CACHE_FILE) as cache,
        open_existing(open_journal, folder / JOURNAL_FILE) as journal,
    ):
        facts = facts_of(cache.stored)
        if facts is None:
            raise StoreDamaged("no rules yet: the centre has not been reached since enrolment")
        presented = signing.verify(text.encode(), facts.keys_at(now))
        lines += _about(presented, facts)
        for reader in settings.readers:
            point = facts.access_points.get(AccessPointId(reader.access_point))
            if point is None:
                lines.append(f"{reader.access_point}: not in the rules")
                continue
            presentation = Presentation(
                event=_held_up(reader.id, text, now),
                access_point=point,
                facts=facts,
                presented=presented,
            )
            credential, history = None, PassHistory()
            if isinstance(presented, VerifiedPass):
                pass_id = presented.claims.pass_id
                known = await journal.ledger(pass_id, point.direction)
                credential = await cache.credential(pass_id)
                history = PassHistory(
                    entries_taken=known.entries_taken, highest_step=known.highest_step
                )
            decision = decide(presentation.request(credential, history, now))
            is_granted = is_granted or decision.is_granted
            lines += _in_words(f"{reader.access_point} ({point.direction})", decision)
    return lines, is_granted


def _about(presented: signing.VerifiedPass | signing.PassRefusal, facts: SiteFacts) -> list[str]:
    if not isinstance(presented, VerifiedPass):
        return [f"not a pass of ours: {presented.flaw}"]
    claims = presented.claims
    begins = Instant(0, claims.not_before_s * 1000).utc().astimezone(facts.zone)
    ends = Instant(0, claims.not_after_s * 1000).utc().astimezone(facts.zone)
    step = "static" if presented.reveal is None else f"step {presented.reveal.step}"
    about = (
        f"signed pass {claims.pass_id.hex()}, {claims.type.name.lower()}, {step}, "
        f"{begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M}, uses {claims.uses or 'unlimited'}"
    )
    return [about]


def _in_words(where: str, decision: Decision) -> list[str]:
    if decision.is_granted and not decision.notes:
        return [f"{where}: granted"]
    lines = [f"{where}: {'granted, but noted' if decision.is_granted else 'denied'}"]
    for reason in (*decision.reasons, *decision.notes):
        lines += [f"  {line}" for line in _reason_lines(reason)]
    return lines


def _reason_lines(reason: ReasonCode) -> list[str]:
    text = TEXTS[reason]
    return [f"{reason}: {text.guard_zh}", f"  {text.guard_en}", f"  {text.engineer}"]


def _held_up(reader: str, text: str, now: Instant) -> CredentialPresented:
    origin = Origin(device=DeviceId(reader), epoch=0, sequence=1, at=now)
    return CredentialPresented(origin=origin, medium=Medium.QR, payload=text.encode())
