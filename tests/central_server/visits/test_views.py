"""View models: local times, masked persons."""

import pytest

from central_server.kit.i18n import load_catalogues
from central_server.language import Language
from central_server.visits.rules import VisitState
from central_server.visits.views import Audience, visit_facts, visit_line
from tests.central_server.passes.samples import a_record
from tests.central_server.visitors import SHANGHAI
from tests.central_server.visits.samples import BEGINS_S, a_visit

CATALOGUES = load_catalogues()


def audience(language: Language = Language.EN) -> Audience:
    """Somebody in Shanghai."""
    return Audience(words=CATALOGUES[language], zone=SHANGHAI)


@pytest.mark.parametrize(
    ("language", "stay_s", "words"),
    [
        (Language.EN, 7200, "Fri 15 Jan 2027 16:00–18:00"),
        (Language.EN, 36_000, "Fri 15 Jan 2027 16:00 – Sat 16 Jan 2027 02:00"),
        (Language.ZH, 7200, "2027年1月15日 周五 16:00–18:00"),
    ],
)
def test_a_window_names_its_day_once(language: Language, stay_s: int, words: str) -> None:
    """Local time, the second day only if there is one."""
    assert audience(language).span(BEGINS_S, BEGINS_S + stay_s) == words


def test_a_visitor_reads_what_was_typed() -> None:
    """The host as the visitor wrote it, a gate that is gone by its id."""
    facts = visit_facts(a_visit(host_department=""), audience(), ())
    assert (facts.gate, facts.host, facts.people) == ("north", "Li Ming", 1)


def test_a_list_masks_the_person() -> None:
    """Name only if the operator may see it, contact and plate never whole."""
    record = a_record(short_code="12345678")
    masked, shown = [
        visit_line(a_visit(), record, audience(), (), BEGINS_S, is_name_shown=is_name_shown)
        for is_name_shown in (False, True)
    ]
    assert "Ada" not in masked.name
    assert shown.name == "Ada Lovelace"
    assert (shown.contact, shown.plate) == ("138****5678", "京A12***")
    assert shown.short_code == "1234 5678"
    assert shown.is_for_desk


def test_a_line_shows_the_state_of_the_moment() -> None:
    """What time has overtaken is shown as such."""
    line = visit_line(a_visit(), None, audience(), (), BEGINS_S + 3600, is_name_shown=False)
    assert line.state is VisitState.LAPSED
    assert line.short_code == ""
