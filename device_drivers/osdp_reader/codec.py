"""What an OSDP reader has read, as the one text by which a gate looks it up. No I/O.

The frames themselves are those of the line: `osdp_bus/codec.py`.
"""

from typing import Final

from access_core.clock import Instant
from device_drivers.card_numbers import LONGEST_KEYS, bits_text, keys_text, wiegand_text
from device_drivers.osdp_bus.messages import CardBits

_ENTER: Final = frozenset(b"#\r")
_CLEAR: Final = frozenset(b"*\x7f")
"""The keys # and * as SIA OSDP 2.2, 7.12 has them, and as some readers send them."""


def card_text(card: CardBits) -> bytes | None:
    """The text of a card; None if it has too many bits.

    A length with known parity whose parity does not hold is given as the raw bits it is: no card
    of that format is mistaken for another.
    """
    bits = int.from_bytes(card.data) >> (len(card.data) * 8 - card.count)
    return wiegand_text(bits, card.count) or bits_text(bits, card.count)


class KeyCollector:
    """Keys one by one -> what was typed: ended by `#` or by waiting, begun anew by `*`."""

    def __init__(self, wait_ms: int) -> None:
        """After `wait_ms` without a key the entry is complete."""
        self._wait_ms = wait_ms
        self._typed = ""
        self._is_fresh = True
        self._last_at: Instant | None = None

    def pressed(self, keys: bytes, at: Instant, *, is_fresh: bool) -> list[tuple[bytes, bool]]:
        """The entries that `keys` complete, each as text and whether all its keys were fresh."""
        entries = []
        for key in keys:
            if key in _ENTER:
                entries += self._complete()
            elif key in _CLEAR:
                self._begin()
            elif chr(key).isdigit():
                self._typed += chr(key)
                self._is_fresh = self._is_fresh and is_fresh
                self._last_at = at
                if len(self._typed) > LONGEST_KEYS:
                    self._begin()
        return entries

    def waited(self, now: Instant) -> list[tuple[bytes, bool]]:
        """The entry that is complete because nothing was typed any more."""
        if self._last_at is None or now.ms_since(self._last_at) < self._wait_ms:
            return []
        return self._complete()

    def _complete(self) -> list[tuple[bytes, bool]]:
        text, is_fresh = keys_text(self._typed), self._is_fresh
        self._begin()
        return [] if text is None else [(text, is_fresh)]

    def _begin(self) -> None:
        self._typed, self._is_fresh, self._last_at = "", True, None
