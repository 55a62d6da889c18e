"""A driven lane with the whole product behind it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2 as httpx
import pytest

from access_core.model.access_event import AccessEventKind
from simulators.lane_deeds import Deed
from simulators.lane_drive import DrivenLane, driven_lane
from simulators.patience import until
from simulators.turnstile_lane import Way

Kind = AccessEventKind


def has_happened(lane: DrivenLane, *kinds: AccessEventKind) -> Callable[[], Awaitable[bool]]:
    """Whether the edge's journal has all these kinds."""

    async def look() -> bool:
        return set(kinds) <= {line.event.kind for line in lane.campus.journal.lines}

    return look


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_card_issued_at_the_centre_opens_and_tailgating_becomes_an_alarm(
    tmp_path: Path,
) -> None:
    """Driven headless at the page: a card, an unknown card, a code, a second person behind."""
    async with (
        driven_lane(tmp_path, seed=1, say=lambda _: None, pace=0.3) as lane,
        httpx.AsyncClient(base_url=lane.address, timeout=60) as browser,
    ):
        turnstile = lane.campus.entrance.turnstile

        async def do(deed: Deed) -> None:
            assert (await browser.post(f"/deeds/{deed}")).status_code == 303

        await do(Deed.PRESENT_CARD)
        assert await turnstile.until_released(Way.ENTRY)
        await do(Deed.WALK_IN)
        await until(
            has_happened(lane, Kind.ACCESS_TAKEN), "the passage is not recorded", limit_s=30
        )
        await do(Deed.PRESENT_UNKNOWN_CARD)
        await until(
            has_happened(lane, Kind.ACCESS_DENIED), "the unknown card is not refused", limit_s=30
        )
        assert await turnstile.until_locked()
        await do(Deed.SHOW_CODE)
        assert await turnstile.until_released(Way.ENTRY)
        await do(Deed.TAILGATE)
        await until(
            has_happened(lane, Kind.TAILGATING), "the second person is not recorded", limit_s=30
        )
        security = lane.campus.desk.browser_of(lane.campus.desk.security)

        async def is_alarm_there() -> bool:
            return "Tailgating" in (await security.visit("/alarms")).text

        await until(is_alarm_there, "the alarm does not reach security", limit_s=30)
