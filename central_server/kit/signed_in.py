"""Who is signed in, as pages and services see them."""

from dataclasses import dataclass

from central_server.kit.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An operator with a session."""

    operator_id: int
    full_name: str
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        """Whether `permission` is among theirs."""
        return permission in self.permissions
