"""A language for tests of the gate: `>>` what it hears, `<<` what it must answer.

    play = Playbook(a_gate())
    play >> DeviceReady(origin=origin()) << recorded(Kind.DEVICE_READY)
    play >> presented() << LookUpPass(pass_id=..., direction=...)

All answers to an event are compared, in order, before the next event or at `done()`. A pattern
(`recorded`, `shown`, `released`) names only what the test is about. What stands at the readers
until something else does is not an answer: it is in `standing`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeAlias

from access_core.clock import Instant
from access_core.devices.commands import FreeDoor, ReleaseDoor, SecureDoor, Signal
from access_core.devices.events import DeviceReady, Direction
from access_core.ids import DeviceId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from edge_agent.gate.commands import GateCommand, LookUpPass, RecordEvent, ShowAtReader
from edge_agent.gate.events import DeadlineReached, GateEvent, PassLookedUp
from edge_agent.gate.machine import GateMachine
from tests.builders import a_gate, origin, presented
from tests.facts import AT, VISITOR, a_credential


@dataclass(frozen=True, slots=True)
class Pattern:
    """Stands for every command that `fits`."""

    name: str
    fits: Callable[[GateCommand], bool]

    def __repr__(self) -> str:
        """As written in the test."""
        return self.name


Expected: TypeAlias = GateCommand | Pattern


class Playbook:
    """A conversation with one gate."""

    def __init__(self, gate: GateMachine, now: Instant = AT) -> None:
        """Begins at `now`; time stands still until `wait`."""
        self.gate = gate
        self.now = now
        self._answers: list[GateCommand] = []
        self.events: list[AccessEvent] = []
        """Everything the gate asked to have recorded."""
        self.heard: list[GateCommand] = []
        """Everything it asked for."""
        self.standing: dict[DeviceId, Signal] = {}
        """What each reader shows until something else does."""

    def __rshift__(self, event: GateEvent) -> Self:
        """The gate hears `event`; whatever it answered to the one before must be said by now."""
        self.done()
        self._hear(event)
        return self

    def _hear(self, event: GateEvent) -> None:
        answers = self.gate.handle(event, self.now)
        self.heard += answers
        self.events += [c.event for c in answers if isinstance(c, RecordEvent)]
        for answer in answers:
            if not isinstance(answer, ShowAtReader) or answer.feedback.show_ms:
                self._answers.append(answer)
            elif answer.reader is not None:
                self.standing[answer.reader] = answer.feedback.signal

    def __lshift__(self, expected: Expected) -> Self:
        """The gate's next answer is `expected`."""
        assert self._answers, f"the gate says nothing more, but should say {expected}"
        answer = self._answers.pop(0)
        is_right = expected.fits(answer) if isinstance(expected, Pattern) else expected == answer
        assert is_right, f"the gate says {answer}, but should say {expected}"
        return self

    def wait(self, ms: int) -> Self:
        """Let `ms` pass; every deadline that is reached by then is handled at its moment."""
        self.done()
        until = self.now.plus_ms(ms)
        while (deadline := self.gate.next_deadline()) is not None and deadline <= until:
            self.now = deadline
            self._hear(DeadlineReached())
        self.now = until
        return self

    def any(self) -> Self:
        """Whatever else the gate answers is not what the test is about."""
        self._answers = []
        return self

    def done(self) -> None:
        """Nothing is left unsaid."""
        assert not self._answers, f"the gate also says {self._answers}"


def recorded(kind: Kind, *reasons: str, is_awaited: bool = False) -> Pattern:
    """Record an event of `kind` with exactly these reasons."""

    def fits(command: GateCommand) -> bool:
        return (
            isinstance(command, RecordEvent)
            and command.event.kind is kind
            and command.event.reasons == reasons
            and command.is_awaited is is_awaited
        )

    return Pattern(f"recorded({kind}, {reasons}, is_awaited={is_awaited})", fits)


def released(direction: Direction = Direction.ENTRY) -> Pattern:
    """Release the door in `direction`."""
    return Pattern(
        f"released({direction})",
        lambda c: isinstance(c, ReleaseDoor) and c.direction is direction,
    )


def secured() -> Pattern:
    """Lock the door."""
    return Pattern("secured()", lambda c: isinstance(c, SecureDoor))


def freed() -> Pattern:
    """Free the door both ways."""
    return Pattern("freed()", lambda c: isinstance(c, FreeDoor))


def shown(signal: Signal, text_en: str | None = None) -> Pattern:
    """Show `signal`, and this text if one is named."""

    def fits(command: GateCommand) -> bool:
        return (
            isinstance(command, ShowAtReader)
            and command.feedback.signal is signal
            and text_en in {None, command.feedback.text_en}
        )

    return Pattern(f"shown({signal}, {text_en})", fits)


def at_rest(gate: GateMachine | None = None) -> Playbook:
    """A gate whose door answers and is locked."""
    play = Playbook(gate or a_gate())
    play >> DeviceReady(origin=origin()) << recorded(Kind.DEVICE_READY)
    return play


def granted(play: Playbook | None = None) -> Playbook:
    """The visitor's pass is granted at the entry; the release has gone out."""
    play = play or at_rest()
    pass_id = VISITOR.claims.pass_id
    play >> presented() << LookUpPass(pass_id=pass_id, direction=Direction.ENTRY)
    play >> PassLookedUp(pass_id=pass_id, credential=a_credential())
    play << recorded(Kind.ACCESS_GRANTED, is_awaited=True) << released() << shown(Signal.GO)
    return play
