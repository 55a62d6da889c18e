"""Areas and access points."""

import pytest

from access_core.devices.events import Direction
from access_core.errors import ProgramError
from access_core.ids import AccessPointId, AreaId, GateId
from access_core.model.topology import ZONE_BITS, AccessPoint, Area


@pytest.mark.parametrize("zone_bit", [0, ZONE_BITS - 1])
def test_an_area_has_a_place_in_the_zones_of_a_pass(zone_bit: int) -> None:
    """One of 32."""
    assert Area(area_id=AreaId("a"), name_zh="", name_en="", zone_bit=zone_bit).zone_bit == zone_bit


@pytest.mark.parametrize("zone_bit", [-1, ZONE_BITS])
def test_a_place_that_no_pass_can_carry_is_refused(zone_bit: int) -> None:
    """The message names the area and the limits."""
    with pytest.raises(ProgramError, match=r"area lab: zone_bit .* 0\.\.31"):
        Area(area_id=AreaId("lab"), name_zh="", name_en="", zone_bit=zone_bit)


def test_an_access_point_is_one_direction() -> None:
    """A lane has up to two of them; a reader may be missing where a button opens."""
    point = AccessPoint(
        access_point_id=AccessPointId("p"),
        gate_id=GateId("g"),
        direction=Direction.EXIT,
        area_id=AreaId("a"),
    )
    assert point.reader_id is None
