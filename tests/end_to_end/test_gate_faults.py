"""What befalls cables, readers and doors, at a whole gate. Each fault has its control.

Which fault of the list in `docs/faults.md` is shown where stands there.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from access_core.model.access_event import AccessEventKind as Kind
from simulators.turnstile_lane import WalkResult, Way
from tests.gate_at_work import Gate, a_gate

pytestmark = pytest.mark.slow
SETTLED_S = 0.1
"""Longer than the scanner's `settle_ms` here."""
HALF_S = 0.02
"""Longer than half a code takes on the line, shorter than a pause that ends a read."""
NOISE = bytes(range(1, 9)) * 4


async def until_devices_ready(gate: Gate, times: int) -> None:
    """Wait until so many connections have been told, and reads count as fresh."""
    await gate.until(lambda kinds: kinds.count(Kind.DEVICE_READY) == times)
    await asyncio.sleep(SETTLED_S)


async def let_in(gate: Gate) -> None:
    """The visitor is let in and goes through."""
    gate.hold_up()
    assert await gate.board.until_released(Way.ENTRY)
    assert await gate.board.walk(Way.ENTRY) is WalkResult.THROUGH
    await gate.until(lambda kinds: Kind.ACCESS_TAKEN in kinds)


@pytest.mark.parametrize("is_cut", [True, False], ids=["unplugged", "control"])
async def test_a_read_cut_in_two_by_a_plug_is_no_read(tmp_path: Path, *, is_cut: bool) -> None:
    """Half a code, the cable out and in, the other half: nobody is let in. Uncut, he is."""
    async with a_gate(tmp_path) as gate:
        await asyncio.sleep(SETTLED_S)
        code = gate.code()
        gate.scan(code[:60])
        await asyncio.sleep(HALF_S)
        if is_cut:
            gate.scanner_line.unplug()
            await gate.until(lambda kinds: Kind.DEVICE_LOST in kinds)
            gate.scanner_line.plug_in()
            await until_devices_ready(gate, 3)
        gate.scan(code[60:])
        if is_cut:
            await gate.until(lambda kinds: Kind.ACCESS_DENIED in kinds)
            assert gate.delivered()[-1].reasons == ("PASS_MALFORMED",)
            assert gate.releases() == 0
            gate.hold_up()
        assert await gate.board.until_released(Way.ENTRY)
        assert gate.releases() == 1


@pytest.mark.parametrize("is_hurt", [True, False], ids=["hurt", "control"])
async def test_noise_and_glued_frames_let_in_once(tmp_path: Path, *, is_hurt: bool) -> None:
    """Noise, half a code and the code twice without a pause: one person; and so without them."""
    async with a_gate(tmp_path) as gate:
        await asyncio.sleep(SETTLED_S)
        code = gate.code()
        gate.scan(NOISE + b"\r" + code + code if is_hurt else code)
        assert await gate.board.until_released(Way.ENTRY)
        assert await gate.board.walk(Way.ENTRY) is WalkResult.THROUGH
        await gate.until(lambda kinds: Kind.ACCESS_TAKEN in kinds)
        assert gate.releases() == 1
        assert gate.kinds().count(Kind.ACCESS_GRANTED) == 1


@pytest.mark.parametrize("is_late", [True, False], ids=["late", "control"])
async def test_a_read_from_before_the_connection_is_logged_and_not_acted_on(
    tmp_path: Path, *, is_late: bool
) -> None:
    """What may have waited in the scanner opens nothing and is told; a fresh read opens."""
    async with a_gate(tmp_path, settle_ms=1_000 if is_late else 20) as gate:
        await asyncio.sleep(SETTLED_S)
        gate.hold_up()
        if is_late:
            await gate.until(lambda kinds: Kind.ACCESS_DENIED in kinds)
            assert gate.delivered()[-1].reasons[0] == "CREDENTIAL_READ_LATE"
            assert gate.releases() == 0
            await asyncio.sleep(1.6)
            gate.hold_up()
        assert await gate.board.until_released(Way.ENTRY)


async def test_a_code_held_in_view_is_one_decision(tmp_path: Path) -> None:
    """The scanner fires twenty times: one grant. Another text among them is one denial."""
    async with a_gate(tmp_path) as gate:
        await asyncio.sleep(SETTLED_S)
        code = gate.code()
        for _ in range(20):
            gate.scan(code)
        assert await gate.board.until_released(Way.ENTRY)
        assert await gate.board.walk(Way.ENTRY) is WalkResult.THROUGH
        await gate.until(lambda kinds: Kind.ACCESS_TAKEN in kinds)
        gate.scan(b"HTTP://EXAMPLE.COM\r" * 20)
        await gate.until(lambda kinds: Kind.ACCESS_DENIED in kinds)
        told = Counter(gate.kinds())
        assert (told[Kind.ACCESS_GRANTED], told[Kind.ACCESS_DENIED]) == (1, 1)
        assert gate.releases() == 1


async def test_no_link_moves_the_turnstile_by_going_or_coming(tmp_path: Path) -> None:
    """Scanner and door unplugged and cut, again and again: 0 releases. A grant: 1."""
    async with a_gate(tmp_path) as gate:
        await asyncio.sleep(SETTLED_S)
        for times in (1, 2):
            for line in (gate.scanner_line, gate.door_line):
                line.unplug()
            await gate.until(lambda kinds, n=2 * times: kinds.count(Kind.DEVICE_LOST) == n)  # type: ignore[misc]
            for line in (gate.scanner_line, gate.door_line):
                line.plug_in()
            await until_devices_ready(gate, 2 + 2 * times)
        gate.door_line.cut()
        await gate.until(lambda kinds: kinds.count(Kind.DEVICE_LOST) == 5)
        gate.door_line.mend()
        await until_devices_ready(gate, 7)
        assert gate.releases() == 0
        assert gate.board.lane.is_locked
        await let_in(gate)
        assert gate.releases() == 1


async def test_a_bouncing_sensor_closes_the_way_in_and_makes_no_crowd(tmp_path: Path) -> None:
    """Out of order, entries refused, nobody counted; mended, the same visitor is let in."""
    async with a_gate(tmp_path) as gate:
        await asyncio.sleep(SETTLED_S)
        gate.board.sensors.bounce("passage_entry")
        await gate.until(lambda kinds: Kind.OUT_OF_ORDER in kinds)
        gate.hold_up()
        await gate.until(lambda kinds: Kind.ACCESS_DENIED in kinds)
        assert gate.delivered()[-1].reasons == ("LANE_OUT_OF_ORDER",)
        gate.board.sensors.mend("passage_entry")
        await gate.until(lambda kinds: Kind.BACK_IN_ORDER in kinds)
        assert Kind.DOOR_FORCED not in gate.kinds()
        assert gate.releases() == 0
        await asyncio.sleep(2.1)
        await let_in(gate)


async def test_fire_frees_and_nothing_relocks_before_a_person_does(tmp_path: Path) -> None:
    """Freed by the hardware, recorded here; the contact back locks nothing, the key does."""
    async with a_gate(tmp_path) as gate:
        gate.board.fire(on=True)
        await gate.until(lambda kinds: Kind.FIRE_ACTIVATED in kinds)
        assert await gate.board.walk(Way.EXIT) is WalkResult.THROUGH
        await gate.until(lambda kinds: Kind.FREE_PASSAGE in kinds)
        gate.board.fire(on=False)
        await gate.until(lambda kinds: Kind.FIRE_CLEARED in kinds)
        assert gate.board.lane.is_free
        await gate.board.turn_reset_key()
        await gate.until(lambda kinds: Kind.FIRE_RESET in kinds)
        assert await gate.board.until_locked()
        assert gate.board.oracle.relocked_without_reset == 0


async def test_a_second_person_on_one_grant_is_told(tmp_path: Path) -> None:
    """Two go through on one grant: one is taken, the other tailgates; one alone does not."""
    async with a_gate(tmp_path) as gate:
        await asyncio.sleep(SETTLED_S)
        gate.hold_up()
        assert await gate.board.until_released(Way.ENTRY)
        await gate.board.tailgate(Way.ENTRY)
        await gate.until(lambda kinds: Kind.TAILGATING in kinds)
        assert gate.kinds().count(Kind.ACCESS_TAKEN) == 1
    (tmp_path / "alone").mkdir()
    async with a_gate(tmp_path / "alone") as gate:
        await asyncio.sleep(SETTLED_S)
        await let_in(gate)
        assert Kind.TAILGATING not in gate.kinds()
