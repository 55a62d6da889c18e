"""The gates a visitor may choose."""

from access_core.ids import GateId
from central_server.access_levels import service as access_levels
from central_server.access_levels.schemas import VISITORS, LevelForm
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.language import Language
from central_server.visits.gates import visitor_gate, visitor_gates
from tests.central_server.visitors import add_gate


async def test_a_gate_brings_the_zone_of_its_area(centre: Centre) -> None:
    """Gates of two areas have two zones; names are in both languages."""
    await add_gate(centre, "north")
    await add_gate(centre, "lab-door", "labs")
    async with centre.database.reading() as session:
        gates = await visitor_gates(session)
        assert await visitor_gate(session, GateId("west")) is None
    assert [(gate.gate_id, gate.zones) for gate in gates] == [("north", 0b01), ("lab-door", 0b10)]
    assert gates[0].name(Language.EN) == "North gate"
    assert gates[0].name(Language.ZH) == "north门"


async def test_only_gates_of_the_visitors_level_are_offered(centre: Centre) -> None:
    """A campus that closes a gate to visitors takes it out of the booking form."""
    await add_gate(centre, "north")
    await add_gate(centre, "south")
    form = LevelForm(name_zh="访客", name_en="Visitors", schedule_id="always", gates=("south",))
    async with centre.database.writing() as session:
        await access_levels.change_level(session, VISITORS, form, By(now_ms=0))
        gates = await visitor_gates(session)
    assert [gate.gate_id for gate in gates] == ["south"]
