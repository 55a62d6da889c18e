"""Events to the centre: one batch in flight, and only a receipt moves the watermark."""

import asyncio
from dataclasses import dataclass
from typing import Final

import msgspec
import structlog

from access_core.errors import OutOfOrder, PeerError, UntrustedMessage
from access_core.wire.messages import (
    MAX_BATCH_BYTES,
    VERSION,
    EventBatch,
    Reader,
    Receipt,
    SignedMessage,
    encode,
)
from access_core.wire.signed_message import Purpose, open_signed
from edge_agent.journal import Journal, NotRecorded, PendingBatch
from edge_agent.link.backoff import Backoff
from edge_agent.link.identity import Identity
from edge_agent.link.state import LinkState
from edge_agent.link.transport import CentreUnavailable, Transport

PATH: Final = "/edge/v1/events"
_ENVELOPE_BYTES: Final = 1_024
"""Room for what stands round the events in a batch."""
_SIGNED: Final = Reader(SignedMessage)
_RECEIPT: Final = Reader(Receipt)
_log = structlog.get_logger("uplink")


@dataclass(slots=True, kw_only=True)
class Uplink:
    """Delivers the journal."""

    journal: Journal
    transport: Transport
    identity: Identity
    state: LinkState
    backoff: Backoff
    added: asyncio.Event
    """Set by whoever writes the journal."""
    batch_events: int

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self.added.clear()
            batch = await self.journal.pending(
                self.journal.delivered_seq,
                max_events=self.batch_events,
                max_bytes=MAX_BATCH_BYTES - _ENVELOPE_BYTES,
            )
            if batch is None:
                await self.added.wait()
            else:
                await self._attempt(batch)

    async def _attempt(self, batch: PendingBatch) -> None:
        try:
            await self.deliver(batch)
        except CentreUnavailable as error:
            await self.state.failed(str(error))
            await self._wait(str(error), error.retry_after_s)
        except (PeerError, NotRecorded) as error:
            # The centre answers, but not as agreed: the link is up, the events stay here.
            await self._wait(str(error), None)
        else:
            self.backoff.succeeded()
            await self.state.worked()

    async def deliver(self, batch: PendingBatch) -> None:
        """Send one batch and believe its receipt, or raise and leave the watermark alone."""
        message = EventBatch(
            version=VERSION,
            edge_id=self.identity.edge_id,
            epoch=batch.epoch,
            first_seq=batch.rows[0].seq,
            prev_hash=batch.prev_hash,
            events=[msgspec.Raw(row.line) for row in batch.rows],
        )
        answer = await self.transport.post(PATH, encode(message))
        receipt = self._opened(answer)
        if receipt.seq > batch.rows[-1].seq:
            raise UntrustedMessage(
                f"receipt: confirms event {receipt.seq}, "
                f"but only events up to {batch.rows[-1].seq} were sent"
            )
        if not await self.journal.mark_delivered(receipt):
            raise OutOfOrder(
                f"receipt: confirms event {receipt.seq}, "
                f"which does not go beyond {self.journal.delivered_seq}, confirmed before"
            )

    def _opened(self, answer: bytes | None) -> Receipt:
        if answer is None:
            raise UntrustedMessage("receipt: the centre gave none")
        payload = open_signed(_SIGNED.read(answer), Purpose.RECEIPT, self.identity.receipt_keys)
        receipt = _RECEIPT.read(payload)
        if receipt.edge_id != self.identity.edge_id:
            raise UntrustedMessage(f"receipt: for edge {receipt.edge_id}")
        return receipt

    async def _wait(self, problem: str, retry_after_s: float | None) -> None:
        wait_s = self.backoff.failed(retry_after_s)
        tell = _log.warning if self.backoff.failures == 1 else _log.debug
        tell("events not delivered", problem=problem, again_in_s=round(wait_s, 1))
        await self.state.pause(wait_s)
