"""A decision in light, sound and words."""

import pytest

from access_core.devices.commands import Signal
from access_core.devices.events import Direction
from access_core.policy.reasons import BEARER_MAY_NOT_KNOW, ReasonCode
from edge_agent.gate import feedback


@pytest.mark.parametrize("reason", ReasonCode)
def test_every_reason_can_be_shown(reason: ReasonCode) -> None:
    """Each reason has texts a lane display can hold, in both languages."""
    shown = feedback.refusal(Direction.ENTRY, reason)
    assert shown.text_zh
    assert shown.text_en
    expected = Signal.WAIT if reason is ReasonCode.GATE_BUSY else Signal.STOP
    assert shown.signal is expected


def test_what_a_bearer_may_not_know_is_not_shown() -> None:
    """Reasons that would help a forger all look the same."""
    texts = {feedback.refusal(Direction.ENTRY, r).text_en for r in BEARER_MAY_NOT_KNOW}
    assert len(texts) == 1


def test_the_other_things_a_lane_can_say() -> None:
    """Go, fault, emergency, reset too early, ready: each with its signal."""
    way = Direction.EXIT
    assert feedback.go(way).signal is Signal.GO
    assert feedback.fault(way).signal is Signal.STOP
    assert feedback.emergency(way).signal is Signal.EMERGENCY
    assert feedback.reset_too_early(way).signal is Signal.EMERGENCY
    assert feedback.ready(way).signal is Signal.READY
