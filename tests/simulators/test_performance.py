"""The performer against gates that do not do what the scenario demands."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from access_core.devices.events import Direction
from access_core.ids import CommandId
from access_core.model.access_event import AccessEvent, AccessEventKind
from simulators import run_folder
from simulators.campus import Campus
from simulators.cast import Code
from simulators.company import Company, Person
from simulators.entrance import Entrance
from simulators.journal_feed import JournalLine
from simulators.ledger import What
from simulators.people import Plan
from simulators.performance import NotAsWritten, Performance
from simulators.scenario import Show, Step, Visitor, Walk
from simulators.turnstile_lane import Way

EXIT = Show(do="show", who="li", at=Way.EXIT, then="walk")


class PaperPhone:
    """A phone that shows one and the same text."""

    async def book(self, visitor: Visitor, full_name: str) -> None:
        """Nothing to book."""

    async def open_pass(self) -> None:
        """It is open."""

    async def code(self) -> Code:
        """Always the same."""
        return Code("CP1:X", np.zeros((9, 9), np.uint8))


class TwinGate(Campus):
    """A gate in memory: answers each line of the scanner by `kind` and `reasons`."""

    def __init__(
        self, folder: Path, entrance: Entrance, group: asyncio.TaskGroup, answer: AccessEvent
    ) -> None:
        """It releases the lane if `answer` is a grant."""
        super().__init__(run_folder.make(folder), entrance, group)
        self._answer = answer
        self._port = os.open(entrance.scanner_port, os.O_RDWR | os.O_NOCTTY)
        asyncio.get_running_loop().add_reader(self._port, self._on_line)

    def close(self) -> None:
        """Let go of the port."""
        asyncio.get_running_loop().remove_reader(self._port)
        os.close(self._port)

    def _on_line(self) -> None:
        if b"\n" not in os.read(self._port, 1_000):
            return
        if self._answer.kind is AccessEventKind.ACCESS_GRANTED:
            self.entrance.turnstile.lane.release(Way.EXIT)
            taken = event(AccessEventKind.ACCESS_TAKEN)
            asyncio.get_running_loop().call_later(
                0.3, self.journal.take, JournalLine("e", 2, taken)
            )
        self.journal.take(JournalLine("e", 1, self._answer))


def event(kind: AccessEventKind, *reasons: str) -> AccessEvent:
    """What the twin writes into its journal."""
    return AccessEvent(
        kind=kind,
        wall_ms=1,
        mono_ns=1,
        boot="b",
        direction=Direction.EXIT,
        decision_id=CommandId("d"),
        reasons=reasons,
    )


@asynccontextmanager
async def playing(
    folder: Path, answer: AccessEvent, step: Step
) -> AsyncIterator[tuple[Performance, Entrance]]:
    """A performance of one step at a twin that gives `answer`."""
    async with (
        Entrance(folder / "hardware", lane_pace=0.1, seed=1) as entrance,
        asyncio.TaskGroup() as group,
    ):
        gate = TwinGate(folder, entrance, group, answer)
        visitor = Visitor(name="li")
        company = Company({"li": Person(visitor, "李明", PaperPhone())}, {})
        plan = Plan((visitor,), (step,))
        try:
            yield Performance(gate, plan, company, seed=1, say=lambda _: None), entrance
        finally:
            gate.close()


async def test_a_grant_is_counted_by_the_rotor(tmp_path: Path) -> None:
    """Let in and passed stand in the account because the lane gave way and turned."""
    async with playing(tmp_path, event(AccessEventKind.ACCESS_GRANTED), EXIT) as (play, entrance):
        await play.play()
        assert [h.what for h in entrance.happenings] == [What.LET_IN, What.PASSED]
        assert play.tally.offline_opened == 1


async def test_a_lane_that_opens_against_the_scenario_is_named(tmp_path: Path) -> None:
    """A release where a refusal is demanded ends the run."""
    step = EXIT.model_copy(update={"expect": "PASS_STALE"})
    async with playing(tmp_path, event(AccessEventKind.ACCESS_GRANTED), step) as (play, _):
        with pytest.raises(NotAsWritten, match="the lane opened, not PASS_STALE"):
            await play.play()


async def test_a_refusal_for_another_reason_is_named(tmp_path: Path) -> None:
    """The right outcome for the wrong reason is not good enough."""
    step = EXIT.model_copy(update={"expect": "PASS_STALE"})
    denied = event(AccessEventKind.ACCESS_DENIED, "UNAUTHORIZED")
    async with playing(tmp_path, denied, step) as (play, entrance):
        with pytest.raises(NotAsWritten, match="stayed shut, UNAUTHORIZED, not PASS_STALE"):
            await play.play()
        assert [h.what for h in entrance.happenings] == [What.REFUSED]


async def test_a_locked_lane_blocks_and_an_open_one_is_found_out(tmp_path: Path) -> None:
    """Walking up to a locked lane is no passage; a scenario that demands one fails."""
    blocked = Walk(do="walk", at=Way.EXIT, expect="blocked")
    async with playing(tmp_path, event(AccessEventKind.ACCESS_DENIED), blocked) as (play, _):
        await play.play()
    through = Walk(do="walk", at=Way.EXIT, expect="through")
    async with playing(tmp_path, event(AccessEventKind.ACCESS_DENIED), through) as (play, _):
        with pytest.raises(NotAsWritten, match="was blocked, not through"):
            await play.play()
