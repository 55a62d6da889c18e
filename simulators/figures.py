"""The figures of a run: what the scenario demands, and what people and hardware counted."""

from collections import Counter

import msgspec

from simulators.company import Tally
from simulators.ledger import Reconciliation
from simulators.people import Plan
from simulators.scenario import OPENS, Approve, Book, Centre, Fire, Show
from simulators.turnstile_lane import Oracle


class Witnessed(msgspec.Struct, frozen=True, kw_only=True):
    """What people and rotor have counted, at any moment of a run."""

    booked: int
    """Visitors who saw that their booking was taken."""
    approved: int
    """Visits that the host approved."""
    opened: int
    """Releases of the rotor for one person, either way."""
    offline_opened: int
    """Of these, those while no process of the centre existed."""
    refused: dict[str, int]
    """Codes held up at which the rotor stayed shut, by the first reason in the edge's journal."""
    not_taken: int
    """Releases that ended with nobody in the lane, by the rotor."""
    fire_freed: int
    """How often the fire contact freed the lane, by the rotor."""
    relocked_without_reset: int
    """How often the lane locked after a fire without the reset key: must be 0."""


class Figures(Witnessed, frozen=True, kw_only=True):
    """One whole run in numbers: beside what was witnessed, what the centre's log has of it."""

    lost: int
    """What happened and does not stand in the centre's log."""
    doubled: int
    """What stands in the centre's log more often than it happened."""


def demanded(plan: Plan) -> Figures:
    """What must come of `plan` if everything goes as written."""
    is_centre_up, offline = True, 0
    for step in plan.steps:
        if isinstance(step, Centre):
            is_centre_up = step.to == "running"
        offline += isinstance(step, Show) and step.expect == OPENS and not is_centre_up
    shows = [step for step in plan.steps if isinstance(step, Show)]
    return Figures(
        booked=sum(isinstance(step, Book) for step in plan.steps),
        approved=sum(isinstance(step, Approve) for step in plan.steps),
        opened=sum(show.expect == OPENS for show in shows),
        offline_opened=offline,
        refused=dict(Counter(show.expect for show in shows if show.expect != OPENS)),
        not_taken=sum(show.expect == OPENS and show.then == "stay" for show in shows),
        fire_freed=sum(isinstance(step, Fire) and step.on for step in plan.steps),
        relocked_without_reset=0,
        lost=0,
        doubled=0,
    )


def witnessed(oracle: Oracle, tally: Tally) -> Witnessed:
    """What was counted so far: at the rotor and by the people."""
    return Witnessed(
        booked=tally.booked,
        approved=tally.approved,
        opened=oracle.releases_entry + oracle.releases_exit,
        offline_opened=tally.offline_opened,
        refused=dict(tally.refused),
        not_taken=oracle.not_taken + oracle.secured - oracle.stepped_back,
        fire_freed=oracle.fire_freed,
        relocked_without_reset=oracle.relocked_without_reset,
    )


def counted(oracle: Oracle, tally: Tally, account: Reconciliation) -> Figures:
    """What was counted in a whole run: at the rotor, by the people, and in the ledger."""
    seen = msgspec.structs.asdict(witnessed(oracle, tally))
    return Figures(**seen, lost=account.lost, doubled=account.doubled)


def differences(wanted: Figures, got: Figures) -> list[str]:
    """Every figure that is not as demanded, in words; empty if all are."""
    return [
        f"{name} is {getattr(got, name)}, not {getattr(wanted, name)}"
        for name in Figures.__struct_fields__
        if getattr(got, name) != getattr(wanted, name)
    ]
