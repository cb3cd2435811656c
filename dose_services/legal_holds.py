"""Legal holds: patients and exams that must be kept, whatever the rule says, such as for a claim (GDPR, 17(3)(e))."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import exams, legal_holds, patients
from db.session import Session
from db.tables.retention import LegalHoldRow
from dose_core.errors import DoseError
from dose_core.retention.wording import reason_of
from dose_services.exams import patient_view
from dose_services.launch import UnknownPatientError
from dose_services.viewing import UnknownExamError


class UnknownHoldError(DoseError):
    """No hold in force has this number; ``doseledger retention hold list`` tells which there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold: on a patient with all who are or will be merged with them, or on one exam."""

    number: int
    patient_id: UUID | None
    exam_id: UUID | None
    reason: str
    set_by: str
    set_at: datetime


def hold_patient(session: Session, patient_id: UUID, *, reason: str, by: str, now: datetime) -> Hold:
    """
    Put a patient on hold: neither they nor any exam of theirs expires.

    Raises:
        UnknownPatientError: no patient has this id.
        NoReasonError: the reason is none.
    """
    patients.lock_merges(session)  # as expiry does, which then sees the hold, or is through before it is set
    worded = _worded(session, patient_id, reason)
    return _hold(legal_holds.add(session, patient_id=patient_id, exam_id=None, reason=worded, by=by, now=now))


def hold_exam(session: Session, exam_id: UUID, *, reason: str, by: str, now: datetime) -> Hold:
    """
    Put an exam on hold: neither it expires nor the identity of its patient.

    Raises:
        UnknownExamError: no exam has this id.
        NoReasonError: the reason is none.
    """
    patients.lock_merges(session)  # likewise
    known = exams.get(session, exam_id)
    if known is None:
        raise UnknownExamError("no exam has this id")
    worded = _worded(session, known.exam.patient_id, reason)
    return _hold(legal_holds.add(session, patient_id=None, exam_id=exam_id, reason=worded, by=by, now=now))


def lift(session: Session, number: int, *, reason: str, by: str, now: datetime) -> Hold:
    """
    Lift a hold and return it; the row stays, with who lifted it and why.

    Raises:
        UnknownHoldError: no hold in force has this number.
        NoReasonError: the reason is none.
    """
    row = legal_holds.lock(session, number)
    if row is None or row.lifted_at is not None:
        msg = f"no hold in force has the number {number}"
        raise UnknownHoldError(msg)
    patient_id = row.patient_id
    if row.exam_id is not None:
        known = exams.get(session, row.exam_id)
        patient_id = known.exam.patient_id if known else None
    worded = _worded(session, patient_id, reason) if patient_id else reason_of(reason)
    row.lifted_at, row.lifted_by, row.lift_reason = now, by, worded
    session.flush()
    return _hold(row)


def in_force(session: Session) -> list[Hold]:
    """Return the holds in force, oldest first."""
    return [_hold(row) for row in legal_holds.in_force(session)]


def _hold(row: LegalHoldRow) -> Hold:
    return Hold(
        number=row.id,
        patient_id=row.patient_id,
        exam_id=row.exam_id,
        reason=row.reason,
        set_by=row.set_by,
        set_at=row.set_at,
    )


def _worded(session: Session, patient_id: UUID, reason: str) -> str:
    patient = patient_view(session, patient_id)
    if patient is None:
        raise UnknownPatientError("no patient has this id")
    names = (patient.name,) if patient.name else ()
    return reason_of(reason, names=names, numbers=(one.value for one in patient.identifiers))
