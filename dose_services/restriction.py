"""
Restriction of processing (GDPR, 18): nobody sees a patient who is restricted, but by break-glass.

To whoever may not break the glass, or does not, such a patient is unknown. Who does states why, in writing: the
access log keeps it, and a finding asks a supervisor to look at it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.reaching import Reach
from db.repositories import findings, handing_over, launches, patient_doses, patients, restrictions
from db.session import Session
from dose_core.errors import DoseError
from dose_core.retention.wording import reason_of
from dose_services import reaching
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import PatientView, patient_view
from dose_services.finding_kinds import FindingKind
from dose_services.launch import UnknownPatientError, View


class RestrictedError(DoseError):
    """Somebody looked at a restricted patient. ``may_break_glass`` tells if stating a reason would help them."""

    def __init__(self, text: str, *, may_break_glass: bool) -> None:
        super().__init__(text)
        self.may_break_glass = may_break_glass


class RestrictedPatientError(RestrictedError, UnknownPatientError):
    """The patient is restricted: to the caller they are unknown."""


class NotRestrictedError(DoseError):
    """This patient is not restricted; there is nothing to lift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One restriction that is in force."""

    patient_id: UUID
    set_at: datetime
    set_by: str
    reason: str


def may_look(
    session: Session,
    patient: PatientView,
    *,
    looker: Looker,
    now: datetime,
    exam_id: UUID | None = None,
    is_beyond: bool | None = None,
) -> bool:
    """
    Tell if somebody may look at a patient, or an exam of theirs. Breaking the glass is recorded, and raises a finding.

    Args:
        session: the unit of work.
        patient: at whom.
        looker: who looks.
        now: the time of looking.
        exam_id: at which exam; ``None`` is at the patient, who is in reach with any exam that is.
        is_beyond: whether that is out of reach, where a query has told; ``None`` finds it out.

    Raises:
        NoReasonError: the reason for breaking the glass is none.
    """
    if is_beyond is None:
        is_beyond = not _is_in_reach(session, patient, exam_id, looker, looker.reach)
    if not patient.is_restricted and not is_beyond:
        return True
    if looker.break_glass is None:
        return False
    if is_beyond and not _is_in_reach(session, patient, exam_id, looker, looker.broken_reach):
        return False
    whom = "a restricted patient" if patient.is_restricted else "a patient of another organisation"
    reason = _worded(looker.break_glass, patient)
    record_look(session, looker, Action.BREAK_GLASS, now=now, patient_id=patient.id, exam_id=exam_id, reason=reason)
    findings.raise_once(
        session,
        kind=FindingKind.BREAK_GLASS,
        subject=str(patient.id),
        # With the minute, so that a further one is told although a person has closed this one.
        text=f"{looker.subject} saw {whom} by break-glass at {now:%Y-%m-%d %H:%M} UTC; the access log has the reason",
        now=now,
    )
    return True


def check_look(
    session: Session,
    patient: PatientView,
    unknown: str,
    *,
    looker: Looker,
    now: datetime,
    is_beyond: bool | None = None,
) -> None:
    """
    Let pass who may look at a patient.

    Raises:
        RestrictedPatientError: they may not; the text is ``unknown``, as for a patient whom nobody knows.
        NoReasonError: the reason for breaking the glass is none.
    """
    if not may_look(session, patient, looker=looker, now=now, is_beyond=is_beyond):
        raise RestrictedPatientError(unknown, may_break_glass=looker.may_break_glass)


def _is_in_reach(
    session: Session, patient: PatientView, exam_id: UUID | None, looker: Looker, reach: Reach | None
) -> bool:
    if exam_id is not None:
        return reaching.has_exam(session, exam_id, reach)
    return looker.launched_for in patient.family or reaching.has_patient(session, patient.family, reach)


def break_glass(session: Session, view: View, reason: str) -> None:
    """
    Open a view although its patient is restricted; each look in it is recorded with this reason.

    Raises:
        UnknownPatientError: the person may not; to them the patient is unknown.
        NoReasonError: the reason is none.
    """
    if not view.may_break_glass:
        raise UnknownPatientError("no patient has this id")
    patient = _known(session, view.patient_id)
    launches.open_restricted(session, view.id, reason=_worded(reason, patient))


def restrict(session: Session, patient_id: UUID, *, reason: str, looker: Looker, now: datetime) -> Restriction:
    """
    Hide a patient, and all who were merged into them, and return the restriction. Safe to repeat: the first stays.

    What is about them and being handed over to another system is waited for; nothing is after that.

    Raises:
        UnknownPatientError: no patient has this id.
        NoReasonError: the reason is none.
    """
    handing_over.hold_off(session, _known(session, patient_id, reach=looker.reach).family)  # an archive takes its time
    patients.lock_merges(session)
    patient = _known(session, patient_id, reach=looker.reach)
    handing_over.hold_off(session, patient.family)  # those who were merged meanwhile
    worded = _worded(reason, patient)
    current = restrictions.current(session, list(patient.family))
    row = current[0] if current else restrictions.add(session, patient.id, reason=worded, by=looker.subject, now=now)
    if not current:
        patient_doses.wake_patients(session, patient.family, now=now)
        record_look(session, looker, Action.RESTRICT_PATIENT, now=now, patient_id=patient.id, reason=worded)
    return Restriction(patient_id=row.patient_id, set_at=row.set_at, set_by=row.set_by, reason=row.reason)


def lift(session: Session, patient_id: UUID, *, reason: str, looker: Looker, now: datetime) -> None:
    """
    Let a patient be seen again, and all who were merged into them.

    Raises:
        UnknownPatientError: no patient has this id.
        NotRestrictedError: they are not restricted.
        NoReasonError: the reason is none.
    """
    patient = _known(session, patient_id, reach=looker.reach)
    worded = _worded(reason, patient)
    current = restrictions.current(session, list(patient.family))
    if not current:
        raise NotRestrictedError("this patient is not restricted")
    for row in current:
        restrictions.lift(session, row, reason=worded, by=looker.subject, now=now)
    patient_doses.wake_patients(session, patient.family, now=now)
    record_look(session, looker, Action.LIFT_RESTRICTION, now=now, patient_id=patient.id, reason=worded)


def in_force(session: Session) -> list[Restriction]:
    """Return the restrictions in force, oldest first."""
    return [
        Restriction(patient_id=row.patient_id, set_at=row.set_at, set_by=row.set_by, reason=row.reason)
        for row in restrictions.in_force(session)
    ]


def _known(session: Session, patient_id: UUID, *, reach: Reach | None = None) -> PatientView:
    patient = patient_view(session, patient_id)
    if patient is None or not reaching.has_patient(session, patient.family, reach):
        raise UnknownPatientError("no patient has this id")
    return patient


def _worded(reason: str, patient: PatientView) -> str:
    names = (patient.name,) if patient.name else ()
    return reason_of(reason, names=names, numbers=(one.value for one in patient.identifiers))
