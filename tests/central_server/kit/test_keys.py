"""Signing keys on disk."""

import stat
from pathlib import Path

import pytest

from access_core.errors import StoreDamaged
from central_server.kit.keys import KeyPurpose, add_key, open_keys


def test_first_start_makes_one_key_a_purpose_that_only_the_owner_can_read(tmp_path: Path) -> None:
    """Three keys, all different, files 0600, and the same ones at the next start."""
    first, second = open_keys(tmp_path), open_keys(tmp_path)
    publics = [ring.public() for ring in (first.issuer, first.policy, first.receipt)]
    assert publics == [r.public() for r in (second.issuer, second.policy, second.receipt)]
    assert len({key for public in publics for key in public.values()}) == 3
    for path in (tmp_path / "keys").rglob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_next_key_can_be_published_before_it_signs(tmp_path: Path) -> None:
    """An added key is published; the current one still signs until `current` names the new."""
    current = open_keys(tmp_path).issuer.current
    kid = add_key(tmp_path, KeyPurpose.ISSUER)
    ring = open_keys(tmp_path).issuer
    assert ring.current == current
    assert set(ring.public()) == {current, kid}
    (tmp_path / "keys/issuer/current").write_text(kid.hex())
    assert open_keys(tmp_path).issuer.current == kid


@pytest.mark.parametrize("content", [b"", b"not a key"])
def test_a_damaged_key_is_named(tmp_path: Path, content: bytes) -> None:
    """A file that is no key stops the start and is named."""
    current = open_keys(tmp_path).policy.current
    path = tmp_path / f"keys/policy/{current.hex()}.key"
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match=path.name):
        open_keys(tmp_path)


def test_a_current_that_names_no_key_is_refused(tmp_path: Path) -> None:
    """`current` must name one of the keys beside it."""
    open_keys(tmp_path)
    (tmp_path / "keys/receipt/current").write_text("0000")
    with pytest.raises(StoreDamaged, match="0000"):
        open_keys(tmp_path)
