"""Bodies of estimates: of ours never without interval and method, of others with the method that they name."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import BodyOut
from dose_services.exam_estimates import EstimatesState, EstimateView, RefusalView, StatedEstimateView
from dose_services.value_classes import ValueClass
from dose_services.viewing import ExplainedExam

ClassOut = Annotated[ValueClass, Field(serialization_alias="class")]
_OURS = Annotated[Literal[ValueClass.ESTIMATE], Field(serialization_alias="class")]
_THEIRS = Annotated[Literal[ValueClass.STATED_ESTIMATE], Field(serialization_alias="class")]


class IntervalOut(BodyOut):
    """Within which the true value lies. ``coverage`` is ``null`` where the source gives bounds without probability."""

    low: float
    high: float
    coverage: float | None
    source: str


class InputOut(BodyOut):
    """One thing that an estimate was made of; without ``value_id`` it is a choice of the method, such as a factor."""

    name: str
    value: float | str
    unit: str | None
    value_id: str | None


class MethodOut(BodyOut):
    """How DoseLedger computed an estimate, of what, how sure it is, and what it leaves out."""

    method_id: str
    method_version: str
    interval: IntervalOut
    inputs: list[InputOut]
    source: str
    caveats: list[str]


class EstimateOut(MethodOut):
    """A value that DoseLedger computed, never stated by an object."""

    value: float
    unit: str


class NotComputableOut(BodyOut):
    """Why there is no estimate."""

    missing: list[str]
    reason: str


class ExamEstimateOut(EstimateOut):
    """
    One estimate of ours; ``statement`` is to be shown beside an effective dose.

    ``of`` names an organ, a breast, a nuclide or a plane, ``event_uid`` the event; both are ``null`` of the whole exam.
    """

    value_id: str
    value_class: _OURS
    quantity: str
    of: str | None
    event_uid: str | None
    made_at: datetime
    statement: str | None

    @classmethod
    def of_view(cls, view: EstimateView) -> Self:
        """Return the body."""
        one, outcome = EstimateOut.model_validate(view.estimate), view.outcome
        return cls(
            **{name: getattr(one, name) for name in EstimateOut.model_fields},
            value_id=view.value_id,
            value_class=ValueClass.ESTIMATE,
            quantity=outcome.quantity,
            of=outcome.of,
            event_uid=outcome.event_uid,
            made_at=view.made_at,
            statement=view.statement,
        )


class RefusalOut(NotComputableOut):
    """Why a method gives no estimate of the exam, of an event, or of a part of it."""

    method_id: str
    method_version: str
    quantity: str
    of: str | None
    event_uid: str | None

    @classmethod
    def of_view(cls, view: RefusalView) -> Self:
        """Return the body."""
        return cls(
            missing=list(view.refusal.missing),
            reason=view.refusal.reason,
            method_id=view.method_id,
            method_version=view.method_version,
            quantity=view.outcome.quantity,
            of=view.outcome.of,
            event_uid=view.outcome.event_uid,
        )


class StatedEstimateOut(BodyOut):
    """What a device or program computed for the patient: by the method that it names, added to nothing."""

    value: float
    unit: str
    value_id: str
    value_class: _THEIRS
    quantity: str
    of: str | None
    laterality: str | None
    statistic: str | None
    event_uid: str | None
    method: str | None
    interval: Literal["not stated"]
    sop_instance_uid: str
    statement: str | None

    @classmethod
    def of_view(cls, view: StatedEstimateView, statement: str | None) -> Self:
        """Return the body."""
        stated = view.stated
        return cls(
            value=stated.value,
            unit=stated.unit,
            value_id=view.value_id,
            value_class=ValueClass.STATED_ESTIMATE,
            quantity=stated.quantity,
            of=stated.organ,
            laterality=stated.laterality,
            statistic=stated.statistic,
            event_uid=stated.event_uid,
            method=stated.method,
            interval="not stated",
            sop_instance_uid=view.sop_instance_uid,
            statement=statement,
        )


class ExamEstimatesOut(BodyOut):
    """
    The estimates of one exam: ours, why others are refused, and those that its objects state.

    ``state`` is ``pending`` as long as the methods were not asked about what is counted now, and ``not_counted`` of an
    exam that waits at the desk or is no patient's. Effective doses stand here only if ``effective_dose_is_on``.
    """

    exam_id: UUID
    state: EstimatesState
    effective_dose_is_on: bool
    estimates: list[ExamEstimateOut]
    not_computable: list[RefusalOut]
    stated_estimates: list[StatedEstimateOut]

    @classmethod
    def of(cls, explained: ExplainedExam) -> Self:
        """Return the body."""
        its = explained.estimates
        return cls(
            exam_id=explained.detail.summary.id,
            state=its.state,
            effective_dose_is_on=its.switch.is_on,
            estimates=[ExamEstimateOut.of_view(one) for one in its.estimates],
            not_computable=[RefusalOut.of_view(one) for one in its.refusals],
            stated_estimates=[StatedEstimateOut.of_view(one, its.statement_for(one.stated.unit)) for one in its.stated],
        )
