"""OSDP Secure Channel: session keys, proofs, and the chain of MACs. No I/O, no randomness.

SIA OSDP 2.2, annex D. Each frame's MAC begins where the other side's last one ended, so that no
frame can be repeated, left out or put elsewhere; data is encrypted from the same place.
"""

import hmac
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from access_core.errors import UntrustedMessage
from device_drivers.osdp_bus.codec import MAC_BYTES, Frame, covered

KEY_BYTES: Final = 16
RANDOM_BYTES: Final = 8
DEFAULT_KEY: Final = bytes(range(0x30, 0x40))
"""SCBK-D of annex D.2: known to everybody, hence for installing only."""

SCS_11, SCS_12, SCS_13, SCS_14 = 0x11, 0x12, 0x13, 0x14
"""Security blocks of the four frames that begin a session."""
SCS_15, SCS_16, SCS_17, SCS_18 = 0x15, 0x16, 0x17, 0x18
"""Of frames in a session: command and reply without data, command and reply with data."""

_BLOCK: Final = 16
_END: Final = 0x80
_SEALED_REPLIES: Final = frozenset({SCS_16, SCS_18})
_SEALED_COMMANDS: Final = frozenset({SCS_15, SCS_17})


@dataclass(frozen=True, slots=True, repr=False)
class SessionKeys:
    """The three keys of one session."""

    enc: bytes
    mac1: bytes
    mac2: bytes


def session_keys(base_key: bytes, panel_random: bytes) -> SessionKeys:
    """The keys of a session begun with `panel_random`, under the base key (SCBK)."""

    def derived(low: int, high: int) -> bytes:
        return _ecb(base_key, (bytes([low, high]) + panel_random[:6]).ljust(_BLOCK, b"\0"))

    return SessionKeys(enc=derived(1, 0x82), mac1=derived(1, 1), mac2=derived(1, 2))


def peripheral_cryptogram(keys: SessionKeys, panel_random: bytes, own_random: bytes) -> bytes:
    """What proves that the peripheral has the key."""
    return _ecb(keys.enc, panel_random + own_random)


def panel_cryptogram(keys: SessionKeys, panel_random: bytes, peripheral_random: bytes) -> bytes:
    """What proves that the panel has it."""
    return _ecb(keys.enc, peripheral_random + panel_random)


def first_reply_mac(keys: SessionKeys, proof_of_panel: bytes) -> bytes:
    """Where the chain of MACs begins: R-MAC-I."""
    return _ecb(keys.mac2, _ecb(keys.mac1, proof_of_panel))


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two secrets are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one, other)


class SecureSession:
    """One side of a session: seals what goes out, opens what comes in.

    A frame that does not open changes nothing: a repeat of the right one can still be opened.
    """

    def __init__(self, keys: SessionKeys, reply_mac: bytes) -> None:
        """`reply_mac` is R-MAC-I, 16 bytes."""
        self._keys = keys
        self._reply_mac = reply_mac
        self._command_mac = b""

    def seal(self, frame: Frame) -> Frame:
        """The plain `frame` with security block, encrypted data and MAC; the chain moves on."""
        has_data = len(frame.body) > 1
        if frame.is_reply:
            kind = SCS_18 if has_data else SCS_16
        else:
            kind = SCS_17 if has_data else SCS_15
        body = frame.body
        if has_data:
            vector = self._vector(is_reply=frame.is_reply)
            body = body[:1] + _cbc(self._keys.enc, _inverted(vector), _padded(body[1:]))
        sealed = replace(frame, block=bytes([kind]), body=body)
        mac = self._mac(sealed)
        self._moved_on(frame, mac)
        return replace(sealed, mac=mac[:MAC_BYTES])

    def open(self, frame: Frame) -> bytes:
        """Code and data of the sealed `frame`; the chain moves on.

        Raises:
            UntrustedMessage: It is not sealed, or not by this session's other side, or not next.
        """
        if frame.block_type not in (_SEALED_REPLIES if frame.is_reply else _SEALED_COMMANDS):
            raise UntrustedMessage("a frame outside the secure session")
        mac = self._mac(frame)
        if not is_same(mac[:MAC_BYTES], frame.mac):
            raise UntrustedMessage("a frame with a wrong MAC")
        body = frame.body
        if frame.block_type in {SCS_17, SCS_18}:
            vector = self._vector(is_reply=frame.is_reply)
            body = body[:1] + self._decrypted(_inverted(vector), body[1:])
        self._moved_on(frame, mac)
        return body

    def _vector(self, *, is_reply: bool) -> bytes:
        return self._command_mac if is_reply else self._reply_mac

    def _moved_on(self, frame: Frame, mac: bytes) -> None:
        if frame.is_reply:
            self._reply_mac = mac
        else:
            self._command_mac = mac

    def _mac(self, frame: Frame) -> bytes:
        """The whole MAC, 16 bytes: CBC under MAC-1, its last block under MAC-2."""
        data = covered(frame)
        if len(data) % _BLOCK:
            data = _padded(data)
        vector = self._vector(is_reply=frame.is_reply)
        if len(data) > _BLOCK:
            vector = _cbc(self._keys.mac1, vector, data[:-_BLOCK])[-_BLOCK:]
        return _cbc(self._keys.mac2, vector, data[-_BLOCK:])

    def _decrypted(self, vector: bytes, data: bytes) -> bytes:
        if not data:
            return b""  # some peripherals say "with data" and send none
        if len(data) % _BLOCK:
            raise UntrustedMessage("encrypted data of a wrong length")
        decryptor = Cipher(algorithms.AES(self._keys.enc), modes.CBC(vector)).decryptor()
        plain = (decryptor.update(data) + decryptor.finalize()).rstrip(b"\0")
        if plain[-1:] != bytes([_END]):
            raise UntrustedMessage("encrypted data without its end")
        return plain[:-1]


def _padded(data: bytes) -> bytes:
    """`data`, the end marker, and zeros up to a whole block."""
    return data + bytes([_END]) + bytes(-(len(data) + 1) % _BLOCK)


def _inverted(vector: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in vector)


def _ecb(key: bytes, block: bytes) -> bytes:
    """One block: CBC from zeros is the block cipher itself."""
    return _cbc(key, bytes(_BLOCK), block)


def _cbc(key: bytes, vector: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(data) + encryptor.finalize()
