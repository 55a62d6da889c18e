"""The lane as a picture."""

from xml.etree import ElementTree as ET

import pytest

from simulators.lane_deeds import LaneState
from simulators.lane_picture import in_words, picture
from simulators.turnstile_lane import Way


def state(**known: object) -> LaneState:
    """A locked lane at which nothing goes on, but for what is `known`."""
    calm: dict[str, object] = {
        "is_free": False,
        "is_fire": False,
        "gives_way": (),
        "occupied": (),
        "count_in": 0,
        "count_out": 0,
        "unplugged": (),
        "doing": "<nothing>",
    }
    return LaneState(**{**calm, **known})  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (state(), "locked"),
        (state(gives_way=(Way.ENTRY,)), "released: in"),
        (state(occupied=(Way.EXIT,)), "somebody is going through"),
        (state(is_free=True, gives_way=(Way.ENTRY, Way.EXIT)), "free both ways"),
        (state(is_free=True, is_fire=True, unplugged=("tags",)), "FIRE: free both ways"),
    ],
)
def test_every_state_is_told_in_words_and_is_sound_xml(shown: LaneState, words: str) -> None:
    """Not by a colour alone; what was done is never markup."""
    assert in_words(shown) == words
    drawn = ET.fromstring(picture(shown))  # noqa: S314 - our own picture
    texts = [element.text for element in drawn.iter() if element.tag.endswith("text")]
    assert words in texts
    assert "<nothing>" in texts
    assert all(f"unplugged: {name}" in texts for name in shown.unplugged)
