"""What readings of a board mean."""

from hypothesis import given
from hypothesis import strategies as st

from access_core.clock import Instant
from access_core.devices.events import Direction
from device_drivers.modbus_turnstile.lane_watch import (
    Happening,
    LaneReading,
    LaneWatch,
    Point,
    Sighting,
    points_of,
)
from device_drivers.modbus_turnstile.profile import RegisterProfile

START = Instant(mono_ns=0, wall_ms=1_800_000_000_000)
POLL_MS = 40
PULSES_ONLY = RegisterProfile(absent=frozenset({"count_registers"}))
LATCHED = PULSES_ONLY.model_copy(update={"passage_latched": True})
ENTERED = Sighting(Happening.PASSED, Direction.ENTRY)


def watch(
    profile: RegisterProfile, first: tuple[set[Point], int], *rest: tuple[set[Point], int]
) -> list[Sighting]:
    """What is sighted when `first` is found at the connect and `rest` is read after it.

    Each reading is (active inputs, entries counted); exits stay 0.
    """
    lane = LaneWatch(profile)
    has_counts = "count_registers" not in profile.absent
    sightings: list[Sighting] = []
    for number, (active, count) in enumerate([first, *rest]):
        counts = {Direction.ENTRY: count, Direction.EXIT: 0} if has_counts else {}
        reading = LaneReading(START.plus_ms(number * POLL_MS), frozenset(active), counts)
        if number == 0:
            lane.resume(reading)
        else:
            sightings += lane.observe(reading)
    return sightings


def test_a_count_seen_once_is_no_passage() -> None:
    """A counter must be read twice alike: one flipped bit tells nothing."""
    assert watch(RegisterProfile(), (set(), 5), (set(), 6), (set(), 5), (set(), 5)) == []


def test_a_count_seen_twice_is_one_passage() -> None:
    """However often the new count is read, the passage is told once."""
    readings = [(set[Point](), 6)] * 5
    assert watch(RegisterProfile(), (set(), 5), *readings) == [ENTERED]


def test_counters_run_over() -> None:
    """After 65535 comes 0, and that is one passage."""
    assert watch(RegisterProfile(), (set(), 65_535), (set(), 0), (set(), 0)) == [ENTERED]


def test_a_counter_that_begins_anew_is_no_passage() -> None:
    """A board that lost power is told as such."""
    seen = watch(RegisterProfile(), (set(), 500), (set(), 0), (set(), 0))
    assert seen == [Sighting(Happening.COUNTERS_RESET, Direction.ENTRY)]


def test_a_pulse_found_at_the_connect_is_old() -> None:
    """A passage input already active at the start is not a new passage."""
    on, off = ({Point.PASSAGE_ENTRY}, 0), (set[Point](), 0)
    assert watch(PULSES_ONLY, on, on, on, off, off) == []


def test_a_pulse_is_told_after_two_readings() -> None:
    """One reading of a pulse proves nothing, two do, and a third adds nothing."""
    on, off = ({Point.PASSAGE_ENTRY}, 0), (set[Point](), 0)
    assert watch(PULSES_ONLY, off, on, off, off) == []
    assert watch(PULSES_ONLY, off, on, on, on, off, off) == [ENTERED]


def test_a_latched_pulse_is_told_after_one_reading() -> None:
    """If the board keeps the pulse until it was read, one reading is enough."""
    on, off = ({Point.PASSAGE_ENTRY}, 0), (set[Point](), 0)
    assert watch(LATCHED, off, on, off, off) == [ENTERED]


def test_a_rotor_back_at_rest_without_a_count_was_reversed() -> None:
    """Started, at rest again, no passage for a while: reversed, told once."""
    on, off = ({Point.OCCUPIED_ENTRY}, 0), (set[Point](), 0)
    seen = watch(RegisterProfile(), off, on, on, *[off] * 12)
    assert [sighting.what for sighting in seen] == [Happening.STARTED, Happening.REVERSED]


def test_a_passage_told_is_never_reversed_as_well() -> None:
    """The rotor comes to rest after a passage too; that is the end of it."""
    on, off = ({Point.OCCUPIED_ENTRY}, 0), (set[Point](), 0)
    after = (set[Point](), 1)
    seen = watch(RegisterProfile(), off, on, on, *[after] * 12)
    assert [sighting.what for sighting in seen] == [Happening.STARTED, Happening.PASSED]


def test_fire_found_at_the_connect_is_told() -> None:
    """Fire that began while the line was down is told, once."""
    burning = ({Point.FIRE}, 0)
    assert watch(RegisterProfile(), burning, burning, burning) == [Sighting(Happening.FIRE_ON)]


def test_what_a_board_lacks_is_not_looked_at() -> None:
    """Absent inputs have no address."""
    profile = RegisterProfile(absent=frozenset({"alarm", "reset_key"}))
    assert {Point.ALARM, Point.RESET_KEY} & set(points_of(profile)) == set()
    assert len(points_of(profile)) == 6


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4)), max_size=40))
def test_passages_told_are_passages_counted(steps: list[tuple[bool, int]]) -> None:
    """Whatever the rhythm of people and readings, each counted passage is told exactly once."""
    count, readings = 0, []
    for has_passed, times_read in steps:
        count += has_passed
        readings += [(set[Point](), count)] * times_read
    readings += [(set[Point](), count)] * 2
    seen = watch(RegisterProfile(), (set(), 0), *readings)
    assert seen == [ENTERED] * count
