"""Forms and views of sites."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from access_core.devices.events import Direction
from access_core.ids import AccessPointId, AreaId, EdgeId, GateId
from central_server.kit.forms import FormModel

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=2, max_length=32)]
NameZh = Annotated[str, Field(min_length=1, max_length=40)]
NameEn = Annotated[str, Field(min_length=1, max_length=60)]

DEFAULT_AREA = AreaId("campus")
"""The area that every database begins with."""


class NewGateForm(FormModel):
    """A lane is added; door, access points and readers follow from it."""

    gate_id: Slug
    name_zh: NameZh
    name_en: NameEn
    area_id: str = Field(default=DEFAULT_AREA, max_length=40)


class NewAreaForm(FormModel):
    """An area is added."""

    area_id: Slug
    name_zh: NameZh
    name_en: NameEn


def edge_id_of(gate_id: str) -> EdgeId:
    """The name of the edge at a gate; a spare box gets the same."""
    return EdgeId(f"edge-{gate_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """An area."""

    area_id: AreaId
    name_zh: str
    name_en: str
    zone_bit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPointView:
    """One direction through a gate."""

    number: int
    access_point_id: AccessPointId
    direction: Direction
    reader_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeView:
    """How an edge is, as far as the centre knows."""

    edge_id: EdgeId
    is_online: bool
    seen_ms: int
    """When it was last heard, ms since 1970 UTC; 0 if never."""
    revision: int
    journal_seq: int
    delivered_seq: int
    skew_ms: int
    software: str
    devices: dict[str, str]

    @property
    def backlog(self) -> int:
        """Events that lie at the edge only."""
        return max(0, self.journal_seq - self.delivered_seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    """A gate with its access points and its edge."""

    number: int
    gate_id: GateId
    name_zh: str
    name_en: str
    area_id: AreaId
    area_zh: str
    area_en: str
    zone_bit: int
    door_id: str
    access_points: tuple[AccessPointView, ...]
    edge: EdgeView | None

    @property
    def edge_id(self) -> EdgeId:
        """The name of the edge at this gate, enrolled or not."""
        return edge_id_of(self.gate_id)
