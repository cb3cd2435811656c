"""Bodies about one exam."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from api.schemas.administration import AdministrationOut
from api.schemas.base import BodyOut
from api.schemas.ct_event import CtEventOut
from api.schemas.estimates import ClassOut
from api.schemas.exam_lines import DeviceStatedOut, EstimatedOut, ExamLineOut
from api.schemas.mammography_event import MammographyEventOut
from api.schemas.observations import ObservationOut, StatedBodyOut
from api.schemas.orders import ExamOrderOut
from api.schemas.projection_event import ProjectionEventOut
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Estimated, Quantity, Rival, Total
from dose_services.value_classes import class_of_basis
from dose_services.value_ids import placed_events, rival_id, total_id
from dose_services.value_words import part_words
from dose_services.viewing import ExplainedExam

EachEventOut = CtEventOut | ProjectionEventOut | MammographyEventOut | AdministrationOut
AnyEventOut = Annotated[EachEventOut, Field(discriminator="part")]
_BODIES: dict[str, type[EachEventOut]] = {
    "ct": CtEventOut,
    "projection": ProjectionEventOut,
    "mammography": MammographyEventOut,
    "nuclear": AdministrationOut,
}


class RivalOut(BodyOut):
    """What another source says of the same quantity and part; it was not chosen."""

    source: Source
    basis: Basis
    value_class: ClassOut
    value: float
    value_id: str
    estimated: EstimatedOut | None


class TotalOut(BodyOut):
    """One total, see ``TotalLineOut``, with the values that were not chosen; ``part`` says ``of`` in words."""

    quantity: Quantity
    of: str | None
    part: str | None
    value: float | None
    basis: Basis | None
    value_class: ClassOut
    source: Source | None
    missing: int
    value_id: str
    estimated: EstimatedOut | None
    rivals: list[RivalOut]

    @classmethod
    def of_exam(cls, explained: ExplainedExam, number: int, total: Total) -> Self:
        """Return the body."""
        revision_id = explained.detail.revision_id
        return cls(
            quantity=total.quantity,
            of=total.of,
            part=part_words(total.quantity, total.of, explained.detail.exam.devices),
            value=total.value,
            basis=total.basis,
            value_class=class_of_basis(total.basis),
            source=total.source,
            missing=total.missing,
            value_id=total_id(revision_id, number),
            estimated=_estimated(total.estimated),
            rivals=[_rival(revision_id, number, nth, rival) for nth, rival in enumerate(total.rivals)],
        )


class NotCountedOut(BodyOut):
    """Something that looks like dose and was left out of the sums, and why."""

    event_uid: str | None
    reason: str
    objects: int


class ExamFindingOut(BodyOut):
    """Something about the exam that somebody should look at."""

    kind: str
    text: str
    raised_at: datetime


class CameWithOut(BodyOut):
    """A Patient ID with its issuer as objects of the exam state it, whoever has it now, and how many state it so."""

    value: str | None
    issuer: str | None
    objects: int


class ExamOut(BodyOut):
    """
    One exam with all values, each with its id, and what was estimated or left out.

    ``events`` are those of CT, projection X-ray, mammography and nuclear medicine, as ``part`` tells.
    ``observations`` are what others stated of the patient's body, ``stated_bodies`` what the objects do; ``orders``
    tell what the exam was made for. ``came_with`` are the patient identifiers that its objects state.
    """

    summary: ExamLineOut
    ended_at: datetime | None
    region: Region | None
    intents: list[str]
    devices: list[DeviceStatedOut]
    totals: list[TotalOut]
    events: list[AnyEventOut]
    not_counted: list[NotCountedOut]
    conflicts: list[str]
    observations: list[ObservationOut]
    stated_bodies: list[StatedBodyOut]
    orders: list[ExamOrderOut]
    came_with: list[CameWithOut]
    findings: list[ExamFindingOut]

    @classmethod
    def of(cls, explained: ExplainedExam) -> Self:
        """Return the body."""
        detail = explained.detail
        exam = detail.exam
        return cls(
            summary=ExamLineOut.model_validate_json(detail.line),
            ended_at=exam.ended_at,
            region=exam.region,
            intents=list(exam.intents),
            devices=[DeviceStatedOut.model_validate(one) for one in exam.devices],
            totals=[TotalOut.of_exam(explained, number, total) for number, total in enumerate(exam.totals)],
            events=[
                _BODIES[one.part].of(one, explained.origins.get(one.field), detail.revision_id)
                for one in placed_events(exam)
            ],
            not_counted=[
                NotCountedOut(event_uid=one.event_uid, reason=one.reason, objects=len(one.statements))
                for one in exam.not_counted
            ],
            conflicts=list(exam.conflicts),
            observations=[ObservationOut.model_validate(one) for one in explained.observations],
            stated_bodies=[StatedBodyOut.model_validate(one) for one in explained.bodies],
            orders=[ExamOrderOut.model_validate(one) for one in explained.orders],
            came_with=[CameWithOut.model_validate(one) for one in explained.came_with],
            findings=[ExamFindingOut.model_validate(one) for one in detail.findings],
        )


def _estimated(its: Estimated | None) -> EstimatedOut | None:
    return EstimatedOut.model_validate(its) if its else None


def _rival(revision_id: UUID, number: int, nth: int, rival: Rival) -> RivalOut:
    return RivalOut(
        source=rival.source,
        basis=rival.basis,
        value_class=class_of_basis(rival.basis),
        estimated=_estimated(rival.estimated),
        value=rival.value,
        value_id=rival_id(revision_id, number, nth, rival),
    )
