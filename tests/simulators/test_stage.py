"""A small scenario on the running product."""

from pathlib import Path

import pytest

from simulators.ledger import What
from simulators.scenario import Scenario
from simulators.stage import perform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

STEPS = [
    {"do": "book", "who": "li"},
    {"do": "approve", "who": "li"},
    {"do": "open_pass", "who": "li"},
    {"do": "show", "who": "li", "then": "step_back"},
    {"do": "edge", "to": "killed"},
    {"do": "walk", "expect": "blocked"},
    {"do": "edge", "to": "running"},
    {"do": "show", "who": "li"},
]


async def test_a_scenario_is_played_and_accounted_for(tmp_path: Path) -> None:
    """Stepping back gives the entry back, a killed edge forgets nothing, all is in the log."""
    scenario = Scenario.model_validate(
        {"title": "t", "lane_pace": 0.4, "visitors": [{"name": "li"}], "steps": STEPS}
    )
    said: list[str] = []
    report = await perform(scenario, seed=2, root=tmp_path, say=said.append)
    assert report.off == []
    assert [happening.what for happening in report.happenings] == [
        What.LET_IN,
        What.STEPPED_BACK,
        What.LET_IN,
        What.PASSED,
    ]
    assert any("li shows the code at the entry: opens" in words for words in said)
    assert report.log_shown_ms is None
