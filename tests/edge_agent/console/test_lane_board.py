"""What stands at each access point."""

from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import Direction
from access_core.ids import AccessPointId, DeviceId
from edge_agent.console.lane_board import STARTING, LaneBoard, Shown
from edge_agent.gate.commands import ShowAtReader

IN, OUT = AccessPointId("north-1-in"), AccessPointId("north-1-out")
CAMERA, CARDS, SCANNER = DeviceId("camera"), DeviceId("cards"), DeviceId("scanner")


def go(reader: DeviceId | None) -> ShowAtReader:
    """Go, at one reader or at all."""
    shown = ShowFeedback(
        signal=Signal.GO, direction=Direction.ENTRY, text_zh="请通行", text_en="Please go through"
    )
    return ShowAtReader(reader=reader, feedback=shown)


def board() -> LaneBoard:
    """Two readers on the way in, one on the way out."""
    return LaneBoard({CAMERA: IN, CARDS: IN, SCANNER: OUT})


def test_what_a_reader_shows_stands_at_its_access_point() -> None:
    """And at no other; before anything is shown the gate is starting."""
    lane = board()
    lane.show(go(CARDS))
    assert lane.at(IN) == Shown(signal=Signal.GO, text_zh="请通行", text_en="Please go through")
    assert lane.at(OUT) == STARTING
    assert lane.at(AccessPointId("elsewhere")) is None
    assert lane.points() == (IN, OUT)


async def test_whoever_waits_hears_of_the_next_change() -> None:
    """Once it is taken nothing is missed, and the next one is a new one."""
    lane = board()
    change = lane.next_change()
    lane.show(go(None))
    await change.wait()
    assert lane.at(OUT) == lane.at(IN) != STARTING
    assert not lane.next_change().is_set()
