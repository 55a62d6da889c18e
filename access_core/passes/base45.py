"""Bytes as QR alphanumeric text and back, after RFC 9285."""

import struct

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""RFC 9285 table 1, which is also the QR alphanumeric set (ISO/IEC 18004 table 5)."""

_BASE = 45
_BASE2 = _BASE * _BASE
_PAIR_LIMIT = 0x10000
_BYTE_LIMIT = 0x100
_CHARACTERS = ALPHABET.encode()
_VALUES = bytes.maketrans(_CHARACTERS, bytes(range(_BASE)))


def encode(data: bytes) -> str:
    """Text of `data`: three characters for two bytes, two for a last single byte."""
    out: list[str] = []
    for i in range(0, len(data) - 1, 2):
        rest, low = divmod(data[i] << 8 | data[i + 1], _BASE)
        high, middle = divmod(rest, _BASE)
        out += (ALPHABET[low], ALPHABET[middle], ALPHABET[high])
    if len(data) % 2:
        high, low = divmod(data[-1], _BASE)
        out += (ALPHABET[low], ALPHABET[high])
    return "".join(out)


def decode(text: bytes) -> bytes | None:
    """Bytes of ASCII `text`, or None if any character, length or group is not base45."""
    whole, left = len(text) // 3 * 3, len(text) % 3
    if left == 1 or text.translate(None, _CHARACTERS):
        return None
    values = text.translate(_VALUES)
    pairs = [
        low + middle * _BASE + high * _BASE2
        for low, middle, high in zip(
            values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True
        )
    ]
    if pairs and max(pairs) >= _PAIR_LIMIT:
        return None
    out = struct.pack(f">{len(pairs)}H", *pairs)
    if not left:
        return out
    last = values[whole] + values[whole + 1] * _BASE
    return out + bytes((last,)) if last < _BYTE_LIMIT else None
