"""Numbers that card readers give, as the one text by which a gate looks a card up. No I/O.

The form of the text is the core's (`access_core/passes/card.py`): `FORMAT:DIGITS`, upper-case
hexadecimal. A driver says which format it has read; what the card means is not its business.
"""

from typing import Final

UID_BYTES: Final = frozenset({4, 7, 10})
"""Lengths of an ISO 14443 serial number: single, double, triple size."""
EM4100_BYTES: Final = 5
"""Version or customer byte, then 4 bytes of serial number."""
LONGEST_BITS: Final = 128
"""Of a card that nobody interprets."""
LONGEST_KEYS: Final = 16

WIEGAND_SPANS: Final[dict[int, tuple[range, range]]] = {
    26: (range(1, 13), range(13, 25)),
    34: (range(1, 17), range(17, 33)),
    37: (range(1, 19), range(18, 36)),
}
"""Bits on the wire -> places, counted from 0, that the leading bit makes even and the trailing bit
makes odd. HID formats H10301, H10306 and H10302/H10304, whose spans share the middle bit."""


def uid_text(number: bytes) -> bytes | None:
    """The text of an ISO 14443 serial number; None if none is so long."""
    return _text("UID", number) if len(number) in UID_BYTES else None


def em4100_text(number: bytes) -> bytes | None:
    """The text of a 125 kHz tag's 5 bytes; None if there are not 5."""
    return _text("EM4100", number) if len(number) == EM4100_BYTES else None


def bits_text(bits: int, count: int) -> bytes | None:
    """The text of `count` raw bits, the first one highest; None if there are none or too many."""
    if not 0 < count <= LONGEST_BITS or bits >> count:
        return None
    return _text(f"BITS{count}", bits.to_bytes((count + 7) // 8))


def keys_text(digits: str) -> bytes | None:
    """The text of what was typed at a keypad; None if that is not 1 to 16 digits."""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_KEYS):
        return None
    return f"KEYS:{digits}".encode("ascii")


def wiegand_text(bits: int, count: int) -> bytes | None:
    """The text of a card read as `count` bits with their parity bits, the first one highest.

    None if the parity does not hold. Lengths without a known parity are raw bits.
    """
    spans = WIEGAND_SPANS.get(count)
    if spans is None:
        return bits_text(bits, count)
    if bits >> count:
        return None
    even, odd = (sum(bits >> (count - 1 - place) & 1 for place in span) for span in spans)
    leading, trailing = bits >> (count - 1), bits & 1
    if (even + leading) % 2 != 0 or (odd + trailing) % 2 != 1:
        return None
    return wiegand_number_text((bits >> 1) & ((1 << (count - 2)) - 1), count)


def wiegand_number_text(number: int, count: int) -> bytes | None:
    """The text of a card of `count` bits whose parity bits are already taken off.

    None if the number does not fit.
    """
    width = count - 2
    if count not in WIEGAND_SPANS or number < 0 or number >> width:
        return None
    return _text(f"W{count}", number.to_bytes((width + 7) // 8))


def _text(card_format: str, number: bytes) -> bytes:
    return f"{card_format}:{number.hex().upper()}".encode("ascii")
