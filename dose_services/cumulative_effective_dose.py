"""What effective doses of a patient's exams add up to, where the sites of the exams see such."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.repositories import estimates
from db.session import Session
from dose_core.estimating.effective_sums import EffectiveSum, Said, effective_sums
from dose_services import effective_dose
from dose_services.exam_estimates import value_id_of
from dose_services.exams import ExamSummary
from dose_services.methods import is_effective_dose


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeEffectiveDose:
    """
    The sum of each method with the statement that stands beside it; ``exams`` are those of sites that see such.

    What a device states is in no sum.
    """

    statement: str
    sums: tuple[EffectiveSum, ...]
    exams: int


def cumulative_effective_dose(session: Session, exams: Iterable[ExamSummary]) -> CumulativeEffectiveDose | None:
    """Return what the effective doses of these exams add up to, ``None`` where no site of theirs sees such."""
    every = list(exams)
    is_on = {site: effective_dose.is_on(session, site) for site in {one.site for one in every}}
    seen = [one for one in every if is_on[one.site]]
    if not seen:
        return None
    return CumulativeEffectiveDose(
        statement=effective_dose.STATEMENT, sums=effective_sums(_said(session, seen)), exams=len(seen)
    )


def _said(session: Session, exams: list[ExamSummary]) -> Iterator[Said]:
    order = {one.id: number for number, one in enumerate(exams)}
    known = estimates.newest(session, list(order))
    for one in sorted(known, key=lambda one: (order[one.exam_id], one.method_id)):
        for number, outcome in enumerate(one.outcomes):
            if is_effective_dose(outcome):
                yield Said(
                    exam=str(one.exam_id),
                    method_id=one.method_id,
                    method_version=one.method_version,
                    outcome=outcome,
                    value_id=str(value_id_of(one.id, number)),
                )
