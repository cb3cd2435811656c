"""Looks at patients and exams: each is recorded in the unit of work that answers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import patients
from db.session import Session
from dose_core.errors import DoseError
from dose_services import exams, provenance
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import Cumulative, ExamDetail, PatientHistory, PatientView
from dose_services.launch import UnknownPatientError
from dose_services.provenance import ExamProvenance

_NO_PATIENT = "no patient has this id"
_NO_EXAM = "no exam has this id"


class UnknownExamError(DoseError):
    """No exam has this id, or it is not one of this patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedIdentifier:
    """An identifier to look for; without an authority it has to be unique over all of them."""

    value: str
    authority: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedExam:
    """An exam, the patient it belongs to now, and where its values come from."""

    patient: PatientView
    detail: ExamDetail
    provenance: ExamProvenance


def search_patients(
    session: Session, wanted: Sequence[WantedIdentifier], *, looker: Looker, now: datetime
) -> list[PatientView]:
    """Return the patients that have one of these identifiers, each once; a search that finds nobody is recorded too."""
    found: dict[UUID, PatientView] = {}
    for identifier in wanted:
        row = patients.find_by_identifier(session, identifier.value, identifier.authority)
        view = exams.patient_view(session, row.id) if row else None
        if view is not None:
            found[view.id] = view
    for patient_id in found:
        record_look(session, looker, Action.SEARCH_PATIENT, now=now, patient_id=patient_id)
    if not found:
        record_look(session, looker, Action.SEARCH_PATIENT, now=now)
    return list(found.values())


def look_at_history(
    session: Session, patient_id: UUID, *, looker: Looker, now: datetime, action: Action = Action.READ_EXAMS
) -> PatientHistory:
    """
    Return a patient's exams, newest first; merges are followed.

    Raises:
        UnknownPatientError: no patient has this id.
    """
    history = exams.history(session, patient_id)
    if history is None:
        raise UnknownPatientError(_NO_PATIENT)
    record_look(session, looker, action, now=now, patient_id=history.patient.id)
    return history


def look_at_cumulative_dose(session: Session, patient_id: UUID, *, looker: Looker, now: datetime) -> Cumulative:
    """
    Return the sums over a patient's exams that may be formed; merges are followed.

    Raises:
        UnknownPatientError: no patient has this id.
    """
    sums = exams.cumulative(session, patient_id)
    if sums is None:
        raise UnknownPatientError(_NO_PATIENT)
    record_look(session, looker, Action.READ_CUMULATIVE_DOSE, now=now, patient_id=sums.patient_id)
    return sums


def look_at_exam(
    session: Session, exam_id: UUID, *, looker: Looker, now: datetime, of_patient: UUID | None = None
) -> ExplainedExam:
    """
    Return one exam with where its values come from.

    Args:
        session: the unit of work.
        exam_id: the exam.
        looker: who looks.
        now: the time of looking.
        of_patient: the only patient that this look may be at, merges followed; ``None`` allows any.

    Raises:
        UnknownExamError: no exam has this id, or it is another patient's; the text does not say which.
    """
    detail = exams.exam_detail(session, exam_id)
    patient = exams.patient_view(session, detail.summary.patient_id) if detail else None
    if detail is None or patient is None:
        raise UnknownExamError(_NO_EXAM)
    if of_patient is not None and patients.survivor_of(session, of_patient) != patient.id:
        raise UnknownExamError(_NO_EXAM)
    record_look(session, looker, Action.READ_EXAM, now=now, patient_id=patient.id, exam_id=exam_id)
    return ExplainedExam(patient=patient, detail=detail, provenance=provenance.of_exam(session, detail.exam.ct))
