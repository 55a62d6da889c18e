"""Bytes as QR alphanumeric text and back, after RFC 9285."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""RFC 9285 table 1, which is also the QR alphanumeric set (ISO/IEC 18004 table 5)."""

_VALUES = {ord(c): v for v, c in enumerate(ALPHABET)}
_BASE = 45
_BASE2 = _BASE * _BASE
_PAIR_LIMIT = 0x10000
_BYTE_LIMIT = 0x100


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
    length = len(text)
    if length % 3 == 1:
        return None
    try:
        values = [_VALUES[c] for c in text]
    except KeyError:
        return None
    out = bytearray()
    whole = length - length % 3
    for i in range(0, whole, 3):
        number = values[i] + values[i + 1] * _BASE + values[i + 2] * _BASE2
        if number >= _PAIR_LIMIT:
            return None
        out.append(number >> 8)
        out.append(number & 0xFF)
    if whole < length:
        number = values[whole] + values[whole + 1] * _BASE
        if number >= _BYTE_LIMIT:
            return None
        out.append(number)
    return bytes(out)
