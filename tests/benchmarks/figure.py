"""One measured figure, and what it must hold against."""

from dataclasses import dataclass
from operator import ge, le
from typing import Final, Literal

_COMPARE: Final = {"<=": le, ">=": ge}


@dataclass(frozen=True, slots=True)
class Target:
    """What must hold: of the value itself, or of its ratio to the reference."""

    of: Literal["value", "ratio"]
    sign: Literal["<=", ">="]
    limit: float

    def __str__(self) -> str:
        """As people read it in the table."""
        return f"{'× ' if self.of == 'ratio' else ''}{self.sign} {self.limit:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of one run. `value` None: not measured, and `note` says why."""

    id: str
    what: str
    """The thing measured and, after "vs", the reference it is measured against."""
    value: float | None
    unit: str
    reference: float | None = None
    """The reference's own value in the same run and unit."""
    target: Target | None = None
    """None: stated, not held to anything."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Value over reference."""
        if self.value is None or not self.reference:
            return None
        return self.value / self.reference

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None if there is no target or nothing was measured."""
        if self.target is None:
            return None
        measured = self.value if self.target.of == "value" else self.ratio
        return None if measured is None else _COMPARE[self.target.sign](measured, self.target.limit)

    def as_json(self) -> dict[str, object]:
        """The object in `build/bench.json`."""
        return {
            "id": self.id,
            "what": f"{self.what} ({self.note})" if self.note else self.what,
            "value": self.value,
            "unit": self.unit,
            "reference": self.reference,
            "ratio": self.ratio,
            "target": None if self.target is None else str(self.target),
            "holds": self.holds,
        }


def at_most(limit: float) -> Target:
    """The value must not be above `limit`."""
    return Target("value", "<=", limit)


def at_least(limit: float) -> Target:
    """The value must not be below `limit`."""
    return Target("value", ">=", limit)


def times_at_most(limit: float) -> Target:
    """The value must not be above `limit` times the reference."""
    return Target("ratio", "<=", limit)


def times_at_least(limit: float) -> Target:
    """The value must not be below `limit` times the reference."""
    return Target("ratio", ">=", limit)
