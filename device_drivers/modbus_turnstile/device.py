"""One board over its line: reads the lane's inputs, carries out orders. No reconnecting."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.events import Direction
from access_core.errors import DeviceUnavailable
from device_drivers.lane.points import LaneReading
from device_drivers.modbus_turnstile.bus import DeadlinePassed, ModbusBus, NoAnswer
from device_drivers.modbus_turnstile.codec import (
    COIL_OFF,
    COIL_ON,
    Question,
    bits_in,
    read_input_registers,
    read_inputs,
    registers_in,
    write_coil,
    write_registers,
)
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings

LONGEST_TIMER: Final = 0xFEFF
"""0xFF00 as a time would read as "on"."""

OUTPUTS: Final = ("release_entry", "release_exit", "free", "secure")
"""Names for the technician, in the order of the profile; each with `_coil` is a key of it."""


class LaneBoard:
    """What a board of this profile can do, over a line that is open."""

    def __init__(
        self,
        settings: ModbusTurnstileSettings,
        bus: ModbusBus,
        clock: Clock,
        counters: Counter[str],
    ) -> None:
        """`counters` are those of the device's health."""
        self._settings = settings
        self._profile = settings.profile
        self._bus = bus
        self._clock = clock
        self._counters = counters
        self._points = settings.profile.points
        addresses = [wired.address for wired in self._points.values()]
        self._first = min(addresses, default=0)
        self._span = max(addresses, default=-1) - self._first + 1

    async def read(self, *, with_counts: bool) -> LaneReading:
        """All inputs, and the counters if asked for.

        Raises:
            NoAnswer: The board did not answer.
            BoardRefused: It has no such inputs.
            DeviceUnavailable: The line has gone.
        """
        # The moment before asking: what the board says was so then or later.
        at = self._clock.now()
        bits: Sequence[bool] = ()
        if self._span:
            answer = await self._ask(read_inputs(self._first, self._span))
            bits = bits_in(answer, self._span)
        counts: dict[Direction, int] = {}
        if with_counts:
            answer = await self._ask(read_input_registers(self._profile.entry_count_register, 2))
            counts = dict(zip(Direction, registers_in(answer), strict=True))
        active = frozenset(
            point
            for point, wired in self._points.items()
            if bits[wired.address - self._first] is not wired.active_low
        )
        return LaneReading(at=at, active=active, counts=counts)

    async def release(self, direction: Direction, not_after: Instant) -> bool:
        """Signal one release. True if the board confirmed it, False if it may have been done.

        Raises:
            DeadlinePassed: Nothing was sent.
            BoardRefused: The board will not.
            DeviceUnavailable: The line has gone.
        """
        return await self._order([self._signal(f"release_{direction}")], not_after)

    async def secure(self, not_after: Instant) -> bool:
        """End every release and lock both directions; answers and raises as `release`."""
        writes = []
        if self.has_output("free"):
            writes.append(write_coil(self._profile.free_coil, COIL_OFF))
        if self._profile.pulse_timer != "turnstile" or not self.has_output("secure"):
            writes += self._release_ends()
        if self.has_output("secure"):
            writes.append(self._signal("secure"))
        return await self._order(writes, not_after)

    async def free(self, not_after: Instant) -> bool:
        """Free both directions until secured; answers and raises as `release`."""
        return await self._order([write_coil(self._profile.free_coil, COIL_ON)], not_after)

    async def end_release(self) -> None:
        """Switch the release signals off: for boards that do not do it by themselves, or not yet.

        Raises:
            DeviceUnavailable: The board does not confirm; connecting anew tries it again.
        """
        for question in self._release_ends():
            await self._ask(question)

    async def pulse(self, output: str, not_after: Instant) -> bool:
        """Switch one output for a moment; answers and raises as `release`."""
        is_taken = await self._order([self._signal(output)], not_after)
        if not self._profile.has_own_timer:
            await asyncio.sleep(self._profile.pulse_ms / 1000)
            await self._ask(write_coil(self._coil(output), COIL_OFF))
        return is_taken

    def has_output(self, output: str) -> bool:
        """Whether the board has the output of this name."""
        return f"{output}_coil" not in self._profile.absent

    def outputs_to_try(self) -> tuple[str, ...]:
        """Outputs that can be switched for a moment and end by themselves."""
        outputs = tuple(name for name in OUTPUTS if self.has_output(name))
        if self._profile.pulse_timer == "turnstile":
            # The board keeps this one: a program that dies in the test would leave the lane free.
            outputs = tuple(name for name in outputs if name != "free")
        return outputs

    def _coil(self, output: str) -> int:
        coil: int = getattr(self._profile, f"{output}_coil")
        return coil

    def _signal(self, output: str) -> Question:
        """Switch an output on, for the time of the profile if the board can time it."""
        profile, coil = self._profile, self._coil(output)
        is_release = output.startswith("release")
        length_ms = profile.signal_ms if is_release else profile.pulse_ms
        steps = min(max(1, length_ms // profile.timer_unit_ms), LONGEST_TIMER)
        match profile.pulse_timer:
            case "coil_value":
                return write_coil(profile.timer_address + coil, steps)
            case "registers":
                address = profile.timer_address + profile.timer_stride * coil
                return write_registers(address, (profile.timer_mode, steps))
            case _:
                return write_coil(coil, COIL_ON)

    def _release_ends(self) -> list[Question]:
        names = [f"release_{direction}" for direction in Direction]
        return [write_coil(self._coil(name), COIL_OFF) for name in names if self.has_output(name)]

    async def _order(self, writes: Sequence[Question], not_after: Instant) -> bool:
        is_taken = True
        for place, question in enumerate(writes):
            try:
                await self._ask(question, not_after)
            except NoAnswer:
                is_taken = False
            except DeadlinePassed:
                if not place:
                    raise
                return False  # half done
        return is_taken

    async def _ask(self, question: Question, not_after: Instant | None = None) -> bytes:
        self._counters["questions"] += 1
        try:
            return await self._bus.ask(
                self._settings.unit,
                question,
                self._settings.answer_ms / 1000,
                not_after=not_after,
                counters=self._counters,
            )
        except NoAnswer:
            self._counters["no_answer"] += 1
            raise
        except DeviceUnavailable:
            self._counters["refused"] += 1
            raise
