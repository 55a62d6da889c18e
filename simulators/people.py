"""Made-up people: what a crowd does, from a seed. The same seed always gives the same crowd."""

import random
from dataclasses import dataclass

from access_core.policy.reasons import ReasonCode
from simulators.scenario import (
    Approve,
    Book,
    Crowd,
    OpenPass,
    Scenario,
    Show,
    Step,
    Visitor,
)
from simulators.turnstile_lane import Way

_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
_GIVEN = "明华芳丽强磊洋静敏涛超杰娟艳军勇婷雪宁然"
_LATIN = ("Amara Okafor", "Jonas Weber", "Priya Nair", "Luis Ortega", "Emma Lindqvist", "Noor Aziz")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everybody who comes, and everything that happens, in order."""

    visitors: tuple[Visitor, ...]
    steps: tuple[Step, ...]


def plan(scenario: Scenario, seed: int) -> Plan:
    """The steps of `scenario`, followed by what its crowd does under `seed`."""
    visitors, steps = list(scenario.visitors), list(scenario.steps)
    if scenario.crowd is not None:
        rng = random.Random(seed)
        for number in range(1, scenario.crowd.people + 1):
            visitor = Visitor(name=f"crowd {number}")
            visitors.append(visitor)
            steps += visit_of(visitor.name, scenario.crowd, rng)
    return Plan(tuple(visitors), tuple(steps))


def visit_of(who: str, crowd: Crowd, rng: random.Random) -> list[Step]:
    """One made-up person's visit, from booking to leaving."""
    steps: list[Step] = [
        Book(do="book", who=who),
        Approve(do="approve", who=who),
        OpenPass(do="open_pass", who=who),
    ]
    if rng.random() < crowd.forges:
        steps.append(Show(do="show", who=who, code="forged", expect=ReasonCode.PASS_FORGED))
        return steps
    if rng.random() < crowd.stays:
        steps.append(Show(do="show", who=who, then="stay"))
    if rng.random() < crowd.steps_back:
        steps.append(Show(do="show", who=who, then="step_back"))
    steps.append(Show(do="show", who=who))
    if rng.random() < crowd.shows_twice:
        steps.append(Show(do="show", who=who, code="again", expect=ReasonCode.PASS_REPLAYED))
    if rng.random() < crowd.leaves:
        steps.append(Show(do="show", who=who, at=Way.EXIT))
    return steps


def full_name(rng: random.Random) -> str:
    """A made-up name as it would be typed into the booking page."""
    if rng.random() < 0.2:  # noqa: PLR2004 - one visitor in five comes from abroad
        return rng.choice(_LATIN)
    return rng.choice(_FAMILY) + "".join(rng.choices(_GIVEN, k=rng.randint(1, 2)))


def phone_number(rng: random.Random) -> str:
    """A mobile number of a range that no network has given out (+86 199 0000 xxxx)."""
    return f"1990000{rng.randrange(10_000):04d}"
