"""Made-up people."""

import random

from simulators.people import full_name, phone_number, plan
from simulators.scenario import Crowd, Scenario, Show


def test_the_same_seed_gives_the_same_crowd() -> None:
    """A run can be repeated step by step; another seed is another day."""
    scenario = Scenario(title="t", crowd=Crowd(people=30))
    assert plan(scenario, 7) == plan(scenario, 7)
    assert plan(scenario, 7) != plan(scenario, 8)


def test_the_chances_are_followed() -> None:
    """A crowd in which everybody forges only forges; one in which nobody does never does."""
    forgers = plan(Scenario(title="t", crowd=Crowd(people=20, forges=1.0)), 1)
    honest = plan(Scenario(title="t", crowd=Crowd(people=20, forges=0.0)), 1)
    assert {s.code for s in forgers.steps if isinstance(s, Show)} == {"forged"}
    assert "forged" not in {s.code for s in honest.steps if isinstance(s, Show)}


def test_the_crowd_comes_after_the_named_people() -> None:
    """Steps of the file come first, in their order."""
    scenario = Scenario.model_validate(
        {
            "title": "t",
            "visitors": [{"name": "wang"}],
            "steps": [{"do": "book", "who": "wang"}],
            "crowd": {"people": 1},
        }
    )
    whole = plan(scenario, 3)
    assert whole.steps[0] == scenario.steps[0]
    assert [v.name for v in whole.visitors] == ["wang", "crowd 1"]


def test_names_and_numbers_fit_the_booking_page() -> None:
    """Names are short; numbers are of a range that nobody has."""
    rng = random.Random(1)
    assert all(1 < len(full_name(rng)) <= 40 for _ in range(200))
    assert all(len(phone_number(rng)) == 11 for _ in range(20))
