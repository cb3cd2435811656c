"""What an oracle says of a value beside what ``doseledger read`` says, and whether both say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any

Line = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One value, both in our unit."""

    what: str
    oracle: object
    ours: object

    @property
    def is_equal(self) -> bool:
        """Whether both say the same; numbers may differ by what a conversion of units rounds."""
        return _same(self.oracle, self.ours)


def _same(one: object, other: object) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-15)
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


def times(value: float | None, factor: float) -> float | None:
    """Return a value of an oracle in our unit; what is not stated stays so."""
    return None if value is None else value * factor
