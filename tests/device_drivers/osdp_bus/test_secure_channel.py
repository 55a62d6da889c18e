"""Secure Channel, by the specification's own numbers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.errors import UntrustedMessage
from device_drivers.osdp_bus.codec import Frame
from device_drivers.osdp_bus.secure_channel import (
    DEFAULT_KEY,
    SCS_15,
    SCS_16,
    SCS_17,
    SCS_18,
    SecureSession,
    first_reply_mac,
    is_same,
    panel_cryptogram,
    peripheral_cryptogram,
    session_keys,
)

# SIA OSDP 2.2, annex E: a session under the default key, SCBK-D.
PANEL_RANDOM = bytes.fromhex("B0B1B2B3B4B5B6B7")
PERIPHERAL_RANDOM = bytes.fromhex("A0A1A2A3A4A5A6A7")
KEYS = session_keys(DEFAULT_KEY, PANEL_RANDOM)
PANEL_PROOF = bytes.fromhex("26D3356E07762D262801FC8E6665A891")
PERIPHERAL_PROOF = bytes.fromhex("FDE5D2F428EC16312471EA3C02BD7796")
FIRST_MAC = bytes.fromhex("B2A30057EB98BA2229EC1F875662B524")

COMMAND = Frame(address=5, is_reply=False, sequence=1, body=b"\x60")
REPLY = Frame(address=5, is_reply=True, sequence=1, body=b"\x40")


def a_pair() -> tuple[SecureSession, SecureSession]:
    """Panel's and peripheral's side of one session."""
    return SecureSession(KEYS, FIRST_MAC), SecureSession(KEYS, FIRST_MAC)


def test_session_keys_are_those_of_the_specification() -> None:
    """The three keys of annex E."""
    assert KEYS.enc.hex().upper() == "BF8DC2A8329ACB8C67C6D0CD9A451682"
    assert KEYS.mac1.hex().upper() == "5E86C676603BDEE2D8BEAFE178637332"
    assert KEYS.mac2.hex().upper() == "6FDA86E857777E81132035758239172E"


def test_proofs_are_those_of_the_specification() -> None:
    """Both cryptograms of annex E, and where its chain of MACs begins."""
    assert panel_cryptogram(KEYS, PANEL_RANDOM, PERIPHERAL_RANDOM) == PANEL_PROOF
    assert peripheral_cryptogram(KEYS, PANEL_RANDOM, PERIPHERAL_RANDOM) == PERIPHERAL_PROOF
    assert first_reply_mac(KEYS, PANEL_PROOF) == FIRST_MAC


@given(bodies=st.lists(st.binary(min_size=1, max_size=100), min_size=1, max_size=6))
def test_what_is_sealed_opens_in_order(bodies: list[bytes]) -> None:
    """Commands and replies in turn, of any length, open to what they were."""
    panel, peripheral = a_pair()
    for body in bodies:
        assert peripheral.open(panel.seal(replace(COMMAND, body=body))) == body
        assert panel.open(peripheral.seal(replace(REPLY, body=body))) == body


def test_the_kind_of_seal_says_whether_data_is_in_it() -> None:
    """SCS_15 and 16 without data, SCS_17 and 18 with encrypted data."""
    panel, peripheral = a_pair()
    assert panel.seal(COMMAND).block_type == SCS_15
    peripheral.open(a_pair()[0].seal(COMMAND))
    assert peripheral.seal(REPLY).block_type == SCS_16
    assert a_pair()[0].seal(replace(COMMAND, body=b"\x61\x00")).block_type == SCS_17
    sealed = peripheral.seal(replace(REPLY, body=b"\x50secret"))
    assert sealed.block_type == SCS_18
    assert b"secret" not in sealed.body


def test_a_repeated_frame_does_not_open() -> None:
    """Recorded and played again, a reply is worth nothing."""
    panel, peripheral = a_pair()
    peripheral.open(panel.seal(COMMAND))
    reply = peripheral.seal(REPLY)
    panel.open(reply)
    peripheral.open(panel.seal(COMMAND))
    with pytest.raises(UntrustedMessage, match="wrong MAC"):
        panel.open(reply)


def test_a_frame_that_does_not_open_changes_nothing() -> None:
    """After a forged reply the right one still opens."""
    panel, peripheral = a_pair()
    peripheral.open(panel.seal(COMMAND))
    reply = peripheral.seal(REPLY)
    with pytest.raises(UntrustedMessage, match="wrong MAC"):
        panel.open(replace(reply, mac=b"\0\0\0\0"))
    assert panel.open(reply) == REPLY.body


def test_a_plain_frame_does_not_open() -> None:
    """No seal, no session."""
    panel, _ = a_pair()
    with pytest.raises(UntrustedMessage, match="outside"):
        panel.open(REPLY)
    with pytest.raises(UntrustedMessage, match="outside"):
        panel.open(replace(REPLY, block=bytes([SCS_17])))


def test_secrets_compare_by_content() -> None:
    """Equal or not, whatever it takes."""
    assert is_same(b"one", b"one")
    assert not is_same(b"one", b"two")


def test_keys_are_not_shown_by_accident() -> None:
    """What is printed of them in an error does not contain them."""
    assert KEYS.enc.hex() not in repr(KEYS)
    assert str(KEYS.enc) not in repr(KEYS)
