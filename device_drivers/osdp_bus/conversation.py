"""Frames to and from one peripheral: sequence numbers, the handshake, the secure session. No I/O.

APART --challenge answered--> CHALLENGED --proof accepted--> SECURE
  ^------------ no answer, a wrong one, or the session broke -----------|
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from access_core.errors import ProgramError, UntrustedMessage
from device_drivers.osdp_bus.codec import Frame, encode
from device_drivers.osdp_bus.handshake import Handshake
from device_drivers.osdp_bus.messages import Code, Nak, Reply, nak_words
from device_drivers.osdp_bus.reports import Order
from device_drivers.osdp_bus.secure_channel import SCS_16, SCS_18, SecureSession

_LINK_TROUBLE: Final = frozenset({Nak.CHECK, Nak.LENGTH, Nak.SEQUENCE})
"""Refusals that tell of the line and not of keys."""


class Stage(StrEnum):
    """How far the peripheral has come."""

    APART = "apart"
    CHALLENGED = "challenged"
    SECURE = "secure"


@dataclass(slots=True)
class Asked:
    """A command without an answer yet."""

    frame: bytes
    sequence: int
    code: Code
    order: Order | None = None
    tries: int = 0
    is_on_line: bool = False
    """It is this command's turn: its answer may come any moment."""


@dataclass(frozen=True, slots=True)
class Busy:
    """It cannot answer now; ask the same again."""


@dataclass(frozen=True, slots=True)
class Going:
    """The challenge was answered as it should be; the proof comes next."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Both sides have proven the key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What it says to a command; sealed, but for the answer to KEYSET."""

    asked: Asked
    body: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Begin anew: it lost the session, or the line garbled something."""

    asked: Asked
    why: str


@dataclass(frozen=True, slots=True)
class Forged:
    """Somebody without the key, or outside the session."""

    asked: Asked
    fault: str


Heard: TypeAlias = Busy | Going | Proven | Answer | Broken | Forged


class Conversation:
    """One address of a bus, frame by frame."""

    def __init__(self, entropy: Callable[[int], bytes]) -> None:
        """`entropy` gives so many random bytes."""
        self.stage = Stage.APART
        self.asked: Asked | None = None
        self._entropy = entropy
        self._handshake: Handshake | None = None
        self._session: SecureSession | None = None
        self._sequence = 0

    @property
    def uses_default(self) -> bool:
        """The session, or the attempt at one, is under the default key."""
        return self._handshake is not None and self._handshake.is_default

    def challenge(self, address: int, base_key: bytes | None) -> Asked:
        """Begin anew at sequence 0; `base_key` None is the default key."""
        self.end()
        self._sequence = 0
        self._handshake = Handshake(base_key, self._entropy)
        return self._in_plain(address, Code.CHLNG, self._handshake.challenge())

    def prove(self, address: int) -> Asked:
        """Answer its proof with ours."""
        if self._handshake is None:
            raise ProgramError("a proof before the challenge")
        self._sequence += 1
        return self._in_plain(address, Code.SCRYPT, self._handshake.proof())

    def ask(self, address: int, code: Code, data: bytes, order: Order | None = None) -> Asked:
        """A command in the session."""
        if self._session is None:
            raise ProgramError("a secure command without a session")
        self._sequence = 1 + self._sequence % 3
        plain = Frame(address, is_reply=False, sequence=self._sequence, body=bytes([code]) + data)
        sealed = self._session.seal(plain)
        self.asked = Asked(encode(sealed), self._sequence, code, order)
        return self.asked

    def end(self) -> Asked | None:
        """Forget the session; gives the command that now has no answer."""
        asked, self.asked = self.asked, None
        self.stage, self._session = Stage.APART, None
        return asked

    def answered(self, frame: Frame) -> Heard | None:
        """What a reply from its address is; None if it is not the answer awaited."""
        asked = self.asked
        if asked is None or not asked.is_on_line or not frame.has_crc:
            return None
        if frame.sequence in {0, asked.sequence} and _is_busy(frame):
            asked.is_on_line, asked.tries = False, 0
            return Busy()
        if frame.sequence != asked.sequence:
            return None
        heard = self._in_handshake(asked, frame)
        if self._session is not None:
            heard = self._in_session(self._session, asked, frame)
        self.asked = None
        if isinstance(heard, Proven) and self._handshake is not None:
            self.stage, self._session = Stage.SECURE, self._handshake.session()
        return heard

    def _in_handshake(self, asked: Asked, frame: Frame) -> Heard:
        if self._handshake is None or self.stage is Stage.SECURE:
            return Broken(asked, "no challenge was sent")
        if frame.body[0] == Reply.NAK and frame.body[1:2] in map(_byte, _LINK_TROUBLE):
            return Broken(asked, nak_words(frame.body[1:]))
        has_proven = self._handshake.has_proven
        fault = self._handshake.answered(frame)
        if fault:
            return Broken(asked, fault) if has_proven else Forged(asked, fault)
        if self.stage is Stage.APART:
            self.stage = Stage.CHALLENGED
            return Going()
        return Proven()

    def _in_session(self, session: SecureSession, asked: Asked, frame: Frame) -> Heard:
        if frame.block_type not in {SCS_16, SCS_18}:
            if frame.body[0] == Reply.NAK:
                return Broken(asked, f"it ended its session: {nak_words(frame.body[1:])}")
            if asked.code is Code.KEYSET:
                # Some answer in plain because the old key is gone; the next handshake shows it.
                return Answer(asked, frame.body)
            return Forged(asked, "an answer in plain text came within its secure session")
        try:
            return Answer(asked, session.open(frame))
        except UntrustedMessage as forged:
            return Forged(asked, f"{forged} came within its secure session")

    def _in_plain(self, address: int, code: Code, parts: tuple[bytes, bytes]) -> Asked:
        block, data = parts
        body = bytes([code]) + data
        plain = Frame(address, is_reply=False, sequence=self._sequence, body=body, block=block)
        self.asked = Asked(encode(plain), self._sequence, code)
        return self.asked


def _is_busy(frame: Frame) -> bool:
    return frame.body[0] == Reply.BUSY and not frame.block


def _byte(value: int) -> bytes:
    return bytes([value])
