"""A tag reader on its open line: each frame becomes a read. It is never sent anything."""

from collections import Counter

from access_core.clock import Clock
from device_drivers.em4100.codec import TagCodec
from device_drivers.em4100.settings import Em4100Settings
from device_drivers.em4100.transport import Line
from device_drivers.line_reader import LineReader


def tag_reader_on(
    line: Line, settings: Em4100Settings, clock: Clock, counts: Counter[str]
) -> LineReader:
    """The tag reader of `settings` on `line`, which it closes."""
    codec = TagCodec(settings.dialect, counts)
    return LineReader(line, codec, clock, settle_ms=settings.settle_ms)
