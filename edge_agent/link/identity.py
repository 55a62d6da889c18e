"""Who this edge is to the centre: a key it made itself, and whose signatures it believes.

The private key never leaves the state folder (mode 0600); the centre knows only the public half.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from access_core.errors import MalformedMessage, StoreDamaged
from access_core.ids import EdgeId, KeyId, SiteId
from access_core.wire.messages import EnrolResponse, NamedKey, Reader, encode
from edge_agent.private_file import write_private

_KEY_FILE: Final = "identity.key"
_ENROLMENT_FILE: Final = "enrolment.json"
_KEY_BYTES: Final = 32
_ENROLMENT: Final = Reader(EnrolResponse)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An enrolled edge."""

    edge_id: EdgeId
    site_id: SiteId
    key: Ed25519PrivateKey = field(repr=False)
    policy_keys: Mapping[KeyId, Ed25519PublicKey]
    receipt_keys: Mapping[KeyId, Ed25519PublicKey]


def make_or_load_key(folder: Path) -> Ed25519PrivateKey:
    """This edge's key, made now if there is none; StoreDamaged if the file is not a key."""
    path = folder / _KEY_FILE
    if path.exists():
        raw = path.read_bytes()
        if len(raw) != _KEY_BYTES:
            raise StoreDamaged(f"{path}: is not a key; remove it and enrol again")
        return Ed25519PrivateKey.from_private_bytes(raw)
    key = Ed25519PrivateKey.generate()
    write_private(path, key.private_bytes_raw())
    return key


def save_enrolment(folder: Path, response: EnrolResponse) -> None:
    """Keep what the centre answered to the enrolment; on the disk when this returns."""
    write_private(folder / _ENROLMENT_FILE, encode(response))


def load_identity(folder: Path) -> Identity | None:
    """The identity kept in `folder`; None if this edge was never enrolled.

    Raises StoreDamaged if what is kept cannot be read.
    """
    path = folder / _ENROLMENT_FILE
    if not path.exists():
        return None
    try:
        enrolment = _ENROLMENT.read(path.read_bytes())
        policy_keys = _keys(enrolment.policy_keys)
        receipt_keys = _keys(enrolment.receipt_keys)
    except (MalformedMessage, ValueError) as error:
        raise StoreDamaged(f"{path}: {error}; remove it and enrol again") from error
    return Identity(
        edge_id=enrolment.edge_id,
        site_id=enrolment.site_id,
        key=make_or_load_key(folder),
        policy_keys=policy_keys,
        receipt_keys=receipt_keys,
    )


def _keys(named: tuple[NamedKey, ...]) -> dict[KeyId, Ed25519PublicKey]:
    return {key.kid: Ed25519PublicKey.from_public_bytes(key.public_key) for key in named}
