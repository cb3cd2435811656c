"""
Who has how many exams, when, and of which kind: skewed as in hospitals, and the same for the same number.

Everything follows from the number of an exam, so that several processes write one database without a word. Exams are
numbered in the order in which they were made, so that those of one person lie far apart, as they do in a table.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from math import gcd

_YEARS_S = 10 * 365 * 86_400
_LAST = datetime(2026, 2, 28, 22, 0)  # noqa: DTZ001 - only differences are taken
# Exams of a person: how many persons of a thousand have how many. Ours; the mean is 4.4, the longest history 200.
_HISTORIES = ((1, 480), (2, 190), (3, 100), (5, 90), (8, 60), (12, 35), (20, 30), (40, 12), (90, 2), (200, 1))
_PERSONS_OF_A_DECK = sum(persons for _, persons in _HISTORIES)
_EXAMS = [exams for exams, persons in _HISTORIES for _ in range(persons)]
_ENDS = list(accumulate(_EXAMS))
_EXAMS_OF_A_DECK = _ENDS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """``exams`` exams of ten years."""

    exams: int

    @property
    def persons(self) -> int:
        """How many persons there are; the last may have fewer exams than others of their sort."""
        decks, rest = divmod(self.exams, _EXAMS_OF_A_DECK)
        return decks * _PERSONS_OF_A_DECK + (bisect_right(_ENDS, rest - 1) + 1 if rest else 0)

    def person_of(self, exam: int) -> int:
        """Return whose an exam is."""
        deck, place = divmod(exam * self._stride() % self.exams, _EXAMS_OF_A_DECK)
        return deck * _PERSONS_OF_A_DECK + bisect_right(_ENDS, place)

    def shift_of(self, exam: int) -> timedelta:
        """Return how long before the templates' day an exam was made, in whole minutes."""
        age_s = (1 - exam / self.exams) * _YEARS_S
        return -timedelta(minutes=round(age_s / 60))

    def _stride(self) -> int:
        """Return a step by which one comes to every place once, near the golden section of all."""
        stride = max(1, round(self.exams * 0.618))
        while gcd(stride, self.exams) != 1:
            stride += 1
        return stride


def person_id(person: int) -> bytes:
    """Return the id of a person: no order is in it, as in those that are drawn."""
    return hashlib.md5(b"person %d" % person, usedforsecurity=False).digest()


class Choice:
    """Chooses among weights by a number, evenly: the same for the same number."""

    def __init__(self, weights: Sequence[float]) -> None:
        self._ends = list(accumulate(weights))

    def of(self, number: int) -> int:
        """Return the place of the weight that the number falls to."""
        part = number * 0x9E3779B97F4A7C15 % 2**64 / 2**64  # Knuth, TAOCP 3, 6.4: multiplicative hashing
        return min(bisect_right(self._ends, part * self._ends[-1]), len(self._ends) - 1)
