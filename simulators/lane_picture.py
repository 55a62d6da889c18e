"""The lane from above as an SVG picture; every state is a shape and a word, not a colour alone."""

from html import escape

from simulators.lane_deeds import LaneState
from simulators.turnstile_lane import Way

WIDTH_PX, HEIGHT_PX = 640, 300
_GO, _STOP, _CALM = "#116632", "#a3161f", "#4a5868"


def picture(state: LaneState) -> str:
    """The lane as `state` says, a whole SVG document; the way in goes from left to right."""
    words = in_words(state)
    colour = _GO if state.gives_way else _STOP
    parts = [
        f'<rect width="{WIDTH_PX}" height="{HEIGHT_PX}" fill="#f3f6fa"/>',
        f'<rect x="180" y="60" width="280" height="24" fill="{_CALM}"/>',
        f'<rect x="180" y="196" width="280" height="24" fill="{_CALM}"/>',
        _rotor(state, colour),
        *(_arrow(way) for way in state.gives_way),
        *(_person(way) for way in state.occupied),
        _text(320, 40, words, 22, "bold"),
        _text(90, 145, f"in: {state.count_in}", 20),
        _text(550, 145, f"out: {state.count_out}", 20),
        _text(320, 250, state.doing, 18),
    ]
    if state.unplugged:
        parts.append(_text(320, 282, f"unplugged: {', '.join(state.unplugged)}", 18, "bold"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" '
        f'role="img" aria-label="{escape(words)}" font-family="sans-serif">'
        f"{''.join(parts)}</svg>"
    )


def in_words(state: LaneState) -> str:
    """The state of the lane, as one would call it over."""
    if state.is_fire:
        return "FIRE: free both ways"
    if state.is_free:
        return "free both ways"
    if state.occupied:
        return "somebody is going through"
    if state.gives_way:
        return f"released: {', '.join(_WAYS[way] for way in state.gives_way)}"
    return "locked"


_WAYS = {Way.ENTRY: "in", Way.EXIT: "out"}


def _rotor(state: LaneState, colour: str) -> str:
    if state.gives_way or state.occupied:
        return f'<path d="M320 84V110M320 170V196" stroke="{colour}" stroke-width="14"/>'
    return f'<path d="M320 84V196" stroke="{colour}" stroke-width="14"/>'


def _arrow(way: Way) -> str:
    tip, tail, y = (430, 210, 120) if way is Way.ENTRY else (210, 430, 160)
    barb = tip - 22 if way is Way.ENTRY else tip + 22
    return (
        f'<path d="M{tail} {y}H{tip}M{barb} {y - 16}L{tip} {y}L{barb} {y + 16}" '
        f'fill="none" stroke="{_GO}" stroke-width="8"/>'
    )


def _person(way: Way) -> str:
    x = 290 if way is Way.ENTRY else 350
    return f'<circle cx="{x}" cy="140" r="20" fill="#0b5cad"/>'


def _text(x: int, y: int, words: str, size: int, weight: str = "normal") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="middle" fill="#16202c">{escape(words)}</text>'
    )
