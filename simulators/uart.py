"""What a UART hears when its baud rate is not the sender's: a model of 8N1, bit by bit.

    idle 1 | start 0 | eight data bits, lowest first | stop 1 | start 0 …

The receiver waits for a falling edge and samples the middle of each bit by its own clock. A stop
bit found low is a framing error; Linux hands the byte on all the same while parity is not checked.
"""

from dataclasses import dataclass

_BITS = 10
"""Start bit, eight data bits, stop bit."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came out of the receiver."""

    data: bytes
    framing_errors: int
    """How many of these bytes had no stop bit."""


def heard(data: bytes, *, sent_baud: int, read_baud: int) -> Heard:
    """What a receiver at `read_baud` makes of `data`, sent without a pause at `sent_baud`."""
    levels = [level for byte in data for level in _levels(byte)]
    # One unit of time is 1 / (2 · sent_baud · read_baud) s: both clocks tick in whole units.
    sent_bit, read_bit = 2 * read_baud, 2 * sent_baud
    received, errors, at = bytearray(), 0, 0
    while (start := _next_fall(levels, at)) is not None:
        begun = start * sent_bit
        samples = [
            _level(levels, (begun + read_bit * place + read_bit // 2) // sent_bit)
            for place in range(_BITS)
        ]
        stop_at = (begun + read_bit * (_BITS - 1) + read_bit // 2) // sent_bit
        at = max(stop_at, start) + 1
        if samples[0]:
            continue  # a spike shorter than half a bit: no start bit
        received.append(sum(bit << place for place, bit in enumerate(samples[1:9])))
        errors += not samples[9]
    return Heard(bytes(received), errors)


def _levels(byte: int) -> list[int]:
    return [0, *(byte >> place & 1 for place in range(8)), 1]


def _level(levels: list[int], index: int) -> int:
    return levels[index] if index < len(levels) else 1


def _next_fall(levels: list[int], begin: int) -> int | None:
    """The first bit from `begin` on that is low after a high one; before the first it is idle."""
    for index in range(begin, len(levels)):
        if not levels[index] and (index == 0 or levels[index - 1]):
            return index
    return None
