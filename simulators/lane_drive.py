"""The product on this machine with a lane that a person drives, by keys and at a page."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.campus import Campus
from simulators.demo import in_words
from simulators.lane_deeds import TAG, LaneHands
from simulators.lane_keys import drive, help_text
from simulators.lane_page import LanePage
from simulators.plain_host import PlainHost
from simulators.plain_phone import PlainPhone
from simulators.scenario import Visitor
from simulators.stage import TIME_ZONE, running_campus
from simulators.web_person import WebPerson

VISITOR_NAME: Final = "Ada Lovelace"
STAFF_NAME: Final = "赵持卡"


@dataclass(frozen=True, slots=True)
class DrivenLane:
    """Everything that a person who drives needs."""

    campus: Campus
    hands: LaneHands
    address: str
    """Of the page."""


async def drive_lane(root: Path, *, seed: int, say: Callable[[str], None], port: int = 0) -> None:
    """Run the campus in `root` for a person who drives its lane, until cancelled."""
    async with driven_lane(root, seed=seed, say=say, port=port) as lane:
        lane.campus.journal.tell(lambda line: say(in_words(line)))
        say(_welcome(lane))
        if sys.stdin.isatty():
            await drive(lane.hands, sys.stdin.fileno(), say)
        else:
            await asyncio.Event().wait()


@asynccontextmanager
async def driven_lane(
    root: Path, *, seed: int, say: Callable[[str], None], pace: float = 1.0, port: int = 0
) -> AsyncIterator[DrivenLane]:
    """The campus in `root`, a phone with a pass, a card that is somebody's, and the page."""
    async with (
        running_campus(root, lane_pace=pace, seed=seed, say=say, has_tag_reader=True) as campus,
        AsyncExitStack() as stack,
    ):
        say("booking a visit, issuing a card")
        person = await stack.enter_async_context(WebPerson(campus.desk.origin))
        phone = PlainPhone(person, host_name=campus.desk.host.full_name, seed=str(seed))
        await phone.book(Visitor(name="driver"), VISITOR_NAME)
        host = PlainHost(campus.desk.browser_of(campus.desk.host), TIME_ZONE)
        await host.approve(VISITOR_NAME)
        await phone.open_pass()
        await campus.desk.give_tag(STAFF_NAME, TAG)
        await campus.until_edge_is_current()
        hands = LaneHands(campus.entrance, phone.code)
        page = await stack.enter_async_context(LanePage(hands, port=port))
        yield DrivenLane(campus, hands, page.address)


def _welcome(lane: DrivenLane) -> str:
    desk = lane.campus.desk
    return "\n".join(
        (
            "everything runs. Ctrl-C ends it.",
            f"  drive the lane     {lane.address}",
            f"  sign in            {desk.origin}/sign-in",
            *(f"      {a.role:<14} {a.login_name:<14} / {a.password}" for a in desk.accounts),
            "keys:",
            help_text(),
        )
    )
