"""Frames to and from one peripheral."""

import random
from dataclasses import replace

import pytest

from access_core.errors import ProgramError
from device_drivers.osdp_bus.codec import Frame, FrameReader, encode
from device_drivers.osdp_bus.conversation import (
    Answer,
    Asked,
    Broken,
    Busy,
    Conversation,
    Forged,
    Going,
    Heard,
    Proven,
    Stage,
)
from device_drivers.osdp_bus.messages import Code, Nak, Reply
from simulators.osdp_peripheral import OsdpPeripheral
from tests.device_drivers.osdp_bus.virtual_line import KEY

ADDRESS = 5


def the_answer(peripheral: OsdpPeripheral, asked: Asked) -> Frame:
    """What comes back, whole."""
    asked.is_on_line = True
    (frame,) = FrameReader().feed(peripheral.heard(asked.frame, 0.0))
    return frame


def hear(talk: Conversation, peripheral: OsdpPeripheral, asked: Asked) -> Heard | None:
    """One command and its answer."""
    return talk.answered(the_answer(peripheral, asked))


def in_session() -> tuple[Conversation, OsdpPeripheral]:
    """Both have proven the key."""
    talk, peripheral = Conversation(random.Random(1).randbytes), OsdpPeripheral(ADDRESS, KEY)
    assert hear(talk, peripheral, talk.challenge(ADDRESS, KEY)) == Going()
    assert hear(talk, peripheral, talk.prove(ADDRESS)) == Proven()
    assert talk.stage is Stage.SECURE
    return talk, peripheral


def test_a_challenge_answered_is_no_session_yet() -> None:
    """Only the second proof makes one."""
    talk, peripheral = Conversation(random.Random(1).randbytes), OsdpPeripheral(ADDRESS, KEY)
    hear(talk, peripheral, talk.challenge(ADDRESS, KEY))
    assert talk.stage is Stage.CHALLENGED


def test_sequence_numbers_go_round_without_zero() -> None:
    """0 begins anew; in a session they are 2, 3, 1, 2 after the proof's 1."""
    talk, peripheral = in_session()
    numbers = []
    for _ in range(4):
        asked = talk.ask(ADDRESS, Code.POLL, b"")
        numbers.append(asked.sequence)
        assert isinstance(hear(talk, peripheral, asked), Answer)
    assert numbers == [2, 3, 1, 2]


def test_an_answer_is_opened() -> None:
    """What it says, without seal."""
    talk, peripheral = in_session()
    heard = hear(talk, peripheral, talk.ask(ADDRESS, Code.ISTAT, b""))
    assert isinstance(heard, Answer)
    assert heard.body == bytes([Reply.ISTATR, 0, 0])


def test_busy_may_come_with_sequence_zero_and_changes_nothing() -> None:
    """The same command can be sent again in the same session."""
    talk, peripheral = in_session()
    asked = talk.ask(ADDRESS, Code.POLL, b"")
    peripheral.busy_for = 1
    assert hear(talk, peripheral, asked) == Busy()
    assert talk.asked is asked
    assert isinstance(hear(talk, peripheral, asked), Answer)


def test_a_late_answer_is_none() -> None:
    """With another sequence number, or when nothing is asked, or with a bare checksum."""
    talk, peripheral = in_session()
    asked = talk.ask(ADDRESS, Code.POLL, b"")
    frame = the_answer(peripheral, asked)
    assert talk.answered(replace(frame, sequence=frame.sequence % 3 + 1)) is None
    assert talk.answered(replace(frame, has_crc=False)) is None
    assert isinstance(talk.answered(frame), Answer)
    assert talk.answered(frame) is None


def test_plain_text_within_a_session_is_forged() -> None:
    """A card in plain text is no card."""
    talk, peripheral = in_session()
    asked = talk.ask(ADDRESS, Code.POLL, b"")
    frame = the_answer(peripheral, asked)
    card = bytes([Reply.RAW, 0, 1, 8, 0, 0xFF])
    heard = talk.answered(replace(frame, body=card, block=b"", mac=b""))
    assert isinstance(heard, Forged)
    assert "plain text" in heard.fault


def test_a_wrong_mac_is_forged() -> None:
    """Somebody without the key."""
    talk, peripheral = in_session()
    frame = the_answer(peripheral, talk.ask(ADDRESS, Code.POLL, b""))
    assert isinstance(talk.answered(replace(frame, mac=b"\0\0\0\0")), Forged)


def test_a_plain_refusal_means_that_it_has_lost_the_session() -> None:
    """Begin anew, without an alarm."""
    talk, peripheral = in_session()
    peripheral.power_cycle()
    heard = hear(talk, peripheral, talk.ask(ADDRESS, Code.POLL, b""))
    assert isinstance(heard, Broken)
    assert "ended its session" in heard.why


def test_trouble_of_the_line_in_a_handshake_is_no_forgery() -> None:
    """It says that it heard a broken frame: begin anew."""
    talk = Conversation(random.Random(1).randbytes)
    asked = talk.challenge(ADDRESS, KEY)
    asked.is_on_line = True
    body = bytes([Reply.NAK, Nak.CHECK])
    heard = talk.answered(Frame(ADDRESS, is_reply=True, sequence=0, body=body))
    assert isinstance(heard, Broken)


def test_an_ended_conversation_gives_what_has_no_answer() -> None:
    """The command that was on its way."""
    talk, _ = in_session()
    asked = talk.ask(ADDRESS, Code.POLL, b"")
    assert talk.end() is asked
    assert talk.stage is Stage.APART
    assert talk.end() is None


def test_nothing_is_asked_out_of_turn() -> None:
    """Neither a command without a session nor a proof without a challenge."""
    talk = Conversation(random.Random(1).randbytes)
    with pytest.raises(ProgramError, match="without a session"):
        talk.ask(ADDRESS, Code.POLL, b"")
    with pytest.raises(ProgramError, match="before the challenge"):
        talk.prove(ADDRESS)
    assert not talk.uses_default


def test_commands_go_out_sealed() -> None:
    """Text for a display is not readable on the line."""
    talk, _ = in_session()
    asked = talk.ask(ADDRESS, Code.TEXT, b"\0\4\1\1\1\5Hello")
    (frame,) = FrameReader().feed(asked.frame)
    assert b"Hello" not in encode(frame)
    assert frame.mac
