"""The stored bytes of each wire version are read, and written again to the very same bytes."""

from pathlib import Path

import pytest

from access_core.ids import KeyId
from access_core.wire.messages import EventBatch, Reader, SignedMessage, encode
from access_core.wire.signed_message import Purpose, open_signed
from tests.issuer import OTHER_KEY
from tests.wire_samples import DELTA, FOLDER, POLICY_KID, RECEIPT, SAMPLES, write_missing


@pytest.mark.parametrize("name", SAMPLES)
def test_stored_bytes_of_version_1(name: str) -> None:
    """An edge of this version can always be served; a changed byte is another version."""
    stored = (FOLDER / f"{name}.json").read_bytes()
    read = Reader(type(SAMPLES[name])).read(stored)
    assert encode(read) == stored
    assert encode(SAMPLES[name]) == stored
    assert isinstance(read, EventBatch) or read == SAMPLES[name]


@pytest.mark.parametrize(
    ("name", "purpose", "inside"),
    [
        ("signed_change_set", Purpose.CHANGE_SET, DELTA),
        ("signed_receipt", Purpose.RECEIPT, RECEIPT),
    ],
)
def test_stored_signatures_hold(name: str, purpose: Purpose, inside: object) -> None:
    """A signature made by this version is believed by every later one."""
    message = Reader(SignedMessage).read((FOLDER / f"{name}.json").read_bytes())
    keys = {KeyId(POLICY_KID): OTHER_KEY.public_key()}
    assert Reader(type(inside)).read(open_signed(message, purpose, keys)) == inside


def test_every_stored_file_is_read() -> None:
    """No file lies there that no test opens."""
    assert {file.stem for file in FOLDER.glob("*.json")} == set(SAMPLES)


def test_a_stored_file_is_never_rewritten(tmp_path: Path) -> None:
    """Storing again adds what is missing and leaves what is there."""
    (tmp_path / "receipt.json").write_bytes(b"as it was")
    assert sorted(write_missing(tmp_path)) == sorted(SAMPLES.keys() - {"receipt"})
    assert write_missing(tmp_path) == []
    assert (tmp_path / "receipt.json").read_bytes() == b"as it was"
