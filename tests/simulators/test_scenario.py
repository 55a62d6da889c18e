"""Scenario files: what is read, and how bad ones are refused."""

from pathlib import Path

import pytest

from access_core.errors import SettingsError
from simulators.scenario import Show, load, read
from simulators.turnstile_lane import Way

ONE = {"name": "wang"}


def refusal(given: dict[str, object]) -> SettingsError:
    """How the table `given` is refused."""
    with pytest.raises(SettingsError) as caught:
        read(given, "x.toml")
    return caught.value


def test_steps_keep_their_order_and_defaults() -> None:
    """A step has what is written, and the documented defaults for the rest."""
    scenario = read(
        {
            "title": "t",
            "visitors": [ONE],
            "steps": [{"do": "show", "who": "wang"}, {"do": "fire", "on": True}],
        },
        "x.toml",
    )
    first = scenario.steps[0]
    assert isinstance(first, Show)
    assert (first.code, first.at, first.expect, first.then) == ("live", Way.ENTRY, "opens", "walk")
    assert scenario.steps[1].do == "fire"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"title": "t", "speed": 2}, "speed"),
        ({"title": "t", "visitors": [{"name": "w", "hight": 2}]}, "visitors.0.hight"),
        ({"title": "t", "steps": [{"do": "fire", "on": True, "x": 1}]}, "steps.0.fire.x"),
        ({"title": "t", "crowd": {"people": 3, "leave": 1}}, "crowd.leave"),
    ],
)
def test_unknown_keys_are_refused_by_file_key_and_cure(given: dict[str, object], key: str) -> None:
    """A key that means nothing stops the run with a message that names it."""
    problem = refusal(given)
    assert problem.file == "x.toml"
    assert problem.key == key
    assert "spelling" in problem.cure


@pytest.mark.parametrize(
    ("steps", "key"),
    [
        ([{"do": "book", "who": "li"}], "steps.0.who"),
        ([{"do": "wait_until", "what": "pass_is_over"}], "steps.0.who"),
        ([{"do": "wait_until", "what": "all_is_delivered", "who": "wang"}], "steps.0.who"),
        ([{"do": "dance"}], "steps.0"),
        ([{"do": "centre", "to": "asleep"}], "steps.0.centre.to"),
    ],
)
def test_senseless_steps_are_refused(steps: list[dict[str, object]], key: str) -> None:
    """Unknown people, unknown actions and senseless values are refused, each by its place."""
    assert refusal({"title": "t", "visitors": [ONE], "steps": steps}).key == key


def test_two_people_of_one_name_are_refused() -> None:
    """A name in the steps must mean one person."""
    assert refusal({"title": "t", "visitors": [ONE, ONE]}).key == "visitors.1.name"


def test_a_file_that_is_missing_or_no_toml_is_said_so(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(SettingsError, match=r"no\.toml: -: cannot be read"):
        load(tmp_path / "no.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("title = ")
    with pytest.raises(SettingsError, match="is not TOML"):
        load(broken)


def test_every_stored_scenario_can_be_read() -> None:
    """The files that come with the simulator are good ones."""
    folder = Path(__file__).parents[2] / "simulators" / "scenarios"
    files = sorted(folder.glob("*.toml"))
    assert files
    for file in files:
        load(file)
