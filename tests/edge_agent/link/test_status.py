"""How the edge is, told to the centre."""

import asyncio

from access_core.wire.messages import VERSION, EdgeStatus
from device_drivers.system_clock import SystemClock
from edge_agent.gate.events import GateEvent
from edge_agent.link.state import LinkState
from edge_agent.link.status import PATH, StatusReport
from edge_agent.link.transport import Credentials, Transport
from tests.builders import EDGE, EDGE_KEY
from tests.small_centre import Answer, SmallCentre, small_centre


async def _ignore(_: GateEvent) -> None:
    """Nobody listens."""


def a_status() -> EdgeStatus:
    """All well."""
    return EdgeStatus(
        version=VERSION,
        revision=7,
        journal_seq=3,
        delivered_seq=2,
        now_ms=1,
        software="test",
        devices={"turnstile": "ready"},
    )


async def until_asked(centre: SmallCentre, times: int) -> None:
    """Wait for so many requests."""
    while len(centre.asked) < times:
        centre.news.clear()
        await centre.news.wait()


async def test_it_is_told_at_once_and_on_change() -> None:
    """The first report needs no change; a change does not wait for the next round."""
    async with small_centre() as centre:
        credentials = Credentials(edge_id=EDGE, key=EDGE_KEY)
        transport = Transport(centre.url, SystemClock(), signer=credentials)
        state, changed = LinkState(_ignore), asyncio.Event()
        report = StatusReport(
            transport=transport, state=state, every_s=3_600, changed=changed, compose=a_status
        )
        centre.laid_out[PATH].extend([Answer(status=503), Answer(status=400)])
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            running = group.create_task(report.run())
            for times in (1, 2, 3):
                await until_asked(centre, times)
                changed.set()
            await until_asked(centre, 4)
            running.cancel()
        await transport.close()
        assert centre.statuses[0] == a_status()
        assert state.is_up
