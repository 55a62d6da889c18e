"""Words and names of a performance; what it does is proven by tests/end_to_end and test_stage."""

import random

import pytest

from simulators.people import Plan, plan
from simulators.performance import in_words, named_people
from simulators.plain_phone import PlainPhone
from simulators.scenario import Scenario, Visitor
from simulators.web_person import WebPerson


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"do": "book", "who": "wang"}, "wang: book"),
        ({"do": "show", "who": "wang", "at": "exit"}, "wang shows the code at the exit"),
        ({"do": "show", "who": "wang", "code": "forged"}, "wang shows a forged code at the entry"),
        ({"do": "walk", "expect": "blocked"}, "somebody walks up to the entry"),
        ({"do": "centre", "to": "stopped"}, "centre stopped"),
        ({"do": "edge", "to": "killed"}, "edge killed"),
        ({"do": "fire", "on": False}, "fire alarm over"),
        ({"do": "turn_reset_key"}, "the reset key is turned"),
        ({"do": "wait_until", "what": "all_is_delivered"}, "wait until all is delivered"),
    ],
)
def test_every_step_is_said_in_words(step: dict[str, object], words: str) -> None:
    """Whoever looks on can follow."""
    given = {"title": "t", "visitors": [{"name": "wang"}], "steps": [step]}
    assert in_words(Scenario.model_validate(given).steps[0]) == words


async def test_no_two_people_have_one_name() -> None:
    """A host tells visitors apart by name; the same seed gives the same names."""
    visitors = tuple(Visitor(name=f"v{number}") for number in range(200))
    async with WebPerson("http://127.0.0.1:9") as person:
        phone = PlainPhone(person, host_name="h", seed="1")
        phones = dict.fromkeys((visitor.name for visitor in visitors), phone)
        people = named_people(Plan(visitors, ()), phones, 5)
        again = named_people(Plan(visitors, ()), phones, 5)
    names = [one.full_name for one in people.values()]
    assert len(set(names)) == len(names)
    assert names == [one.full_name for one in again.values()]


def test_a_crowd_is_played_as_planned() -> None:
    """Each made-up person's steps are said with their name."""
    scenario = Scenario.model_validate({"title": "t", "crowd": {"people": 1}})
    steps = plan(scenario, random.Random(1).randrange(9)).steps
    assert in_words(steps[0]) == "crowd 1: book"
