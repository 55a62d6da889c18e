"""What a person can do at the simulated lane, one deed at a time, and how the lane looks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulators.cast import Code
from simulators.entrance import Entrance
from simulators.qr_camera import View
from simulators.turnstile_lane import Way

TAG: Final = bytes.fromhex("2B00BC614E")
"""The tag of the person who drives; its printed number is 0012345678."""
UNKNOWN_TAG: Final = bytes.fromhex("7F00000001")
HOLD_FRAMES: Final = 10
TAG_REPEATS: Final = 6


class Deed(StrEnum):
    """One thing that somebody does at the lane."""

    SHOW_CODE = "show-code"
    SCAN_CODE_OUT = "scan-code-out"
    PRESENT_CARD = "present-card"
    PRESENT_UNKNOWN_CARD = "present-unknown-card"
    WALK_IN = "walk-in"
    WALK_OUT = "walk-out"
    TAILGATE = "tailgate"
    STEP_BACK = "step-back"
    DO_NOT_WALK = "do-not-walk"
    FIRE = "fire"
    RESET_KEY = "reset-key"
    UNPLUG_READER = "unplug-reader"
    UNPLUG_TURNSTILE = "unplug-turnstile"
    POWER_CYCLE = "power-cycle"


DEED_WORDS: Final[dict[Deed, str]] = {
    Deed.SHOW_CODE: "show the code to the camera",
    Deed.SCAN_CODE_OUT: "scan the code on the way out",
    Deed.PRESENT_CARD: "present the card",
    Deed.PRESENT_UNKNOWN_CARD: "present a card nobody knows",
    Deed.WALK_IN: "walk in",
    Deed.WALK_OUT: "walk out",
    Deed.TAILGATE: "walk in, another close behind",
    Deed.STEP_BACK: "begin to walk in and step back",
    Deed.DO_NOT_WALK: "do not walk",
    Deed.FIRE: "fire contact: open / well again",
    Deed.RESET_KEY: "turn the reset key",
    Deed.UNPLUG_READER: "card reader: unplug / plug in",
    Deed.UNPLUG_TURNSTILE: "turnstile: unplug / plug in",
    Deed.POWER_CYCLE: "cut the turnstile's power for a moment",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneState:
    """How the lane looks at one moment."""

    is_free: bool
    is_fire: bool
    gives_way: tuple[Way, ...]
    """Directions in which the rotor would turn."""
    occupied: tuple[Way, ...]
    """Directions in which somebody is going through."""
    count_in: int
    count_out: int
    unplugged: tuple[str, ...]
    doing: str
    """What is being done now, or was done last."""


class LaneHands:
    """The hands and feet of the person who drives. Deeds are done one after the other."""

    def __init__(self, entrance: Entrance, code: Callable[[], Awaitable[Code]] | None) -> None:
        """`code` gives what the phone shows now; None: there is no phone."""
        self._entrance = entrance
        self._code = code
        self._one_at_a_time = asyncio.Lock()
        self._doing = "nothing yet"
        self._unplugged: set[str] = set()
        deeds: dict[Deed, Callable[[], Awaitable[str]]] = {
            Deed.SHOW_CODE: self._show_code,
            Deed.SCAN_CODE_OUT: self._scan_code_out,
            Deed.PRESENT_CARD: lambda: self._present(TAG),
            Deed.PRESENT_UNKNOWN_CARD: lambda: self._present(UNKNOWN_TAG),
            Deed.WALK_IN: lambda: self._walk(Way.ENTRY),
            Deed.WALK_OUT: lambda: self._walk(Way.EXIT),
            Deed.TAILGATE: self._tailgate,
            Deed.STEP_BACK: self._step_back,
            Deed.DO_NOT_WALK: self._do_not_walk,
            Deed.FIRE: self._fire,
            Deed.RESET_KEY: self._reset_key,
            Deed.UNPLUG_READER: lambda: self._plug("tags"),
            Deed.UNPLUG_TURNSTILE: lambda: self._plug("turnstile"),
            Deed.POWER_CYCLE: self._power_cycle,
        }
        self._deeds = deeds

    async def do(self, deed: Deed) -> str:
        """Do it; in words what came of it."""
        async with self._one_at_a_time:
            self._doing = f"{DEED_WORDS[deed]} …"
            came_of_it = await self._deeds[deed]()
            self._doing = f"{DEED_WORDS[deed]}: {came_of_it}"
            return came_of_it

    def state(self) -> LaneState:
        """How the lane looks now."""
        lane = self._entrance.turnstile.lane
        signals = lane.signals
        return LaneState(
            is_free=lane.is_free,
            is_fire=signals.fire,
            gives_way=tuple(way for way in Way if lane.gives_way(way)),
            occupied=tuple(way for way in Way if signals.occupied[way]),
            count_in=lane.oracle.rotations_entry,
            count_out=lane.oracle.rotations_exit,
            unplugged=tuple(sorted(self._unplugged)),
            doing=self._doing,
        )

    async def _show_code(self) -> str:
        if self._code is None:
            return "there is no phone with a pass"
        shown = await self._code()
        for _ in range(HOLD_FRAMES):
            await self._entrance.camera.hold_up(shown.phone, View(), frames=1)
            if self._entrance.turnstile.lane.released_for(Way.ENTRY):
                return "the lane is released"
        return "held up"

    async def _scan_code_out(self) -> str:
        if self._code is None:
            return "there is no phone with a pass"
        self._entrance.scanner.scan((await self._code()).text)
        return "scanned"

    async def _present(self, tag: bytes) -> str:
        if self._entrance.tag_port is None:
            return "there is no card reader"
        await self._entrance.tags.hold(tag, TAG_REPEATS)
        return "held to the reader"

    async def _walk(self, way: Way) -> str:
        return _spaced(await self._entrance.turnstile.walk(way))

    async def _tailgate(self) -> str:
        return _spaced(await self._entrance.turnstile.tailgate(Way.ENTRY))

    async def _step_back(self) -> str:
        return _spaced(await self._entrance.turnstile.step_back(Way.ENTRY))

    async def _do_not_walk(self) -> str:
        lane = self._entrance.turnstile.lane
        if lane.is_free:
            return "the lane stays free"
        limit_s = (lane.times.arm_ms + lane.times.wait_ms) / 1000 + 1
        is_locked = await self._entrance.turnstile.until_locked(limit_s)
        return "the lane is locked" if is_locked else "the lane is still released"

    async def _fire(self) -> str:
        is_on = not self._entrance.turnstile.lane.signals.fire
        self._entrance.set_fire(on=is_on)
        return "open: the lane is free" if is_on else "well again; the reset key locks the lane"

    async def _reset_key(self) -> str:
        await self._entrance.turnstile.turn_reset_key()
        return "turned"

    async def _plug(self, name: str) -> str:
        line = self._entrance.lines.get(name)
        if line is None:
            return "there is none"
        if name in self._unplugged:
            line.plug_in()
            self._unplugged.remove(name)
            return "plugged in"
        line.unplug()
        self._unplugged.add(name)
        return "unplugged"

    async def _power_cycle(self) -> str:
        self._entrance.turnstile.power_cycle()
        return "its counters begin again"


def _spaced(word: str) -> str:
    return word.replace("_", " ")
