"""RULES: the ordered table. A rule exists once it is listed here.

The order is a product decision: the first denial is the one an ONVIF reader sees and the bearer
is told. Read from "is this a pass at all" over "whose" to "here, now, again".
"""

from access_core.policy.rules import (
    access_level,
    block_list,
    credential_validity,
    entry_budget,
    pass_authenticity,
    pass_rotation,
    read_freshness,
    snapshot_age,
)
from access_core.policy.rules.rule import Rule

__all__ = ["RULES", "Rule"]

RULES: tuple[Rule, ...] = (
    Rule("read_freshness", read_freshness.check),
    Rule("pass_authenticity", pass_authenticity.check),
    Rule("block_list", block_list.check),
    Rule("credential_validity", credential_validity.check),
    Rule("snapshot_age", snapshot_age.check),
    Rule("access_level", access_level.check),
    Rule("pass_rotation", pass_rotation.check),
    Rule("entry_budget", entry_budget.check),
)
