"""
Have other systems told of exams: an exam is compared with what each was told of it, and the difference is queued.

Messages are written when they are queued, under the lock of their destination, so that their numbers are the order in
which they are sent. Nothing is sent of an exam that waits at the desk, of a patient who is restricted, or who has no
identifier. Nothing here commits but ``tell_due``, whose every exam is a transaction of its own.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from db import mapping
from db.outage import is_outage
from db.repositories import exams, findings, outbound, outbound_queue, patients
from db.repositories.exams import KnownExam
from db.repositories.outbound import Look
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from db.tables.exam import ExamRow
from db.tables.outbound import OutboundDestinationRow, OutboundExamRow
from dose_core.hl7.observations import Observation, Status, observations_of
from dose_core.hl7.telling import Telling, tellings
from dose_core.ledger.exam import Exam
from dose_core.ledger.standing import Standing
from dose_services import outbound_withholding
from dose_services.exams import patient_view
from dose_services.filing import lock_study
from dose_services.finding_kinds import FindingKind
from dose_services.outbound_building import NotBuildableError, build_result
from dose_services.outbound_message import message_of
from dose_services.outbound_texts import texts_of
from dose_services.outbound_values import Form, form_from, stored_told, told_from
from dose_services.site import Site

# When an exam is looked at again that cannot be told of now, for a cause that goes away without the exam's changing.
_LATER = timedelta(days=1)
_STANDING = frozenset((Status.FINAL, Status.CORRECTED))  # what stands with the receiver afterwards
_log = logging.getLogger(__name__)


def tell_due(unit_of_work: UnitOfWork, *, now: datetime, site: Site, limit: int) -> int:
    """
    Queue what other systems must be told, and return how many exams were looked at. Safe to repeat.

    One that fails in a way nobody foresaw is left for the next day: it must not keep the others.
    """
    outbound_withholding.release_due(unit_of_work, now=now)
    with unit_of_work() as session:
        due = outbound.due(session, now, limit=limit)
    for look in due:
        try:
            in_unit_of_work(unit_of_work, partial(_tell, look=look, now=now, site=site))
        except Exception as error:
            if is_outage(error):
                raise
            told = {"error": type(error).__name__, "exam": str(look.exam_id)}  # its text might quote a patient
            _log.error("a result for another system failed in a way nobody foresaw", extra=told)
            in_unit_of_work(unit_of_work, partial(_postpone, look=look, now=now))
    return len(due)


def _tell(session: Session, *, look: Look, now: datetime, site: Site) -> None:
    lock_study(session, look.site, look.study_instance_uid)
    destination = outbound.lock_destination(session, look.destination_id)
    row = outbound.lock_told(session, look.destination_id, look.exam_id)
    known = exams.get(session, look.exam_id)
    if destination is None or row is None or known is None:
        return
    if not destination.is_active or row.look_at is None or row.look_at > now:
        return  # somebody else was quicker
    row.look_at = None
    if known.exam.expired_at is not None or known.exam.state == Standing.HELD:
        return
    if _is_restricted(session, known, row):
        row.look_at = now + _LATER
        return
    try:
        _queue(session, destination, row, known, now=now, site=site)
        findings.resolve(session, kind=FindingKind.RESULT_NOT_WRITTEN, subject=str(known.exam.id), now=now)
    except NotBuildableError as error:
        findings.raise_once(
            session,
            kind=FindingKind.RESULT_NOT_WRITTEN,
            subject=str(known.exam.id),
            text=f"a result for {destination.name} could not be written: {error}",
            now=now,
            exam_id=known.exam.id,
        )


def _queue(
    session: Session,
    destination: OutboundDestinationRow,
    row: OutboundExamRow,
    known: KnownExam,
    *,
    now: datetime,
    site: Site,
) -> None:
    form = form_from(destination.form)
    exam = mapping.exam_from_packed(known.content)
    observations = _observations(session, known.exam, exam, form, site)
    whose = _survivor(session, known.exam.patient_id)
    told_of = _told_of(session, row.told_patient_id) if row.told_patient_id else whose
    steps = tellings(told_from(row.told), told_of, observations, whose)
    if not steps and form.tells_merged and row.told_patient_id not in {None, whose}:
        # It stands there under somebody who was merged into another, and its receiver asks to be told that.
        steps = (Telling(status=Status.FINAL, whose=whose, observations=observations),)
    for step in steps:
        message = message_of(session, form, known.exam, exam.started_at, step, site=site, now=now)
        stands = step.status in _STANDING
        if message is not None:
            outbound_queue.add(
                session,
                destination_id=destination.id,
                exam_id=known.exam.id,
                patient_id=step.whose,
                kind=step.status,
                control_id=message.control_id,
                content=build_result(message),
                now=now,
            )
        elif stands:
            row.look_at = now + _LATER
            return
        row.told = stored_told(observations if stands else ())
        row.told_patient_id = whose if stands else None
        session.flush()


def _observations(session: Session, row: ExamRow, exam: Exam, form: Form, site: Site) -> tuple[Observation, ...]:
    """Return what a destination is to know of an exam: numbers and what they say in words; nothing without a number."""
    if row.state != Standing.COUNTED:
        return ()
    numbers = observations_of(exam, form.dap_unit, wanted=form.quantities, codes=form.codes)
    return (*numbers, *texts_of(session, row, exam, form, site)) if numbers else ()


def _told_of(session: Session, patient_id: UUID) -> UUID:
    """
    Return under whom a receiver has what it was told of a patient: it merges them itself (A40).

    Somebody whose only identifier became another patient's (A43) was not merged, although we find them there: what was
    told of them is of another patient now.
    """
    survivor = _survivor(session, patient_id)
    return survivor if survivor == patient_id or patients.identifiers_of(session, [patient_id]) else patient_id


def _survivor(session: Session, patient_id: UUID) -> UUID:
    return patients.survivor_of(session, patient_id) or patient_id


def _is_restricted(session: Session, known: KnownExam, row: OutboundExamRow) -> bool:
    people = (patient_view(session, one) for one in {known.exam.patient_id, row.told_patient_id} if one)
    return any(person is not None and person.is_restricted for person in people)


def _postpone(session: Session, *, look: Look, now: datetime) -> None:
    row = outbound.lock_told(session, look.destination_id, look.exam_id)
    if row is not None and row.look_at is not None:
        row.look_at = now + _LATER
