"""Events to the centre: only a receipt of our own rows moves the watermark."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from access_core.errors import MalformedMessage, OutOfOrder, PeerError, UntrustedMessage
from access_core.ids import EdgeId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from access_core.wire.messages import EventBatch, Reader, SignedMessage, encode
from access_core.wire.signed_message import Purpose, sign_message
from device_drivers.system_clock import SystemClock
from edge_agent.gate.events import GateEvent
from edge_agent.journal import Journal, PendingBatch, open_journal
from edge_agent.link.backoff import Backoff
from edge_agent.link.state import LinkState
from edge_agent.link.transport import Credentials, Transport
from edge_agent.link.uplink import PATH, Uplink
from tests.builders import EDGE, EDGE_KEY, RECEIPT_KEY, RECEIPT_KID, an_identity
from tests.issuer import OTHER_KEY
from tests.small_centre import Answer, SmallCentre, small_centre


@dataclass
class Delivery:
    """A journal with events, a centre, and the uplink between them."""

    journal: Journal
    centre: SmallCentre
    uplink: Uplink

    async def pending(self) -> PendingBatch:
        """The batch that would be sent next."""
        batch = await self.journal.pending(self.journal.delivered_seq)
        assert batch is not None
        return batch

    async def answer(self, **changes: object) -> bytes:
        """A receipt for the next batch, changed."""
        rows = await self.pending()
        batch = EventBatch(
            version=1,
            edge_id=EDGE,
            epoch=rows.epoch,
            first_seq=rows.rows[0].seq,
            prev_hash=rows.prev_hash,
            events=[],
        )
        given = {"seq": rows.rows[-1].seq, "head_hash": rows.rows[-1].hash, **changes}
        return self.centre.receipt(batch, **given)


async def _ignore(_: GateEvent) -> None:
    """Nobody listens."""


@asynccontextmanager
async def delivery(folder: Path, events: int = 3, **settings: int) -> AsyncIterator[Delivery]:
    """With so many events waiting."""
    journal = await open_journal(folder / "journal.db")
    async with small_centre() as centre:
        credentials = Credentials(edge_id=EDGE, key=EDGE_KEY)
        transport = Transport(centre.url, SystemClock(), signer=credentials)
        for number in range(events):
            await journal.append(
                AccessEvent(kind=Kind.DOOR_FORCED, wall_ms=number, mono_ns=number, boot="b")
            )
        uplink = Uplink(
            journal=journal,
            transport=transport,
            identity=an_identity(),
            state=LinkState(_ignore),
            backoff=Backoff(first_s=0.001, longest_s=0.01, jitter=random.Random(1)),
            added=asyncio.Event(),
            batch_events=settings.get("batch_events", 500),
        )
        try:
            yield Delivery(journal, centre, uplink)
        finally:
            await transport.close()
            await journal.close()


async def until_delivered(delivery: Delivery, seq: int) -> None:
    """Run the uplink until the watermark is at `seq`."""
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(delivery.uplink.run())
        while delivery.journal.delivered_seq < seq:
            delivery.centre.news.clear()
            await asyncio.sleep(0.005)
        running.cancel()


async def test_every_event_arrives_once_and_in_order(tmp_path: Path) -> None:
    """Several batches; the lines are the journal's, byte for byte."""
    async with delivery(tmp_path, events=7, batch_events=3) as given:
        await until_delivered(given, 7)
        rows = [row async for row in given.journal.rows_verified()]
        assert given.centre.lines == [row.line for row in rows]
        assert [b.first_seq for b in given.centre.batches] == [1, 4, 7]
        assert given.uplink.state.is_up


async def test_a_centre_that_is_away_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Answers that fail, or come without a receipt, are tried again until one is believed."""
    async with delivery(tmp_path) as given:
        given.centre.laid_out[PATH].extend(
            [Answer(status=503), Answer(status=409, body=b"{}"), Answer(status=204), Answer()]
        )
        await until_delivered(given, 3)
        assert len(given.centre.lines) == 3


async def refused(given: Delivery, answer: bytes, error: type[PeerError]) -> None:
    """`answer` to the next batch raises `error` and moves nothing."""
    before = given.journal.delivered_seq
    given.centre.laid_out[PATH].append(Answer(body=answer))
    with pytest.raises(error):
        await given.uplink.deliver(await given.pending())
    assert given.journal.delivered_seq == before


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 9},
        {"edge_id": EdgeId("edge-south")},
        {"head_hash": bytes(32)},
        {"epoch": bytes(16)},
        {"seq": 2},
    ],
    ids=str,
)
async def test_a_wrong_receipt_moves_nothing(tmp_path: Path, changes: dict[str, object]) -> None:
    """Beyond what was sent, for another edge, another hash, another epoch: not believed."""
    async with delivery(tmp_path) as given:
        await refused(given, await given.answer(**changes), UntrustedMessage)


async def test_a_receipt_beyond_what_was_sent_is_refused_even_if_the_row_exists(
    tmp_path: Path,
) -> None:
    """The centre cannot have committed what it was not given."""
    async with delivery(tmp_path) as given:
        whole = await given.answer()
        given.centre.laid_out[PATH].append(Answer(body=whole))
        first = await given.journal.pending(0, max_events=1)
        assert first is not None
        with pytest.raises(UntrustedMessage, match="only events up to 1 were sent"):
            await given.uplink.deliver(first)
        assert given.journal.delivered_seq == 0


async def test_a_replayed_receipt_moves_nothing(tmp_path: Path) -> None:
    """An old receipt for a later batch is out of order."""
    async with delivery(tmp_path) as given:
        old = await given.answer()
        given.centre.laid_out[PATH].append(Answer(body=old))
        await given.uplink.deliver(await given.pending())
        await given.journal.append(
            AccessEvent(kind=Kind.DOOR_FORCED, wall_ms=9, mono_ns=9, boot="b")
        )
        await refused(given, old, OutOfOrder)
        assert given.journal.delivered_seq == 3


async def test_a_restored_centre_gets_again_what_it_has_lost(tmp_path: Path) -> None:
    """It names the number that it expects; the watermark never goes back meanwhile."""
    async with delivery(tmp_path, events=6, batch_events=2) as given:
        await until_delivered(given, 6)
        del given.centre.lines[2:]
        given.centre.batches.clear()
        await given.journal.append(
            AccessEvent(kind=Kind.DOOR_FORCED, wall_ms=9, mono_ns=9, boot="b")
        )
        gap = b'{"error":"gap","detail":"expected sequence 3 first"}'
        given.centre.laid_out[PATH].append(Answer(status=409, body=gap))
        await until_delivered(given, 7)
        assert [b.first_seq for b in given.centre.batches] == [3, 5, 7]
        assert len(given.centre.lines) == 7


async def test_a_gap_in_no_number_of_ours_changes_nothing(tmp_path: Path) -> None:
    """A number that was never delivered, or none at all, is only a refusal."""
    async with delivery(tmp_path) as given:
        for detail in ("expected sequence 9 first", "no number", "0"):
            body = b'{"error":"gap","detail":"%s"}' % detail.encode()
            given.centre.laid_out[PATH].append(Answer(status=409, body=body))
        await until_delivered(given, 3)
        assert [b.first_seq for b in given.centre.batches] == [1]


async def test_only_the_receipt_key_signs_receipts(tmp_path: Path) -> None:
    """Another key, the policy's purpose, or no signature at all: not believed."""
    async with delivery(tmp_path) as given:
        receipt = await given.answer()
        signed = _signed(receipt)
        stranger = sign_message(signed.payload, Purpose.RECEIPT, RECEIPT_KID, OTHER_KEY)
        await refused(given, encode(stranger), UntrustedMessage)
        as_rules = sign_message(signed.payload, Purpose.CHANGE_SET, RECEIPT_KID, RECEIPT_KEY)
        await refused(given, encode(as_rules), UntrustedMessage)
        await refused(given, signed.payload, MalformedMessage)
        await refused(given, b"", MalformedMessage)


def _signed(answer: bytes) -> SignedMessage:
    return Reader(SignedMessage).read(answer)
