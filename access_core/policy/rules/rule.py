"""What a rule is: a name and a pure question."""

from collections.abc import Callable
from dataclasses import dataclass

from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` gives the reason to deny, or None if this rule has nothing against it."""

    name: str
    check: Callable[[AccessRequest], ReasonCode | None]
    is_exit_rule: bool = False
    """Only a rule so marked can bar a way out, and never in an emergency."""
