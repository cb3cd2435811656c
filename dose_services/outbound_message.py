"""One message of ours about an exam: whom it names, which order it answers, who speaks to whom."""

import secrets
from datetime import datetime
from uuid import UUID

from db.repositories import order_matches, patients
from db.session import Session
from db.tables.exam import ExamRow
from dose_core.hl7.escaping import escaped
from dose_core.hl7.result_message import NamedIdentifier, Order, Parties, ResultMessage, Subject
from dose_core.hl7.telling import Telling
from dose_core.orders.matching import Confidence
from dose_services.exams import patient_view
from dose_services.outbound_values import Form
from dose_services.site import Site

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
    subject = _subject(session, step.whose, form.authority or exam.site or site.default_authority)
    if not subject.identifiers:
        return None
    return ResultMessage(
        control_id=secrets.token_hex(_CONTROL_ID_BYTES),
        made_at=now,
        parties=_parties(form),
        subject=subject,
        order=Order(
            filler=str(exam.id),
            placer=_placer(session, exam.id, step.whose),
            accession_number=exam.accession_number,
            accession_field=form.accession_field,
            started_at=started_at,
            reported_at=now,
        ),
        observations=step.observations,
    )


def _subject(session: Session, patient_id: UUID, authority: str) -> Subject:
    """Return a patient with the identifiers that are theirs now, those of an authority first."""
    row = patients.get(session, patient_id)
    stated = patients.identifiers_of(session, [patient_id])
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


def _placer(session: Session, exam_id: UUID, patient_id: UUID) -> tuple[str | None, str | None]:
    """Return number and issuer of the order that an exam was made for, if one order of this patient is it for sure."""
    patient = patient_view(session, patient_id)
    sure = [one.order_id for one in order_matches.of_exam(session, exam_id) if one.confidence != Confidence.LOW]
    orders = order_matches.orders(session, sure)
    theirs = [one for one in orders if patient and one.patient_id in patient.family and one.placer_number]
    return (theirs[0].placer_number, theirs[0].placer_issuer) if len(theirs) == 1 else (None, None)


def _parties(form: Form) -> Parties:
    return Parties(
        sending_application=form.sending_application,
        sending_facility=form.sending_facility,
        receiving_application=form.receiving_application,
        receiving_facility=form.receiving_facility,
        processing_id=form.processing_id,
    )
