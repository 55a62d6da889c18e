"""Times of several things measured turn by turn, so that a busy machine is busy for all."""

import gc
from collections.abc import Callable, Mapping
from statistics import median, quantiles
from time import perf_counter_ns

_P99 = 98
"""Place of the 99th percentile among 99 cut points."""


def interleaved_us(
    things: Mapping[str, Callable[[], object]], *, rounds: int, repeat: int = 1
) -> dict[str, list[float]]:
    """Microseconds per call of each thing, one entry a round.

    Each round calls every thing `repeat` times in a row, beginning with another one each time.
    The garbage collector waits outside.
    """
    names = list(things)
    times: dict[str, list[float]] = {name: [] for name in names}
    for thing in things.values():
        thing()
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            shift = turn % len(names)
            for name in names[shift:] + names[:shift]:
                thing = things[name]
                start = perf_counter_ns()
                for _ in range(repeat):
                    thing()
                times[name].append((perf_counter_ns() - start) / repeat / 1000)
    finally:
        gc.enable()
    return times


def medians_us(
    things: Mapping[str, Callable[[], object]], *, rounds: int, repeat: int = 1
) -> dict[str, float]:
    """The median microseconds per call of each thing."""
    times = interleaved_us(things, rounds=rounds, repeat=repeat)
    return {name: median(values) for name, values in times.items()}


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(values, n=100)[_P99]
