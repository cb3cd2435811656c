"""An order as it is shown, with its exams, what people decided about them, and the cause if it has no dose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import order_lists, order_matches, orders
from db.session import Session
from db.tables.order import ImagingOrderRow, OrderDecisionRow, OrderMatchRow, OrderProcedureRow
from dose_core.orders.matching import Confidence, Rule
from dose_core.orders.said import Number
from dose_core.orders.status import OrderStatus
from dose_services import hook_feedback
from dose_services.exams import PatientView, patient_view
from dose_services.hook_feedback import Justification
from dose_services.order_watch import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedView:
    """A coded entry as a message states it; text alone has neither code nor scheme."""

    code: str | None
    scheme: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureView:
    """One requested procedure of an order."""

    study_instance_uid: str | None
    accession: Number | None
    requested_procedure_id: str | None
    step_ids: tuple[str, ...]
    modalities: tuple[str, ...]
    station_ae_titles: tuple[str, ...]
    station_name: str | None
    location: str | None
    protocol: CodedView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView:
    """An exam that was made for an order, by which rule, how sure that is, and since when it is known."""

    exam_id: UUID
    rule: Rule
    confidence: Confidence
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDecisionView:
    """What a person decided about an order and an exam."""

    exam_id: UUID
    kind: str
    decided_by: str
    decided_at: datetime
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """
    One order as it stands. ``without_dose`` is the cause if it was completed and no dose came.

    ``patient`` is ``None`` if no message names one. ``is_visit_deleted`` tells that its visit was marked so (A23).
    """

    id: UUID
    patient: PatientView | None
    placer: Number | None
    filler: Number | None
    status: OrderStatus | None
    status_at: datetime | None
    ordered_at: datetime
    planned_at: datetime | None
    procedure: CodedView | None
    indication: str | None
    reason: CodedView | None
    referrer: str | None
    priority: str | None
    section: str | None
    visit: Number | None
    account: Number | None
    is_visit_deleted: bool
    known_since: datetime
    without_dose: Cause | None
    procedures: tuple[ProcedureView, ...]
    matches: tuple[MatchView, ...]
    decisions: tuple[MatchDecisionView, ...]  # newest first
    justifications: tuple[Justification, ...]  # of who ordered, in their EHR; oldest first


def views(session: Session, rows: Sequence[ImagingOrderRow], missing: dict[UUID, Cause]) -> list[OrderView]:
    """Return orders as they are shown; ``missing`` are the causes of those without dose."""
    ids = [row.id for row in rows]
    procedures = orders.procedures_of(session, ids)
    matches = order_matches.of_orders(session, ids)
    decisions = order_lists.decisions_of(session, ids)
    people = {one: patient_view(session, one) for one in dict.fromkeys(row.patient_id for row in rows) if one}
    return [
        _view(
            row,
            people.get(row.patient_id) if row.patient_id else None,
            missing.get(row.id),
            procedures=[one for one in procedures if one.order_id == row.id],
            matches=[one for one in matches if one.order_id == row.id],
            decisions=[one for one in decisions if one.order_id == row.id],
            justifications=justifications_of(session, row, people.get(row.patient_id) if row.patient_id else None),
        )
        for row in rows
    ]


def justifications_of(session: Session, row: ImagingOrderRow, patient: PatientView | None) -> tuple[Justification, ...]:
    """Return what whoever ordered did about advice in their EHR, by the numbers of the order and the patient."""
    numbers = [number for number in (row.placer_number, row.filler_number) if number]
    return hook_feedback.of_order(session, patient.family if patient else (), numbers)


def coded(code: str | None, scheme: str | None, text: str | None) -> CodedView | None:
    """Return a coded entry, ``None`` if there is none."""
    return CodedView(code=code, scheme=scheme, text=text) if code or text else None


def _view(
    row: ImagingOrderRow,
    patient: PatientView | None,
    without_dose: Cause | None,
    *,
    procedures: Iterable[OrderProcedureRow],
    matches: Iterable[OrderMatchRow],
    decisions: Iterable[OrderDecisionRow],
    justifications: tuple[Justification, ...],
) -> OrderView:
    return OrderView(
        id=row.id,
        patient=patient,
        placer=_number(row.placer_number, row.placer_issuer),
        filler=_number(row.filler_number, row.filler_issuer),
        status=OrderStatus(row.status) if row.status else None,
        status_at=row.status_at,
        ordered_at=row.ordered_at,
        planned_at=row.planned_at,
        procedure=coded(row.procedure_code, row.procedure_scheme, row.procedure_text),
        indication=row.indication,
        reason=coded(row.reason_code, row.reason_scheme, row.reason_text),
        referrer=row.referrer,
        priority=row.priority,
        section=row.section,
        visit=_number(row.visit_number, row.visit_issuer),
        account=_number(row.account_number, row.account_issuer),
        is_visit_deleted=row.is_visit_deleted,
        known_since=row.created_at,
        without_dose=without_dose,
        procedures=tuple(
            ProcedureView(
                study_instance_uid=one.study_instance_uid,
                accession=_number(one.accession_number, one.accession_issuer),
                requested_procedure_id=one.requested_procedure_id,
                step_ids=tuple(one.step_ids),
                modalities=tuple(one.modalities),
                station_ae_titles=tuple(one.station_ae_titles),
                station_name=one.station_name,
                location=one.location,
                protocol=coded(one.protocol_code, one.protocol_scheme, one.protocol_text),
            )
            for one in procedures
        ),
        matches=tuple(
            MatchView(exam_id=one.exam_id, rule=Rule(one.rule), confidence=Confidence(one.confidence), since=one.since)
            for one in matches
        ),
        decisions=tuple(
            MatchDecisionView(
                exam_id=one.exam_id,
                kind=one.kind,
                decided_by=one.decided_by,
                decided_at=one.decided_at,
                comment=one.comment,
            )
            for one in decisions
        ),
        justifications=justifications,
    )


def _number(value: str | None, issuer: str | None) -> Number | None:
    return Number(value=value, issuer=issuer or "") if value else None
