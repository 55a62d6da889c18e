"""Bytes as QR alphanumeric text and back, after RFC 9285."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""RFC 9285 table 1, which is also the QR alphanumeric set (ISO/IEC 18004 table 5)."""

_BASE = 45
_BASE2 = _BASE * _BASE
_BYTE_LIMIT = 0x100
_LANE_BYTES = 4
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
    groups = _decode_groups(values[:whole])
    if groups is None or not left:
        return groups
    last = values[whole] + values[whole + 1] * _BASE
    return groups + bytes((last,)) if last < _BYTE_LIMIT else None


def _decode_groups(values: bytes) -> bytes | None:
    """Two bytes for each three values, or None if a group exceeds 65535.

    All groups are computed at once, in the lanes of one large integer: a lane has 32 bits and a
    group at most 91,124, so that nothing is carried over. A loop takes three times as long.
    """
    size = len(values) // 3 * _LANE_BYTES
    numbers = (
        _lanes(values[0::3], size)
        + _lanes(values[1::3], size) * _BASE
        + _lanes(values[2::3], size) * _BASE2
    ).to_bytes(size, "big")
    if any(numbers[1::4]):
        return None
    out = bytearray(size // 2)
    out[0::2], out[1::2] = numbers[2::4], numbers[3::4]
    return bytes(out)


def _lanes(values: bytes, size: int) -> int:
    lanes = bytearray(size)
    lanes[3::4] = values
    return int.from_bytes(lanes, "big")
