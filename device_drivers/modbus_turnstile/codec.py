"""Modbus frames: a question to bytes, bytes to the answer to that very question. No I/O.

Written after the MODBUS Application Protocol Specification V1.1b3 (questions, answers) and
MODBUS over Serial Line V1.02 / MODBUS Messaging on TCP/IP V1.0b (frames). Nothing but the answer
to the question asked is ever handed out: unit, function, length and echo must be right, so that a
late answer to something else is counted as foreign and not believed.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

READ_INPUTS: Final = 2
READ_INPUT_REGISTERS: Final = 4
WRITE_COIL: Final = 5
WRITE_REGISTERS: Final = 16
"""Function codes (Application Protocol, section 6)."""

COIL_ON: Final = 0xFF00
COIL_OFF: Final = 0x0000
"""The values of section 6.5. Some relay boards take others, as the time of their own timer."""

MOST_INPUTS: Final = 2_000
MOST_REGISTERS: Final = 123
MOST_BYTES: Final = 512
"""Bytes kept while looking for an answer: two of the longest frames (256, section 4.1)."""

_REFUSED: Final = 0x80
"""Bit that turns a function code into a refusal (section 7)."""
_CRC_BYTES: Final = 2
_TCP_HEAD: Final = struct.Struct(">HHHB")
_LONGEST_PDU: Final = 253


@dataclass(frozen=True, slots=True)
class Question:
    """One request without its frame, and what its answer must look like."""

    pdu: bytes
    """Function code and what follows."""
    answer_start: bytes
    """What the answer begins with: function code and byte count, or the echo."""
    answer_bytes: int
    """Length of the answer without its frame."""

    @property
    def function(self) -> int:
        """The function code."""
        return self.pdu[0]

    def is_answered_by(self, pdu: bytes) -> bool:
        """Whether `pdu` is the answer to this question, or a refusal of it."""
        if len(pdu) == 2 and pdu[0] == self.function | _REFUSED:  # noqa: PLR2004 - section 7
            return True
        return len(pdu) == self.answer_bytes and pdu.startswith(self.answer_start)


def read_inputs(address: int, count: int) -> Question:
    """Ask for `count` discrete inputs (1 to 2000) from `address` on."""
    length = (count + 7) // 8
    return Question(
        struct.pack(">BHH", READ_INPUTS, address, count), bytes([READ_INPUTS, length]), 2 + length
    )


def read_input_registers(address: int, count: int) -> Question:
    """Ask for `count` input registers (1 to 123) from `address` on."""
    return Question(
        struct.pack(">BHH", READ_INPUT_REGISTERS, address, count),
        bytes([READ_INPUT_REGISTERS, 2 * count]),
        2 + 2 * count,
    )


def write_coil(address: int, value: int) -> Question:
    """Set one coil to `COIL_ON`, `COIL_OFF` or a time; the answer is its echo."""
    pdu = struct.pack(">BHH", WRITE_COIL, address, value)
    return Question(pdu, pdu, len(pdu))


def write_registers(address: int, values: Sequence[int]) -> Question:
    """Write `values` (1 to 123) from `address` on; the answer tells address and count."""
    head = struct.pack(">BHH", WRITE_REGISTERS, address, len(values))
    body = struct.pack(f">B{len(values)}H", 2 * len(values), *values)
    return Question(head + body, head, len(head))


def bits_in(pdu: bytes, count: int) -> list[bool]:
    """The `count` inputs in the answer to `read_inputs`, lowest address first."""
    return [bool(pdu[2 + place // 8] >> place % 8 & 1) for place in range(count)]


def registers_in(pdu: bytes) -> list[int]:
    """The registers in the answer to `read_input_registers`."""
    return [value for (value,) in struct.iter_unpack(">H", pdu[2:])]


def refusal_in(pdu: bytes) -> int | None:
    """The exception code if `pdu` is a refusal, else None."""
    return pdu[1] if pdu[0] & _REFUSED else None


# ------------------------------------------------------------------------------------- frames


@dataclass(slots=True)
class FrameCounts:
    """What has come in since the line was opened."""

    answers: int = 0
    foreign: int = 0
    """Whole frames that answered another question; on a serial line they count as junk."""
    junk_bytes: int = 0


class Framing(Protocol):
    """How a question is framed on this line, and its answer found in what comes back."""

    counts: FrameCounts

    def ask(self, unit: int, question: Question) -> bytes:
        """The bytes to send; from now on the answer to this question is looked for."""
        ...

    def feed(self, data: bytes) -> bytes | None:
        """The answer's PDU as soon as it is whole."""
        ...

    def give_up(self) -> None:
        """No answer is expected any more; what has come of one is junk."""
        ...


class RtuFraming:
    """Frames of a serial line: unit, PDU, check sum. Finds the answer behind noise.

    A two-wire line may give every question back to its sender. That is noticed at the first
    question whose answer looks different, and the echo is then taken off each time: otherwise the
    echo of a write, which looks like its confirmation, would confirm it.
    """

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self.counts = FrameCounts()
        self._unit = 0
        self._question: Question | None = None
        self._asked = b""
        self._has_echo = False
        self._buffer = bytearray()

    def ask(self, unit: int, question: Question) -> bytes:
        """The frame of `question` for `unit`; what came before it is forgotten."""
        self._forget(len(self._buffer))
        self._unit, self._question = unit, question
        body = bytes([unit]) + question.pdu
        self._asked = body + crc16(body).to_bytes(_CRC_BYTES, "little")
        return self._asked

    def feed(self, data: bytes) -> bytes | None:
        """The answer's PDU once its frame is whole and its check sum right."""
        self._buffer += data
        question = self._question
        if question is None or not self._is_past_echo(question):
            return None
        for length in (question.answer_bytes, 2):
            found = self._find(question, length)
            if found is not None:
                return found
        self._forget(len(self._buffer) - MOST_BYTES)
        return None

    def give_up(self) -> None:
        """No answer is expected any more; what has come of one is junk."""
        self._forget(len(self._buffer))
        self._question = None

    def _is_past_echo(self, question: Question) -> bool:
        """Take the echo of the question off; False while one must still come."""
        if self._asked and (self._has_echo or not _is_echo(question)):
            place = self._buffer.find(self._asked)
            if place >= 0:
                self._has_echo = True
                self._forget(place)
                del self._buffer[: len(self._asked)]
                self._asked = b""
        return not (self._asked and self._has_echo and _is_echo(question))

    def _find(self, question: Question, length: int) -> bytes | None:
        whole = 1 + length + _CRC_BYTES
        for start in range(len(self._buffer) - whole + 1):
            frame = bytes(self._buffer[start : start + whole])
            pdu = frame[1:-_CRC_BYTES]
            if frame[0] != self._unit or not question.is_answered_by(pdu):
                continue
            if crc16(frame[:-_CRC_BYTES]) == int.from_bytes(frame[-_CRC_BYTES:], "little"):
                self.counts.answers += 1
                self.counts.junk_bytes += start
                del self._buffer[: start + whole]
                self._question = None
                self._has_echo = self._has_echo and not self._asked
                return pdu
        return None

    def _forget(self, count: int) -> None:
        if count > 0:
            self.counts.junk_bytes += count
            del self._buffer[:count]


class TcpFraming:
    """Frames of Modbus TCP: a header with a number that the answer repeats, then the PDU.

    An answer that comes after its time carries an old number and is passed over. Bytes that are
    no header put the stream out of step for good: `is_out_of_step`, and the caller reconnects.
    """

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self.counts = FrameCounts()
        self.is_out_of_step = False
        self._number = 0
        self._unit = 0
        self._question: Question | None = None
        self._buffer = bytearray()

    def ask(self, unit: int, question: Question) -> bytes:
        """The frame of `question` for `unit`."""
        self._number = (self._number + 1) & 0xFFFF
        self._unit, self._question = unit, question
        return _TCP_HEAD.pack(self._number, 0, 1 + len(question.pdu), unit) + question.pdu

    def feed(self, data: bytes) -> bytes | None:
        """The answer's PDU once its frame is whole."""
        self._buffer += data
        while len(self._buffer) >= _TCP_HEAD.size and not self.is_out_of_step:
            number, protocol, length, unit = _TCP_HEAD.unpack_from(self._buffer)
            if protocol or not 1 < length <= 1 + _LONGEST_PDU:
                self.is_out_of_step = True
                break
            end = _TCP_HEAD.size + length - 1
            if len(self._buffer) < end:
                return None
            pdu = bytes(self._buffer[_TCP_HEAD.size : end])
            del self._buffer[:end]
            if self._is_answer(number, unit, pdu):
                self.counts.answers += 1
                self._question = None
                return pdu
            self.counts.foreign += 1
        if self.is_out_of_step:
            self.counts.junk_bytes += len(self._buffer)
            self._buffer.clear()
        return None

    def give_up(self) -> None:
        """No answer is expected any more; a late one will carry an old number."""
        self._question = None

    def _is_answer(self, number: int, unit: int, pdu: bytes) -> bool:
        return (
            number == self._number
            and unit == self._unit
            and self._question is not None
            and self._question.is_answered_by(pdu)
        )


def _is_echo(question: Question) -> bool:
    """Whether the right answer looks like the question itself."""
    return question.answer_start == question.pdu


def crc16(data: bytes) -> int:
    """The check sum of MODBUS over Serial Line, 6.2.2; sent low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _crc_entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE: Final = tuple(_crc_entry(byte) for byte in range(256))
