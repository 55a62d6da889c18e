"""The four frames that begin a secure session, and the window for giving a key. No I/O.

    panel                          peripheral
    CHLNG  its random number  -->
                              <--  CCRYPT  its own random number, and the proof of its key
    SCRYPT the panel's proof  -->
                              <--  RMAC_I  where the chain of MACs begins

A peripheral is asked for the site's key, or, in the window, for the default one; it has no say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from access_core.clock import Instant
from access_core.errors import ProgramError
from device_drivers.osdp_bus.codec import Frame
from device_drivers.osdp_bus.messages import Reply, nak_words
from device_drivers.osdp_bus.secure_channel import (
    DEFAULT_KEY,
    RANDOM_BYTES,
    SCS_11,
    SCS_12,
    SCS_13,
    SCS_14,
    SecureSession,
    SessionKeys,
    first_reply_mac,
    is_same,
    panel_cryptogram,
    peripheral_cryptogram,
    session_keys,
)

_CLIENT_ID: Final = 8
_CCRYPT_BYTES: Final = 1 + _CLIENT_ID + RANDOM_BYTES + 16
_RMAC_BYTES: Final = 1 + 16

_PLAIN: Final = (
    "it answers without Secure Channel; it is not set up for encryption, "
    "or somebody stands in for it: check the reader and its cable"
)
_WRONG_KEY: Final = (
    "it does not have this site's key; it was exchanged or keyed elsewhere, "
    "or somebody stands in for it: check the reader before installing it anew"
)
_DEFAULT: Final = (
    "it has the default key that everybody knows; it was never given this site's key or was "
    "reset: check it, then run `edge-agent osdp-install`"
)


@dataclass(slots=True)
class Installing:
    """A person at the box lets one peripheral be given a new key."""

    new_key: bytes
    until: Instant
    """The window closes by itself."""
    uses_default: bool = False
    """The attempt under way offers the default key; attempts take turns with the site's."""
    is_given: bool = False
    """The peripheral has acknowledged the new key."""


class Handshake:
    """One attempt to begin a session, as the panel sees it."""

    def __init__(self, base_key: bytes | None, entropy: Callable[[int], bytes]) -> None:
        """`base_key` None: the default key, for installing."""
        self.is_default = base_key is None
        self._random = entropy(RANDOM_BYTES)
        self._keys: SessionKeys = session_keys(base_key or DEFAULT_KEY, self._random)
        self._proof = b""
        self._is_complete = False

    def challenge(self) -> tuple[bytes, bytes]:
        """Security block and data of CHLNG."""
        return bytes([SCS_11, self._selector]), self._random

    def proof(self) -> tuple[bytes, bytes]:
        """Security block and data of SCRYPT."""
        return bytes([SCS_13, self._selector]), self._proof

    def answered(self, frame: Frame) -> str:
        """What is wrong with the answer to the last of these, in words; empty if nothing is."""
        if self._proof:
            return self._confirmed(frame)
        if frame.body[0] == Reply.NAK:
            return f"{_PLAIN} ({nak_words(frame.body[1:])})"
        return self._challenged(frame)

    @property
    def has_proven(self) -> bool:
        """The peripheral has shown that it has the key; what goes wrong now is the line's fault."""
        return bool(self._proof)

    def session(self) -> SecureSession:
        """The session begun.

        Raises:
            ProgramError: Asked for before both proofs were checked.
        """
        if not self._is_complete:
            raise ProgramError("a secure session before its proofs")
        return SecureSession(self._keys, first_reply_mac(self._keys, self._proof))

    @property
    def _selector(self) -> int:
        return 0 if self.is_default else 1

    def _challenged(self, frame: Frame) -> str:
        body = frame.body
        if frame.block_type != SCS_12 or body[0] != Reply.CCRYPT or len(body) != _CCRYPT_BYTES:
            return _PLAIN
        if frame.block[1:] == b"\0" and not self.is_default:
            return _DEFAULT
        theirs, proof = body[1 + _CLIENT_ID : -16], body[-16:]
        if not is_same(proof, peripheral_cryptogram(self._keys, self._random, theirs)):
            return _WRONG_KEY
        self._proof = panel_cryptogram(self._keys, self._random, theirs)
        return ""

    def _confirmed(self, frame: Frame) -> str:
        body = frame.body
        is_whole = frame.block_type == SCS_14 and len(body) == _RMAC_BYTES
        if not is_whole or frame.block[1:] != b"\x01":
            return "it did not take our proof"
        if not is_same(body[1:], first_reply_mac(self._keys, self._proof)):
            return "its session is not the one that was begun"
        self._is_complete = True
        return ""
