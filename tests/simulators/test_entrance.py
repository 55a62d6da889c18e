"""The simulated hardware of one gate, and what it witnesses."""

from pathlib import Path

from simulators.entrance import Entrance
from simulators.ledger import Happening, What
from simulators.turnstile_lane import Way


async def test_everything_that_happens_is_witnessed_in_order(tmp_path: Path) -> None:
    """Rotor, fire contact and what is held up end in one list, and are told as they happen."""
    told: list[Happening] = []
    # The ports that the edge opens are there while the power is on.
    async with Entrance(tmp_path, lane_pace=0.1, seed=1) as entrance:
        entrance.tell(told.append)
        lane = entrance.turnstile.lane
        ports = [entrance.turnstile_port, entrance.scanner_port]
        assert all(port.is_symlink() for port in ports)
        entrance.note(What.LET_IN, Way.ENTRY)
        lane.release(Way.ENTRY)
        assert await entrance.turnstile.until_released(Way.ENTRY)
        await entrance.turnstile.walk(Way.ENTRY)
        entrance.set_fire(on=False)
        entrance.set_fire(on=True)
        entrance.set_fire(on=False)
        await entrance.turnstile.turn_reset_key()
        lane.secure()
    assert [(h.what, h.way) for h in told] == [
        (What.LET_IN, Way.ENTRY),
        (What.PASSED, Way.ENTRY),
        (What.FIRE, None),
        (What.FIRE_OVER, None),
        (What.RESET, None),
    ]
    assert told == entrance.happenings
    assert not any(port.is_symlink() for port in ports)
