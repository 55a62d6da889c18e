"""The simulated peripheral does what the specification says, and on purpose what it should not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_drivers.osdp_bus.codec import BROADCAST, Frame, FrameReader, encode
from device_drivers.osdp_bus.conversation import Answer, Asked, Conversation, Proven
from device_drivers.osdp_bus.messages import (
    Code,
    Nak,
    OutputControl,
    Reply,
    Switch,
    comset_data,
    output_data,
)
from simulators.osdp_peripheral import SESSION_ENDS_S, Honesty, OsdpPeripheral

KEY = bytes(range(16))
ADDRESS = 5


def plain(code: int, data: bytes = b"", sequence: int = 0, address: int = ADDRESS) -> bytes:
    """A command without seal."""
    body = bytes([code]) + data
    return encode(Frame(address, is_reply=False, sequence=sequence, body=body))


def reply_to(peripheral: OsdpPeripheral, command: bytes, now_s: float = 0.0) -> Frame:
    """Its answer."""
    (frame,) = FrameReader().feed(peripheral.heard(command, now_s))
    return frame


def ask(talk: Conversation, peripheral: OsdpPeripheral, asked: Asked, now_s: float = 0.0) -> object:
    """One command of a panel, and what the panel makes of the answer."""
    asked.is_on_line = True
    return talk.answered(reply_to(peripheral, asked.frame, now_s))


def in_session() -> tuple[Conversation, OsdpPeripheral]:
    """A panel that has proven its key."""
    talk, peripheral = Conversation(random.Random(1).randbytes), OsdpPeripheral(ADDRESS, KEY)
    ask(talk, peripheral, talk.challenge(ADDRESS, KEY))
    assert ask(talk, peripheral, talk.prove(ADDRESS)) == Proven()
    assert peripheral.is_in_session
    return talk, peripheral


def test_it_answers_its_own_address_and_the_one_of_all() -> None:
    """Others' commands are nothing to it."""
    peripheral = OsdpPeripheral(ADDRESS, KEY)
    assert peripheral.heard(plain(Code.ID, b"\0", address=6), 0.0) == b""
    assert reply_to(peripheral, plain(Code.ID, b"\0", address=BROADCAST)).address == ADDRESS


def test_a_command_heard_twice_is_answered_twice_and_done_once() -> None:
    """The last answer is repeated byte for byte."""
    talk, peripheral = in_session()
    asked = talk.ask(ADDRESS, Code.OUT, output_data(Switch(0, OutputControl.ON)))
    first = peripheral.heard(asked.frame, 0.0)
    assert peripheral.heard(asked.frame, 0.1) == first
    assert peripheral.outputs[0].pulses == 1


def test_one_that_repeats_nothing_ends_its_session_instead() -> None:
    """As some do."""
    talk, peripheral = in_session()
    peripheral.repeats_answers = False
    asked = talk.ask(ADDRESS, Code.POLL, b"")
    peripheral.heard(asked.frame, 0.0)
    frame = reply_to(peripheral, asked.frame)
    assert frame.body == bytes([Reply.NAK, Nak.INSECURE])
    assert not peripheral.is_in_session


def test_orders_outside_a_session_are_refused() -> None:
    """Nobody switches a relay in plain text."""
    peripheral = OsdpPeripheral(ADDRESS, KEY)
    order = plain(Code.OUT, output_data(Switch(0, OutputControl.ON)))
    assert reply_to(peripheral, order).body == bytes([Reply.NAK, Nak.INSECURE])
    assert not peripheral.outputs[0].is_on


def test_a_timed_output_ends_by_itself() -> None:
    """Without another command."""
    talk, peripheral = in_session()
    asked = talk.ask(ADDRESS, Code.OUT, output_data(Switch(1, OutputControl.ON_FOR, 500)))
    assert isinstance(ask(talk, peripheral, asked), Answer)
    peripheral.pass_time(0.4)
    assert peripheral.outputs[1].is_on
    peripheral.pass_time(0.5)
    assert not peripheral.outputs[1].is_on


def test_a_session_ends_after_eight_silent_seconds() -> None:
    """And not before."""
    _, peripheral = in_session()
    peripheral.pass_time(SESSION_ENDS_S)
    assert peripheral.is_in_session
    peripheral.pass_time(SESSION_ENDS_S + 0.1)
    assert not peripheral.is_in_session


def test_the_default_key_is_taken_only_before_it_has_its_own() -> None:
    """A keyed peripheral refuses to be challenged with it."""
    talk, keyed = Conversation(random.Random(1).randbytes), OsdpPeripheral(ADDRESS, KEY)
    command = talk.challenge(ADDRESS, None).frame
    assert reply_to(keyed, command).body == bytes([Reply.NAK, Nak.INSECURE])
    assert reply_to(OsdpPeripheral(ADDRESS), command).body[0] == Reply.CCRYPT


def test_busy_is_said_as_often_as_asked() -> None:
    """Then it answers."""
    peripheral = OsdpPeripheral(ADDRESS, KEY)
    peripheral.busy_for = 1
    assert reply_to(peripheral, plain(Code.POLL)).body == bytes([Reply.BUSY])
    assert reply_to(peripheral, plain(Code.POLL)).body == bytes([Reply.ACK])


@pytest.mark.parametrize(
    ("honesty", "first"), [(Honesty.PLAIN, Reply.NAK), (Honesty.FORGED, Reply.ACK)]
)
def test_impostors_do_not_take_the_challenge(honesty: Honesty, first: Reply) -> None:
    """One refuses it, one acknowledges it like anything else."""
    peripheral = OsdpPeripheral(ADDRESS, KEY)
    peripheral.honesty = honesty
    talk = Conversation(random.Random(1).randbytes)
    frame = reply_to(peripheral, talk.challenge(ADDRESS, KEY).frame)
    assert frame.body[0] == first
    assert not frame.block


def test_a_new_address_holds_after_its_acknowledgement() -> None:
    """COMSET is answered at the old address, the next command at the new one."""
    talk, peripheral = in_session()
    asked = talk.ask(ADDRESS, Code.COMSET, comset_data(9, 38_400))
    assert isinstance(ask(talk, peripheral, asked), Answer)
    assert (peripheral.address, peripheral.baud) == (9, 38_400)


def test_a_power_cut_forgets_what_was_read_and_switches_off() -> None:
    """Key and address stay."""
    talk, peripheral = in_session()
    ask(talk, peripheral, talk.ask(ADDRESS, Code.OUT, output_data(Switch(0, OutputControl.ON))))
    peripheral.queue(bytes([Reply.KEYPAD, 0, 1]) + b"1")
    peripheral.power_cycle()
    assert not peripheral.outputs[0].is_on
    assert not peripheral.is_in_session
    assert reply_to(peripheral, plain(Code.POLL)).body == bytes([Reply.ACK])


@given(noise=st.binary(max_size=300))
def test_noise_is_not_answered(noise: bytes) -> None:
    """It waits for the next good frame."""
    peripheral = OsdpPeripheral(ADDRESS, KEY)
    peripheral.heard(noise, 0.0)
    peripheral.quiet()
    assert reply_to(peripheral, plain(Code.POLL)).body == bytes([Reply.ACK])
