"""
What the exams of one patient add up to: quantity by quantity, region by region. There is no effective dose here.

``amounts`` says what is added; what is not is listed exam by exam. Rules: ``docs/reference/cumulative-dose.md``.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from dose_core.errors import DoseError
from dose_core.ledger.amounts import ADDED, TIMES, Amount, Certainty, amounts_of
from dose_core.ledger.region import Region
from dose_core.ledger.totals import Quantity, Total


class CountedTwiceError(DoseError):
    """An exam is given twice, so that its dose would count twice; pass each exam once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedExam:
    """What of an exam is added; ``started_at`` is an instant with its offset, ``None`` if it is not known."""

    exam: str
    started_at: datetime | None
    region: Region | None
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionSum:
    """The share of one region in a sum; ``region`` is ``None`` where the exams name none."""

    region: Region | None
    value: float
    exams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """
    One quantity of one part, added over the exams that it names; the unit is in the quantity's name.

    ``of`` is a phantom, a breast, or a radionuclide and agent, ``None`` where it is not known or no part is
    told apart. ``by_region`` has each region once, the unknown one last.
    """

    quantity: Quantity
    of: str | None
    certainty: Certainty
    value: float
    exams: tuple[str, ...]
    by_region: tuple[RegionSum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A total that is never added, with the exam that it belongs to."""

    exam: str
    started_at: datetime | None
    region: Region | None
    total: Total


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative:
    """
    The sums over the exams of one patient and what they leave open; exams are named by their ids, in order of time.

    ``without_dose`` irradiated and no source tells how much of anything; ``with_missing_parts`` have a total that
    lacks a part or a value. ``without_start`` are in no sum and no other list, since a period was asked for and
    nobody knows if they lie in it.
    """

    exams: tuple[str, ...]
    sums: tuple[Sum, ...]
    listed: tuple[Listed, ...]
    without_dose: tuple[str, ...]
    with_missing_parts: tuple[str, ...]
    without_start: tuple[str, ...]


_Addend = tuple[CountedExam, Amount]


def cumulative(
    exams: Iterable[CountedExam], *, from_: datetime | None = None, until: datetime | None = None
) -> Cumulative:
    """
    Return the sums over the exams of one patient that began at ``from_`` or later and before ``until``.

    Both are instants with their offset; without them all exams count. The order of the exams does not matter.

    Raises:
        CountedTwiceError: two of them have one id.
    """
    every = sorted(exams, key=_in_time)
    if len({exam.exam for exam in every}) < len(every):
        raise CountedTwiceError("an exam is given twice, so that its dose would count twice; pass each exam once")
    is_bounded = from_ is not None or until is not None
    counted = [exam for exam in every if _is_within(exam.started_at, from_, until)] if is_bounded else every
    return Cumulative(
        exams=_ids(counted),
        sums=_sums([(exam, amount) for exam in counted for amount in amounts_of(exam.totals)]),
        listed=tuple(
            Listed(exam=exam.exam, started_at=exam.started_at, region=exam.region, total=total)
            for exam in counted
            for total in sorted(exam.totals, key=lambda total: _rank(total.quantity, total.of))
            if total.quantity not in ADDED
        ),
        without_dose=_ids(exam for exam in counted if not any(map(_is_dose, exam.totals))),
        with_missing_parts=_ids(
            exam for exam in counted if any(total.missing or total.value is None for total in exam.totals)
        ),
        without_start=_ids(exam for exam in every if exam.started_at is None) if is_bounded else (),
    )


def _in_time(exam: CountedExam) -> tuple[bool, float, str]:
    started_at = exam.started_at
    return started_at is None, started_at.timestamp() if started_at else 0.0, exam.exam


def _is_within(started_at: datetime | None, from_: datetime | None, until: datetime | None) -> bool:
    if started_at is None:
        return False
    return (from_ is None or started_at >= from_) and (until is None or started_at < until)


def _is_dose(total: Total) -> bool:
    return total.value is not None and total.quantity not in TIMES


def _ids(exams: Iterable[CountedExam]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(exam.exam for exam in exams))


def _rank(quantity: Quantity, of: str | None, certainty: Certainty | None = None) -> tuple[int, bool, str, int]:
    """Sort key: in the order in which quantities and certainties are declared, an unknown part last."""
    return (
        list(Quantity).index(quantity),
        of is None,
        of or "",
        list(Certainty).index(certainty) if certainty else 0,
    )


def _sums(addends: Sequence[_Addend]) -> tuple[Sum, ...]:
    alike: dict[tuple[Quantity, str | None, Certainty], list[_Addend]] = defaultdict(list)
    for exam, amount in addends:
        alike[amount.quantity, amount.of, amount.certainty].append((exam, amount))
    return tuple(
        Sum(
            quantity=key[0],
            of=key[1],
            certainty=key[2],
            value=_value(alike[key]),
            exams=_ids(exam for exam, _ in alike[key]),
            by_region=_by_region(alike[key]),
        )
        for key in sorted(alike, key=lambda key: _rank(*key))
    )


def _by_region(addends: Sequence[_Addend]) -> tuple[RegionSum, ...]:
    of_region: dict[Region | None, list[_Addend]] = defaultdict(list)
    for exam, amount in addends:
        of_region[exam.region].append((exam, amount))
    return tuple(
        RegionSum(region=region, value=_value(its), exams=_ids(exam for exam, _ in its))
        for region in (*Region, None)
        if (its := of_region.get(region))
    )


def _value(addends: Sequence[_Addend]) -> float:
    return fsum(amount.value for _, amount in addends)  # exact, so that the order of the exams cannot show
