"""What may be done with cards."""

from access_core.model.credential import CredentialStatus
from central_server.cards.schemas import NEXT_STATUS


def test_a_revoked_card_stays_revoked() -> None:
    """No deed leads out of it; every other status can be revoked."""
    assert CredentialStatus.REVOKED not in {status for status, _ in NEXT_STATUS}
    assert {status for status, _ in NEXT_STATUS} == set(CredentialStatus) - {
        CredentialStatus.REVOKED
    }
