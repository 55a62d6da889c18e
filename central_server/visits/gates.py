"""The gates a visitor may choose, and what a visitor's pass is worth there."""

from dataclasses import dataclass

from access_core.ids import AccessLevelId, GateId
from central_server.access_levels import service as access_levels
from central_server.access_levels.schemas import VISITORS
from central_server.kit.database import Session
from central_server.kit.i18n import Language
from central_server.sites import service as sites


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorGate:
    """One gate as a visitor knows it."""

    gate_id: GateId
    name_zh: str
    name_en: str
    zones: int
    """Bitmap of the gate's area, for the pass."""
    access_levels: tuple[AccessLevelId, ...]
    """Those that a visitor to this gate is given."""

    def name(self, language: Language) -> str:
        """What the gate is called."""
        return self.name_zh if language is Language.ZH else self.name_en


async def visitor_gates(session: Session) -> tuple[VisitorGate, ...]:
    """Every gate that takes visitors, in the order in which gates were added."""
    level = await access_levels.get_level(session, VISITORS)
    return tuple(
        VisitorGate(
            gate_id=gate.gate_id,
            name_zh=gate.name_zh,
            name_en=gate.name_en,
            zones=1 << gate.zone_bit,
            access_levels=(VISITORS,),
        )
        for gate in await sites.list_gates(session)
        if level.is_everywhere or gate.gate_id in level.gates
    )


async def visitor_gate(session: Session, gate_id: GateId) -> VisitorGate | None:
    """One of them."""
    gates = await visitor_gates(session)
    return next((gate for gate in gates if gate.gate_id == gate_id), None)
