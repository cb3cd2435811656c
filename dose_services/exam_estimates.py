"""What is shown of an exam's estimates: those of ours, refusals with their reason, and those that its objects state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.repositories import estimates
from db.repositories.estimates import KnownEstimates
from db.repositories.provenance import KnownStatement
from db.session import Session
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.case import Outcome
from dose_core.estimating.ssde import SERIES_INPUT, SLICE_INPUT
from dose_core.ledger.exam import Counted, Exam
from dose_core.ledger.standing import Standing
from dose_core.ledger.value_id import ValueId
from dose_core.model import Administration, StatedEstimate
from dose_services import effective_dose
from dose_services.effective_dose import EffectiveDoseSwitch
from dose_services.event_origins import EventOrigin
from dose_services.exams import ExamSummary
from dose_services.methods import installed_methods, is_effective_dose
from dose_services.viewer_links import Opened


class EstimatesState(StrEnum):
    """Whether the methods were asked about what is counted now."""

    COMPUTED = "computed"
    PENDING = "pending"  # what stands is of an earlier state of the exam or the patient
    NOT_COUNTED = "not_counted"  # the exam waits at the desk, or is no patient's: nothing is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateView:
    """One estimate of ours."""

    value_id: str
    outcome: Outcome
    estimate: Estimate
    made_at: datetime
    statement: str | None = None  # what is to be said beside an effective dose


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """Why a method gives no estimate."""

    method_id: str
    method_version: str
    outcome: Outcome
    refusal: NotComputable


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedEstimateView:
    """What a source computed for the patient. Its interval is not stated; it is never added."""

    value_id: str
    stated: StatedEstimate
    sop_instance_uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamEstimates:
    """The estimates of an exam; those in sievert only where the site's physicist switched them on."""

    state: EstimatesState
    switch: EffectiveDoseSwitch
    estimates: tuple[EstimateView, ...]
    refusals: tuple[RefusalView, ...]
    stated: tuple[StatedEstimateView, ...]

    @property
    def statement(self) -> str | None:
        """What is to be said beside them, if one of them is an effective dose."""
        ours = (one.statement for one in self.estimates)
        theirs = (self.statement_for(one.stated.unit) for one in self.stated)
        return next((said for said in (*ours, *theirs) if said), None)

    def statement_for(self, unit: str) -> str | None:
        """Return what is to be said beside a value of this unit."""
        return self.switch.statement if effective_dose.is_in_sievert(unit) else None


def of_exam(session: Session, summary: ExamSummary, speaking: Sequence[KnownStatement]) -> ExamEstimates:
    """Return the estimates of an exam; ``speaking`` are the statements from which its values come."""
    switch = effective_dose.read(session, summary.site)
    if summary.state is not Standing.COUNTED:
        return ExamEstimates(state=EstimatesState.NOT_COUNTED, switch=switch, estimates=(), refusals=(), stated=())
    known = estimates.newest(session, [summary.id])
    outcomes = [(one, n, outcome) for one in known for n, outcome in enumerate(one.outcomes)]
    seen = [one for one in outcomes if switch.is_on or not stands_behind_switch(one[0], one[2])]
    is_pending = estimates.is_pending(session, summary.id)
    return ExamEstimates(
        state=EstimatesState.PENDING if is_pending else EstimatesState.COMPUTED,
        switch=switch,
        estimates=tuple(_estimates(seen)),
        refusals=tuple(_refusals(seen)),
        stated=tuple(one for one in _stated(speaking) if switch.is_on or not _is_sievert(one.stated)),
    )


def stands_behind_switch(known: KnownEstimates, outcome: Outcome) -> bool:
    """Tell if an outcome is an effective dose: by its unit, its quantity, or what its method says of itself."""
    is_flagged = any(one.id == known.method_id and one.is_effective_dose for one in installed_methods())
    return is_flagged or is_effective_dose(outcome)


def value_id_of(estimate_id: UUID, number: int) -> ValueId:
    """Return the id of the value of an outcome."""
    return ValueId(holder=estimate_id, field=f"outcomes[{number}].value")


def opened_by(study_instance_uid: str, estimate: Estimate) -> Opened:
    """Return what shows of what an estimate was made: the image that was measured, else the study."""
    inputs = {given.name: str(given.value) for given in estimate.inputs}
    return Opened(
        study_instance_uid=study_instance_uid,
        series_instance_uid=inputs.get(SERIES_INPUT),
        sop_instance_uid=inputs.get(SLICE_INPUT),
    )


def without_effective_dose(exam: Exam) -> Exam:
    """Return an exam whose events state none: it is shown among the estimates alone, with its method and statement."""
    return replace(exam, nuclear=tuple(map(_without, exam.nuclear)))


def origins_without_effective_dose(origins: dict[str, EventOrigin]) -> dict[str, EventOrigin]:
    """Return where the values of events come from, without those in sievert."""
    return {
        field: replace(one, stated=tuple(value for value in one.stated if not value.field.endswith("_msv")))
        for field, one in origins.items()
    }


def _without(counted: Counted[Administration]) -> Counted[Administration]:
    return replace(counted, event=replace(counted.event, effective_dose_msv=None))


def _estimates(seen: Iterable[tuple[KnownEstimates, int, Outcome]]) -> Iterator[EstimateView]:
    for known, number, outcome in seen:
        if isinstance(outcome.result, Estimate):
            value_id = str(value_id_of(known.id, number))
            said = effective_dose.STATEMENT if stands_behind_switch(known, outcome) else None
            yield EstimateView(
                value_id=value_id, outcome=outcome, estimate=outcome.result, made_at=known.made_at, statement=said
            )


def _refusals(seen: Iterable[tuple[KnownEstimates, int, Outcome]]) -> Iterator[RefusalView]:
    for known, _, outcome in seen:
        if isinstance(outcome.result, NotComputable):
            yield RefusalView(
                method_id=known.method_id,
                method_version=known.method_version,
                outcome=outcome,
                refusal=outcome.result,
            )


def _stated(speaking: Sequence[KnownStatement]) -> Iterator[StatedEstimateView]:
    """Yield what the objects state, each once: a repeated report states the same again."""
    told = set()
    for known in sorted(speaking, key=lambda one: (one.report.sop_instance_uid, one.id)):
        for number, one in enumerate(known.report.estimates):
            if (key := replace(one, path="")) not in told:
                told.add(key)
                value_id = str(ValueId(holder=known.id, field=f"estimates[{number}].value"))
                yield StatedEstimateView(value_id=value_id, stated=one, sop_instance_uid=known.report.sop_instance_uid)


def _is_sievert(stated: StatedEstimate) -> bool:
    return effective_dose.is_in_sievert(stated.unit)
