"""
Bodies of skin doses: of an exam, of where a patient lay, of levels and follow-up.

A dose that DoseLedger computed stands with its interval and method; what only compares is told as a ratio.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import BodyIn, BodyOut
from api.schemas.estimates import EstimateOut, NotComputableOut
from dose_core.dosimetry.estimate import Estimate
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.dosimetry.trigger_levels import Action, Indicator
from dose_core.estimating.skin_dose import SkinDose
from dose_core.estimating.skin_follow_up import FOLLOW_UP_SOURCE, FollowUp
from dose_core.estimating.skin_sum import PartOfSum, SkinSum
from dose_services.skin_sums import PatientSkinSum
from dose_services.skin_views import SkinState, SkinView

Millimetres = Annotated[float, Field(ge=-2000, le=2000, allow_inf_nan=False)]
Position = Literal["HFS", "HFP", "HFDL", "HFDR", "FFS", "FFP", "FFDL", "FFDR"]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class PlaceIn(BodyIn):
    """
    Where the patient lay: shifted to the patient's own left, back and head; ``position`` in place of what is stated.

    ``arms_beside`` puts the arms beside the trunk, where they hide it from a beam from the side; else they are away. It
    counts instead of what a person said before.
    """

    left_mm: Millimetres = 0.0
    back_mm: Millimetres = 0.0
    head_mm: Millimetres = 0.0
    position: Position | None = None
    arms_beside: bool | None = None
    reason: Reason

    def choice(self) -> Choice:
        """Return it without the reason."""
        return Choice(
            left_mm=self.left_mm,
            back_mm=self.back_mm,
            head_mm=self.head_mm,
            position=self.position,
            arms_beside=self.arms_beside,
        )


class PlaceOut(BodyOut):
    """Where the patient was taken to lie, beside what the objects state."""

    left_mm: float
    back_mm: float
    head_mm: float
    position: str | None
    arms_beside: bool | None


class LeftOutOut(BodyOut):
    """Events that are not on the map, and why."""

    event_uids: list[str]
    reason: str
    ka_r_mgy: float | None


class AreaAboveOut(BodyOut):
    """How much skin has at least a dose."""

    dose_mgy: float
    area_cm2: float


class ShiftedOut(BodyOut):
    """The peak if the patient had lain elsewhere, over the peak; ``null`` if no beam had met the body."""

    left_mm: float
    head_mm: float
    peak_ratio: float | None


class SkinDoseOut(BodyOut):
    """
    What was computed. ``peak`` or ``not_computable``; ``status`` is ``validated`` once the site validated the device.

    ``position_mm`` is from the middle of the back at the height of the top of the head: to the left, back, and head.
    """

    peak: EstimateOut | None
    not_computable: NotComputableOut | None
    value_id: str | None
    status: Literal["indicative", "validated"]
    calibration_version: int | None
    place: PlaceOut
    body: str | None
    position_mm: tuple[float, float, float] | None
    region: str | None
    dap_fraction: float | None
    left_out: list[LeftOutOut]
    areas: list[AreaAboveOut]
    shifts: list[ShiftedOut]
    caveats: list[str]

    @classmethod
    def of(cls, result: SkinDose, value_id: str | None) -> Self:
        """Return the body of a result."""
        is_estimate = isinstance(result.peak, Estimate)
        return cls(
            peak=EstimateOut.model_validate(result.peak) if is_estimate else None,
            not_computable=None if is_estimate else NotComputableOut.model_validate(result.peak),
            value_id=value_id,
            status="validated" if result.is_validated else "indicative",
            calibration_version=result.calibration_version,
            place=PlaceOut.model_validate(result.choice),
            body=result.phantom,
            position_mm=result.position_mm,
            region=result.region,
            dap_fraction=result.dap_fraction,
            left_out=[LeftOutOut.model_validate(one) for one in result.left_out],
            areas=[AreaAboveOut.model_validate(one) for one in result.areas],
            shifts=list(_shifts(result)),
            caveats=list(result.caveats),
        )


def _shifts(result: SkinDose) -> Iterator[ShiftedOut]:
    if not isinstance(result.peak, Estimate) or not result.peak.value:
        return
    for one in result.shifts:
        ratio = None if one.peak_mgy is None else one.peak_mgy / result.peak.value
        yield ShiftedOut(left_mm=one.left_mm, head_mm=one.head_mm, peak_ratio=ratio)


class ReachedOut(BodyOut):
    """A published level that was reached; ``value`` is what reached it, ``null`` of the peak, which has an interval."""

    indicator: Indicator
    action: Action
    level: float
    value: float | None
    source: str


class FollowUpOut(BodyOut):
    """When the skin is to be looked at, and for which levels; ``is_looked_at`` once a look is recorded."""

    due_on: date | None
    source: str
    is_looked_at: bool
    reached: list[ReachedOut]

    @classmethod
    def of(cls, found: FollowUp, *, is_looked_at: bool) -> Self:
        """Return the body of a follow-up."""
        reached = [
            ReachedOut(
                indicator=one.level.indicator,
                action=one.level.action,
                level=one.level.level,
                value=None if one.level.indicator is Indicator.PEAK_SKIN_DOSE else one.value,
                source=one.level.source,
            )
            for one in found.reached
        ]
        return cls(due_on=found.due_on, source=FOLLOW_UP_SOURCE, is_looked_at=is_looked_at, reached=reached)


class SkinMapOut(BodyOut):
    """The skin dose of an exam; with ``pending`` it is of an earlier state, or not yet computed."""

    exam_id: UUID
    state: SkinState
    made_at: datetime | None
    method_version: str | None
    skin_dose: SkinDoseOut | None
    follow_up: FollowUpOut | None

    @classmethod
    def of(cls, view: SkinView) -> Self:
        """Return the body of a view."""
        return cls(
            exam_id=view.exam_id,
            state=view.state,
            made_at=view.made_at,
            method_version=view.method_version,
            skin_dose=SkinDoseOut.of(view.result, view.value_id) if view.result else None,
            follow_up=FollowUpOut.of(view.follow_up, is_looked_at=view.is_looked_at) if view.follow_up else None,
        )


class PartOfSumOut(BodyOut):
    """What one exam gives to the sum: its share where the sum is highest, from 0 to 1; or why it gives nothing."""

    exam_id: UUID
    share_of_peak: float | None
    is_validated: bool
    refused: NotComputableOut | None
    left_out: list[LeftOutOut]


class SkinSumOut(BodyOut):
    """Skin doses of several exams added up place by place; peaks are never added."""

    patient_id: UUID
    peak: EstimateOut | None
    not_computable: NotComputableOut | None
    position_mm: tuple[float, float, float] | None
    region: str | None
    areas: list[AreaAboveOut]
    exams: list[PartOfSumOut]
    without_start: list[UUID]
    caveats: list[str]

    @classmethod
    def of(cls, known: PatientSkinSum) -> Self:
        """Return the body of a sum."""
        found = known.sum
        is_estimate = isinstance(found.peak, Estimate)
        return cls(
            patient_id=known.patient_id,
            peak=EstimateOut.model_validate(found.peak) if is_estimate else None,
            not_computable=None if is_estimate else NotComputableOut.model_validate(found.peak),
            position_mm=found.position_mm,
            region=found.region,
            areas=[AreaAboveOut.model_validate(one) for one in found.areas],
            exams=[_part(one, found) for one in found.parts],
            without_start=list(known.without_start),
            caveats=list(found.caveats),
        )


def _part(one: PartOfSum, found: SkinSum) -> PartOfSumOut:
    peak = found.peak.value if isinstance(found.peak, Estimate) else None
    return PartOfSumOut(
        exam_id=one.exam_id,
        share_of_peak=one.at_peak_mgy / peak if one.at_peak_mgy is not None and peak else None,
        is_validated=one.is_validated,
        refused=NotComputableOut.model_validate(one.refused) if one.refused else None,
        left_out=[LeftOutOut.model_validate(each) for each in one.left_out],
    )
