"""Events to the centre: one batch in flight, and only a receipt moves the watermark."""

import asyncio
import re
from dataclasses import dataclass, field
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
from edge_agent.link.transport import CentreRefused, CentreUnavailable, Transport

PATH: Final = "/edge/v1/events"
GAP: Final = "gap"
"""The centre's error code for events that are missing before a batch."""
_NUMBER: Final = re.compile(r"\d{1,18}")
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
    _behind: int | None = field(default=None, init=False)
    """What a centre restored from a backup has, if that is less than it has confirmed."""

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self.added.clear()
            after = self.journal.delivered_seq if self._behind is None else self._behind
            batch = await self.journal.pending(
                after,
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
        except CentreRefused as error:
            self._look_back(error)
            await self._wait(str(error), None)
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
        if self._behind is not None:
            await self.journal.check_receipt(receipt)
            delivered = self.journal.delivered_seq
            self._behind = receipt.seq if self._behind < receipt.seq < delivered else None
            if receipt.seq <= delivered:
                return
        if not await self.journal.mark_delivered(receipt):
            raise OutOfOrder(
                f"receipt: confirms event {receipt.seq}, "
                f"which does not go beyond {self.journal.delivered_seq}, confirmed before"
            )

    def _look_back(self, error: CentreRefused) -> None:
        """Send again what a restored centre has lost: it names the number that it expects."""
        expected = _NUMBER.search(error.detail) if error.code == GAP else None
        if expected is None or not 1 <= int(expected[0]) <= self.journal.delivered_seq:
            return
        self._behind = int(expected[0]) - 1
        _log.error("the centre has lost events and gets them again", from_seq=self._behind + 1)

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
