"""A network camera: RTSP 1.0 over TCP, motion JPEG in RTP interleaved with it.

RTSP by RFC 2326, the payload by RFC 2435; read at the other end by FFmpeg inside OpenCV, which
shares nothing with this file. Frames are repeated until another one is shown.
"""

import asyncio
import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Grey: TypeAlias = NDArray[np.uint8]

FRAMES_PER_S: Final = 20
_PACKET_BYTES: Final = 1_400
_CLOCK_HZ: Final = 90_000
_MOTION_JPEG: Final = 26
"""RTP payload type (RFC 3551)."""
_YUV_420: Final = 1
_TABLES_FOLLOW: Final = 255
_SSRC: Final = 0x1CA3
_DQT, _SOS, _EOI = 0xDB, 0xDA, b"\xff\xd9"
_ANSWERS: Final = {
    "OPTIONS": ("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER",),
    "DESCRIBE": ("Content-Type: application/sdp",),
    "SETUP": ("Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 1;timeout=60"),
    "PLAY": ("Session: 1", "Range: npt=0-"),
}
_SDP: Final = "\r\n".join(
    [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=gate camera",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        f"m=video 0 RTP/AVP {_MOTION_JPEG}",
        "a=control:track0",
        "",
    ]
)


@dataclass(frozen=True, slots=True)
class JpegParts:
    """A JPEG as RFC 2435 wants it."""

    tables: bytes
    """Quantization tables, 64 bytes each."""
    scan: bytes
    """Entropy-coded data."""


class SimulatedRtspCamera:
    """The camera. Use as an asynchronous context manager; its address stays over a power cut."""

    def __init__(self, first: Grey) -> None:
        """It sees `first`, rows and columns each a multiple of 16."""
        self._parts = jpeg_parts(first)
        self._shape = first.shape
        self._server: asyncio.Server | None = None
        self._port = 0
        self._lines: set[asyncio.StreamWriter] = set()
        self._left = asyncio.Event()

    @property
    def address(self) -> str:
        """For the driver's settings."""
        return f"rtsp://127.0.0.1:{self._port}/gate"

    async def __aenter__(self) -> Self:
        """Power on."""
        await self.power_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Power off."""
        await self.power_off()

    async def power_on(self) -> None:
        """Listen, on the port it had before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def power_off(self) -> None:
        """Cut every connection without a word and stop listening."""
        if self._server is None:
            return
        self._server.close()
        for line in list(self._lines):
            line.transport.abort()
        while self._lines:
            self._left.clear()
            await self._left.wait()
        await self._server.wait_closed()
        self._server = None

    def show(self, frame: Grey) -> None:
        """Let it see something else of the same size."""
        self._parts = jpeg_parts(frame)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        playing: asyncio.Event = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                stream = group.create_task(self._stream(writer, playing))
                with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                    while True:
                        await self._answer(reader, writer, playing)
                stream.cancel()
        finally:
            writer.close()
            self._lines.discard(writer)
            self._left.set()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, playing: asyncio.Event
    ) -> None:
        first = await reader.readexactly(1)
        if first == b"$":  # a receiver's report on the interleaved channel
            _, length = struct.unpack(">BH", await reader.readexactly(3))
            await reader.readexactly(length)
            return
        request = (first + await reader.readuntil(b"\r\n\r\n")).decode("ascii", "replace")
        method = request.split(" ", 1)[0]
        number = next(
            (line for line in request.split("\r\n") if line.lower().startswith("cseq")), "CSeq: 0"
        )
        body = _SDP if method == "DESCRIBE" else ""
        head = ["RTSP/1.0 200 OK", number, *_ANSWERS.get(method, ())]
        if body:
            head.append(f"Content-Length: {len(body)}")
        writer.write(("\r\n".join(head) + "\r\n\r\n" + body).encode("ascii"))
        if method == "PLAY":
            playing.set()

    async def _stream(self, writer: asyncio.StreamWriter, playing: asyncio.Event) -> None:
        await playing.wait()
        sequence = 0
        with contextlib.suppress(ConnectionError):
            for number in range(2**31):
                stamp = number * _CLOCK_HZ // FRAMES_PER_S
                for packet in packets(self._parts, self._shape):
                    rtp = _rtp_head(sequence, stamp, is_last=packet.is_last) + packet.payload
                    writer.write(struct.pack(">cBH", b"$", 0, len(rtp)) + rtp)
                    sequence = (sequence + 1) & 0xFFFF
                await writer.drain()
                await asyncio.sleep(1 / FRAMES_PER_S)


@dataclass(frozen=True, slots=True)
class _Packet:
    payload: bytes
    is_last: bool


def jpeg_parts(frame: Grey) -> JpegParts:
    """`frame` as baseline JPEG with the usual Huffman tables, taken apart.

    Raises:
        ValueError: The frame cannot be sent: its sides are no multiples of 16, or too long.
    """
    rows, columns = frame.shape
    if rows % 16 or columns % 16 or max(rows, columns) > 2040:  # noqa: PLR2004 - RFC 2435, 3.1.5
        raise ValueError(f"{columns} x {rows} pixels do not fit into RTP; multiples of 16 to 2,040")
    colour = cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR)
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        90,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    ]
    _, encoded = cv2.imencode(".jpg", colour, options)
    data = encoded.tobytes()
    tables = b""
    place = 2
    while True:
        marker, length = struct.unpack(">xBH", data[place : place + 4])
        segment = data[place + 4 : place + 2 + length]
        place += 2 + length
        if marker == _DQT:
            tables += b"".join(segment[at + 1 : at + 65] for at in range(0, len(segment), 65))
        if marker == _SOS:
            return JpegParts(tables, data[place:].removesuffix(_EOI))


def packets(parts: JpegParts, shape: tuple[int, ...]) -> Iterator[_Packet]:
    """RTP payloads of one frame, each with its place in the scan."""
    rows, columns = shape[:2]
    for offset in range(0, len(parts.scan), _PACKET_BYTES):
        part = parts.scan[offset : offset + _PACKET_BYTES]
        head = struct.pack(">I4B", offset, _YUV_420, _TABLES_FOLLOW, columns // 8, rows // 8)
        if offset == 0:
            head += struct.pack(">BBH", 0, 0, len(parts.tables)) + parts.tables
        yield _Packet(head + part, is_last=offset + len(part) == len(parts.scan))


def _rtp_head(sequence: int, stamp: int, *, is_last: bool) -> bytes:
    return struct.pack(
        ">BBHII", 0x80, is_last << 7 | _MOTION_JPEG, sequence, stamp & 0xFFFFFFFF, _SSRC
    )
