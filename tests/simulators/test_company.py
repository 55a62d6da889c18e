"""Who plays in a performance."""

from simulators.company import named_people
from simulators.people import Plan
from simulators.plain_phone import PlainPhone
from simulators.scenario import Visitor
from simulators.web_person import WebPerson


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
