"""One message of ours about an exam: whom it names, which order it answers, who speaks to whom."""

import secrets
from datetime import datetime
from uuid import UUID

from db.repositories import order_matches, patients
from db.session import Session
from db.tables.exam import ExamRow
from db.tables.order import ImagingOrderRow
from dose_core.hl7.escaping import escaped
from dose_core.hl7.observations import Status
from dose_core.hl7.result_message import NamedIdentifier, Order, Parties, ResultMessage, Subject, Visit
from dose_core.hl7.telling import Telling
from dose_core.orders.matching import Confidence
from dose_services.exams import patient_view
from dose_services.outbound_values import Form
from dose_services.site import Site

_TAKEN_BACK = frozenset((Status.WRONG, Status.DELETED))
_CONTROL_ID_BYTES = 10  # 20 hexadecimal digits: MSH-10 has no more room in 2.5.1


def message_of(
    session: Session,
    form: Form,
    exam: ExamRow,
    started_at: datetime | None,
    step: Telling[UUID],
    *,
    site: Site,
    now: datetime,
) -> ResultMessage | None:
    """Return the message, under a control id of its own; ``None`` if its patient has no identifier to name them by."""
    subject = _subject(session, step, form.authority or exam.site or site.default_authority)
    if not subject.identifiers:
        return None
    asked = _orders(session, exam.id, step.whose)
    return ResultMessage(
        control_id=secrets.token_hex(_CONTROL_ID_BYTES),
        made_at=now,
        parties=_parties(form),
        subject=subject,
        order=Order(
            filler=str(exam.id),
            placer=_placer(asked),
            accession_number=exam.accession_number,
            accession_field=form.accession_field,
            started_at=started_at,
            reported_at=now,
        ),
        observations=step.observations,
        visit=_visit(session, exam, asked, step.whose),
    )


def _subject(session: Session, step: Telling[UUID], authority: str) -> Subject:
    """
    Return a patient with the identifiers that are theirs now, those of an authority first.

    What is taken back from somebody whose every identifier moved (A43) stands under those that they had.
    """
    row = patients.get(session, step.whose)
    stated = patients.identifiers_of(session, [step.whose])
    if not stated and step.status in _TAKEN_BACK:
        stated = patients.former_identifiers_of(session, step.whose)
    ordered = sorted(stated, key=lambda one: (one.authority != authority, one.since, one.authority, one.value))
    identifiers = (
        NamedIdentifier(value=one.value, authority=one.authority, kind=one.identifier_type or "") for one in ordered
    )
    return Subject(
        identifiers=tuple(one for one in identifiers if escaped(one.value)),
        name=row.name if row else None,
        birth_date=row.birth_date if row else None,
        sex=row.sex if row else None,
    )


def _orders(session: Session, exam_id: UUID, patient_id: UUID) -> list[ImagingOrderRow]:
    """Return the orders of this patient that an exam was made for, as far as that is sure."""
    patient = patient_view(session, patient_id)
    sure = [one.order_id for one in order_matches.of_exam(session, exam_id) if one.confidence != Confidence.LOW]
    orders = order_matches.orders(session, sure)
    return [one for one in orders if patient and one.patient_id in patient.family]


def _placer(asked: list[ImagingOrderRow]) -> tuple[str | None, str | None]:
    """Return number and issuer of the only order with a number of its placer."""
    numbers = [(one.placer_number, one.placer_issuer) for one in asked if one.placer_number]
    return numbers[0] if len(numbers) == 1 else (None, None)


def _visit(session: Session, exam: ExamRow, asked: list[ImagingOrderRow], patient_id: UUID) -> Visit | None:
    """Return the only visit of the orders; without any, the one that the objects name, if the exam is the patient's."""
    visits = {(one.visit_number, one.visit_issuer or None) for one in asked if one.visit_number}
    if visits:
        ((number, issuer), *others) = visits
        return None if others or number is None else Visit(number=number, issuer=issuer)
    is_theirs = patient_id in {exam.patient_id, patients.survivor_of(session, exam.patient_id)}
    is_account = exam.admission_id in {one.account_number for one in asked}
    if exam.admission_id is None or is_account or not is_theirs:
        return None
    return Visit(number=exam.admission_id, issuer=exam.admission_issuer)


def _parties(form: Form) -> Parties:
    return Parties(
        sending_application=form.sending_application,
        sending_facility=form.sending_facility,
        receiving_application=form.receiving_application,
        receiving_facility=form.receiving_facility,
        processing_id=form.processing_id,
    )
