"""What all readers that only speak have in common."""

from collections import Counter
from collections.abc import Iterable

from access_core.errors import DeviceUnavailable
from device_drivers.dialects import DialectSettings
from device_drivers.line_reader import GARBLED_BYTES, LineReader
from device_drivers.serial_scanner.codec import ScannerCodec
from device_drivers.system_clock import SystemClock


class _Portions:
    """A line on which these portions arrive; None: nothing for a while."""

    def __init__(self, portions: Iterable[bytes | None], *, is_late: bool = False) -> None:
        self._portions = list(portions)
        self._is_late = is_late
        self.is_closed = False

    async def read(self) -> bytes:
        """The next portion; a pause is a time-out of whoever waits."""
        if not self._portions:
            raise DeviceUnavailable("the end")
        portion = self._portions.pop(0)
        if portion is None:
            raise TimeoutError
        return portion

    def has_bytes_waiting(self) -> bool:
        """Whether the loop was late rather than the device."""
        is_late, self._is_late = self._is_late, False
        return is_late

    def close(self) -> None:
        """Note it."""
        self.is_closed = True

    def in_words(self) -> str:
        """A name."""
        return "line 1"


def _reader(line: _Portions) -> LineReader:
    return LineReader(line, ScannerCodec(DialectSettings(), Counter()), SystemClock(), settle_ms=10)


async def test_reads_are_fresh_after_the_first_silence() -> None:
    """What comes before it may have waited in the device."""
    reader = _reader(_Portions([b"old\r", None, b"new\r"]))
    assert not (await reader.next()).is_fresh
    arrival = await reader.next()
    assert arrival.is_fresh
    assert [read.payload for read in arrival.reads] == [b"new"]


async def test_a_late_loop_is_no_silence() -> None:
    """Bytes that wait while this program was busy did not come after a pause."""
    reader = _reader(_Portions([None, b"old\r"], is_late=True))
    assert not (await reader.next()).is_fresh


async def test_half_a_frame_is_broken_off_by_silence() -> None:
    """And what is wrong is said with the line's name."""
    reader = _reader(_Portions([b"ha", None, b"whole\r"]))
    await reader.next()
    await reader.next()
    assert reader.complaint.startswith("line 1: ")
    assert [read.payload for read in (await reader.next()).reads] == [b"whole"]
    assert reader.complaint == ""


async def test_so_much_garbage_is_no_bad_luck() -> None:
    """From a number of bytes on without one good frame, the settings must be wrong."""
    reader = _reader(_Portions([b"\x01" * (GARBLED_BYTES - 1) + b"\r", b"\x01\r"]))
    await reader.next()
    before = reader.is_garbled
    await reader.next()
    assert (before, reader.is_garbled) == (False, True)
    line = _Portions([])
    _reader(line).close()
    assert line.is_closed
