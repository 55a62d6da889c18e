"""What readings of a board mean."""

from hypothesis import given
from hypothesis import strategies as st

from access_core.clock import Instant
from access_core.devices.events import Direction
from device_drivers.lane.points import LaneReading, Point
from device_drivers.lane.watch import Happening, LaneWatch, Sighting, WatchRules

START = Instant(mono_ns=0, wall_ms=1_800_000_000_000)
POLL_MS = 40
COUNTED = WatchRules(has_counters=True)
PULSES_ONLY = WatchRules()
LATCHED = WatchRules(passage_latched=True)
LEVEL = WatchRules(passage_signal="level")
CONTACT_ONLY = WatchRules(passage_signal="none")
ENTERED = Sighting(Happening.PASSED, Direction.ENTRY)


def watch(
    rules: WatchRules, first: tuple[set[Point], int], *rest: tuple[set[Point], int]
) -> list[Sighting]:
    """What is sighted when `first` is found at the connect and `rest` is read after it.

    Each reading is (active inputs, entries counted); exits stay 0.
    """
    lane = LaneWatch(rules)
    sightings: list[Sighting] = []
    for number, (active, count) in enumerate([first, *rest]):
        counts = {Direction.ENTRY: count, Direction.EXIT: 0} if rules.has_counters else {}
        reading = LaneReading(START.plus_ms(number * POLL_MS), frozenset(active), counts)
        if number == 0:
            lane.resume(reading)
        else:
            sightings += lane.observe(reading)
    return sightings


def test_a_count_seen_once_is_no_passage() -> None:
    """A counter must be read twice alike: one flipped bit tells nothing."""
    assert watch(COUNTED, (set(), 5), (set(), 6), (set(), 5), (set(), 5)) == []


def test_a_count_seen_twice_is_one_passage() -> None:
    """However often the new count is read, the passage is told once."""
    readings = [(set[Point](), 6)] * 5
    assert watch(COUNTED, (set(), 5), *readings) == [ENTERED]


def test_counters_run_over() -> None:
    """After 65535 comes 0, and that is one passage."""
    assert watch(COUNTED, (set(), 65_535), (set(), 0), (set(), 0)) == [ENTERED]


def test_a_counter_that_begins_anew_is_no_passage() -> None:
    """A board that lost power is told as such."""
    seen = watch(COUNTED, (set(), 500), (set(), 0), (set(), 0))
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
    seen = watch(COUNTED, off, on, on, *[off] * 12)
    assert [sighting.what for sighting in seen] == [Happening.STARTED, Happening.REVERSED]


def test_a_passage_told_is_never_reversed_as_well() -> None:
    """The rotor comes to rest after a passage too; that is the end of it."""
    on, off = ({Point.OCCUPIED_ENTRY}, 0), (set[Point](), 0)
    after = (set[Point](), 1)
    seen = watch(COUNTED, off, on, on, *[after] * 12)
    assert [sighting.what for sighting in seen] == [Happening.STARTED, Happening.PASSED]


def test_fire_found_at_the_connect_is_told() -> None:
    """Fire that began while the line was down is told, once."""
    burning = ({Point.FIRE}, 0)
    assert watch(COUNTED, burning, burning, burning) == [
        Sighting(Happening.CHANGED, point=Point.FIRE)
    ]


def test_a_level_is_a_passage_when_it_ends() -> None:
    """Active while somebody is inside: started when it begins, passed when it ends."""
    on, off = ({Point.PASSAGE_ENTRY}, 0), (set[Point](), 0)
    seen = watch(LEVEL, off, on, on, on, off, off, off)
    assert [sighting.what for sighting in seen] == [Happening.STARTED, Happening.PASSED]


def test_a_level_found_at_the_connect_is_no_passage() -> None:
    """Whose beginning nobody saw may be a sensor that was stuck."""
    on, off = ({Point.PASSAGE_ENTRY}, 0), (set[Point](), 0)
    assert watch(LEVEL, on, on, off, off) == []


def test_a_released_door_that_opens_is_a_passage() -> None:
    """With a contact alone, the opening of a released door is its passage; a forced one is not."""
    for direction, passed in ((Direction.EXIT, 1), (None, 0)):
        lane = LaneWatch(CONTACT_ONLY)
        closed = LaneReading(START, frozenset(), {})
        opened = LaneReading(START, frozenset({Point.DOOR_CONTACT}), {})
        lane.resume(closed)
        lane.released_towards(direction)
        seen = [*lane.observe(opened), *lane.observe(opened), *lane.observe(opened)]
        assert seen.count(Sighting(Happening.PASSED, direction)) == passed
        assert Sighting(Happening.CHANGED, point=Point.DOOR_CONTACT) in seen


def test_buttons_and_conditions_are_told_as_they_change() -> None:
    """A button is told when pressed and when let go; what is no condition is not told at all."""
    on, off = ({Point.EXIT_BUTTON, Point.TAMPER, Point.RELEASED}, 0), (set[Point](), 0)
    seen = watch(PULSES_ONLY, off, on, on, off, off)
    assert [(sighting.point, sighting.is_active) for sighting in seen] == [
        (Point.EXIT_BUTTON, True),
        (Point.TAMPER, True),
        (Point.EXIT_BUTTON, False),
        (Point.TAMPER, False),
    ]


def test_a_change_is_unsure_until_it_is_confirmed() -> None:
    """Whoever reads the lane may look again at once, and need not after that."""
    lane = LaneWatch(PULSES_ONLY)
    assert not lane.is_unsure
    lane.resume(LaneReading(START, frozenset(), {}))
    changed = LaneReading(START.plus_ms(POLL_MS), frozenset({Point.EXIT_BUTTON}), {})
    lane.observe(changed)
    seen_once = lane.is_unsure
    lane.observe(changed)
    assert (seen_once, lane.is_unsure) == (True, False)


def test_counters_are_asked_for_when_somebody_is_in_the_lane() -> None:
    """At rest they are read twice a second; with a sensor active, or a new count, every time."""
    lane = LaneWatch(COUNTED)
    assert lane.wants_counts(START)
    counts = {Direction.ENTRY: 5, Direction.EXIT: 0}
    lane.resume(LaneReading(START, frozenset(), counts))
    assert not lane.wants_counts(START.plus_ms(POLL_MS))
    assert lane.wants_counts(START.plus_ms(500))
    lane.observe(LaneReading(START.plus_ms(POLL_MS), frozenset({Point.OCCUPIED_ENTRY}), {}))
    assert lane.wants_counts(START.plus_ms(2 * POLL_MS))
    lane.observe(LaneReading(START.plus_ms(2 * POLL_MS), frozenset(), counts | {Direction.EXIT: 1}))
    assert lane.wants_counts(START.plus_ms(3 * POLL_MS))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4)), max_size=40))
def test_passages_told_are_passages_counted(steps: list[tuple[bool, int]]) -> None:
    """Whatever the rhythm of people and readings, each counted passage is told exactly once."""
    count, readings = 0, []
    for has_passed, times_read in steps:
        count += has_passed
        readings += [(set[Point](), count)] * times_read
    readings += [(set[Point](), count)] * 2
    seen = watch(COUNTED, (set(), 0), *readings)
    assert seen == [ENTERED] * count
