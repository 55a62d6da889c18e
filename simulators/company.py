"""Who plays in a performance, what is remembered of them, and what they and the rotor count."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulators.cast import Code, Host, OpenLog, Phone
from simulators.people import Plan, full_name
from simulators.scenario import Visitor


@dataclass(slots=True)
class Person:
    """What the performer remembers of one visitor."""

    visitor: Visitor
    full_name: str
    phone: Phone
    kept: Code | None = None
    kept_at_s: int = 0
    last: Code | None = None
    over_at_s: int = 0


@dataclass(slots=True)
class Tally:
    """Counted by people and hardware, as it happened."""

    step: str = ""
    """The step that is played, or that was played last, with its number; empty before the first."""
    booked: int = 0
    approved: int = 0
    offline_opened: int = 0
    """Releases of the lane while no centre was running."""
    refused: Counter[str] = field(default_factory=Counter[str])
    """Codes held up at which the lane stayed shut, by the first reason in the edge's journal."""
    log_shown_ms: float | None = None
    """From the edge's event to its line on the open log page; None if no page was watched."""


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody who plays."""

    people: Mapping[str, Person]
    """Visitors by their name in the plan."""
    hosts: Mapping[str, Host]
    """By the kind of phone of the visitors they decide about."""
    log_page: OpenLog | None = None
    """Watched, if there is one."""
    tally: Tally = field(default_factory=Tally)
    """What they count."""


def named_people(plan: Plan, phones: Mapping[str, Phone], seed: int) -> dict[str, Person]:
    """A made-up full name for each visitor, no two alike, and their phones by name."""
    rng = random.Random(seed)
    people: dict[str, Person] = {}
    taken: set[str] = set()
    for visitor in plan.visitors:
        name = full_name(rng)
        while name in taken:
            name = full_name(rng) + rng.choice("东南西北中")
        taken.add(name)
        people[visitor.name] = Person(visitor, name, phones[visitor.name])
    return people
