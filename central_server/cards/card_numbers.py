"""A card's number as people have it, as the one id by which gates and the centre know the card.

Pure. The number is not kept: only the id made of it (`access_core/passes/card.py`) and the last
digits, by which people recognise a card.

A 125 kHz tag has 5 bytes and shows 4 of them in decimal. Such a number stands for 256 ids, of
which a gate that has seen the tag tells the right one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from access_core.errors import ProgramError
from access_core.ids import PassId
from access_core.passes.card import CardFormat, card_text, read_card
from central_server.kit.forms import refuse

ENDING: Final = 3
"""Digits that are kept and shown."""
MAX_TYPED: Final = 40


class Notation(StrEnum):
    """How a card's number is written down."""

    W26 = "w26"
    """`123,45678`: facility and number."""
    W26_HEX = "w26-hex"
    W34 = "w34"
    W34_HEX = "w34-hex"
    W37 = "w37"
    W37_HEX = "w37-hex"
    EM4100 = "em4100"
    """`0012345678`, as printed; with `123,45678` behind it or a first byte before it."""
    EM4100_HEX = "em4100-hex"
    UID_HEX = "uid-hex"
    UID_DECIMAL = "uid-decimal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNumber:
    """A number that was understood."""

    card_format: CardFormat
    pass_ids: tuple[PassId, ...]
    """One; or 256 where the writing leaves out a byte."""
    ending: str
    """The last digits as they are written."""


_PAIR: Final = re.compile(r"([0-9]{1,6})\s*[,:/ -]\s*([0-9]{1,6})")
_PRINTED: Final = re.compile(
    r"(?:(?P<first>[0-9A-Fa-f]{2})[ :-])?(?P<digits>[0-9]{8,10})"
    r"(?:\s+(?P<high>[0-9]{3}),(?P<low>[0-9]{5}))?"
)
_SEPARATORS: Final = re.compile(r"[ :-]")


def read_number(notation: Notation, typed: str) -> CardNumber:
    """The card that `typed` names, written in `notation`.

    Raises:
        PydanticCustomError: it is not written so; the words say how it should be.
    """
    # People type full-width digits without noticing; readers never send them.
    text = typed.translate(_NARROW).strip()
    if len(text) > MAX_TYPED:
        raise refuse("At most %(count)s characters, please.", count=MAX_TYPED)
    return _READERS[notation](text)


_NARROW: Final = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0x3001: 0x2C}


def _pair(card_format: CardFormat, facility_bits: int, number_bits: int) -> "_Reader":
    """Facility and number in decimal; HID formats H10301, H10306 and H10304."""

    def read(text: str) -> CardNumber:
        found = _PAIR.fullmatch(text)
        if found is None:
            raise refuse("Write facility and number in decimal, as in 123,45678.")
        facility, number = int(found[1]), int(found[2])
        if facility >> facility_bits or number >> number_bits:
            raise refuse(
                "The facility is at most %(facility)s, the number at most %(number)s.",
                facility=(1 << facility_bits) - 1,
                number=(1 << number_bits) - 1,
            )
        size = (facility_bits + number_bits + 7) // 8
        whole = (facility << number_bits | number).to_bytes(size)
        return _one(card_format, whole, found[2])

    return read


def _hexadecimal(card_format: CardFormat, bits: int, *lengths: int) -> "_Reader":
    """As many bytes as one of `lengths`, of which `bits` may be set where there is only one."""

    def read(text: str) -> CardNumber:
        digits = _SEPARATORS.sub("", text.removeprefix("0x").removeprefix("0X"))
        wanted = " / ".join(str(2 * length) for length in lengths)
        try:
            number = bytes.fromhex(digits)
        except ValueError:
            number = b""
        if len(number) not in lengths or len(digits) != 2 * len(number):
            raise refuse("Write %(count)s hexadecimal digits, 0 to 9 and A to F.", count=wanted)
        if int.from_bytes(number) >> bits:
            raise refuse("This number has more than %(bits)s bits.", bits=bits)
        return _one(card_format, number, digits.upper())

    return read


def _uid_decimal(text: str) -> CardNumber:
    if re.fullmatch(r"[0-9]{1,10}", text) is None or int(text) >> 32:
        raise refuse("Write a decimal number up to 4294967295.")
    return _one(CardFormat.UID, int(text).to_bytes(4), text)


def _printed(text: str) -> CardNumber:
    found = _PRINTED.fullmatch(text)
    if found is None or int(found["digits"]) >> 32:
        raise refuse("Write the 10 digits that are printed on the tag, as in 0012345678.")
    shown = int(found["digits"]).to_bytes(4)
    if found["high"] is not None:
        low = int(found["low"])
        if low >> 16 or int(found["high"]) != shown[1] or low != int.from_bytes(shown[2:]):
            raise refuse("The two numbers on the tag do not belong together; check both.")
    first = range(256) if found["first"] is None else (int(found["first"], 16),)
    return CardNumber(
        card_format=CardFormat.EM4100,
        pass_ids=tuple(_pass_id(CardFormat.EM4100, bytes((byte,)) + shown) for byte in first),
        ending=found["digits"][-ENDING:],
    )


def _one(card_format: CardFormat, number: bytes, written: str) -> CardNumber:
    return CardNumber(
        card_format=card_format,
        pass_ids=(_pass_id(card_format, number),),
        ending=written[-ENDING:],
    )


def _pass_id(card_format: CardFormat, number: bytes) -> PassId:
    read = read_card(card_text(card_format, number))
    if read is None:
        raise ProgramError(f"{len(number)} bytes are no {card_format} card")
    return read.pass_id


_Reader = Callable[[str], CardNumber]
_READERS: Final[dict[Notation, _Reader]] = {
    Notation.W26: _pair(CardFormat.W26, 8, 16),
    Notation.W26_HEX: _hexadecimal(CardFormat.W26, 24, 3),
    Notation.W34: _pair(CardFormat.W34, 16, 16),
    Notation.W34_HEX: _hexadecimal(CardFormat.W34, 32, 4),
    Notation.W37: _pair(CardFormat.W37, 16, 19),
    Notation.W37_HEX: _hexadecimal(CardFormat.W37, 35, 5),
    Notation.EM4100: _printed,
    Notation.EM4100_HEX: _hexadecimal(CardFormat.EM4100, 40, 5),
    Notation.UID_HEX: _hexadecimal(CardFormat.UID, 80, 4, 7, 10),
    Notation.UID_DECIMAL: _uid_decimal,
}
"""A notation can be read once it is listed here."""
