"""Lines of text -> what was presented. One dialect a reader, chosen in its settings. No I/O.

A scanner sends the text of a code; a card reader or a Wiegand converter sends a number, and there
are as many ways to write it as makers.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from pydantic import BaseModel

from access_core.devices.events import Medium
from device_drivers.card_numbers import (
    EM4100_BYTES,
    bits_text,
    em4100_text,
    keys_text,
    uid_text,
    wiegand_number_text,
    wiegand_text,
)

MAX_LINE: Final = 512
"""Longest line kept, bytes: the limit of a presented payload."""


class Dialect(StrEnum):
    """What a line of text is."""

    QR = "qr"
    HEX = "hex"
    DECIMAL = "decimal"
    WIEGAND26 = "wiegand26"
    WIEGAND34 = "wiegand34"
    WIEGAND37 = "wiegand37"
    KEYPAD = "keypad"


class NumberBase(StrEnum):
    """How a Wiegand converter writes a number."""

    HEX = "hex"
    DECIMAL = "decimal"


class ParityBits(StrEnum):
    """What a Wiegand converter does with the first and the last bit."""

    STRIPPED = "stripped"
    SENT = "sent"


class ByteOrder(StrEnum):
    """Which byte of a serial number comes first."""

    AS_SENT = "as_sent"
    REVERSED = "reversed"


class DialectSettings(BaseModel):
    """The part of a reader's settings that says what its lines are."""

    dialect: Dialect = Dialect.QR
    """`qr`: the text of a code. `hex`, `decimal`: a card's serial number, which identifies and
    proves nothing. `wiegand26`, `wiegand34`, `wiegand37`: what a converter makes of such a card.
    `keypad`: typed digits. Default qr."""
    number_base: NumberBase = NumberBase.HEX
    """Only for `wiegand…`: how the converter writes the number. `decimal` also reads
    `facility,number`. Default hex."""
    parity_bits: ParityBits = ParityBits.STRIPPED
    """Only for `wiegand…`: whether the converter has taken the parity bits off or sends them; if
    sent, they are checked. Default stripped."""
    byte_order: ByteOrder = ByteOrder.AS_SENT
    """Only for `hex` and `decimal`: readers disagree on which byte comes first. Default
    as_sent."""


@dataclass(frozen=True, slots=True)
class Read:
    """One credential that a reader has read."""

    medium: Medium
    payload: bytes


_HEX: Final = re.compile(rb"(?:0[xX])?([0-9A-Fa-f]{2}(?:[ :-]?[0-9A-Fa-f]{2}){0,15})")
_WIEGAND_HEX: Final = re.compile(rb"(?:0[xX])?([0-9A-Fa-f]{6,10})")
_DECIMAL: Final = re.compile(rb"[0-9]{1,17}")
_PAIR: Final = re.compile(rb"([0-9]{1,6})[,:/ -]([0-9]{1,6})")
_BITS: Final = {Dialect.WIEGAND26: 26, Dialect.WIEGAND34: 34, Dialect.WIEGAND37: 37}
_FACILITY_AND_NUMBER_BITS: Final = {26: (8, 16), 34: (16, 16), 37: (16, 19)}
"""HID formats H10301, H10306 and H10304."""
_DECIMAL_BYTES: Final = ((10, 4), (13, EM4100_BYTES), (17, 7))
"""(most digits, bytes): 2^32, 2^40 and 2^56 have 10, 13 and 17 digits."""


def read_line(settings: DialectSettings, line: bytes) -> Read | None:
    """What `line`, without its terminator, presents; None if it is not of this dialect."""
    dialect = settings.dialect
    match dialect:
        case Dialect.QR:
            return Read(Medium.QR, line) if 0 < len(line) <= MAX_LINE else None
        case Dialect.KEYPAD:
            text = keys_text(line.decode("ascii", errors="replace"))
            return Read(Medium.KEYPAD, text) if text else None
        case Dialect.HEX:
            text = _from_hex(line, settings.byte_order)
        case Dialect.DECIMAL:
            text = _from_decimal(line, settings.byte_order)
        case Dialect.WIEGAND26 | Dialect.WIEGAND34 | Dialect.WIEGAND37:
            text = _from_wiegand(line, _BITS[dialect], settings)
        case _:
            assert_never(dialect)
    return Read(Medium.CARD, text) if text else None


def _from_hex(line: bytes, order: ByteOrder) -> bytes | None:
    found = _HEX.fullmatch(line.strip())
    if found is None:
        return None
    number = _ordered(bytes.fromhex(re.sub(rb"[ :-]", b"", found[1]).decode("ascii")), order)
    known = uid_text(number) or em4100_text(number)
    return known or bits_text(int.from_bytes(number), 8 * len(number))


def _from_decimal(line: bytes, order: ByteOrder) -> bytes | None:
    digits = line.strip()
    if _DECIMAL.fullmatch(digits) is None:
        return None
    size = next(size for most, size in _DECIMAL_BYTES if len(digits) <= most)
    if int(digits) >> (8 * size):
        return None
    number = _ordered(int(digits).to_bytes(size), order)
    return uid_text(number) or em4100_text(number)


def _ordered(number: bytes, order: ByteOrder) -> bytes:
    return number[::-1] if order is ByteOrder.REVERSED else number


def _from_wiegand(line: bytes, count: int, settings: DialectSettings) -> bytes | None:
    written = line.strip()
    is_sent = settings.parity_bits is ParityBits.SENT
    if settings.number_base is NumberBase.DECIMAL:
        if pair := _PAIR.fullmatch(written):
            return _from_pair(int(pair[1]), int(pair[2]), count)
        if _DECIMAL.fullmatch(written) is None:
            return None
        number = int(written)
    else:
        found = _WIEGAND_HEX.fullmatch(written)
        # As many digits as the bits need, or that filled up to whole bytes: fewer are half a read.
        digits = (count + 3 - (0 if is_sent else 2)) // 4
        if found is None or len(found[1]) not in {digits, digits + digits % 2, 8 * (count == 26)}:  # noqa: PLR2004 - some converters write all cards up to 32 bits with 8 digits
            return None
        number = int(found[1], 16)
    return wiegand_text(number, count) if is_sent else wiegand_number_text(number, count)


def _from_pair(facility: int, number: int, count: int) -> bytes | None:
    facility_bits, number_bits = _FACILITY_AND_NUMBER_BITS[count]
    if facility >> facility_bits or number >> number_bits:
        return None
    return wiegand_number_text(facility << number_bits | number, count)
