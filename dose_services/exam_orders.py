"""The orders that an exam was made for, as they stand beside it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from db.repositories import order_matches
from db.session import Session
from db.tables.order import ImagingOrderRow
from dose_core.orders.matching import Confidence, Rule
from dose_core.orders.status import OrderStatus
from dose_services import hook_feedback
from dose_services.hook_feedback import Justification
from dose_services.order_views import CodedView, coded


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamOrder:
    """
    An order that an exam was made for: why it was asked for, by whom and how urgently, and what they did about advice.

    Of one that is another patient's (``is_of_another_patient``) nothing is told but which it is.
    """

    id: UUID
    rule: Rule
    confidence: Confidence
    is_of_another_patient: bool
    status: OrderStatus | None
    procedure: CodedView | None
    indication: str | None
    reason: CodedView | None
    referrer: str | None
    priority: str | None
    justifications: tuple[Justification, ...]


def of_exam(session: Session, exam_id: UUID, family: Collection[UUID]) -> tuple[ExamOrder, ...]:
    """Return the orders of an exam; ``family`` are all patients who are one with the patient of the exam."""
    matches = {one.order_id: one for one in order_matches.of_exam(session, exam_id)}
    if not matches:
        return ()
    return tuple(
        ExamOrder(
            id=row.id,
            rule=Rule(matches[row.id].rule),
            confidence=Confidence(matches[row.id].confidence),
            is_of_another_patient=not is_theirs,
            status=OrderStatus(row.status) if row.status and is_theirs else None,
            procedure=coded(row.procedure_code, row.procedure_scheme, row.procedure_text) if is_theirs else None,
            indication=row.indication if is_theirs else None,
            reason=coded(row.reason_code, row.reason_scheme, row.reason_text) if is_theirs else None,
            referrer=row.referrer if is_theirs else None,
            priority=row.priority if is_theirs else None,
            justifications=_justifications(session, row, family) if is_theirs else (),
        )
        for row in order_matches.orders(session, matches)
        for is_theirs in (row.patient_id is None or row.patient_id in family,)
    )


def _justifications(session: Session, row: ImagingOrderRow, family: Collection[UUID]) -> tuple[Justification, ...]:
    numbers = [number for number in (row.placer_number, row.filler_number) if number]
    return hook_feedback.of_order(session, family, numbers)
