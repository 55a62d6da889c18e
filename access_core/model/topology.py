"""Where access is controlled: areas, gates, doors, readers and access points.

A gate is one lane: one door and up to two access points, each controlling one direction.
"""

import msgspec

from access_core.devices.events import Direction
from access_core.errors import ProgramError
from access_core.ids import AccessPointId, AreaId, DoorId, GateId, ReaderId

ZONE_BITS = 32
"""Width of the zone bitmap in a pass: 4 bytes."""


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """A protected area. `zone_bit` is its place in the zone bitmap of a pass."""

    area_id: AreaId
    name_zh: str
    name_en: str
    zone_bit: int
    parent_id: AreaId | None = None

    def __post_init__(self) -> None:
        """Refuse a bit that no pass could carry."""
        if not 0 <= self.zone_bit < ZONE_BITS:
            msg = f"area {self.area_id}: zone_bit {self.zone_bit} is not within 0..{ZONE_BITS - 1}"
            raise ProgramError(msg)


class AccessPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One direction through one door, with the reader that guards it.

    `area_id` is the area whose boundary is crossed: entered or left by `direction`.
    """

    access_point_id: AccessPointId
    gate_id: GateId
    direction: Direction
    area_id: AreaId
    reader_id: ReaderId | None = None


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A lane that people know by a name."""

    gate_id: GateId
    name_zh: str
    name_en: str
    door_id: DoorId
