"""A typing scanner on its open input device: each line typed becomes a read."""

from collections import Counter

from access_core.clock import Clock
from device_drivers.keyboard_wedge.codec import KeyCodec
from device_drivers.keyboard_wedge.settings import KeyboardWedgeSettings
from device_drivers.keyboard_wedge.transport import InputNode
from device_drivers.line_reader import LineReader


def keyboard_on(
    node: InputNode, settings: KeyboardWedgeSettings, clock: Clock, counts: Counter[str]
) -> LineReader:
    """The keyboard of `settings` on `node`, which it closes."""
    codec = KeyCodec(settings, counts)
    return LineReader(node, codec, clock, settle_ms=settings.settle_ms)
