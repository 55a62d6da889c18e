"""The mechanics of one turnstile lane, and an oracle of what truly happened at it.

    locked --release--> arming --arm_ms--> released --somebody walks--> turning --> locked
                                           released --wait_ms, nobody--> locked (not taken)
    fire: free both ways at once; stays free until the contact is well again AND it was secured

The oracle counts as it happens, here at the rotor, and knows nothing of the product.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Way(StrEnum):
    """Which way through the lane."""

    ENTRY = "entry"
    EXIT = "exit"


class WalkResult(StrEnum):
    """What came of walking up to the lane."""

    THROUGH = "through"
    BLOCKED = "blocked"
    STEPPED_BACK = "stepped_back"


class AlarmKind(StrEnum):
    """What a lane that looks at people can make of them."""

    WRONG_DIRECTION = "wrong_direction"
    TAILGATING = "tailgating"
    INTRUSION = "intrusion"


class Refusal(StrEnum):
    """Why the board does not follow an order."""

    BUSY = "busy"
    FIRE = "fire"


@dataclass(slots=True)
class Oracle:
    """What truly happened at the lane, counted as it happened."""

    releases_entry: int = 0
    releases_exit: int = 0
    rotations_entry: int = 0
    """All rotations inwards, those while free included."""
    rotations_exit: int = 0
    rotations_free: int = 0
    """Rotations while the lane was free, both ways; also counted above."""
    not_taken: int = 0
    """Releases that ended by the board's timer without a passage."""
    stepped_back: int = 0
    fire_freed: int = 0
    """How often the fire contact freed the lane."""
    relocked_after_fire: int = 0
    relocked_without_reset: int = 0
    """Of these, those without the reset key turned after the contact was well again: a fault."""
    secured: int = 0
    """Releases ended by an order before their time."""
    refused: int = 0
    """Orders that the board refused."""
    blocked: int = 0
    """People who pushed against a locked rotor."""
    tailgated: int = 0
    """People who slipped through behind another; also counted as rotations."""
    power_cuts: int = 0


@dataclass(frozen=True, slots=True)
class LaneTimes:
    """How long things take at a real turnstile, ms (manuals of TiSO, PERCo, Castle)."""

    arm_ms: int = 600
    """From the order until the rotor gives."""
    wait_ms: int = 5_000
    """How long the board waits for a person."""
    turn_ms: int = 1_200
    """One passage."""
    pulse_ms: int = 300
    """Length of the passage signal."""
    reset_ms: int = 500
    """How long a person holds the reset key turned."""

    def scaled(self, factor: float) -> "LaneTimes":
        """The same lane, `factor` times as slow; 0.1 is ten times as fast."""
        return LaneTimes(
            arm_ms=round(self.arm_ms * factor),
            wait_ms=round(self.wait_ms * factor),
            turn_ms=round(self.turn_ms * factor),
            pulse_ms=round(self.pulse_ms * factor),
            reset_ms=round(self.reset_ms * factor),
        )


@dataclass(slots=True)
class LaneSignals:
    """What the sensors of the lane show at this moment."""

    passage: dict[Way, bool] = field(default_factory=lambda: dict.fromkeys(Way, False))
    occupied: dict[Way, bool] = field(default_factory=lambda: dict.fromkeys(Way, False))
    count: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    """Counters of the board, modulo 65536."""
    alarm: bool = False
    alarms: dict[AlarmKind, bool] = field(default_factory=lambda: dict.fromkeys(AlarmKind, False))
    """Outputs of a lane that tells its alarms apart; `alarm` is the one for everything."""
    fire: bool = False
    reset_key: bool = False
    exit_button: bool = False
    tamper: bool = False
    fault: bool = False
    """The lane says of itself that it is out of order."""


class TurnstileLane:
    """One lane: orders from the board, people from the street, signals back."""

    def __init__(self, times: LaneTimes, *, on_change: Callable[[], None] | None = None) -> None:
        """`on_change` is called after every change of a signal or of the oracle."""
        self.times = times
        self.oracle = Oracle()
        self.signals = LaneSignals()
        self._on_change = on_change
        self._released_for: Way | None = None
        self._armed = False
        self._turning = False
        self._freed_by_order = False
        self._freed_by_fire = False
        self._reset_seen = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._waiters: list[asyncio.Event] = []

    # -- what the lane is ------------------------------------------------------------------

    @property
    def is_free(self) -> bool:
        """Both directions are free."""
        return self._freed_by_order or self._freed_by_fire

    @property
    def is_locked(self) -> bool:
        """Nobody can pass and nobody is passing."""
        return not (self.is_free or self._released_for or self._turning)

    @property
    def is_ready(self) -> bool:
        """It could take a release now."""
        return self.is_locked and not self.signals.fault

    @property
    def is_open(self) -> bool:
        """The rotor or leaf is off its rest position."""
        return self._turning

    def gives_way(self, way: Way) -> bool:
        """The rotor would turn for a person going `way`."""
        return not self._turning and (self.is_free or (self._armed and self._released_for is way))

    @property
    def is_released(self) -> bool:
        """The lane is released or free, in any direction."""
        return self.is_free or self._armed

    def released_for(self, way: Way) -> bool:
        """The relay for `way` is on."""
        return self._released_for is way

    # -- orders of the board ---------------------------------------------------------------

    def release(self, way: Way) -> Refusal | None:
        """Let one person through; None if the order is followed."""
        if self.is_free:
            return self._refuse(Refusal.FIRE if self._freed_by_fire else Refusal.BUSY)
        if self._released_for or self._turning:
            return self._refuse(Refusal.BUSY)
        self._released_for = way
        if way is Way.ENTRY:
            self.oracle.releases_entry += 1
        else:
            self.oracle.releases_exit += 1
        self._after("lock", self.times.arm_ms, self._give)
        self._changed()
        return None

    def end_release(self, way: Way) -> None:
        """End a release for `way`: the relay was switched off."""
        if self._released_for is way and not self._turning:
            self._end_release()
            self._changed()

    def free(self) -> None:
        """Free both directions until secured."""
        self._end_release()
        self._freed_by_order = True
        self._changed()

    def end_free(self) -> None:
        """End `free()`; what fire freed stays free."""
        self._freed_by_order = False
        self._changed()

    def secure(self) -> Refusal | None:
        """Lock both directions; refused while the fire contact is open."""
        if self.signals.fire:
            return self._refuse(Refusal.FIRE)
        if self._freed_by_fire:
            self.oracle.relocked_after_fire += 1
            self.oracle.relocked_without_reset += not self._reset_seen
        if self._released_for and not self._turning:
            self.oracle.secured += 1
        self._freed_by_fire = self._freed_by_order = False
        self._end_release()
        self._changed()
        return None

    # -- people and contacts ---------------------------------------------------------------

    async def walk(self, way: Way) -> WalkResult:
        """Go through `way`, if the rotor gives; returns when the person is through."""
        if not self._begin_turn(way):
            return WalkResult.BLOCKED
        await asyncio.sleep(self.times.turn_ms / 1000)
        self._count_through(way)
        self._end_release()
        self._end_turn(way)
        return WalkResult.THROUGH

    async def tailgate(self, way: Way) -> WalkResult:
        """One person goes through, and a second slips through close behind."""
        if await self.walk(way) is WalkResult.BLOCKED:
            return WalkResult.BLOCKED
        await asyncio.sleep(2 * self.times.pulse_ms / 1000)
        self.oracle.tailgated += 1
        self._count_through(way)
        self.set_alarm(on=True, kind=AlarmKind.TAILGATING)
        self._after(
            "tailgating",
            self.times.pulse_ms,
            lambda: self.set_alarm(on=False, kind=AlarmKind.TAILGATING),
        )
        return WalkResult.THROUGH

    async def step_back(self, way: Way) -> WalkResult:
        """Begin to go through and step back; the release goes on waiting."""
        if not self._begin_turn(way):
            return WalkResult.BLOCKED
        await asyncio.sleep(self.times.turn_ms / 2000)
        self.oracle.stepped_back += 1
        if self._released_for:
            self._after("lock", self.times.wait_ms, self._give_up)
        self._end_turn(way)
        return WalkResult.STEPPED_BACK

    def set_fire(self, *, on: bool) -> None:
        """Open (`on`) or close the fire contact; hardware frees the lane at once."""
        if on and not self.signals.fire:
            self.oracle.fire_freed += 1
            self._freed_by_fire = True
            self._reset_seen = False
            self._end_release()
        self.signals.fire = on
        self._changed()

    def set_alarm(self, *, on: bool, kind: AlarmKind | None = None) -> None:
        """Raise or end the lane's own alarm; with `kind` also on the output for that."""
        self.signals.alarm = on
        if kind is not None:
            self.signals.alarms[kind] = on
        self._changed()

    def set_tamper(self, *, on: bool) -> None:
        """Open or close the housing."""
        self.signals.tamper = on
        self._changed()

    def set_fault(self, *, on: bool) -> None:
        """Let the lane say of itself that it is out of order."""
        self.signals.fault = on
        self._changed()

    async def press_exit_button(self) -> None:
        """Somebody inside presses the button and lets go."""
        self.signals.exit_button = True
        self._changed()
        await asyncio.sleep(self.times.reset_ms / 1000)
        self.signals.exit_button = False
        self._changed()

    def cut_power(self) -> None:
        """The lane loses its power for a moment: nothing is released, nothing is remembered.

        What fire freed stays free: that is mechanics.
        """
        self.oracle.power_cuts += 1
        self.stop()
        self._timers.clear()
        self._freed_by_order = False
        self._end_release()
        self._turning = False
        self.signals.passage = dict.fromkeys(Way, False)
        self.signals.occupied = dict.fromkeys(Way, False)
        self.signals.count = dict.fromkeys(Way, 0)
        self._changed()

    async def turn_reset_key(self) -> None:
        """Turn the key at the lane and let go."""
        self._reset_seen = not self.signals.fire
        self.signals.reset_key = True
        self._changed()
        await asyncio.sleep(self.times.reset_ms / 1000)
        self.signals.reset_key = False
        self._changed()

    async def until(self, is_so: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until `is_so()`, looked at after every change; False if it took too long."""
        changed = asyncio.Event()
        self._waiters.append(changed)
        try:
            async with asyncio.timeout(timeout_s):
                while not is_so():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return False
        finally:
            self._waiters.remove(changed)
        return True

    def stop(self) -> None:
        """Cancel what is still to happen."""
        for timer in self._timers.values():
            timer.cancel()

    # -- inner workings --------------------------------------------------------------------

    def _refuse(self, refusal: Refusal) -> Refusal:
        self.oracle.refused += 1
        self._changed()
        return refusal

    def _give(self) -> None:
        self._armed = True
        self._after("lock", self.times.wait_ms, self._give_up)
        self._changed()

    def _give_up(self) -> None:
        self.oracle.not_taken += 1
        self._end_release()
        self._changed()

    def _end_release(self) -> None:
        self._released_for = None
        self._armed = False
        if timer := self._timers.pop("lock", None):
            timer.cancel()

    def _count_through(self, way: Way) -> None:
        self.oracle.rotations_entry += way is Way.ENTRY
        self.oracle.rotations_exit += way is Way.EXIT
        self.oracle.rotations_free += self.is_free
        self.signals.count[way] = (self.signals.count[way] + 1) % 65_536
        self.signals.passage[way] = True
        self._after(f"pulse {way}", self.times.pulse_ms, lambda: self._end_pulse(way))

    def _begin_turn(self, way: Way) -> bool:
        if not self.gives_way(way):
            self.oracle.blocked += 1
            self._changed()
            return False
        if timer := self._timers.pop("lock", None):
            timer.cancel()
        self._turning = True
        self.signals.occupied[way] = True
        self._changed()
        return True

    def _end_turn(self, way: Way) -> None:
        self._turning = False
        self.signals.occupied[way] = False
        self._changed()

    def _end_pulse(self, way: Way) -> None:
        self.signals.passage[way] = False
        self._changed()

    def _after(self, name: str, delay_ms: int, action: Callable[[], None]) -> None:
        if timer := self._timers.get(name):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[name] = loop.call_later(delay_ms / 1000, action)

    def _changed(self) -> None:
        for waiter in self._waiters:
            waiter.set()
        if self._on_change is not None:
            self._on_change()
