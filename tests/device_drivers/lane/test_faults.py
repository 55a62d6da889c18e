"""Sensors and relays that cannot be right."""

from access_core.clock import Instant
from device_drivers.lane.faults import CALM_MS, SHOWN_WITHIN_MS, FaultLimits, FaultWatch
from device_drivers.lane.points import LaneReading, Point

START = Instant(mono_ns=0, wall_ms=1_800_000_000_000)
POLL_MS = 40
LIMITS = FaultLimits(stuck_after_ms=1_000, bounces=6, released_longest_ms=3_000)
ENTRY, RELEASED = Point.PASSAGE_ENTRY, Point.RELEASED


class Sequence:
    """Readings at a steady pace."""

    def __init__(self, *points: Point) -> None:
        """A lane with these inputs."""
        self.faults = FaultWatch(LIMITS, frozenset(points))
        self.now = START

    def read(self, *active: Point, times: int = 1) -> list[str]:
        """The names of the faults after reading the same `times` times."""
        found: dict[str, str] = {}
        for _ in range(times):
            self.now = self.now.plus_ms(POLL_MS)
            found = self.faults.look(LaneReading(self.now, frozenset(active), {}))
        return list(found)


def test_a_sensor_that_stays_active_is_stuck_until_it_moves() -> None:
    """Named with what to check after the limit, and well again at once when it lets go."""
    lane = Sequence(ENTRY)
    assert lane.read(ENTRY, times=25) == []
    assert lane.read(ENTRY) == ["stuck passage_entry"]
    assert lane.read() == []


def test_a_stuck_button_is_a_nuisance_and_no_fault() -> None:
    """An exit button that is blocked leaves the lane in order."""
    lane = Sequence(Point.EXIT_BUTTON)
    assert lane.read(Point.EXIT_BUTTON, times=30) == []
    assert list(lane.faults.nuisances(lane.now)) == ["stuck exit_button"]


def test_a_flickering_sensor_bounces_until_it_is_calm() -> None:
    """So many changes within 2 s are no people; after 5 s without any it is well."""
    lane = Sequence(ENTRY)
    lane.read()
    found = [name for _ in range(3) for name in (*lane.read(ENTRY), *lane.read())]
    assert found == ["bouncing passage_entry"]
    assert lane.read(times=CALM_MS // POLL_MS - 1) == ["bouncing passage_entry"]
    assert lane.read(times=2) == []


def test_people_one_after_the_other_do_not_bounce() -> None:
    """The same changes over a longer time are a busy lane."""
    lane = Sequence(ENTRY)
    for _ in range(10):
        lane.read(ENTRY, times=8)
        assert lane.read(times=20) == []


def test_a_release_that_the_lane_never_shows_is_a_fault_until_one_is_shown() -> None:
    """Taken by the board, not shown in time: relay or wire; well after the next good one."""
    lane = Sequence(RELEASED)
    lane.read()
    lane.faults.release_taken(lane.now)
    assert lane.read(times=SHOWN_WITHIN_MS // POLL_MS) == []
    assert lane.read() == ["no release"]
    assert lane.read(times=100) == ["no release"]
    assert lane.read(RELEASED) == []


def test_a_release_that_is_over_need_not_be_shown() -> None:
    """Ended by an order, or gone through between two readings: nothing is due."""
    lane = Sequence(RELEASED)
    lane.faults.release_taken(lane.now)
    lane.faults.release_over()
    assert lane.read(times=100) == []


def test_a_board_that_cannot_show_a_release_is_not_blamed() -> None:
    """Without the input nothing can be said."""
    lane = Sequence(ENTRY)
    lane.faults.release_taken(lane.now)
    assert lane.read(times=100) == []


def test_a_lane_that_stays_released_sticks_unless_it_was_freed() -> None:
    """Not while an order or fire holds it free."""
    lane = Sequence(RELEASED, Point.FIRE)
    assert lane.read(RELEASED, times=76) == ["stays released"]
    assert lane.read(RELEASED, Point.FIRE) == []
    lane.faults.is_freed = True
    assert lane.read(RELEASED) == []


def test_a_lane_that_is_never_ready_is_out_of_order() -> None:
    """Not ready for longer than any passage takes."""
    lane = Sequence(Point.READY)
    assert lane.read(times=25) == []
    assert lane.read() == ["not ready"]
    assert lane.read(Point.READY) == []


def test_the_lanes_own_word_counts_when_read_twice() -> None:
    """One flipped bit is not believed."""
    lane = Sequence(Point.FAULT)
    assert lane.read(Point.FAULT) == []
    assert lane.read(Point.FAULT) == ["own word"]


def test_a_loss_of_the_line_begins_anew_but_keeps_what_is_known() -> None:
    """Time without readings proves nothing; a fault that was known stays until it is disproved."""
    lane = Sequence(ENTRY, Point.READY)
    lane.read(ENTRY, Point.READY, times=10)
    lane.faults.line_lost()
    lane.now = lane.now.plus_ms(60_000)
    assert lane.read(ENTRY, Point.READY) == []
    assert lane.read(ENTRY, times=30) == ["stuck passage_entry", "not ready"]
    lane.faults.line_lost()
    assert lane.read(ENTRY) == ["stuck passage_entry", "not ready"]
