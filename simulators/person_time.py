"""How long a person needs for what the script does in their place.

The keystroke-level model of Card, Moran and Newell (Communications of the ACM 23, 1980, table I):
a key 0.28 s (average typist), pointing 1.1 s, pressing a button 0.2 s, thinking before an act
1.35 s. A line to be read is counted as one thought, which is generous for lines of ten words.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

KEY_S: Final = 0.28
POINT_AND_PRESS_S: Final = 1.3
THINK_S: Final = 1.35
HOLD_UP_S: Final = 5.0
"""To take out a phone and hold it before a reader; our own estimate, the model has no such act."""


class Where(StrEnum):
    """Where the person is."""

    CENTRE = "at the centre"
    BOX = "at the box"
    LANE = "at the lane"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person does."""

    where: Where
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step as it was done."""

    step: Step
    person_s: float
    """By the model, whatever this machine did."""
    waited_s: float
    """Measured, on this machine."""


class Ledger:
    """What was done, in order."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.done: list[Done] = []

    @property
    def person_s(self) -> float:
        """The person's time in all steps."""
        return sum(done.person_s for done in self.done)

    @property
    def waited_s(self) -> float:
        """The person's waiting in all steps."""
        return sum(done.waited_s for done in self.done)

    def note(self, step: Step, *, person_s: float, waited_s: float) -> None:
        """One more step."""
        self.done.append(Done(step=step, person_s=person_s, waited_s=waited_s))

    def lines(self) -> list[str]:
        """As a table."""
        rows = [f"{'':3} {'':14} {'person':>8} {'waited':>8}"]
        rows += [
            f"{number:3} {done.step.where:14} {done.person_s:6.1f} s {done.waited_s:6.1f} s"
            f"  {done.step.does}"
            for number, done in enumerate(self.done, 1)
        ]
        together = f"together {self.person_s + self.waited_s:.1f} s"
        rows.append(f"{'':18} {self.person_s:6.1f} s {self.waited_s:6.1f} s  {together}")
        return rows


def typing_s(text: str) -> float:
    """To think of `text`, type it and press Enter."""
    return THINK_S + KEY_S * (len(text) + 1)


def reading_s(lines: int) -> float:
    """To read so many lines."""
    return THINK_S * lines
