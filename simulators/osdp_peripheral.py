"""The protocol side of a simulated OSDP peripheral: bytes of commands in, bytes of replies out.

Frames and cryptography are the driver's own code, which libosdp checks from both ends; what a
peripheral does with them, also what it does wrong on purpose, is here. Time is handed in.
"""

import random
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from access_core.errors import UntrustedMessage
from device_drivers.osdp_bus.codec import BROADCAST, Frame, FrameReader, encode
from device_drivers.osdp_bus.messages import Code, Nak, OutputControl, Reply
from device_drivers.osdp_bus.secure_channel import (
    DEFAULT_KEY,
    SCS_12,
    SCS_14,
    SecureSession,
    SessionKeys,
    first_reply_mac,
    panel_cryptogram,
    peripheral_cryptogram,
    session_keys,
)

SESSION_ENDS_S = 8.0
"""Without a command for so long a session is over (SIA OSDP 2.2, 5.7)."""
_CLIENT_ID = bytes(range(8))
_IDENTITY = bytes([0xCA, 0xFE, 0x01, 7, 2]) + (4711).to_bytes(4, "little") + bytes([1, 4, 2])


class Honesty(StrEnum):
    """Who answers."""

    SECURE = "secure"
    """A peripheral as it should be."""
    PLAIN = "plain"
    """One that cannot encrypt: it refuses the challenge and answers everything in plain text."""
    FORGED = "forged"
    """Somebody who says that it cannot encrypt, and acknowledges whatever comes."""


@dataclass(slots=True)
class Output:
    """One relay."""

    is_on: bool = False
    ends_at: float | None = None
    """End of a timed switch, s."""
    pulses: int = 0
    """How often it was switched on."""


@dataclass(slots=True)
class Shown:
    """What the panel asked it to show, in order: data of the commands."""

    lights: list[bytes] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)


class OsdpPeripheral:
    """One peripheral. Change its public attributes to change what it is and does."""

    def __init__(
        self,
        address: int = 0,
        key: bytes | None = None,
        *,
        inputs: int = 2,
        outputs: int = 2,
        seed: int = 1,
    ) -> None:
        """`key` None: never installed, it takes the default key."""
        self.address = address
        self.key = key
        self.baud = 9600
        self.honesty = Honesty.SECURE
        self.repeats_answers = True
        """Answers a repeated command with its last answer; else it ends the session."""
        self.busy_for = 0
        """So many next commands are answered with BUSY."""
        self.inputs = [False] * inputs
        self.outputs = [Output() for _ in range(outputs)]
        self.is_tampered = False
        self.shown = Shown()
        self.is_installable = key is None
        """Takes the default key, and a new one."""
        self._waiting: deque[bytes] = deque()
        self._random = random.Random(seed)
        self._reader = FrameReader()
        self._session: SecureSession | None = None
        self._keys: SessionKeys | None = None
        self._expected_proof = b""
        self._sequence = -1
        self._last: tuple[bytes, bytes] | None = None
        self._heard_at = 0.0
        self._has_new_address: tuple[int, int] | None = None

    @property
    def is_in_session(self) -> bool:
        """A panel has proven its key."""
        return self._session is not None

    def queue(self, body: bytes) -> None:
        """Let `body`, code and data, be the answer to one of the next polls."""
        self._waiting.append(body)

    def power_cycle(self) -> None:
        """Everything but key and address is forgotten."""
        self._waiting.clear()
        self._session, self._last, self._sequence = None, None, -1
        for output in self.outputs:
            output.is_on, output.ends_at = False, None

    def pass_time(self, now_s: float) -> None:
        """Let timers end."""
        for output in self.outputs:
            if output.ends_at is not None and now_s >= output.ends_at:
                output.is_on, output.ends_at = False, None
        if self._session is not None and now_s - self._heard_at > SESSION_ENDS_S:
            self._session = None

    def heard(self, data: bytes, now_s: float) -> bytes:
        """What it answers to `data`; empty if nothing is for it, or nothing is whole yet."""
        self.pass_time(now_s)
        answers = b""
        for frame in self._reader.feed(data):
            if not frame.is_reply and frame.address in {self.address, BROADCAST}:
                self._heard_at = now_s
                answers += self._answer(frame, now_s)
        return answers

    def quiet(self) -> None:
        """The line was silent: what began as a frame will not end."""
        self._reader.give_up()

    # -- frames ----------------------------------------------------------------------------

    def _answer(self, frame: Frame, now_s: float) -> bytes:
        if self.busy_for:
            self.busy_for -= 1
            return encode(Frame(self.address, is_reply=True, sequence=0, body=_body(Reply.BUSY)))
        raw = encode(frame)
        if frame.sequence == 0:
            self._session = None
        elif frame.sequence == self._sequence:
            if self._last is not None and self._last[0] == raw and self.repeats_answers:
                return self._last[1]
            return self._lost(frame)
        elif self._sequence >= 0 and frame.sequence != 1 + self._sequence % 3:
            return self._plain(frame, _body(Reply.NAK, Nak.SEQUENCE))
        self._sequence = frame.sequence
        answer = self._answer_new(frame, now_s)
        self._last = (raw, answer)
        if self._has_new_address is not None:
            self.address, self.baud = self._has_new_address
            self._has_new_address = None
        return answer

    def _answer_new(self, frame: Frame, now_s: float) -> bytes:
        if self.honesty is not Honesty.SECURE:
            return self._plain(frame, self._dishonest(frame, now_s))
        code = frame.body[0]
        if code == Code.CHLNG:
            return self._challenged(frame)
        if code == Code.SCRYPT:
            return self._proven(frame)
        if self._session is None:
            if frame.block:
                return self._lost(frame)
            if code in {Code.ID, Code.CAP, Code.POLL}:
                return self._plain(frame, self._obey(frame.body, now_s))
            return self._plain(frame, _body(Reply.NAK, Nak.INSECURE))
        session = self._session
        try:
            body = session.open(frame)
        except UntrustedMessage:
            return self._lost(frame)
        reply = Frame(
            self.address, is_reply=True, sequence=frame.sequence, body=self._obey(body, now_s)
        )
        sealed = encode(session.seal(reply))
        if code == Code.KEYSET:
            self._session = None
        return sealed

    def _lost(self, frame: Frame) -> bytes:
        self._session = None
        return self._plain(frame, _body(Reply.NAK, Nak.INSECURE))

    def _plain(self, frame: Frame, body: bytes, block: bytes = b"") -> bytes:
        return encode(
            Frame(self.address, is_reply=True, sequence=frame.sequence, body=body, block=block)
        )

    def _dishonest(self, frame: Frame, now_s: float) -> bytes:
        if self.honesty is Honesty.FORGED:
            return self._waiting.popleft() if self._waiting else _body(Reply.ACK)
        if frame.block:
            return _body(Reply.NAK, Nak.NO_SECURITY)
        return self._obey(frame.body, now_s)

    # -- session ---------------------------------------------------------------------------

    def _challenged(self, frame: Frame) -> bytes:
        wants_default = frame.block[1:2] == b"\0"
        if wants_default and not self.is_installable:
            return self._plain(frame, _body(Reply.NAK, Nak.INSECURE))
        is_default = wants_default or self.key is None
        base = DEFAULT_KEY if is_default or self.key is None else self.key
        theirs, ours = frame.body[1:9], self._random.randbytes(8)
        self._keys = session_keys(base, theirs)
        self._expected_proof = panel_cryptogram(self._keys, theirs, ours)
        proof = peripheral_cryptogram(self._keys, theirs, ours)
        body = _body(Reply.CCRYPT) + _CLIENT_ID + ours + proof
        return self._plain(frame, body, bytes([SCS_12, 0 if is_default else 1]))

    def _proven(self, frame: Frame) -> bytes:
        proof = frame.body[1:]
        if self._keys is None or proof != self._expected_proof:
            return self._plain(frame, _body(Reply.RMAC_I) + bytes(16), bytes([SCS_14, 0]))
        first = first_reply_mac(self._keys, proof)
        self._session = SecureSession(self._keys, first)
        return self._plain(frame, _body(Reply.RMAC_I) + first, bytes([SCS_14, 1]))

    # -- commands --------------------------------------------------------------------------

    def _obey(self, body: bytes, now_s: float) -> bytes:
        code, data = body[0], body[1:]
        match code:
            case Code.POLL:
                return self._waiting.popleft() if self._waiting else _body(Reply.ACK)
            case Code.ID | Code.CAP | Code.LSTAT | Code.ISTAT | Code.OSTAT:
                return self._tell(code)
            case Code.OUT:
                return self._switch(data, now_s)
            case Code.LED | Code.BUZ | Code.TEXT:
                return self._show(code, data)
            case Code.KEYSET | Code.COMSET if self._session is not None:
                return self._set_up(code, data)
            case _:
                return _body(Reply.NAK, Nak.UNKNOWN)

    def _tell(self, code: int) -> bytes:
        told = {
            Code.ID: _body(Reply.PDID) + _IDENTITY,
            Code.CAP: _body(Reply.PDCAP) + _abilities(self),
            Code.LSTAT: _body(Reply.LSTATR, int(self.is_tampered), 0),
            Code.ISTAT: self.inputs_told(),
            Code.OSTAT: _body(Reply.OSTATR, *(int(output.is_on) for output in self.outputs)),
        }
        return told[Code(code)]

    def inputs_told(self) -> bytes:
        """ISTATR of this moment."""
        return _body(Reply.ISTATR, *map(int, self.inputs))

    def _switch(self, data: bytes, now_s: float) -> bytes:
        number, control = data[0], data[1]
        if number >= len(self.outputs):
            return _body(Reply.NAK, 9)
        output = self.outputs[number]
        turns_on = control in {OutputControl.ON, OutputControl.ON_FOR}
        output.pulses += turns_on and not output.is_on
        output.is_on = turns_on
        duration_s = int.from_bytes(data[2:4], "little") / 10
        output.ends_at = now_s + duration_s if control == OutputControl.ON_FOR else None
        return _body(Reply.ACK)

    def _show(self, code: int, data: bytes) -> bytes:
        shown = self.shown
        where = {Code.LED: shown.lights, Code.BUZ: shown.sounds, Code.TEXT: shown.texts}
        where[Code(code)].append(data)
        return _body(Reply.ACK)

    def _set_up(self, code: int, data: bytes) -> bytes:
        if code == Code.KEYSET:
            self.key, self.is_installable = data[2:18], False
            return _body(Reply.ACK)
        self._has_new_address = (data[0], int.from_bytes(data[1:5], "little"))
        return _body(Reply.COM) + data


def _body(code: int, *data: int) -> bytes:
    return bytes([code, *data])


def _abilities(peripheral: OsdpPeripheral) -> bytes:
    """What it says it can do: code, level, count."""
    is_secure = int(peripheral.honesty is Honesty.SECURE)
    table = [
        (1, 1, len(peripheral.inputs)),
        (2, 2, len(peripheral.outputs)),
        (3, 1, 0),
        (4, 4, 1),
        (5, 2, 1),
        (6, 2, 1),
        (8, 1, 0),
        (9, is_secure, is_secure),
        (16, 2, 0),
    ]
    return b"".join(map(bytes, table))
