"""A stand: a driver with its simulator at the far end of a real wire, and what can befall it."""

import contextlib
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from access_core.devices.ports import Driver
from access_core.ids import DeviceId
from simulators.line import Fault, SimulatedLine, Toward

DEVICE: Final = DeviceId("device")
"""The name of the device on every stand."""
TEXT: Final = "CP1:A PASS"


@dataclass(frozen=True, slots=True)
class Wire:
    """What lies between driver and device."""

    baud: int | None = None
    """Paced like a line of this speed; None: as fast as it goes."""
    seed: int = 1
    """Of whatever chance the simulators have."""
    is_tcp: bool = False
    """Through a serial server on the network; only for drivers that can reach one."""

    def __str__(self) -> str:
        """As the tests of the suite are named."""
        return f"{self.baud or 'direct'}{'-tcp' if self.is_tcp else ''}"


DIRECT: Final = Wire()
PACED: Final = Wire(baud=9600)
OVER_TCP: Final = Wire(is_tcp=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A driver, not yet running, with its simulator. None: this stand cannot do it."""

    driver: Driver
    act: Callable[[], Awaitable[None]]
    """What a person does there, once: hold up a credential, or go through. Returns when done."""
    unplug: Callable[[], None]
    """Cut the device off so that the driver must notice."""
    plug_in: Callable[[], None]
    """Undo it."""
    services: tuple[Callable[[], Coroutine[None, None, None]], ...] = ()
    """`run` of everything that `Shared` has made for the driver; runs beside it."""
    payload: Callable[[], bytes] | None = None
    """Readers: what the latest act is reported as; each act presents something else if it can."""
    has_checksum: bool = True
    """False if a bit flipped on the wire may be reported as another credential."""
    act_in_pieces: Callable[[], Awaitable[None]] | None = None
    """The same act, its bytes arriving in several reads."""
    make_noise: Callable[[random.Random], None] | None = None
    """Let noise arrive that is no frame."""
    hurt: Callable[[random.Random], None] | None = None
    """Let one fault of the link befall what comes next."""
    return_with_old_read: Callable[[], Awaitable[None]] | None = None
    """Readers, while unplugged: plug in again, with a read that has waited in the device."""
    lose_answers: Callable[[], None] | None = None
    """Doors: from now on the device hears and its answers are lost."""
    pulses: Callable[[], int] | None = None
    """Doors: how often the lane's relay was released since the beginning, as the lane saw it."""
    until_locked: Callable[[], Awaitable[None]] | None = None
    """Doors: returns once the lane is locked again."""


Lay = Callable[[Path, Wire], contextlib.AbstractAsyncContextManager[Stand]]


@dataclass(frozen=True, slots=True)
class StandEntry:
    """How to lay the stand of one kind of driver, and on which wires it is tried."""

    lay: Lay
    """Gives a stand whose files lie in the folder; takes everything away at the end."""
    wires: tuple[Wire, ...] = (DIRECT, PACED)
    """Drivers without a serial line have `DIRECT` alone."""


def noise_on(line: SimulatedLine) -> Callable[[random.Random], None]:
    """A `make_noise` for a simulated line."""

    def make_noise(dice: random.Random) -> None:
        line.inject(Toward.DRIVER, dice.randbytes(dice.randint(1, 40)))

    return make_noise


def in_pieces(
    line: SimulatedLine, act: Callable[[], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    """An `act_in_pieces` for a simulated line."""

    async def act_in_pieces() -> None:
        line.arm(Toward.DRIVER, Fault.PIECES)
        await act()

    return act_in_pieces


def answers_lost_on(line: SimulatedLine) -> Callable[[], None]:
    """A `lose_answers` for a simulated line."""

    def lose_answers() -> None:
        line.arm(Toward.DRIVER, *[Fault.DROP] * 1_000)

    return lose_answers


def line_fault(line: SimulatedLine) -> Callable[[random.Random], None]:
    """A `hurt` for a simulated line: any fault, towards the driver."""

    def hurt(dice: random.Random) -> None:
        faults = (Fault.DROP, Fault.HALF, Fault.FLIP, Fault.DUPLICATE, Fault.JUNK_BEFORE)
        line.arm(Toward.DRIVER, dice.choice(faults))

    return hurt
