"""
Which exams were made for which orders, and what follows from it: done by the worker, and after a decision by hand.

An order is due when something was said of it, when an exam changed that may be of it, or when its patient was merged.
All orders and exams that may concern each other are looked at together, so that the order of arrival does not matter.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from db.outage import is_outage
from db.repositories import findings, order_matches, orders, patients
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from db.tables.exam import ExamRow
from db.tables.order import ImagingOrderRow, OrderProcedureRow
from dose_core.ledger.standing import Standing
from dose_core.orders.matching import DecidedMatch, Made, Match, Ordered, Rule, Wanted, match
from dose_core.orders.modality import kinds_of
from dose_core.orders.said import Number
from dose_core.orders.status import OrderStatus
from dose_services import visit_moves
from dose_services.finding_kinds import FindingKind
from dose_services.order_messages import bring_up_to_date

EXAM_KINDS = (FindingKind.CANCELLED_ORDER_WITH_DOSE, FindingKind.ORDER_OF_ANOTHER_PATIENT)
_log = logging.getLogger(__name__)


def work_off(unit_of_work: UnitOfWork, *, now: datetime, limit: int) -> int:
    """
    Look for the exams of the orders that are due, each in a transaction of its own, and return how many are done with.

    One that fails in a way nobody foresaw waits behind the others: it must not keep them.
    """
    with unit_of_work() as session:
        due = orders.due(session, limit=limit)
    return sum(_is_done(unit_of_work, order_id, now=now) for order_id in due)


def wake(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Have the orders looked at anew that may concern an exam which changed."""
    found = order_matches.exams(session, [exam_id])
    for one in found:
        order_matches.wake_beside(session, exam_id, patients.family_of(session, one.exam.patient_id), now=now)


def settle(session: Session, order_id: UUID, *, now: datetime) -> None:
    """Match an order with its exams, and all that this concerns. Safe to repeat; call ``order_matches.lock`` before."""
    known = _Beside(session, order_id)
    ordered, made = known.ordered(), known.made()
    matches = match(ordered, made, known.decided())
    order_ids, exam_ids = list(known.orders), list(known.exams)
    changed = order_matches.replace(session, order_ids, exam_ids, matches, now=now)
    for exam_id in sorted({*known.exams, *changed}):
        its = [one for one in matches if one.exam_id == exam_id]
        exam = known.exams.get(exam_id)
        told = _told(known, exam.exam, its, now=now, session=session) if exam else {}
        findings.settle(session, exam_id=exam_id, told=told, kinds=EXAM_KINDS, now=now)


def _is_done(unit_of_work: UnitOfWork, order_id: UUID, *, now: datetime) -> bool:
    try:
        in_unit_of_work(unit_of_work, partial(_settle_due, order_id=order_id, now=now))
    except Exception as error:
        if is_outage(error):
            raise
        # The text might quote a patient.
        _log.error("matching an order failed; it waits", extra={"error": type(error).__name__, "order": str(order_id)})
        in_unit_of_work(unit_of_work, partial(orders.put_back, order_id=order_id, now=now))
        return False
    return True


def _settle_due(session: Session, *, order_id: UUID, now: datetime) -> None:
    order_matches.lock(session)
    if orders.take(session, order_id):
        bring_up_to_date(session, order_id, due_at=None)
        settle(session, order_id, now=now)


class _Beside:
    """All orders and exams that may concern an order, or each other, directly or by others."""

    def __init__(self, session: Session, order_id: UUID) -> None:
        self._session = session
        self._families: dict[UUID, UUID] = {}
        self.orders: dict[UUID, ImagingOrderRow] = {}
        self.exams: dict[UUID, order_matches.MatchedExam] = {}
        self._add_orders([order_id])
        is_more = True
        while is_more:
            people = list(self._families)
            exam_ids = order_matches.exams_beside(session, list(self.orders), people)
            self._add_exams(exam_ids)
            order_ids = order_matches.orders_beside(session, list(self.exams), list(self._families))
            is_more = self._add_orders(order_ids) or len(self._families) > len(people)
        self._procedures: dict[UUID, list[OrderProcedureRow]] = {}
        for row in orders.procedures_of(session, list(self.orders)):
            self._procedures.setdefault(row.order_id, []).append(row)

    def family(self, patient_id: UUID) -> UUID:
        """Return what tells who is shown together with a patient."""
        if patient_id not in self._families:
            family = patients.family_of(self._session, patient_id) or [patient_id]
            self._families |= dict.fromkeys(family, min(family))
        return self._families[patient_id]

    def ordered(self) -> list[Ordered]:
        """Return the orders as matching wants them; those that have expired match nothing new."""
        return [self._ordered(row) for row in self.orders.values()]

    def made(self) -> list[Made]:
        """Return the exams as matching wants them."""
        return [
            Made(
                id=one.exam.id,
                family=self.family(one.exam.patient_id),
                study_instance_uid=one.exam.study_instance_uid,
                accession=_accession(one.exam.accession_number, one.exam.accession_issuer),
                kinds=kinds_of(one.exam.modality.split("/")),
                stations=_names(one.device.station_name, one.device.ae_title) if one.device else frozenset(),
                at=one.exam.started_at or one.exam.created_at,
            )
            for one in self.exams.values()
        ]

    def decided(self) -> list[DecidedMatch]:
        """Return what people decided and did not withdraw."""
        newest: dict[tuple[UUID, UUID], str] = {}
        for row in order_matches.decisions(self._session, list(self.orders), list(self.exams)):
            newest.setdefault((row.order_id, row.exam_id), row.kind)
        return [
            DecidedMatch(order_id=order_id, exam_id=exam_id, is_match=kind == "matched")
            for (order_id, exam_id), kind in newest.items()
            if kind != "withdrawn"
        ]

    def _ordered(self, row: ImagingOrderRow) -> Ordered:
        whose = {*row.whose, *([row.patient_id] if row.patient_id else [])}
        return Ordered(
            id=row.id,
            families=frozenset(map(self.family, whose)),
            planned_at=row.planned_at or row.ordered_at,
            is_cancelled=row.status == OrderStatus.CANCELLED,
            procedures=tuple(_wanted(row, one) for one in self._procedures.get(row.id, [])) or (_numbered(row),),
        )

    def _add_orders(self, order_ids: Iterable[UUID]) -> bool:
        new = order_matches.orders(self._session, [one for one in order_ids if one not in self.orders])
        self.orders |= {row.id: row for row in new}
        for row in new:
            for patient_id in (*row.whose, *([row.patient_id] if row.patient_id else [])):
                self.family(patient_id)
        return bool(new)

    def _add_exams(self, exam_ids: Iterable[UUID]) -> None:
        for one in order_matches.exams(self._session, [one for one in exam_ids if one not in self.exams]):
            self.exams[one.exam.id] = one
            self.family(one.exam.patient_id)


def _wanted(order: ImagingOrderRow, row: OrderProcedureRow) -> Wanted:
    accession = row.accession_number or order.filler_number  # some houses state the number of the order alone
    return Wanted(
        study_instance_uid=row.study_instance_uid,
        accession=_accession(accession, row.accession_issuer),
        kinds=kinds_of(row.modalities),
        stations=_names(*row.station_ae_titles, row.station_name),
    )


def _numbered(order: ImagingOrderRow) -> Wanted:
    return Wanted(accession=Number(value=order.filler_number) if order.filler_number else None)


def _accession(value: str | None, issuer: str | None) -> Number | None:
    return Number(value=value, issuer=issuer or "") if value else None


def _names(*names: str | None) -> frozenset[str]:
    return frozenset(name.casefold() for name in names if name)


def _told(known: _Beside, exam: ExamRow, its: list[Match], *, now: datetime, session: Session) -> dict[str, str]:
    """Return what is to be said of an exam and its orders; an exam whose visit was moved goes to its patient first."""
    rows = [known.orders[one.order_id] for one in its]
    if exam.state == Standing.NOT_PATIENT:
        return {}
    sure = [known.orders[one.order_id] for one in its if one.rule is not Rule.PATIENT_AND_TIME]
    is_moved = [_release(session, known, exam, row, now=now) for row in sure]
    told: dict[str, str] = {}
    cancelled = [row for row in rows if row.status == OrderStatus.CANCELLED]
    if cancelled and len(cancelled) == len(rows) and has_dose(exam):
        ids = ", ".join(str(row.id) for row in cancelled)
        told[FindingKind.CANCELLED_ORDER_WITH_DOSE] = f"its order was cancelled, and it has a dose: order {ids}"
    family = known.family(exam.patient_id)
    others = [row for row in rows if row.patient_id and known.family(row.patient_id) != family]
    if others and exam.state == Standing.COUNTED and not any(is_moved):
        ids = ", ".join(str(row.id) for row in others)
        told[FindingKind.ORDER_OF_ANOTHER_PATIENT] = f"its order is of another patient: order {ids}"
    return told


def has_dose(exam: ExamRow) -> bool:
    """Tell if any source states a dose of an exam."""
    return any(total.get("value") is not None for total in exam.summary.get("totals", ()))


def _release(session: Session, known: _Beside, exam: ExamRow, order: ImagingOrderRow, *, now: datetime) -> bool:
    """Give an exam to the patient to whom its order's visit was moved, unless its objects name a visit themselves."""
    whom, message_id = order.patient_id, order.moved_by_id
    if whom is None or message_id is None or visit_moves.names_a_moved_visit(session, exam):
        return False
    return visit_moves.give(session, exam, whom, message_id, order.whose, family=known.family, now=now)
