"""Pure: lines in, rows and parked lines out."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from access_core.model.access_event import AccessEvent, AccessEventKind
from access_core.policy.reasons import ReasonCode
from access_core.wire.event_chain import GENESIS, link
from access_core.wire.messages import encode
from central_server.access_log import rules
from central_server.access_log.rules import Source

SOURCE = Source(
    edge_number=3, gate_id="north", gate_number=7, access_points={"north-in": 1, "north-out": 2}
)
EPOCH = bytes(16)


def line(**values: object) -> bytes:
    """A journal line."""
    plain = AccessEvent(kind=AccessEventKind.ACCESS_DENIED, wall_ms=1000, mono_ns=1, boot="b")
    return encode(msgspec.structs.replace(plain, **values))


def test_codes_name_every_kind_and_reason_once() -> None:
    """A new kind or reason without a code is found here."""
    assert set(rules.KIND_CODES) == set(AccessEventKind)
    assert set(rules.REASON_CODES) == set(ReasonCode)
    assert len(set(rules.KIND_CODES.values())) == len(AccessEventKind)
    assert len(set(rules.REASON_CODES.values())) == len(ReasonCode)
    assert [rules.kind_of(code) for code in rules.KIND_CODES.values()] == list(rules.KIND_CODES)
    assert rules.reason_of(rules.OTHER_REASON) is None


def test_an_id_holds_time_edge_and_the_low_bits_of_the_sequence() -> None:
    """Ids are ordered by time, and two edges or two lines of a millisecond never share one."""
    (row,) = rules.read_lines(SOURCE, 2050, [line()]).rows
    assert rules.wall_ms_of(row[0]) == 1000
    assert row[0] >> 11 & 1023 == 3
    assert row[0] & 2047 == 2050 & 2047
    assert row[0] < 1 << 63


def test_a_full_line_fills_its_row() -> None:
    """Everything the table holds, in its order."""
    full = line(
        access_point_id="north-out",
        gate_id="north",
        direction="exit",
        holder_id="h42",
        pass_id=b"\xff" * 8,
        reasons=("PASS_STALE", "UNAUTHORIZED"),
        is_offline=True,
    )
    (row,) = rules.read_lines(SOURCE, 1, [full]).rows
    assert row[1:] == (1, 7, 2, 2, 2, 42, -1, 10, 1)
    (strange,) = rules.read_lines(SOURCE, 1, [line(reasons=("NEW",), holder_id="someone")]).rows
    assert strange[6] is None
    assert strange[8] == rules.OTHER_REASON


def test_one_bad_line_parks_itself_alone() -> None:
    """The lines before and after it keep their numbers."""
    read = rules.read_lines(SOURCE, 5, [line(), b'{"kind": 1}', line(wall_ms=2000)])
    assert [row[1] for row in read.rows] == [5, 7]
    assert [(parked.seq, parked.line) for parked in read.parked] == [(6, b'{"kind": 1}')]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_whatever_json_comes_is_a_row_or_parked(value: object) -> None:
    """No line raises, and none is lost."""
    events = [
        msgspec.json.encode(value),
        msgspec.json.encode({"kind": "access_denied", "wall_ms": value, "boot": value}),
    ]
    read = rules.read_lines(SOURCE, 1, events)
    assert len(read.rows) + len(read.parked) == 2


def test_chain_hashes_follow_the_protocol() -> None:
    """Each contains all before it."""
    first, second = rules.chain_hashes(EPOCH, 1, GENESIS, [b"a", b"b"])
    assert first == link(EPOCH, 1, GENESIS, b"a")
    assert second == link(EPOCH, 2, first, b"b")
    assert rules.as_list([b"1", b"2"]) == b"[1,2]"
