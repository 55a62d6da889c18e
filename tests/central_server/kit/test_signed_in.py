"""Who is signed in."""

from central_server.kit.permissions import Permission
from central_server.kit.signed_in import SignedIn


def test_an_operator_may_what_is_among_their_permissions() -> None:
    """Nothing else."""
    operator = SignedIn(operator_id=1, full_name="x", permissions=frozenset({Permission.VIEW_LOG}))
    assert operator.may(Permission.VIEW_LOG)
    assert not operator.may(Permission.EXPORT_LOG)
