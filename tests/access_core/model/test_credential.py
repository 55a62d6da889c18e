"""Credentials."""

from hypothesis import given

from access_core.model.credential import Credential, CredentialStatus
from access_core.wire.messages import Reader, encode
from tests.strategies import credentials


@given(credentials)
def test_a_credential_survives_the_wire(credential: Credential) -> None:
    """Every field comes back."""
    assert Reader(Credential).read(encode(credential)) == credential


def test_a_credential_is_enabled_disabled_or_revoked() -> None:
    """Disabled can be undone, revoked cannot; there is nothing in between."""
    assert {status.value for status in CredentialStatus} == {"enabled", "disabled", "revoked"}
