"""Frames of the standard, and streams that are none.

The golden PDUs are the worked examples of the MODBUS Application Protocol Specification V1.1b3
(sections 6.2, 6.4, 6.5, 6.12 and 7); the golden CRC is the example of MODBUS over Serial Line
V1.02, 6.2.2 (02 07 -> 41 12); the TCP header is as in MODBUS Messaging V1.0b, 3.1.3. The
relay boards' timer frames are those of the Waveshare wiki (protocol V3) and of the LC boards.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU

from device_drivers.modbus_turnstile.codec import (
    MOST_BYTES,
    Framing,
    Question,
    RtuFraming,
    TcpFraming,
    bits_in,
    crc16,
    read_input_registers,
    read_inputs,
    refusal_in,
    registers_in,
    write_coil,
    write_registers,
)

UNIT = 0x11
INPUTS = read_inputs(0xC4, 22), bytes.fromhex("02 03 ACDB35")
REGISTERS = read_input_registers(8, 1), bytes.fromhex("04 02 000A")
COIL = write_coil(0xAC, 0xFF00), bytes.fromhex("05 00AC FF00")
PAIR = write_registers(1, (10, 0x102)), bytes.fromhex("10 0001 0002")
EVERY = pytest.mark.parametrize(("question", "pdu"), [INPUTS, REGISTERS, COIL, PAIR])


def rtu(pdu: bytes, unit: int = UNIT) -> bytes:
    """`pdu` as a serial frame, made by pymodbus."""
    return FramerRTU(DecodePDU(False)).encode(pdu, unit, 0)


def tcp(pdu: bytes, number: int = 1, unit: int = UNIT) -> bytes:
    """`pdu` as a TCP frame, made by pymodbus."""
    return FramerSocket(DecodePDU(False)).encode(pdu, unit, number)


def asked(framing: Framing, question: Question) -> Framing:
    """`framing` after the question was sent."""
    framing.ask(UNIT, question)
    return framing


def test_the_check_sum_is_that_of_the_standard() -> None:
    """02 07 has the check sum 0x1241."""
    assert crc16(bytes([0x02, 0x07])) == 0x1241


def test_questions_are_those_of_the_standard() -> None:
    """The worked examples, byte for byte."""
    assert INPUTS[0].pdu == bytes.fromhex("02 00C4 0016")
    assert REGISTERS[0].pdu == bytes.fromhex("04 0008 0001")
    assert COIL[0].pdu == bytes.fromhex("05 00AC FF00")
    assert PAIR[0].pdu == bytes.fromhex("10 0001 0002 04 000A 0102")


def test_timers_of_relay_boards_are_those_of_their_makers() -> None:
    """Relay 0 on for 0.7 s by a coil's value; relay 0 in mode 4 for 1 s by two registers."""
    framing = RtuFraming()
    assert framing.ask(1, write_coil(0x0200, 7)).hex() == "0105020000078db0"
    pair = framing.ask(0xFE, write_registers(3, (4, 10)))
    assert pair[:-2].hex() == "fe100003000204" + "0004000a"


@EVERY
def test_frames_are_those_of_an_independent_implementation(question: Question, pdu: bytes) -> None:
    """Sent frames equal pymodbus', and its answers are understood, on serial lines and TCP."""
    assert RtuFraming().ask(UNIT, question) == rtu(question.pdu)
    assert TcpFraming().ask(UNIT, question) == tcp(question.pdu)
    assert asked(RtuFraming(), question).feed(rtu(pdu)) == pdu
    assert asked(TcpFraming(), question).feed(tcp(pdu)) == pdu


def test_answers_are_read_least_significant_bit_first() -> None:
    """AC DB 35: inputs 197 to 218; 00 0A: register 9 holds 10."""
    bits = bits_in(INPUTS[1], 22)
    assert [int(bit) for bit in bits[:8]] == [0, 0, 1, 1, 0, 1, 0, 1]
    assert len(bits) == 22
    assert registers_in(REGISTERS[1]) == [10]


@EVERY
def test_a_refusal_is_an_answer(question: Question, pdu: bytes) -> None:
    """Section 7: the function with its highest bit set, and a code."""
    refusal = bytes([question.function | 0x80, 6])
    for framing, frame in ((RtuFraming(), rtu(refusal)), (TcpFraming(), tcp(refusal))):
        answer = asked(framing, question).feed(frame)
        assert answer == refusal
        assert refusal_in(answer) == 6
    assert refusal_in(pdu) is None


@pytest.mark.parametrize(
    "wrong",
    [
        rtu(bytes.fromhex("01 03 ACDB35")),  # coils instead of inputs
        rtu(bytes.fromhex("02 01 AC")),  # too few inputs
        rtu(bytes.fromhex("04 02 000A")),  # registers instead of inputs
        rtu(bytes.fromhex("82 02"))[:-1] + b"\0",  # broken check sum
        rtu(INPUTS[1])[:-3],  # broken off
        rtu(INPUTS[1], UNIT + 1),  # another board
        tcp(INPUTS[1]),
    ],
)
def test_an_answer_to_another_question_is_none(wrong: bytes) -> None:
    """On a serial line: whatever is not the answer to this very question is passed over."""
    framing = asked(RtuFraming(), INPUTS[0])
    assert framing.feed(wrong) is None
    assert framing.feed(rtu(INPUTS[1])) == INPUTS[1]


@pytest.mark.parametrize(
    "wrong",
    [
        tcp(INPUTS[1], number=0),  # the answer to an earlier question
        tcp(INPUTS[1], unit=UNIT + 1),
        tcp(REGISTERS[1]),
        tcp(INPUTS[1][:-1]),
    ],
)
def test_a_late_answer_over_tcp_is_passed_over(wrong: bytes) -> None:
    """Over TCP an old number, another board or another function is counted as foreign."""
    framing = TcpFraming()
    asked(framing, INPUTS[0])
    assert framing.feed(wrong) is None
    assert framing.feed(tcp(INPUTS[1])) == INPUTS[1]
    assert (framing.counts.foreign, framing.counts.answers) == (1, 1)


def test_bytes_that_are_no_header_end_a_tcp_stream() -> None:
    """Serial frames on a TCP connection, say: out of step for good, and said so."""
    framing = TcpFraming()
    asked(framing, INPUTS[0])
    assert framing.feed(rtu(INPUTS[1]) * 2) is None
    assert framing.is_out_of_step
    assert framing.feed(tcp(INPUTS[1])) is None


@pytest.mark.parametrize("echo", ["05 00AD FF00", "05 00AC 0000"])
def test_an_echo_of_another_coil_or_state_confirms_nothing(echo: str) -> None:
    """The echo of a write must name the same coil and the same value."""
    assert asked(RtuFraming(), COIL[0]).feed(rtu(bytes.fromhex(echo))) is None


def test_on_a_line_with_echo_a_write_is_confirmed_by_the_board_alone() -> None:
    """A two-wire line gives questions back: noticed at a reading, and never taken for consent."""
    framing = RtuFraming()
    question = framing.ask(UNIT, INPUTS[0])
    assert framing.feed(question + rtu(INPUTS[1])) == INPUTS[1]
    write = framing.ask(UNIT, COIL[0])
    assert framing.feed(write[:5]) is None
    assert framing.feed(write[5:]) is None  # only the echo so far
    assert framing.feed(rtu(COIL[1])) == COIL[1]


def test_control_without_echo_the_first_confirmation_counts() -> None:
    """The same bytes on a line without echo are the board's answer."""
    framing = RtuFraming()
    framing.ask(UNIT, INPUTS[0])
    framing.feed(rtu(INPUTS[1]))
    write = framing.ask(UNIT, COIL[0])
    assert framing.feed(write) == COIL[1]


def test_an_echo_that_ends_is_forgotten() -> None:
    """After a reading without echo, a write needs one confirmation again."""
    framing = RtuFraming()
    framing.feed(framing.ask(UNIT, INPUTS[0]) + rtu(INPUTS[1]))
    framing.ask(UNIT, INPUTS[0])
    assert framing.feed(rtu(INPUTS[1])) == INPUTS[1]
    framing.ask(UNIT, COIL[0])
    assert framing.feed(rtu(COIL[1])) == COIL[1]


@given(noise=st.binary(max_size=40), cuts=st.lists(st.integers(0, 60), max_size=5))
def test_any_split_of_any_stream_gives_the_same_answer(noise: bytes, cuts: list[int]) -> None:
    """Noise before an answer is passed over, however the bytes are cut up."""
    stream = noise + rtu(INPUTS[1])
    framing = asked(RtuFraming(), INPUTS[0])
    found, start = [], 0
    for cut in [*sorted(min(cut, len(stream)) for cut in cuts), len(stream)]:
        answer = framing.feed(stream[start:cut])
        start = cut
        if answer is not None:
            found.append(answer)
    assert found == [INPUTS[1]]


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_no_noise_is_taken_for_an_answer(chunks: list[bytes]) -> None:
    """Random bytes answer nothing, and only so many of them are kept."""
    for framing in (RtuFraming(), TcpFraming()):
        asked(framing, INPUTS[0])
        for chunk in chunks:
            assert framing.feed(chunk) is None
            assert len(framing._buffer) <= MOST_BYTES
