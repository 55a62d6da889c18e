"""BENCHES: the table of what is measured. A bench exists once it is listed here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.benchmarks import passes
from tests.benchmarks.figure import Figure


@dataclass(frozen=True, slots=True)
class Bench:
    """One measurement that gives one or more figures, whose ids begin with `prefix`."""

    prefix: str
    what: str
    """For the progress line."""
    measure: Callable[[], Iterator[Figure]]

    def is_wanted(self, only: str) -> bool:
        """Whether `only`, a prefix of figure ids, asks for any of these figures."""
        return self.prefix.startswith(only) or only.startswith(self.prefix)


BENCHES: Final[tuple[Bench, ...]] = (
    Bench("gate.pass.", "verification of a pass", passes.verification),
    Bench("gate.pass.", "size of a pass", passes.size),
)
