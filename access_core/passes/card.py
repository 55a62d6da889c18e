"""Cards and other numbers a reader gives: one text for one card, and the pass id it stands for.

A card proves nothing: its number can be copied. It identifies a holder, who must be known to the
edge. The number itself is neither stored at the gate nor sent: what is looked up and recorded is
an id made of it.

Text    `FORMAT:DIGITS`, upper-case hexadecimal without spaces or leading `0x`
        `W26:` 3 bytes, `W34:` 4 bytes, `W37:` 5 bytes: the number without its parity bits
        `EM4100:` 5 bytes · `UID:` 4, 7 or 10 bytes · `BITSn:` n raw bits that nobody interprets
        `KEYS:` what was typed at a keypad, decimal
Id      the first 8 bytes of SHA-256 over `campus-card`, a zero byte and the text
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from access_core.ids import PassId

MAX_TEXT: Final = 64
"""Characters."""
_TEXT: Final = re.compile(
    rb"W26:[0-9A-F]{6}|W34:[0-9A-F]{8}|W37:[0-9A-F]{10}|EM4100:[0-9A-F]{10}"
    rb"|UID:(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})"
    rb"|BITS[1-9][0-9]{0,2}:(?:[0-9A-F]{2}){1,16}|KEYS:[0-9]{1,16}"
)
_CONTEXT: Final = b"campus-card\0"
_ID_BYTES: Final = 8


class CardFormat(StrEnum):
    """What the digits of a card's text are."""

    W26 = "W26"
    W34 = "W34"
    W37 = "W37"
    EM4100 = "EM4100"
    UID = "UID"
    KEYS = "KEYS"


@dataclass(frozen=True, slots=True)
class CardRead:
    """A number that a reader gave, as the pass id it stands for. Claimed, not proven."""

    pass_id: PassId


def card_text(card_format: CardFormat, number: bytes) -> bytes:
    """The one text of a card; `number` big-endian, as long as the format says."""
    return f"{card_format}:{number.hex().upper()}".encode("ascii")


def read_card(text: bytes) -> CardRead | None:
    """The card whose text this is; None if it is none. Never raises."""
    if len(text) > MAX_TEXT or _TEXT.fullmatch(text) is None:
        return None
    return CardRead(PassId(hashlib.sha256(_CONTEXT + text).digest()[:_ID_BYTES]))
