"""Boards between a Modbus line and a lane: what their coils, inputs and registers do.

Their maps are those of the shipped profiles, written down here a second time on purpose: the
driver's profiles are checked against them and not against themselves.
"""

import asyncio
from typing import Final, Protocol

from simulators.lane_sensors import LaneSensors
from simulators.turnstile_lane import Refusal, TurnstileLane, Way

ON: Final = 0xFF00
"""Value of a coil that is switched on (MODBUS Application Protocol 1.1b3, 6.5)."""
FLASH_ON: Final = 0x0200
"""Added to a relay's address: on for the time in the value (Waveshare wiki, protocol V3)."""
FLASH_UNIT_MS: Final = 100
MODE_REGISTERS: Final = 3
"""First register of relay 0, five on for each next relay: mode and time (LC boards)."""
MODE_FLASH: Final = 4
NORMALLY_CLOSED: Final = frozenset({"fire", "tamper"})
"""Wired so that a cut wire counts as the signal."""


class Board(Protocol):
    """What a Modbus server does for a master."""

    def write_coil(self, address: int, value: int) -> Refusal | None:
        """A coil was written; `value` as on the wire."""
        ...

    def write_registers(self, address: int, values: list[int]) -> Refusal | None:
        """Registers were written."""
        ...

    def inputs(self) -> int:
        """Discrete inputs, address 0 in the lowest bit."""
        ...

    def coils(self) -> int:
        """Coils, likewise."""
        ...

    def cut_power(self) -> None:
        """Lose power for a moment: relays drop, timers are forgotten."""
        ...


def _terminals(sensors: LaneSensors, names: tuple[str, ...]) -> int:
    """Inputs wired in this order; an empty name is a terminal without a wire."""
    shown = 0
    for place, name in enumerate(names):
        if name:
            shown |= (sensors.read(name) is not (name in NORMALLY_CLOSED)) << place
    return shown


class GenericBoard:
    """The lane board that times, counts and shows everything by itself.

    coils            0 release entry, 1 release exit, 2 free, 3 secure
    input registers  0 entry count, 1 exit count
    """

    INPUTS: Final = (
        *("passage_entry", "passage_exit", "occupied_entry", "occupied_exit"),
        *("released", "alarm", "fire", "reset_key"),
        *("exit_button", "door_contact", "tamper", "ready"),
        *("alarm_wrong_direction", "alarm_tailgating", "alarm_intrusion", "fault"),
    )

    def __init__(self, lane: TurnstileLane, sensors: LaneSensors, *, is_held: bool = False) -> None:
        """A board that `is_held` ends a release when its coil is switched off."""
        self._lane = lane
        self._sensors = sensors
        self._is_held = is_held

    def write_coil(self, address: int, value: int) -> Refusal | None:
        """Follow an order, or say why not."""
        lane = self._lane
        match address, value == ON:
            case ((0 | 1), True):
                return lane.release(Way.EXIT if address else Way.ENTRY)
            case ((0 | 1), False) if self._is_held:
                lane.end_release(Way.EXIT if address else Way.ENTRY)
            case 2, True:
                lane.free()
            case 2, False:
                lane.end_free()
            case 3, True:
                return lane.secure()
            case _:
                pass
        return None

    def write_registers(self, address: int, values: list[int]) -> Refusal | None:  # noqa: ARG002 - the protocol's
        """Nothing: this board has none to write."""
        return None

    def inputs(self) -> int:
        """All sixteen."""
        return _terminals(self._sensors, self.INPUTS)

    def coils(self) -> int:
        """Which relays are on."""
        lane = self._lane
        states = (lane.released_for(Way.ENTRY), lane.released_for(Way.EXIT), lane.is_free)
        return sum(is_on << place for place, is_on in enumerate(states))

    def cut_power(self) -> None:
        """Lane and board are one."""
        self._lane.cut_power()


class RelayBoard:
    """Eight relays and eight inputs, with a timer for each relay; it knows nothing of lanes.

    Relay 0 signals "open for entry", 1 "open for exit", 2 "free", 3 "lock". A contact cannot be
    refused: if the lane does not follow, nobody is told.
    """

    WIRINGS: Final = {
        "relay_board_8": (
            *("passage_entry", "passage_exit", "", "alarm"),
            *("exit_button", "door_contact", "fire", "tamper"),
        ),
        "tripod": (
            *("passage_entry", "passage_exit", "ready", "alarm"),
            *("reset_key", "", "fire", "tamper"),
        ),
        "flap": (
            *("occupied_entry", "occupied_exit", "ready", "alarm_wrong_direction"),
            *("alarm_tailgating", "alarm_intrusion", "fire", "fault"),
        ),
        "full_height": (
            *("passage_entry", "passage_exit", "ready", "alarm"),
            *("reset_key", "", "fire", "tamper"),
        ),
    }

    def __init__(self, lane: TurnstileLane, sensors: LaneSensors, wiring: str) -> None:
        """`wiring` names what hangs at the board; a flap is open for as long as the signal."""
        self._lane = lane
        self._sensors = sensors
        self._names = self.WIRINGS[wiring]
        self._is_held = wiring == "flap"
        self._coils = [False] * 8
        self._contacts = [False] * 8
        self._stuck: dict[int, bool] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def write_coil(self, address: int, value: int) -> Refusal | None:
        """Switch a relay, or switch it on for a time."""
        if FLASH_ON <= address < FLASH_ON + 8:
            self._flash(address - FLASH_ON, value)
        elif address < len(self._coils):
            self._switch(address, on=value == ON)
        return None

    def write_registers(self, address: int, values: list[int]) -> Refusal | None:
        """Mode and time of one relay."""
        relay, rest = divmod(address - MODE_REGISTERS, 5)
        if not rest and 0 <= relay < len(self._coils) and values[0] == MODE_FLASH:
            self._flash(relay, values[1])
        return None

    def inputs(self) -> int:
        """All eight."""
        return _terminals(self._sensors, self._names)

    def coils(self) -> int:
        """What the board believes of its relays."""
        return sum(is_on << place for place, is_on in enumerate(self._coils))

    def stick(self, relay: int, *, closed: bool) -> None:
        """Let a contact weld (`closed`) or its coil burn out."""
        self._stuck[relay] = closed
        self._follow(relay)

    def cut_power(self) -> None:
        """All relays drop; the lane beside it has the same supply."""
        for relay in range(len(self._coils)):
            self._stop_timer(relay)
        self._coils = [False] * len(self._coils)
        self._contacts = [False] * len(self._coils)
        self._lane.cut_power()

    def _flash(self, relay: int, steps: int) -> None:
        self._switch(relay, on=True)
        self._timers[relay] = asyncio.get_running_loop().call_later(
            steps * FLASH_UNIT_MS / 1000, lambda: self._switch(relay, on=False)
        )

    def _switch(self, relay: int, *, on: bool) -> None:
        self._stop_timer(relay)
        self._coils[relay] = on
        self._follow(relay)

    def _stop_timer(self, relay: int) -> None:
        if timer := self._timers.pop(relay, None):
            timer.cancel()

    def _follow(self, relay: int) -> None:
        """Let the lane see what the contact does."""
        closed = self._stuck.get(relay, self._coils[relay])
        if closed is self._contacts[relay]:
            return
        self._contacts[relay] = closed
        match relay, closed:
            case ((0 | 1), True):
                self._lane.release(Way.EXIT if relay else Way.ENTRY)
            case ((0 | 1), False) if self._is_held:
                self._lane.end_release(Way.EXIT if relay else Way.ENTRY)
            case 2, True:
                self._lane.free()
            case 2, False:
                self._lane.end_free()
            case 3, True:
                self._lane.secure()
            case _:
                pass
