"""Steps as they are said."""

import pytest

from simulators.people import plan
from simulators.scenario import Scenario
from simulators.step_words import in_words


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


def test_a_crowd_is_played_as_planned() -> None:
    """Each made-up person's steps are said with their name."""
    scenario = Scenario.model_validate({"title": "t", "crowd": {"people": 1}})
    steps = plan(scenario, 3).steps
    assert in_words(steps[0]) == "crowd 1: book"
