"""The centre's signing keys, made at first start, one folder a purpose, files 0600.

    state_dir/keys/issuer/1a2b.key     passes
    state_dir/keys/policy/…            change sets for edges
    state_dir/keys/receipt/…           receipts for event batches
    state_dir/keys/<purpose>/current   names the key that signs

Every key in a folder is published to the edges, so the next one can be put there before
`current` names it. The purposes never share a key: whoever holds receipts cannot make passes.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from access_core.errors import StoreDamaged
from access_core.ids import KeyId


class KeyPurpose(StrEnum):
    """What a key signs; also its folder."""

    ISSUER = "issuer"
    POLICY = "policy"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one purpose."""

    current: KeyId
    keys: Mapping[KeyId, Ed25519PrivateKey]

    @property
    def signing(self) -> Ed25519PrivateKey:
        """The key that signs now."""
        return self.keys[self.current]

    def public(self) -> dict[KeyId, bytes]:
        """Every public key, 32 raw bytes each."""
        return {kid: key.public_key().public_bytes_raw() for kid, key in self.keys.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStore:
    """All signing keys of the centre."""

    issuer: KeyRing
    policy: KeyRing
    receipt: KeyRing


def open_keys(state_dir: Path) -> KeyStore:
    """The keys under `state_dir`; a purpose that has none yet gets its first.

    StoreDamaged if a file is not a key or `current` names none.
    """
    return KeyStore(
        issuer=_open_ring(state_dir, KeyPurpose.ISSUER),
        policy=_open_ring(state_dir, KeyPurpose.POLICY),
        receipt=_open_ring(state_dir, KeyPurpose.RECEIPT),
    )


def add_key(state_dir: Path, purpose: KeyPurpose) -> KeyId:
    """Make and store one more key; it is published, and signs only once `current` names it."""
    folder = _folder(state_dir, purpose)
    kid = secrets.token_bytes(2)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    _write_private(folder / f"{kid.hex()}.key", pem)
    return KeyId(kid)


def _open_ring(state_dir: Path, purpose: KeyPurpose) -> KeyRing:
    folder = _folder(state_dir, purpose)
    marker = folder / "current"
    if not marker.exists():
        first = add_key(state_dir, purpose)
        _write_private(marker, first.hex().encode())
    keys = {KeyId(bytes.fromhex(path.stem)): _read(path) for path in sorted(folder.glob("*.key"))}
    current = KeyId(bytes.fromhex(marker.read_text("ascii").strip()))
    if current not in keys:
        raise StoreDamaged(f"{marker} names key {current.hex()}, which is not in {folder}")
    return KeyRing(current, keys)


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise StoreDamaged(f"{path} is not a private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreDamaged(f"{path} is not an Ed25519 key")
    return key


def _folder(state_dir: Path, purpose: KeyPurpose) -> Path:
    folder = state_dir / "keys" / purpose
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _write_private(path: Path, content: bytes) -> None:
    # O_EXCL: an existing key is never overwritten; 0600 from the first moment.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
