"""The last reads of each reader, masked, and the reader test that keeps reads from the gate."""

import hashlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.events import CredentialPresented, DeviceEvent, Medium
from access_core.errors import ProgramError
from access_core.ids import DeviceId
from access_core.passes.card import read_card
from access_core.passes.pass_token import PREFIX
from edge_agent.checks import Words

KEPT: Final = 8
"""Reads shown of each reader."""
TEST_MS: Final = 30_000
"""So long a reader under test opens nothing; it ends by itself."""
_CLEAR_DIGITS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One read as the technician may see it: what kind of thing, never what it says."""

    at: Instant
    looks_like: Words
    masked: str
    length: int
    """Bytes as the device gave them."""
    is_fresh: bool
    is_test: bool
    """It was kept from the gate."""


class ReadDesk:
    """Sees every event of a device before the gate does."""

    def __init__(self, clock: Clock, readers: Iterable[DeviceId]) -> None:
        """No reads yet, no test."""
        self._clock = clock
        self._reads = {reader: deque[Read](maxlen=KEPT) for reader in readers}
        self._tested_until: dict[DeviceId, Instant] = {}

    def is_for_gate(self, event: DeviceEvent) -> bool:
        """Note a read; False while its reader is under test: then it must open nothing."""
        if not isinstance(event, CredentialPresented):
            return True
        reader = event.origin.device
        is_test = self.test_left_ms(reader) > 0
        if reader in self._reads:
            self._reads[reader].appendleft(_masked(event, is_test=is_test))
        return not is_test

    def begin_test(self, reader: DeviceId) -> None:
        """From now on the reads of `reader` are shown here and kept from the gate."""
        if reader not in self._reads:
            raise ProgramError(f"{reader} is no reader of this gate")
        self._tested_until[reader] = self._clock.now().plus_ms(TEST_MS)

    def end_test(self, reader: DeviceId) -> None:
        """The reader serves the gate again."""
        self._tested_until.pop(reader, None)

    def test_left_ms(self, reader: DeviceId) -> float:
        """How long the test of `reader` goes on; 0 if there is none."""
        until = self._tested_until.get(reader)
        return 0.0 if until is None else max(0.0, until.ms_since(self._clock.now()))

    def reads(self, reader: DeviceId) -> tuple[Read, ...]:
        """The last reads, newest first."""
        return tuple(self._reads.get(reader, ()))


def _masked(event: CredentialPresented, *, is_test: bool) -> Read:
    looks_like, masked = _in_words(event.medium, event.payload)
    return Read(
        at=event.origin.at,
        looks_like=looks_like,
        masked=masked,
        length=len(event.payload),
        is_fresh=event.is_fresh,
        is_test=is_test,
    )


def _in_words(medium: Medium, payload: bytes) -> tuple[Words, str]:
    """What kind of thing was read, and as much of it as tells two of them apart."""
    if medium is Medium.QR:
        if payload.startswith(PREFIX):
            return Words("校园通行码 CP1", "campus pass CP1"), f"CP1:… #{_fingerprint(payload)}"
        words = Words("其他二维码", "another code, not a campus pass")
        return words, f"… #{_fingerprint(payload)}"
    if read_card(payload) is None:
        words = Words("无法识别的卡号", "not a card number in any known form")
        return words, f"… #{_fingerprint(payload)}"
    card_format, _, digits = payload.decode("ascii").partition(":")
    if medium is Medium.KEYPAD or card_format == "KEYS":
        return Words("键盘输入", "typed at the keypad"), "•" * len(digits)
    shown = "•" * (len(digits) - _CLEAR_DIGITS) + digits[-_CLEAR_DIGITS:]
    return Words(f"卡 {card_format}", f"card {card_format}"), shown


def _fingerprint(payload: bytes) -> str:
    """Four digits that tell one read from another and nothing of its content."""
    return hashlib.sha256(payload).hexdigest()[:4]
