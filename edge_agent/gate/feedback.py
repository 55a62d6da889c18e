"""A decision in light, sound and words for the person at the lane.

A bearer is told the first reason, in its bearer's text; reasons a bearer may not know have a
plain refusal for their text.
"""

from dataclasses import replace

from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import Direction
from access_core.policy.reason_texts import TEXTS
from access_core.policy.reasons import ReasonCode


def lasting(shown: ShowFeedback) -> ShowFeedback:
    """The same, until something else is shown."""
    return replace(shown, show_ms=0)


def go(direction: Direction) -> ShowFeedback:
    """Granted: go through."""
    return ShowFeedback(
        signal=Signal.GO, direction=direction, text_zh="请通行", text_en="Please go through"
    )


def refusal(direction: Direction, reason: ReasonCode) -> ShowFeedback:
    """Denied, with what to do next."""
    text = TEXTS[reason]
    signal = Signal.WAIT if reason is ReasonCode.GATE_BUSY else Signal.STOP
    return ShowFeedback(
        signal=signal, direction=direction, text_zh=text.bearer_zh, text_en=text.bearer_en
    )


def fault(direction: Direction) -> ShowFeedback:
    """Granted, but the door does not do it."""
    return ShowFeedback(
        signal=Signal.STOP,
        direction=direction,
        text_zh="闸机故障,请到门岗",
        text_en="Gate fault. See the guard",
    )


def emergency(direction: Direction) -> ShowFeedback:
    """Fire: free both ways."""
    return ShowFeedback(
        signal=Signal.EMERGENCY,
        direction=direction,
        text_zh="紧急情况,双向放行",
        text_en="Emergency: free both ways",
    )


def reset_too_early(direction: Direction) -> ShowFeedback:
    """The reset key does nothing while the fire contact is active."""
    return ShowFeedback(
        signal=Signal.EMERGENCY,
        direction=direction,
        text_zh="消防信号未解除,不能复位",
        text_en="Fire contact is still active: no reset",
    )


def ready(direction: Direction) -> ShowFeedback:
    """Locked and waiting for the next person."""
    return ShowFeedback(
        signal=Signal.READY, direction=direction, text_zh="请出示通行码", text_en="Show your pass"
    )


def one_moment(direction: Direction) -> ShowFeedback:
    """Somebody else is being let through."""
    return refusal(direction, ReasonCode.GATE_BUSY)


def move_on(direction: Direction) -> ShowFeedback:
    """The lane has stood open for long; soon it is an alarm."""
    return ShowFeedback(
        signal=Signal.WAIT,
        direction=direction,
        text_zh="请尽快通过,请勿停留",
        text_en="Please move on: the lane is open",
    )


def held_open(direction: Direction) -> ShowFeedback:
    """The lane is held open, and the guard has been told."""
    return ShowFeedback(
        signal=Signal.WAIT,
        direction=direction,
        text_zh="通道未关闭,已通知门岗",
        text_en="Lane held open. The guard was told",
    )
