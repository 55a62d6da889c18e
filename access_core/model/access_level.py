"""Where and when together: what a credential may do."""

import msgspec

from access_core.ids import AccessLevelId, AccessPointId, ScheduleId


class LevelGrant(msgspec.Struct, frozen=True, array_like=True):
    """One access point under one schedule."""

    access_point_id: AccessPointId
    schedule_id: ScheduleId


class AccessLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of access points, each with its schedule."""

    access_level_id: AccessLevelId
    name_zh: str
    name_en: str
    grants: tuple[LevelGrant, ...]
