"""Sensors with faults."""

from simulators.lane_sensors import SENSORS, LaneSensors
from simulators.turnstile_lane import AlarmKind, LaneTimes, TurnstileLane


def test_sensors_show_what_is_so() -> None:
    """A lane at rest is ready and nothing else; each change is seen on its own terminal."""
    lane = TurnstileLane(LaneTimes())
    sensors = LaneSensors(lane)
    assert [name for name in SENSORS if sensors.read(name)] == ["ready"]
    lane.set_tamper(on=True)
    lane.set_fault(on=True)
    lane.set_alarm(on=True, kind=AlarmKind.INTRUSION)
    assert {name for name in SENSORS if sensors.read(name)} == {
        "tamper",
        "fault",
        "alarm",
        "alarm_intrusion",
    }


def test_a_stuck_sensor_shows_the_same_until_it_is_mended() -> None:
    """Whatever the lane does."""
    lane = TurnstileLane(LaneTimes())
    sensors = LaneSensors(lane)
    sensors.stick("fire", active=False)
    lane.set_fire(on=True)
    assert not sensors.read("fire")
    sensors.mend("fire")
    assert sensors.read("fire")


def test_a_bouncing_sensor_flickers_the_same_way_each_time() -> None:
    """Both values come, in an order that the seed decides."""
    flickers = []
    for _ in range(2):
        sensors = LaneSensors(TurnstileLane(LaneTimes()), seed=5)
        sensors.bounce("ready")
        flickers.append([sensors.read("ready") for _ in range(40)])
    assert set(flickers[0]) == {True, False}
    assert flickers[0] == flickers[1]
