"""Bodies of what a patient's exams add up to."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import BodyOut
from api.schemas.estimates import IntervalOut
from api.schemas.exam_lines import EstimatedOut
from dose_core.ledger.amounts import Certainty
from dose_core.ledger.region import Region
from dose_core.ledger.totals import Basis, Estimated, Quantity
from dose_services.cumulative_dose import CumulativeDose, interval_of, statement_beside
from dose_services.cumulative_effective_dose import CumulativeEffectiveDose
from dose_services.value_classes import ValueClass


class SummandOut(BodyOut):
    """The totals of one exam that a sum is made of."""

    exam_id: UUID
    value_ids: list[str]


class RegionShareOut(BodyOut):
    """The share of one region in a sum; ``null`` where the exams name none."""

    region: Region | None
    value: float
    estimated: EstimatedOut | None
    exam_ids: list[UUID]


class SumOut(BodyOut):
    """
    One quantity of one part, added over exams; the unit is in the quantity's name.

    ``of`` is a phantom in mm, a breast, or a radionuclide and agent; ``null`` where it is not known, or no part is told
    apart. Sums of another certainty stand apart and are not to be added. ``made_of`` explains the sum and its shares.
    """

    quantity: Quantity
    of: str | None
    certainty: Certainty
    value: float
    estimated: EstimatedOut | None
    made_of: list[SummandOut]
    by_region: list[RegionShareOut]


class ListedOut(BodyOut):
    """A total that is never added, such as an air kerma at the reference point, with its exam."""

    exam_id: UUID
    started_at: datetime | None
    region: Region | None
    quantity: Quantity
    of: str | None
    value: float | None
    basis: Basis | None
    missing: int
    value_id: str


class EffectiveSumOut(BodyOut):
    """What one method says of the exams that it could compute, added; sums of several methods are not to be added."""

    value: float
    unit: str
    value_class: Annotated[Literal[ValueClass.ESTIMATE], Field(serialization_alias="class")]
    quantity: str
    of: str | None
    method_id: str
    method_version: str
    interval: IntervalOut
    made_of: list[SummandOut]
    not_computable: list[UUID]
    statement: str


class EffectiveDosesOut(BodyOut):
    """The sum of each method over ``exams`` exams; what a device states is in no sum."""

    exams: int
    sums: list[EffectiveSumOut]

    @classmethod
    def of(cls, dose: CumulativeEffectiveDose) -> Self:
        """Return the body."""
        return cls(
            exams=dose.exams,
            sums=[
                EffectiveSumOut(
                    value=one.value,
                    unit=one.unit,
                    value_class=ValueClass.ESTIMATE,
                    quantity=one.quantity,
                    of=one.of,
                    method_id=one.method_id,
                    method_version=one.method_version,
                    interval=IntervalOut.model_validate(one.interval),
                    made_of=[SummandOut(exam_id=UUID(exam), value_ids=[value_id]) for exam, value_id in one.made_of],
                    not_computable=list(map(UUID, one.refused)),
                    statement=dose.statement,
                )
                for one in dose.sums
            ],
        )


class CumulativeOut(BodyOut):
    """
    What a patient's exams of a period add up to, and what is missing from that.

    ``effective_dose`` is ``null`` where no site of these exams has switched it on.

    ``without_start`` are exams that are in no sum, since nobody knows if they lie in the period that was asked for.
    """

    patient_id: UUID
    from_: Annotated[datetime | None, Field(serialization_alias="from")]
    until: datetime | None
    exams: int
    exams_without_dose: int
    exams_with_missing_parts: int
    exams_without_start: int
    without_dose: list[UUID]
    with_missing_parts: list[UUID]
    without_start: list[UUID]
    sums: list[SumOut]
    listed: list[ListedOut]
    effective_dose: EffectiveDosesOut | None
    statement: str

    @classmethod
    def of(cls, dose: CumulativeDose) -> Self:
        """Return the body."""
        sums = dose.sums
        return cls(
            patient_id=dose.patient.id,
            from_=dose.period.from_,
            until=dose.period.until,
            exams=len(sums.exams),
            exams_without_dose=len(sums.without_dose),
            exams_with_missing_parts=len(sums.with_missing_parts),
            exams_without_start=len(sums.without_start),
            without_dose=list(map(UUID, sums.without_dose)),
            with_missing_parts=list(map(UUID, sums.with_missing_parts)),
            without_start=list(map(UUID, sums.without_start)),
            sums=[
                SumOut(
                    quantity=one.quantity,
                    of=one.of,
                    certainty=one.certainty,
                    value=one.value,
                    estimated=_estimated(interval_of(dose, one)),
                    made_of=[SummandOut(exam_id=UUID(exam), value_ids=list(its)) for exam, its in ids.items()],
                    by_region=[
                        RegionShareOut(
                            region=share.region,
                            value=share.value,
                            estimated=_estimated(interval_of(dose, one, share)),
                            exam_ids=list(map(UUID, share.exams)),
                        )
                        for share in one.by_region
                    ],
                )
                for one, ids in zip(sums.sums, dose.value_ids, strict=True)
            ],
            listed=[
                ListedOut(
                    exam_id=UUID(one.exam),
                    started_at=one.started_at,
                    region=one.region,
                    quantity=one.total.quantity,
                    of=one.total.of,
                    value=one.total.value,
                    basis=one.total.basis,
                    missing=one.total.missing,
                    value_id=value_id,
                )
                for one, value_id in zip(sums.listed, dose.listed_ids, strict=True)
            ],
            effective_dose=EffectiveDosesOut.of(dose.effective) if dose.effective else None,
            statement=statement_beside(dose),
        )


def _estimated(its: Estimated | None) -> EstimatedOut | None:
    return EstimatedOut.model_validate(its) if its else None
