"""Bodies about orders."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from api.schemas.base import BodyIn, BodyOut
from api.schemas.devices import Comment
from api.schemas.patients import PatientOut
from dose_core.orders.matching import Confidence, Rule
from dose_core.orders.status import OrderStatus
from dose_services.hook_values import CardKind
from dose_services.order_watch import Cause
from dose_services.orders import DecidedOfMatch


class NumberOut(BodyOut):
    """A number with the namespace that gave it, ``""`` where none is stated."""

    value: str
    issuer: str


class CodedOut(BodyOut):
    """A coded entry as a message states it; text alone has neither code nor scheme."""

    code: str | None
    scheme: str | None
    text: str | None


class ProcedureOut(BodyOut):
    """One requested procedure of an order, with the study that it is to become."""

    study_instance_uid: str | None
    accession: NumberOut | None
    requested_procedure_id: str | None
    step_ids: list[str]
    modalities: list[str]
    station_ae_titles: list[str]
    station_name: str | None
    location: str | None
    protocol: CodedOut | None


class MatchOut(BodyOut):
    """An exam that was made for an order, by which rule, and how sure that is."""

    exam_id: UUID
    rule: Rule
    confidence: Confidence
    since: datetime


class MatchDecisionOut(BodyOut):
    """What a person decided about an order and an exam."""

    exam_id: UUID
    kind: DecidedOfMatch
    decided_by: str
    decided_at: datetime
    comment: str


class JustificationOut(BodyOut):
    """
    What whoever ordered did about a card of advice in their EHR: why the exam is needed all the same.

    ``acting`` is who, as the EHR states it. The comment has no names or numbers of the patient.
    """

    card_id: UUID
    card: CardKind
    hook: str
    outcome: str
    reason_code: str | None
    reason_system: str | None
    reason_text: str | None
    comment: str | None
    ehr: str
    acting: str
    shown_at: datetime
    at: datetime


class OrderOut(BodyOut):
    """
    One order as all messages about it add up to; ``null`` is what none states.

    ``without_dose`` is the cause if it was completed and no dose came within the quiet time of the site.
    """

    id: UUID
    patient: PatientOut | None
    placer: NumberOut | None
    filler: NumberOut | None
    status: OrderStatus | None
    status_at: datetime | None
    ordered_at: datetime
    planned_at: datetime | None
    procedure: CodedOut | None
    indication: str | None
    reason: CodedOut | None
    referrer: str | None
    priority: str | None
    section: str | None
    visit: NumberOut | None
    account: NumberOut | None
    is_visit_deleted: bool
    known_since: datetime
    without_dose: Cause | None
    procedures: list[ProcedureOut]
    matches: list[MatchOut]
    decisions: list[MatchDecisionOut]
    justifications: list[JustificationOut]


class OrdersOut(BodyOut):
    """A page of orders, the newest known first; the id of the last one asks for the next page."""

    orders: list[OrderOut]


class MatchIn(BodyIn):
    """Which exam, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"exam_id": "0b0e5f8e-0000-4000-8000-000000000005", "comment": "done on the other scanner"}]
        }
    )

    exam_id: UUID
    comment: Comment


class ExamOrderOut(BodyOut):
    """
    An order that the exam was made for: why, by whom and how urgently it was asked for, and how sure that is.

    Of one that is another patient's nothing is told but which it is; see ``GET /api/v1/orders/{id}``.
    """

    justifications: list[JustificationOut]
    id: UUID
    rule: Rule
    confidence: Confidence
    is_of_another_patient: bool
    status: OrderStatus | None
    procedure: CodedOut | None
    indication: str | None
    reason: CodedOut | None
    referrer: str | None
    priority: str | None
