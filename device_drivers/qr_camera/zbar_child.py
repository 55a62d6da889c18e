"""A process that does nothing but read QR codes with zbar; started by `ZbarProcess`.

zbar takes a third of a second on a sheet of finder patterns, and some odd codes end the process
by an assertion. Here it can be ended from outside, and nothing else ends with it.

Standard input: rows and columns as two big-endian 16-bit numbers, then rows * columns bytes.
Standard output: one READY byte, then per picture a count, and per payload its 16-bit length and
bytes. End of input ends the process.
"""

import struct
import sys

from pyzbar import pyzbar

READY = b"R"
SIZE = struct.Struct(">HH")
LENGTH = struct.Struct(">H")
MOST = 8
"""Most payloads given back for one picture."""


def payloads_in(pixels: bytes, columns: int, rows: int) -> list[bytes]:
    """Payloads of the QR codes in a grey picture."""
    try:
        found = pyzbar.decode((pixels, columns, rows), symbols=[pyzbar.ZBarSymbol.QRCODE])
    except ValueError:
        # pyzbar has no name for the orientation of a structured-append part (its issue 139).
        return []
    return [bytes(symbol.data) for symbol in found[:MOST]]


def encode_answer(payloads: list[bytes]) -> bytes:
    """The answer for one picture."""
    parts = [LENGTH.pack(len(payload)) + payload for payload in payloads]
    return bytes([len(parts)]) + b"".join(parts)


def main() -> None:
    """Serve until standard input ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(READY)
    sink.flush()
    while len(head := source.read(SIZE.size)) == SIZE.size:
        rows, columns = SIZE.unpack(head)
        pixels = source.read(rows * columns)
        if len(pixels) < rows * columns:
            return
        sink.write(encode_answer(payloads_in(pixels, columns, rows)))
        sink.flush()


if __name__ == "__main__":
    main()
