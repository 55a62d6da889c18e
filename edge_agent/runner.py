"""The shell round one gate: one queue in, commands performed in order, one deadline armed.

Answers of commands are handled before the next event of the queue. The door has a queue of its
own, so that its answer (up to a second) keeps no other event waiting; commands to it keep their
order.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from access_core.clock import Clock
from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
)
from access_core.devices.ports import DoorDriver, ReaderDriver, WiredDevice
from access_core.errors import StoreDamaged
from access_core.ids import CommandId, DeviceId
from edge_agent.cache import RuleCache
from edge_agent.gate.commands import (
    DoorCommand,
    GateCommand,
    LookUpPass,
    RecordEvent,
    RefuseTest,
    ShowAtReader,
    TryOutput,
    WithdrawRecord,
)
from edge_agent.gate.events import (
    DeadlineReached,
    GateEvent,
    LookUpFailed,
    OutputTestAsked,
    PassLookedUp,
    RecordFailed,
    ReleaseAnswered,
)
from edge_agent.gate.machine import GateMachine
from edge_agent.journal import Journal
from edge_agent.recorder import Recorder

QUEUED_EVENTS = 256
"""Events waiting for the gate before devices have to wait; a lane makes some ten a passage."""

PULSE_S = 1.5
"""So long after its deadline a wiring test has answered: `WiredDevice.pulse` takes at most 1 s."""


def _to_nobody(_: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSurroundings:
    """Everything a gate's commands act on, and who hears of them. Listeners must not wait."""

    clock: Clock
    door: DoorDriver
    readers: Mapping[DeviceId, ReaderDriver]
    recorder: Recorder
    journal: Journal
    cache: RuleCache
    record_deadline_ms: int
    wired: Mapping[DeviceId, WiredDevice] = field(default_factory=dict[DeviceId, WiredDevice])
    """Those of the devices whose outputs a technician may try."""
    shown: Callable[[ShowAtReader], None] = _to_nobody
    """Hears what the people at the lane are told, for the lane's display page."""
    released: Callable[[ReleaseResult], None] = _to_nobody
    """Hears every answer of the door to a release."""


class GateRunner:
    """Runs one gate machine."""

    def __init__(self, machine: GateMachine, around: GateSurroundings) -> None:
        """Nothing happens before `run()`."""
        self._machine = machine
        self._around = around
        self._events: asyncio.Queue[GateEvent] = asyncio.Queue(QUEUED_EVENTS)
        self._door_commands: asyncio.Queue[DoorCommand] = asyncio.Queue()
        self._tries: asyncio.Queue[TryOutput] = asyncio.Queue()
        self._tested: dict[CommandId, asyncio.Future[ReleaseResult]] = {}
        self._turns = 0
        self._turns_seen = -1

    async def put(self, event: GateEvent) -> None:
        """Hand an event to the gate; waits while the queue is full."""
        await self._events.put(event)

    async def test_output(self, device: DeviceId, command: PulseOutput) -> ReleaseResult:
        """Have the gate try one output; recorded first, refused while somebody is at the lane.

        Answers within the command's deadline and a second more.
        """
        answer: asyncio.Future[ReleaseResult] = asyncio.get_running_loop().create_future()
        self._tested[command.command_id] = answer
        await self.put(OutputTestAsked(device=device, command=command))
        left_ms = max(0.0, command.deadline.ms_since(self._around.clock.now()))
        try:
            async with asyncio.timeout(left_ms / 1000 + PULSE_S):
                return await answer
        except TimeoutError:
            outcome, detail = ReleaseOutcome.UNKNOWN, "no answer; the output may have switched"
            return ReleaseResult(command_id=command.command_id, outcome=outcome, detail=detail)
        finally:
            del self._tested[command.command_id]

    async def is_moving(self) -> bool:
        """A sign of life: nothing waits, or something was handled since last asked."""
        seen, self._turns_seen = self._turns_seen, self._turns
        return self._events.empty() or self._turns != seen

    async def run(self) -> None:
        """Serve the gate until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._drive_door())
            group.create_task(self._try_outputs())
            while True:
                await self._turn(await self._next())

    async def _next(self) -> GateEvent:
        deadline = self._machine.next_deadline()
        if deadline is None:
            return await self._events.get()
        left_s = deadline.ms_since(self._around.clock.now()) / 1000
        try:
            async with asyncio.timeout(left_s):
                return await self._events.get()
        except TimeoutError:
            return DeadlineReached()

    async def _turn(self, event: GateEvent) -> None:
        waiting: deque[GateEvent] = deque([event])
        while waiting:
            commands = self._machine.handle(waiting.popleft(), self._around.clock.now())
            for command in commands:
                answer = await self._perform(command)
                if answer is not None:
                    waiting.append(answer)
                if isinstance(answer, RecordFailed):
                    break
        self._turns += 1

    async def _perform(self, command: GateCommand) -> GateEvent | None:
        match command:
            case RecordEvent():
                return await self._record(command)
            case WithdrawRecord():
                self._around.recorder.withdraw(command.decision_id)
            case LookUpPass():
                return await self._look_up(command)
            case ShowAtReader():
                await self._show(command)
            case TryOutput():
                self._tries.put_nowait(command)
            case RefuseTest():
                self._answer_test(
                    ReleaseResult(
                        command_id=command.command_id,
                        outcome=ReleaseOutcome.REFUSED,
                        detail=command.why,
                    )
                )
            case ReleaseDoor() | SecureDoor() | FreeDoor():
                self._door_commands.put_nowait(command)
            case _:
                assert_never(command)
        return None

    async def _record(self, command: RecordEvent) -> GateEvent | None:
        settled = self._around.recorder.add(command.event)
        decision_id = command.event.decision_id
        if not command.is_awaited or decision_id is None:
            return None
        is_on_disk = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._around.record_deadline_ms / 1000):
                is_on_disk = await asyncio.shield(settled)
        return None if is_on_disk else RecordFailed(decision_id=decision_id)

    async def _look_up(self, command: LookUpPass) -> GateEvent:
        around = self._around
        limit_s = around.record_deadline_ms / 1000
        # What is still in the queue counts too: an entry must not be spent twice. If the disk is
        # too slow even for that, what follows is the record policy's business, not this one's.
        await around.recorder.flush(limit_s)
        try:
            async with asyncio.timeout(limit_s):
                credential = await around.cache.credential(command.pass_id)
                known = await around.journal.ledger(command.pass_id, command.direction)
        except TimeoutError:
            return LookUpFailed(pass_id=command.pass_id, problem="the disk does not answer")
        except StoreDamaged as error:
            return LookUpFailed(pass_id=command.pass_id, problem=str(error))
        return PassLookedUp(
            pass_id=command.pass_id,
            credential=credential,
            entries_taken=known.entries_taken,
            highest_step=known.highest_step,
        )

    async def _show(self, command: ShowAtReader) -> None:
        self._around.shown(command)
        for device, reader in self._around.readers.items():
            if command.reader in {None, device}:
                await reader.show(command.feedback)

    async def _try_outputs(self) -> None:
        while True:
            wanted = await self._tries.get()
            command_id = wanted.command.command_id
            device = self._around.wired.get(wanted.device)
            if device is None:
                detail = f"{wanted.device} has no outputs that could be tried"
                outcome = ReleaseOutcome.REFUSED
                answer = ReleaseResult(command_id=command_id, outcome=outcome, detail=detail)
            else:
                answer = await device.pulse(wanted.command)
            self._answer_test(answer)

    def _answer_test(self, answer: ReleaseResult) -> None:
        """Tell whoever still waits for it."""
        waiting = self._tested.get(answer.command_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    async def _drive_door(self) -> None:
        door = self._around.door
        while True:
            command = await self._door_commands.get()
            match command:
                case ReleaseDoor():
                    answer = await door.release(command)
                    self._around.released(answer)
                    await self._events.put(ReleaseAnswered(result=answer))
                case SecureDoor():
                    await door.secure(command)
                case FreeDoor():
                    await door.free(command)
                case _:
                    assert_never(command)
