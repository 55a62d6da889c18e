"""Rules from the centre: asked for by revision, checked, stored, and only then used."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from access_core.errors import PeerError, StoreDamaged
from access_core.wire.messages import ChangeSet, Reader, SignedMessage
from access_core.wire.signed_message import Purpose, open_signed
from edge_agent.cache import RuleCache
from edge_agent.gate.events import GateEvent, SnapshotRefused, SnapshotReplaced
from edge_agent.gate.facts import SiteFacts, index_rules
from edge_agent.link.backoff import Backoff
from edge_agent.link.identity import Identity
from edge_agent.link.state import LinkState
from edge_agent.link.transport import CentreRefused, CentreUnavailable, Transport

QUICKEST_POLL_S: Final = 0.05
"""Between two requests without news, whatever the centre does with `wait`."""
PATH: Final = "/edge/v1/changes"
_SIGNED: Final = Reader(SignedMessage)
_CHANGE_SET: Final = Reader(ChangeSet)
_log = structlog.get_logger("downlink")


@dataclass(slots=True, kw_only=True)
class Downlink:
    """Follows the centre's change stream."""

    cache: RuleCache
    transport: Transport
    identity: Identity
    state: LinkState
    backoff: Backoff
    poll_wait_s: int
    told: Callable[[GateEvent], Awaitable[None]]
    """Hears of new rules once they are stored, and of refused ones once per reason in a row."""
    _last_refusal: str = field(default="", init=False)
    _starts_over: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                is_new = await self.poll()
            except CentreUnavailable as error:
                await self.state.failed(str(error))
                await self._wait(str(error), error.retry_after_s)
            except CentreRefused as error:
                await self._wait(str(error), None)
            except (PeerError, StoreDamaged) as error:
                # A delta that does not fit is followed by asking for the whole.
                self._starts_over = True
                await self._tell_refusal(str(error))
                await self._wait(str(error), None)
            else:
                self.backoff.succeeded()
                if not is_new:
                    await asyncio.sleep(QUICKEST_POLL_S)

    async def poll(self) -> bool:
        """Ask once; whether there was something new and it is now in use."""
        after = 0 if self._starts_over else self.cache.revision
        query = {"after": str(after), "wait": str(self.poll_wait_s)}
        answer = await self.transport.get(PATH, query, hold_s=self.poll_wait_s)
        await self.state.worked()
        if answer is None:
            return False
        facts = await self.apply(answer)
        self._starts_over = False
        self._last_refusal = ""
        await self.told(SnapshotReplaced(facts=facts))
        _log.info("rules replaced", revision=facts.revision)
        return True

    async def apply(self, answer: bytes) -> SiteFacts:
        """Check and store a change set; on the disk when this returns.

        Raises PeerError or StoreDamaged, and then the old rules stay as they are.
        """
        # Beside the loop: 50,000 credentials take 0.1 s, and somebody may be at the gate.
        change = await asyncio.to_thread(self._opened, answer)
        after = self.cache.rules_after(change, self.identity.site_id, self.identity.edge_id)
        facts = index_rules(
            after.rules,
            revision=after.revision,
            issued_ms=after.issued_ms,
            expires_ms=after.expires_ms,
        )
        await self.cache.store(change, after)
        return facts

    def _opened(self, answer: bytes) -> ChangeSet:
        """The signature first, the content only then."""
        signed = _SIGNED.read(answer)
        payload = open_signed(signed, Purpose.CHANGE_SET, self.identity.policy_keys)
        return _CHANGE_SET.read(payload)

    async def _tell_refusal(self, problem: str) -> None:
        if problem != self._last_refusal:
            self._last_refusal = problem
            await self.told(SnapshotRefused(problem=problem))

    async def _wait(self, problem: str, retry_after_s: float | None) -> None:
        wait_s = self.backoff.failed(retry_after_s)
        tell = _log.warning if self.backoff.failures == 1 else _log.debug
        tell("no change set", problem=problem, again_in_s=round(wait_s, 1))
        await self.state.pause(wait_s)
