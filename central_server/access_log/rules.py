"""Pure: a batch of journal lines in, checked chain hashes and rows out.

An event's id is its key, its time and its place in the table at once (research central-stack
4.6): milliseconds since 1970 << 21 | edge number << 11 | sequence & 2047. A line that cannot be
interpreted becomes a `ParkedLine`; it is kept as it came and holds up nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import msgspec

from access_core.devices.events import Direction
from access_core.model.access_event import AccessEvent, AccessEventKind
from access_core.policy.reasons import ReasonCode
from access_core.wire.event_chain import link
from central_server.alarms.rules import CONCERNED

KIND_CODES: Final[dict[AccessEventKind, int]] = {
    AccessEventKind.ACCESS_GRANTED: 1,
    AccessEventKind.ACCESS_DENIED: 2,
    AccessEventKind.ACCESS_TAKEN: 3,
    AccessEventKind.ACCESS_NOT_TAKEN: 4,
    AccessEventKind.ACCESS_REVERSED: 5,
    AccessEventKind.ACCESS_OUTCOME_UNKNOWN: 6,
    AccessEventKind.RELEASE_FAILED: 7,
    AccessEventKind.DOOR_FORCED: 8,
    AccessEventKind.FREE_PASSAGE: 9,
    AccessEventKind.FIRE_ACTIVATED: 10,
    AccessEventKind.FIRE_CLEARED: 11,
    AccessEventKind.FIRE_RESET: 12,
    AccessEventKind.DOOR_ALARM: 13,
    AccessEventKind.DEVICE_LOST: 14,
    AccessEventKind.DEVICE_READY: 15,
    AccessEventKind.EDGE_STARTED: 16,
    AccessEventKind.EDGE_STOPPED: 17,
    AccessEventKind.SNAPSHOT_REFUSED: 18,
    AccessEventKind.DOOR_HELD_OPEN: 19,
    AccessEventKind.DOOR_CLOSED_AGAIN: 20,
    AccessEventKind.WRONG_DIRECTION: 21,
    AccessEventKind.TAILGATING: 22,
    AccessEventKind.EXIT_REQUESTED: 23,
    AccessEventKind.TAMPER_ACTIVATED: 24,
    AccessEventKind.TAMPER_CLEARED: 25,
    AccessEventKind.OUT_OF_ORDER: 26,
    AccessEventKind.BACK_IN_ORDER: 27,
    AccessEventKind.DEVICE_UNTRUSTED: 28,
    AccessEventKind.OUTPUT_TESTED: 29,
}
"""What stands for a kind in the table. Never reused, never changed."""

REASON_CODES: Final[dict[ReasonCode, int]] = {
    ReasonCode.CREDENTIAL_NOT_FOUND: 1,
    ReasonCode.CREDENTIAL_NOT_ENABLED: 2,
    ReasonCode.CREDENTIAL_NOT_ACTIVE: 3,
    ReasonCode.CREDENTIAL_EXPIRED: 4,
    ReasonCode.NOT_PERMITTED_AT_THIS_TIME: 5,
    ReasonCode.UNAUTHORIZED: 6,
    ReasonCode.CREDENTIAL_REVOKED: 7,
    ReasonCode.PASS_MALFORMED: 8,
    ReasonCode.PASS_FORGED: 9,
    ReasonCode.PASS_STALE: 10,
    ReasonCode.PASS_AHEAD: 11,
    ReasonCode.PASS_REPLAYED: 12,
    ReasonCode.ENTRIES_SPENT: 13,
    ReasonCode.HOLDER_BLOCKED: 14,
    ReasonCode.SNAPSHOT_TOO_OLD: 15,
    ReasonCode.CREDENTIAL_READ_LATE: 16,
    ReasonCode.GATE_BUSY: 17,
    ReasonCode.RECORD_NOT_DURABLE: 18,
    ReasonCode.RULE_ERROR: 19,
    ReasonCode.LANE_OUT_OF_ORDER: 20,
}
"""What stands for a reason in the table. Never reused, never changed."""

OTHER_REASON: Final = 999
"""A reason that this version does not know; its word stands in the kept line."""
DIRECTION_CODES: Final[dict[Direction, int]] = {Direction.ENTRY: 1, Direction.EXIT: 2}

_SEQ_BITS: Final = 11
_SEQ_MASK: Final = (1 << _SEQ_BITS) - 1
TIME_SHIFT: Final = 21
"""Bits below the time in an id."""
_END_OF_TIME_MS: Final = 1 << 42
"""In the year 2109."""
_PASS_ID_BYTES: Final = 8
_MAX_HOLDER_CHARS: Final = 10
"""What fits 32 bits."""
_KIND_OF: Final = {code: kind for kind, code in KIND_CODES.items()}
_REASON_OF: Final = {code: reason for reason, code in REASON_CODES.items()}
_DECODER: Final = msgspec.json.Decoder(AccessEvent)
_LIST_DECODER: Final = msgspec.json.Decoder(list[AccessEvent])
_REASON_NUMBERS: Final[dict[str, int]] = {str(r): code for r, code in REASON_CODES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The edge that a batch came from."""

    edge_number: int
    gate_id: str
    gate_number: int
    access_points: Mapping[str, int]


EventValues: TypeAlias = tuple[
    int, int, int, int | None, int | None, int, int | None, int | None, int | None, int
]
"""One row of `event` after its batch, in the order of `repository.EVENT_COLUMNS`."""


class _UnusableError(Exception):
    """Within this module: readable, but not what this edge may say."""


_READ_ERRORS: Final = (
    msgspec.DecodeError,
    UnicodeDecodeError,
    RecursionError,
    _UnusableError,
)


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """A journal line that could not be interpreted."""

    seq: int
    problem: str
    line: bytes


@dataclass(slots=True)
class ReadLines:
    """What a batch's lines say."""

    rows: list[EventValues] = field(default_factory=list[EventValues])
    parked: list[ParkedLine] = field(default_factory=list[ParkedLine])
    for_alarms: list[tuple[int, AccessEvent]] = field(default_factory=list[tuple[int, AccessEvent]])
    """Events that concern alarms, with their ids."""


def wall_ms_of(event_id: int) -> int:
    """The time in an id, ms since 1970 UTC."""
    return event_id >> TIME_SHIFT


def kind_of(code: int) -> AccessEventKind:
    """The kind a code stands for."""
    return _KIND_OF[code]


def reason_of(code: int) -> ReasonCode | None:
    """The reason a code stands for; None for one that this version does not know."""
    return _REASON_OF.get(code)


def chain_hashes(epoch: bytes, first_seq: int, prev_hash: bytes, lines: list[bytes]) -> list[bytes]:
    """The chain hash after each line."""
    hashes: list[bytes] = []
    previous = prev_hash
    for seq, line in enumerate(lines, first_seq):
        previous = link(epoch, seq, previous, line)
        hashes.append(previous)
    return hashes


def as_list(lines: list[bytes]) -> bytes:
    """The lines as one JSON list, each byte for byte."""
    return b"[" + b",".join(lines) + b"]"


def read_lines(source: Source, first_seq: int, lines: list[bytes]) -> ReadLines:
    """Rows for the lines that can be interpreted, the others parked."""
    try:
        events = _LIST_DECODER.decode(as_list(lines))
        rows = [_values(source, seq, event) for seq, event in enumerate(events, first_seq)]
    except _READ_ERRORS:
        return _read_one_by_one(source, first_seq, lines)
    concerned = [
        (row[0], event) for row, event in zip(rows, events, strict=True) if event.kind in CONCERNED
    ]
    return ReadLines(rows, for_alarms=concerned)


def _read_one_by_one(source: Source, first_seq: int, lines: list[bytes]) -> ReadLines:
    result = ReadLines()
    for seq, line in enumerate(lines, first_seq):
        try:
            event = _DECODER.decode(line)
            row = _values(source, seq, event)
        except _READ_ERRORS as error:
            result.parked.append(ParkedLine(seq, str(error)[:200], line))
            continue
        result.rows.append(row)
        if event.kind in CONCERNED:
            result.for_alarms.append((row[0], event))
    return result


def _values(source: Source, seq: int, event: AccessEvent) -> EventValues:
    wall_ms, gate_id, point, pass_id = (
        event.wall_ms,
        event.gate_id,
        event.access_point_id,
        event.pass_id,
    )
    if not 0 <= wall_ms < _END_OF_TIME_MS:
        raise _UnusableError(f"wall_ms {wall_ms} is no time of this century")
    if gate_id is not None and gate_id != source.gate_id:
        raise _UnusableError(f"gate {gate_id[:40]} is not the gate of this edge")
    if point is not None and point not in source.access_points:
        raise _UnusableError(f"access point {point[:60]} is not at the gate of this edge")
    if pass_id is not None and len(pass_id) != _PASS_ID_BYTES:
        raise _UnusableError(f"pass_id has not {_PASS_ID_BYTES} bytes")
    return (
        wall_ms << TIME_SHIFT | source.edge_number << _SEQ_BITS | seq & _SEQ_MASK,
        seq,
        source.gate_number,
        None if point is None else source.access_points[point],
        None if event.direction is None else DIRECTION_CODES[event.direction],
        KIND_CODES[event.kind],
        _holder_number(event.holder_id),
        None if pass_id is None else int.from_bytes(pass_id, "big", signed=True),
        _REASON_NUMBERS.get(event.reasons[0], OTHER_REASON) if event.reasons else None,
        1 if event.is_offline else 0,
    )


def _holder_number(holder_id: str | None) -> int | None:
    # `holders.service.number_of` says the same; here it runs five hundred times a batch.
    if holder_id is None or len(holder_id) > _MAX_HOLDER_CHARS or holder_id[:1] != "h":
        return None
    digits = holder_id[1:]
    return int(digits) if digits.isascii() and digits.isdigit() else None
