"""What each reader of a lane shows: an answer for a moment, and then how the lane is.

Readers and displays need not know when an answer is over: after its `show_ms` they are told what
holds until something else does (`show_ms` 0).
"""

from collections.abc import Callable, Iterable

from access_core.clock import Instant
from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import Direction
from access_core.ids import DeviceId
from edge_agent.gate import feedback
from edge_agent.gate.commands import GateCommand, ShowAtReader
from edge_agent.gate.door_table import DoorMode
from edge_agent.gate.held_open import Stage


def standing(
    mode: DoorMode,
    stage: Stage,
    granted: DeviceId | None,
    *,
    is_busy: bool,
    at: DeviceId,
    direction: Direction,
) -> ShowFeedback:
    """What holds at reader `at`, which guards `direction`.

    `granted` is the reader at which the open grant was given, if it was given at one.
    """
    if mode is DoorMode.FREE:
        return feedback.emergency(direction)
    if mode is DoorMode.UNKNOWN:
        return feedback.fault(direction)
    if stage is not Stage.QUIET:
        is_alarmed = stage is Stage.ALARMED
        return feedback.held_open(direction) if is_alarmed else feedback.move_on(direction)
    if is_busy:
        return feedback.go(direction) if granted == at else feedback.one_moment(direction)
    if mode is DoorMode.OUT_OF_ORDER and direction is Direction.ENTRY:
        return feedback.fault(direction)
    return feedback.ready(direction)


class Display:
    """What stands at each reader now."""

    def __init__(self, readers: Iterable[DeviceId]) -> None:
        """Nothing has been shown yet."""
        self._readers = tuple(readers)
        self._shown: dict[DeviceId, ShowFeedback] = {}
        self._until: dict[DeviceId, Instant] = {}
        """When the answer shown there is over; none if what is shown holds on."""

    def forget(self, reader: DeviceId | None = None) -> None:
        """What `reader` (None: any) shows is not known any more: tell it anew."""
        for known in self._readers if reader is None else (reader,):
            self._shown.pop(known, None)
            self._until.pop(known, None)

    def next_deadline(self) -> Instant | None:
        """When the next answer is over."""
        return min(self._until.values(), default=None, key=lambda at: at.mono_ns)

    def follow(
        self,
        commands: Iterable[GateCommand],
        holds: Callable[[DeviceId], ShowFeedback],
        now: Instant,
    ) -> list[ShowAtReader]:
        """Take note of what `commands` show; what must be shown beside, after them.

        `holds` gives what holds at a reader. An answer stays for its time, unless it says go and
        the lane does not any more, or there is an emergency.
        """
        for command in commands:
            if isinstance(command, ShowAtReader):
                self._note(command, now)
        return [
            ShowAtReader(reader=reader, feedback=shown)
            for reader in self._readers
            if (shown := self._to_show(reader, feedback.lasting(holds(reader)), now)) is not None
        ]

    def _note(self, command: ShowAtReader, now: Instant) -> None:
        for reader in self._readers:
            if command.reader in {None, reader}:
                self._shown[reader] = command.feedback
                self._until[reader] = now.plus_ms(command.feedback.show_ms)

    def _to_show(self, reader: DeviceId, holds: ShowFeedback, now: Instant) -> ShowFeedback | None:
        shown, until = self._shown.get(reader), self._until.get(reader)
        is_answering = until is not None and now.mono_ns < until.mono_ns
        if is_answering and shown is not None and not _gives_way(shown.signal, holds.signal):
            return None
        self._until.pop(reader, None)
        if shown == holds:
            return None
        self._shown[reader] = holds
        return holds


def _gives_way(answer: Signal, holds: Signal) -> bool:
    """Whether an answer ends before its time: go is over, or an emergency began."""
    return answer is not holds and (answer is Signal.GO or holds is Signal.EMERGENCY)
