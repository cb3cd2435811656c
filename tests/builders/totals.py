"""Totals of exams, and exams as they are added up."""

from datetime import UTC, datetime, timedelta

from dose_core.ledger.cumulative import CountedExam
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total

FIRST_EXAM_AT = datetime(2026, 1, 1, tzinfo=UTC)


def total(
    quantity: Quantity,
    value: float | None,
    *,
    of: str | None = None,
    basis: Basis = Basis.SUM_OF_EVENTS,
    missing: int = 0,
) -> Total:
    """Return a total that a dose report states, or that nobody knows if ``value`` is ``None``."""
    return Total(
        quantity=quantity,
        of=of,
        value=value,
        basis=None if value is None else basis,
        source=None if value is None else Source.RDSR,
        missing=missing,
    )


def exam(day: int | None, *totals: Total, region: Region | None = Region.CHEST, name: str | None = None) -> CountedExam:
    """Return the exam of a day of 2026, ``None`` for one without a start."""
    return CountedExam(
        exam=name or f"exam-{day}",
        started_at=None if day is None else FIRST_EXAM_AT + timedelta(days=day),
        region=region,
        totals=totals,
    )
