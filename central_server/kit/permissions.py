"""What operators may do. A role is a set of permissions; pages ask for a permission, not a role."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing that can be allowed."""

    OWN_ACCOUNT = "own_account"
    """See and change one's own account, sign out."""
    VIEW_GATES = "view_gates"
    MANAGE_GATES = "manage_gates"
    """Add gates and areas, hand out enrolment codes."""
    VIEW_HOLDERS = "view_holders"
    MANAGE_HOLDERS = "manage_holders"
    BLOCK_HOLDERS = "block_holders"
    MANAGE_ACCESS_LEVELS = "manage_access_levels"
    VIEW_LOG = "view_log"
    HANDLE_ALARMS = "handle_alarms"
    """Acknowledge and clear alarms."""
    REVEAL_PERSON = "reveal_person"
    """See personal data unmasked, with a reason, recorded."""
    EXPORT_LOG = "export_log"
    VIEW_AUDIT = "view_audit"
    MANAGE_OPERATORS = "manage_operators"
    APPROVE_OWN_VISITS = "approve_own_visits"
    APPROVE_DESK_VISITS = "approve_desk_visits"
    """Visits whose host nobody could find, and the visit list of the security desk."""
    PRINT_PASS = "print_pass"  # noqa: S105 - names a deed


class Role(StrEnum):
    """What an operator is."""

    ADMINISTRATOR = "administrator"
    SECURITY = "security"
    HOST = "host"
    AUDITOR = "auditor"


_P = Permission
ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            _P.OWN_ACCOUNT,
            _P.VIEW_GATES,
            _P.MANAGE_GATES,
            _P.VIEW_HOLDERS,
            _P.MANAGE_HOLDERS,
            _P.BLOCK_HOLDERS,
            _P.MANAGE_ACCESS_LEVELS,
            _P.VIEW_LOG,
            _P.MANAGE_OPERATORS,
        }
    ),
    Role.SECURITY: frozenset(
        {
            _P.OWN_ACCOUNT,
            _P.VIEW_GATES,
            _P.VIEW_HOLDERS,
            _P.BLOCK_HOLDERS,
            _P.VIEW_LOG,
            _P.HANDLE_ALARMS,
            _P.REVEAL_PERSON,
            _P.EXPORT_LOG,
            _P.APPROVE_DESK_VISITS,
            _P.PRINT_PASS,
        }
    ),
    Role.HOST: frozenset({_P.OWN_ACCOUNT, _P.APPROVE_OWN_VISITS, _P.PRINT_PASS}),
    Role.AUDITOR: frozenset({_P.OWN_ACCOUNT, _P.VIEW_GATES, _P.VIEW_LOG, _P.VIEW_AUDIT}),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything the roles allow together."""
    return frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))
