"""Roles are sets of permissions."""

from central_server.kit.permissions import ROLE_PERMISSIONS, Permission, Role, permissions_of


def test_every_role_and_every_permission_is_used() -> None:
    """No role without permissions, no permission that nobody has."""
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert permissions_of(Role) == frozenset(Permission)


def test_roles_add_up() -> None:
    """Two roles allow what either allows; none allows nothing."""
    both = permissions_of((Role.HOST, Role.AUDITOR))
    assert both == ROLE_PERMISSIONS[Role.HOST] | ROLE_PERMISSIONS[Role.AUDITOR]
    assert permissions_of(()) == frozenset()


def test_who_manages_accounts_cannot_read_the_audit_of_it() -> None:
    """Administrators do not look people up, auditors do not administer."""
    assert Permission.REVEAL_PERSON not in ROLE_PERMISSIONS[Role.ADMINISTRATOR]
    assert Permission.MANAGE_OPERATORS not in ROLE_PERMISSIONS[Role.AUDITOR]
