"""The four frames that begin a session."""

import pytest

from access_core.errors import ProgramError
from device_drivers.osdp_bus.codec import Frame
from device_drivers.osdp_bus.handshake import Handshake
from device_drivers.osdp_bus.messages import Code, Nak, Reply
from device_drivers.osdp_bus.secure_channel import (
    SCS_11,
    SCS_12,
    SCS_13,
    SCS_14,
    first_reply_mac,
    panel_cryptogram,
    peripheral_cryptogram,
    session_keys,
)
from tests.device_drivers.osdp_bus.virtual_line import KEY, OTHER_KEY

OURS, THEIRS = bytes(range(8)), bytes(range(8, 16))


def reply(body: bytes, block: bytes = b"") -> Frame:
    """Something from the peripheral."""
    return Frame(address=5, is_reply=True, sequence=0, body=body, block=block)


def ccrypt(key: bytes, selector: int = 1) -> Frame:
    """The honest answer of a peripheral with `key`."""
    proof = peripheral_cryptogram(session_keys(key, OURS), OURS, THEIRS)
    return reply(bytes([Reply.CCRYPT]) + bytes(8) + THEIRS + proof, bytes([SCS_12, selector]))


def a_handshake() -> Handshake:
    """Under the site's key, with known random numbers."""
    return Handshake(KEY, lambda count: OURS[:count])


def test_both_proofs_make_a_session() -> None:
    """Challenge, proof, proof, session; nothing is complained about."""
    handshake = a_handshake()
    assert handshake.challenge() == (bytes([SCS_11, 1]), OURS)
    assert handshake.answered(ccrypt(KEY)) == ""
    keys = session_keys(KEY, OURS)
    proof = panel_cryptogram(keys, OURS, THEIRS)
    assert handshake.proof() == (bytes([SCS_13, 1]), proof)
    first = first_reply_mac(keys, proof)
    assert handshake.answered(reply(bytes([Reply.RMAC_I]) + first, bytes([SCS_14, 1]))) == ""
    command = Frame(address=5, is_reply=False, sequence=1, body=bytes([Code.POLL]))
    assert handshake.session().seal(command).mac


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(bytes([Reply.NAK, Nak.NO_SECURITY])), "does not do Secure Channel"),
        (reply(bytes([Reply.ACK])), "without Secure Channel"),
        (reply(bytes([Reply.CCRYPT]) + bytes(31), bytes([SCS_12, 1])), "without Secure Channel"),
        (ccrypt(OTHER_KEY), "does not have this site's key"),
        (ccrypt(KEY, selector=0), "default key that everybody knows"),
    ],
)
def test_a_wrong_answer_to_the_challenge_is_told_in_words(answer: Frame, words: str) -> None:
    """What it means, and that somebody should look at the reader."""
    fault = a_handshake().answered(answer)
    assert words in fault
    assert "check" in fault


@pytest.mark.parametrize(
    ("body", "block"),
    [
        (bytes([Reply.RMAC_I]) + bytes(16), bytes([SCS_14, 1])),
        (bytes([Reply.RMAC_I]) + bytes(16), bytes([SCS_14, 0])),
        (bytes([Reply.RMAC_I]) + bytes(3), bytes([SCS_14, 1])),
        (bytes([Reply.ACK]), b""),
    ],
)
def test_a_wrong_second_answer_makes_no_session(body: bytes, block: bytes) -> None:
    """It must also take our proof, and begin its chain of MACs with it."""
    handshake = a_handshake()
    handshake.answered(ccrypt(KEY))
    assert handshake.answered(reply(body, block))
    with pytest.raises(ProgramError, match="before its proofs"):
        handshake.session()


def test_the_default_key_is_asked_for_by_its_own_selector() -> None:
    """Installing says so on the line."""
    handshake = Handshake(None, lambda count: OURS[:count])
    assert handshake.is_default
    assert handshake.challenge()[0] == bytes([SCS_11, 0])
