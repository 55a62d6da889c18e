"""Codes and data of OSDP commands and replies. No I/O; SIA OSDP 2.2, chapters 6 and 7."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from access_core.errors import MalformedMessage, ProgramError


class Code(IntEnum):
    """Commands that are sent."""

    POLL = 0x60
    ID = 0x61
    CAP = 0x62
    LSTAT = 0x64
    ISTAT = 0x65
    OSTAT = 0x66
    RSTAT = 0x67
    OUT = 0x68
    LED = 0x69
    BUZ = 0x6A
    TEXT = 0x6B
    COMSET = 0x6E
    KEYSET = 0x75
    CHLNG = 0x76
    SCRYPT = 0x77


class Reply(IntEnum):
    """Replies that are understood."""

    ACK = 0x40
    NAK = 0x41
    PDID = 0x45
    PDCAP = 0x46
    LSTATR = 0x48
    ISTATR = 0x49
    OSTATR = 0x4A
    RSTATR = 0x4B
    RAW = 0x50
    KEYPAD = 0x53
    COM = 0x54
    CCRYPT = 0x76
    RMAC_I = 0x78
    BUSY = 0x79


class Nak(IntEnum):
    """Why a command was not taken."""

    CHECK = 1
    LENGTH = 2
    UNKNOWN = 3
    SEQUENCE = 4
    NO_SECURITY = 5
    """It does not do this security block."""
    INSECURE = 6
    """The conditions of security are not met: no session, a wrong MAC, or it wants one."""


_NAK_WORDS: Final = {
    Nak.CHECK: "it heard a broken frame",
    Nak.LENGTH: "it heard a command of a wrong length",
    Nak.UNKNOWN: "it does not know this command",
    Nak.SEQUENCE: "it expected another sequence number",
    Nak.NO_SECURITY: "it does not do Secure Channel",
    Nak.INSECURE: "its conditions of security are not met",
    7: "it does not do this kind of biometrics",
    8: "it does not do this format of biometrics",
    9: "it cannot do what the command asks",
}


class Capability(IntEnum):
    """Function codes of PDCAP that matter here (annex B)."""

    INPUTS = 1
    OUTPUTS = 2
    LIGHTS = 4
    SOUND = 5
    TEXT = 6
    SECURITY = 9


class OutputControl(IntEnum):
    """What an output is to do."""

    OFF = 1
    """For good; a running timer ends."""
    ON = 2
    """For good; a running timer ends."""
    ON_FOR = 5
    """For the time given, measured by the peripheral, then as it was."""


class Colour(IntEnum):
    """Of a light."""

    OFF = 0
    RED = 1
    GREEN = 2
    AMBER = 3
    BLUE = 4


@dataclass(frozen=True, slots=True)
class Identity:
    """Who made the peripheral, and which one it is."""

    vendor: bytes
    """IEEE organisation, 3 bytes."""
    model: int
    version: int
    serial: int
    firmware: tuple[int, int, int]

    def in_words(self) -> str:
        """As a technician reads it."""
        firmware = ".".join(str(part) for part in self.firmware)
        return (
            f"vendor {self.vendor.hex().upper()}, model {self.model}.{self.version}, "
            f"serial {self.serial}, firmware {firmware}"
        )


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the peripheral says it can do: function code -> (level, count)."""

    table: Mapping[int, tuple[int, int]]

    def level(self, what: Capability) -> int:
        """How well; 0 if not at all."""
        return self.table.get(what, (0, 0))[0]

    def count(self, what: Capability) -> int:
        """How many there are; 0 if it cannot do it at all."""
        level, count = self.table.get(what, (0, 0))
        return count if level else 0


@dataclass(frozen=True, slots=True)
class CardBits:
    """What a card gave: `count` bits, first bit highest, the last byte filled with zeros."""

    data: bytes
    count: int


# ------------------------------------------------------------------------------------- replies

_ID_BYTES: Final = 12
_RAW_HEAD: Final = 4
_KEYPAD_HEAD: Final = 2
_ENTRY: Final = 3
_LONGEST_TEXT: Final = 0xFF


def nak_words(data: bytes) -> str:
    """The reason in NAK's `data`, in words."""
    code = data[0] if data else 0
    return _NAK_WORDS.get(code, f"reason {code}")


def read_identity(data: bytes) -> Identity:
    """PDID. Raises MalformedMessage."""
    if len(data) < _ID_BYTES:
        raise MalformedMessage(f"PDID of {len(data)} bytes")
    return Identity(
        vendor=data[:3],
        model=data[3],
        version=data[4],
        serial=int.from_bytes(data[5:9], "little"),
        firmware=(data[9], data[10], data[11]),
    )


def read_abilities(data: bytes) -> Abilities:
    """PDCAP. Raises MalformedMessage."""
    if len(data) % _ENTRY:
        raise MalformedMessage(f"PDCAP of {len(data)} bytes")
    return Abilities({data[i]: (data[i + 1], data[i + 2]) for i in range(0, len(data), _ENTRY)})


def read_card(data: bytes) -> CardBits:
    """RAW. Raises MalformedMessage."""
    count = int.from_bytes(data[2:4], "little") if len(data) >= _RAW_HEAD else 0
    bits = data[_RAW_HEAD : _RAW_HEAD + (count + 7) // 8]
    if not count or len(bits) * 8 < count:
        raise MalformedMessage(f"RAW of {len(data)} bytes with {count} bits")
    spare = -count % 8
    return CardBits(bits[:-1] + bytes([bits[-1] & (0xFF << spare) & 0xFF]), count)


def read_keys(data: bytes) -> bytes:
    """KEYPAD: the keys in the order they were pressed. Raises MalformedMessage."""
    if len(data) < _KEYPAD_HEAD or len(data) - _KEYPAD_HEAD < data[1]:
        raise MalformedMessage(f"KEYPAD of {len(data)} bytes")
    return data[_KEYPAD_HEAD : _KEYPAD_HEAD + data[1]]


# ------------------------------------------------------------------------------------ commands


@dataclass(frozen=True, slots=True)
class Switch:
    """What one output is to do."""

    number: int
    control: OutputControl
    duration_ms: int = 0
    """In steps of 100 ms, at most 6,553,500."""

    @property
    def is_on(self) -> bool:
        """Whether it is on right after."""
        return self.control is not OutputControl.OFF


def output_data(switch: Switch) -> bytes:
    """OUT for one output."""
    return bytes([switch.number, switch.control]) + _steps(switch.duration_ms).to_bytes(2, "little")


@dataclass(frozen=True, slots=True)
class Light:
    """How a light is to shine; a light that is never off is steady."""

    colour: Colour
    on_ms: int
    off_ms: int


def light_data(light: Light, duration_ms: int) -> bytes:
    """LED for the first light: for `duration_ms`, or for good if that is 0."""
    on, off = _steps(light.on_ms), _steps(light.off_ms)
    shining = bytes([on, off, light.colour, Colour.OFF])
    nothing = bytes(4)
    if duration_ms:
        timer = _steps(duration_ms).to_bytes(2, "little")
        return bytes([0, 0, 2]) + shining + timer + bytes([0]) + nothing
    return bytes([0, 0, 1]) + nothing + bytes(2) + bytes([1]) + shining


def sound_data(on_ms: int, off_ms: int, times: int) -> bytes:
    """BUZ in the default tone, `times` times."""
    return bytes([0, 2, _steps(on_ms), _steps(off_ms), times])


def text_data(text: str, show_s: int) -> bytes:
    """TEXT for the first display, from its first place on, wrapped, for `show_s` seconds."""
    letters = text.encode("ascii", "replace")
    if len(letters) > _LONGEST_TEXT:
        raise ProgramError(f"a text of {len(letters)} characters for a display")
    return bytes([0, 4, min(max(show_s, 1), 0xFF), 1, 1, len(letters)]) + letters


def keyset_data(key: bytes) -> bytes:
    """KEYSET: the new base key."""
    return bytes([1, len(key)]) + key


def comset_data(address: int, baud: int) -> bytes:
    """COMSET: the new address and baud rate."""
    return bytes([address]) + baud.to_bytes(4, "little")


def _steps(duration_ms: int) -> int:
    """In the protocol's steps of 100 ms, rounded up."""
    return -(-duration_ms // 100)
