"""One gate at work, for tests of the whole edge: real files, real wires, a small centre."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from access_core.wire.messages import Reader
from device_drivers.system_clock import SystemClock
from edge_agent.agent import EdgeAgent
from edge_agent.bootstrap import edge_agent, transport_to_centre
from edge_agent.config import read_settings
from edge_agent.journal import open_journal
from edge_agent.link.enrolment import enrol
from edge_agent.link.identity import make_or_load_key
from simulators.line import SimulatedLine
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.turnstile_lane import LaneTimes
from tests.builders import a_change_set, a_rule_set
from tests.edge_settings import write_settings
from tests.facts import a_credential
from tests.issuer import IssuedPass, issue_visitor
from tests.small_centre import CODE, SmallCentre, small_centre

QUICK = LaneTimes(arm_ms=20, wait_ms=1_500, turn_ms=120, pulse_ms=60, reset_ms=80)
EVENT = Reader(AccessEvent)


@dataclass
class Gate:
    """A gate at work, its board, its scanner and its centre."""

    agent: EdgeAgent
    centre: SmallCentre
    board: SimulatedTurnstile
    scanner: int
    """Written to, as the scanner itself does."""
    visitor: IssuedPass
    scanner_line: SimulatedLine
    door_line: SimulatedLine

    def code(self) -> bytes:
        """What the visitor's phone shows now, and the scanner's terminator."""
        now_s = SystemClock().now().wall_s
        step = (now_s - self.visitor.claims.not_before_s) // 15 + 1
        return self.visitor.text(step) + b"\r"

    def scan(self, data: bytes) -> None:
        """The scanner sends `data` as it is."""
        os.write(self.scanner, data)

    def hold_up(self) -> None:
        """The visitor shows the code of this moment to the scanner."""
        self.scan(self.code())

    def kinds(self) -> list[Kind]:
        """What the centre has been told, in order."""
        return [event.kind for event in self.delivered()]

    def releases(self) -> int:
        """How often the turnstile was released, as the turnstile counts."""
        return self.board.oracle.releases_entry + self.board.oracle.releases_exit

    def delivered(self) -> list[AccessEvent]:
        """What the centre has been told."""
        return [EVENT.read(line) for line in self.centre.lines]

    async def until(self, is_so: Callable[[list[Kind]], bool]) -> None:
        """Wait until the kinds delivered are as asked."""
        while not is_so([event.kind for event in self.delivered()]):
            self.centre.news.clear()
            await self.centre.news.wait()


@asynccontextmanager
async def a_gate(
    folder: Path,
    before: list[AccessEvent] | None = None,
    console_port: int | None = None,
    settle_ms: int = 20,
) -> AsyncIterator[Gate]:
    """Enrolled, with rules and one visitor, and `before` in its journal."""
    now_s = SystemClock().now().wall_s
    visitor = issue_visitor(7, not_before_s=now_s - 60, zones=0b100)
    key = msgspec.structs.replace(
        a_rule_set().issuer_keys[0], valid_from_s=0, valid_until_s=now_s + 86_400
    )
    async with (
        asyncio.timeout(30),
        small_centre() as centre,
        SimulatedLine(folder, baud=115200) as line,
        SimulatedLine(folder, baud=115200, name="scanner") as scanner_line,
        SimulatedTurnstile(line.far_port, baud=115200, times=QUICK) as board,
    ):
        scanner = os.open(scanner_line.far_port, os.O_RDWR | os.O_NOCTTY)
        file = write_settings(
            folder,
            url=centre.url,
            scanner=scanner_line.near_port,
            door=line.near_port,
            console_port=console_port,
            settle_ms=settle_ms,
        )
        settings = read_settings(file)
        transport = transport_to_centre(settings, SystemClock(), None)
        await enrol(transport, settings.edge.state_dir, CODE)
        await transport.close()
        centre.key = make_or_load_key(settings.edge.state_dir).public_key()
        change = a_change_set(
            rules=a_rule_set(issuer_keys=(key,)),
            issued_ms=now_s * 1000 - 60_000,
            expires_ms=now_s * 1000 + 86_400_000,
            credentials=(a_credential(visitor.claims),),
        )
        centre.changes.append(change)
        journal = await open_journal(settings.edge.state_dir / "journal.db")
        for event in before or []:
            await journal.append(event)
        await journal.close()
        stop = asyncio.Event()
        async with edge_agent(settings, file, SystemClock()) as agent, asyncio.TaskGroup() as group:
            group.create_task(agent.run(stop))
            gate = Gate(agent, centre, board, scanner, visitor, scanner_line, line)
            await gate.until(lambda kinds: kinds.count(Kind.DEVICE_READY) == 2)
            while agent.stores.cache.revision != change.revision:
                centre.news.clear()
                await centre.news.wait()
            yield gate
            stop.set()
        os.close(scanner)
