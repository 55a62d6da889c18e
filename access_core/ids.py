"""Identifiers. Each is its own type, so that a door can never be passed for a reader."""

from typing import NewType

SiteId = NewType("SiteId", str)
AreaId = NewType("AreaId", str)
GateId = NewType("GateId", str)
DoorId = NewType("DoorId", str)
ReaderId = NewType("ReaderId", str)
AccessPointId = NewType("AccessPointId", str)
HolderId = NewType("HolderId", str)
AccessLevelId = NewType("AccessLevelId", str)
ScheduleId = NewType("ScheduleId", str)
EdgeId = NewType("EdgeId", str)

PassId = NewType("PassId", bytes)
"""8 random bytes, made by the issuer. The only thing in a pass that names it."""

KeyId = NewType("KeyId", bytes)
"""2 bytes naming a pass-issuer key or a policy key."""

CommandId = NewType("CommandId", str)
"""Names one command to a device, so that its answer can be matched and a repeat refused."""

DeviceId = NewType("DeviceId", str)
"""Names one device as configured: a reader or a door driver."""
