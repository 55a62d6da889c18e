"""The reader on its open line: each frame becomes a read. It is never sent anything."""

from collections import Counter

from access_core.clock import Clock
from device_drivers.line_reader import LineReader
from tests.contracts.sample_driver.codec import CardCodec
from tests.contracts.sample_driver.settings import CardReaderSettings
from tests.contracts.sample_driver.transport import Line


def card_reader_on(
    line: Line, settings: CardReaderSettings, clock: Clock, counts: Counter[str]
) -> LineReader:
    """The reader of `settings` on `line`, which it closes."""
    return LineReader(line, CardCodec(counts), clock, settle_ms=settings.settle_ms)
