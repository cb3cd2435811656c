"""What a patient's exams add up to, from the totals kept with each; no exam's revision is looked into."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from math import fsum
from zoneinfo import ZoneInfo

from dose_core.errors import DoseError
from dose_core.ledger.amounts import Certainty
from dose_core.ledger.ct_totals import UNKNOWN_PHANTOM
from dose_core.ledger.cumulative import CountedExam, Cumulative, RegionSum, Sum, cumulative
from dose_core.ledger.totals import Estimated, Quantity, Total
from dose_services.cumulative_effective_dose import CumulativeEffectiveDose
from dose_services.exams import ExamSummary, PatientHistory, PatientView, TotalView

STATEMENT = "Past dose is no reason to withhold a justified examination."
_NO_EFFECTIVE_DOSE = (
    "No effective dose is given here: it describes a reference person, not this patient, and must not be used to "
    "estimate individual risk (ICRP 103, 147)."
)


class NoSuchPeriodError(DoseError):
    """The period has no length: it ends before it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first moment to before the last; ``None`` leaves an end open. Both are instants with their offset."""

    from_: datetime | None = None
    until: datetime | None = None


ALL_TIME = Period()


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeDose:
    """
    The sums over a patient's exams with what they are made of.

    ``value_ids`` names, for each sum in its order, the ids of the totals that it was added up from, by exam.
    """

    patient: PatientView
    period: Period
    sums: Cumulative
    exams: Mapping[str, ExamSummary]  # those of the period, by id
    value_ids: tuple[Mapping[str, tuple[str, ...]], ...]
    listed_ids: tuple[str, ...]  # of each listed total
    effective: CumulativeEffectiveDose | None = None  # where a site sees such


def period_of(from_: date | datetime | None, until: date | datetime | None, zone: ZoneInfo) -> Period:
    """
    Return a period; a date is its first moment at the site, and so is a time without offset of the site.

    Raises:
        NoSuchPeriodError: it ends before it begins.
    """
    period = Period(from_=_instant(from_, zone), until=_instant(until, zone))
    if period.from_ and period.until and period.from_ >= period.until:
        raise NoSuchPeriodError("'until' must lie after 'from'; the last moment is not in the period")
    return period


def cumulative_dose(history: PatientHistory, period: Period = ALL_TIME) -> CumulativeDose:
    """Return the sums over the exams of a history that began in a period."""
    exams = {str(exam.id): exam for exam in history.exams}
    sums = cumulative(map(_counted, exams.values()), from_=period.from_, until=period.until)
    return CumulativeDose(
        patient=history.patient,
        period=period,
        sums=sums,
        exams={exam_id: exams[exam_id] for exam_id in (*sums.exams, *sums.without_start)},
        value_ids=tuple({exam_id: _ids(exams[exam_id], one) for exam_id in one.exams} for one in sums.sums),
        listed_ids=tuple(_total(exams[one.exam], one.total).value_id for one in sums.listed),
    )


def statement_beside(dose: CumulativeDose) -> str:
    """Return what stands beside the sums."""
    return dose.effective.statement if dose.effective else f"{STATEMENT} {_NO_EFFECTIVE_DOSE}"


def interval_of(dose: CumulativeDose, one: Sum, share: RegionSum | None = None) -> Estimated | None:
    """
    Return how sure a sum, or the share of a region in it, is that DoseLedger computed; ``None`` of what sources state.

    Intervals add linearly, since the method errs alike in each exam. ``None`` too as long as an exam of an earlier
    release is in it that was not filed anew yet.
    """
    if one.certainty is not Certainty.ESTIMATE:
        return None
    of = UNKNOWN_PHANTOM if one.quantity is Quantity.DLP and one.of is None else one.of
    value, its = one.value, one.exams
    if share is not None:
        value, its = share.value, share.exams
    totals = [_estimated_of(dose.exams[exam], one.quantity, of) for exam in its]
    known = [
        (total.value, total.estimated) for total in totals if total and total.value is not None and total.estimated
    ]
    if len(known) < len(its):
        return None
    coverages = {each.coverage for _, each in known}
    return Estimated(
        low=value + fsum(each.low - stated for stated, each in known),
        high=value + fsum(each.high - stated for stated, each in known),
        coverage=coverages.pop() if len(known) == 1 else None,
        source="; ".join(dict.fromkeys(each.source for _, each in known)),
        methods=tuple(dict.fromkeys(method for _, each in known for method in each.methods)),
    )


def _estimated_of(exam: ExamSummary, quantity: Quantity, of: str | None) -> TotalView | None:
    """Return the total of an exam that a sum took: that of its part, else the whole."""
    return exam.total(quantity, of) or exam.total(quantity)


def _instant(at: date | datetime | None, zone: ZoneInfo) -> datetime | None:
    if at is None:
        return None
    moment = at if isinstance(at, datetime) else datetime.combine(at, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _counted(exam: ExamSummary) -> CountedExam:
    return CountedExam(
        exam=str(exam.id),
        started_at=exam.started_at,
        region=exam.region,
        totals=tuple(
            Total(
                quantity=one.quantity,
                of=one.of,
                value=one.value,
                basis=one.basis,
                source=one.source,
                missing=one.missing,
            )
            for one in exam.totals
        ),
    )


def _ids(exam: ExamSummary, one: Sum) -> tuple[str, ...]:
    """Return the totals of an exam that a sum took: those of its part, else the whole with its parts."""
    its = [total for total in exam.totals if total.quantity is one.quantity and total.value is not None]
    of = UNKNOWN_PHANTOM if one.quantity is Quantity.DLP and one.of is None else one.of
    return tuple(total.value_id for total in [total for total in its if total.of == of] or its)


def _total(exam: ExamSummary, total: Total) -> TotalView:
    return next(one for one in exam.totals if (one.quantity, one.of) == (total.quantity, total.of))
