"""Which way each reader of a gate guards, as far as the rules say."""

from collections.abc import Mapping

from access_core.devices.events import Direction
from access_core.ids import AccessPointId, DeviceId
from edge_agent.gate.stamp import Stamp


class Ways:
    """The ways in and out of one gate under the rules of the moment."""

    def __init__(self, readers: Mapping[DeviceId, AccessPointId], stamp: Stamp) -> None:
        """`stamp` holds the rules."""
        self._readers = readers
        self._stamp = stamp

    def direction_of(self, reader: DeviceId) -> Direction:
        """Which way a reader guards; inwards as long as no rules say so."""
        facts, point_id = self._stamp.facts, self._readers[reader]
        point = None if facts is None else facts.access_points.get(point_id)
        return Direction.ENTRY if point is None else point.direction

    def way_out(self) -> tuple[DeviceId | None, AccessPointId | None]:
        """The reader and the access point of the way out, if the rules name one."""
        for reader, point_id in self._readers.items():
            if self.direction_of(reader) is Direction.EXIT:
                return reader, point_id
        return None, None
