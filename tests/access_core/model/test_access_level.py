"""Access levels."""

from access_core.ids import AccessLevelId, AccessPointId, ScheduleId
from access_core.model.access_level import AccessLevel, LevelGrant
from access_core.wire.messages import encode


def test_a_grant_is_written_as_a_pair() -> None:
    """A campus has thousands of them: no field names on the wire."""
    level = AccessLevel(
        access_level_id=AccessLevelId("visitors"),
        name_zh="访客",
        name_en="Visitors",
        grants=(LevelGrant(AccessPointId("north-in"), ScheduleId("always")),),
    )
    assert b'"grants":[["north-in","always"]]' in encode(level)
