"""The programs that a simulation starts, and their certain end.

Each program gets a process group of its own, so that Ctrl-C reaches this program only and the
others are ended in order; and each dies with this program, however that ends.
"""

import asyncio
import ctypes
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from access_core.errors import AccessControlError

END_S = 8.0
"""How long a program may take to end in good order."""
LAST_LINES = 12
"""How much of its log a crash shows."""
_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a process gets when the one that started it dies."""
_LIBC = ctypes.CDLL(None)


class ProgramFailed(AccessControlError):
    """A program that was started ended by itself, or did not do what it was started for."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: a name for people, the words of the command, and where its output goes."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]


class RunningProgram:
    """One started program."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process) -> None:
        """`process` leads a process group of its own."""
        self.program = program
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id, also that of its group."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    async def end(self) -> None:
        """Ask it to end; after `END_S` insist. Its children end with it."""
        if self.is_running:
            self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_S):
                await self._process.wait()
        except TimeoutError:
            pass
        await self.kill()

    async def kill(self) -> None:
        """End it at once, as a power cut would (SIGKILL), with its children."""
        self._signal(signal.SIGKILL)
        await self._process.wait()

    async def watch(self) -> None:
        """Wait until it ends by itself; raises ProgramFailed with the last lines of its log."""
        code = await self._process.wait()
        raise ProgramFailed(
            f"{self.program.name} ended by itself with code {code}. "
            f"The end of {self.program.log}:\n{last_lines(self.program.log)}"
        )

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return


async def start(program: Program) -> RunningProgram:
    """Start `program`; its output is added to its log."""
    return RunningProgram(program, await _spawn(program, is_read=False))


async def ask(program: Program, *, timeout_s: float = 60.0) -> str:
    """Run `program` to its end and give what it printed; ProgramFailed if it did not succeed."""
    process = await _spawn(program, is_read=True)
    running = RunningProgram(program, process)
    try:
        async with asyncio.timeout(timeout_s):
            printed, _ = await process.communicate()
    except TimeoutError:
        raise ProgramFailed(f"{program.name} did not end within {timeout_s:.0f} s") from None
    finally:
        await running.kill()
    if process.returncode != 0:
        raise ProgramFailed(
            f"{program.name} failed with code {process.returncode}:\n"
            f"{printed.decode(errors='replace')}{last_lines(program.log)}"
        )
    return printed.decode()


@asynccontextmanager
async def lines_of(program: Program) -> AsyncIterator[AsyncIterator[str]]:
    """Start `program` and give the lines it prints, without their ends; it ends on leaving."""
    process = await _spawn(program, is_read=True)
    try:
        yield _lines(process)
    finally:
        await RunningProgram(program, process).end()


def last_lines(log: Path) -> str:
    """The end of `log`, indented; empty if there is none."""
    if not log.exists():
        return ""
    with log.open(errors="replace") as lines:
        return "".join(f"    {line.rstrip()}\n" for line in deque(lines, maxlen=LAST_LINES))


@asynccontextmanager
async def at_terminal(program: Program) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start `program` for somebody who reads what it says and types; it ends on leaving."""
    process = await _spawn(program, is_read=True, is_written=True)
    try:
        yield process
    finally:
        await RunningProgram(program, process).end()


async def _spawn(
    program: Program, *, is_read: bool, is_written: bool = False
) -> asyncio.subprocess.Process:
    with program.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *program.command,
            stdin=asyncio.subprocess.PIPE if is_written else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if is_read else log,
            stderr=log,
            env=dict(program.environment),
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[str]:
    if process.stdout is None:
        return
    async for line in process.stdout:
        yield line.decode().rstrip("\n")


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
