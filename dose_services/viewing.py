"""Looks at patients and exams: each is recorded in the unit of work that answers it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db.repositories import patients, restrictions
from db.session import Session
from dose_core.errors import DoseError
from dose_core.ledger.standing import Standing
from dose_core.ledger.value_id import ValueId
from dose_services import (
    effective_dose,
    event_origins,
    exam_estimates,
    exam_orders,
    exams,
    observations,
    provenance,
    reaching,
    restriction,
)
from dose_services.audit import Action, Looker, record_look
from dose_services.came_with import CameWith, came_with
from dose_services.cumulative_dose import ALL_TIME, CumulativeDose, Period, cumulative_dose
from dose_services.cumulative_effective_dose import cumulative_effective_dose
from dose_services.event_origins import EventOrigin
from dose_services.exam_estimates import ExamEstimates
from dose_services.exam_orders import ExamOrder
from dose_services.exams import ExamDetail, ExamSummary, PatientHistory, PatientView
from dose_services.explained import Provenance
from dose_services.launch import UnknownPatientError
from dose_services.observations import ObservationView
from dose_services.provenance import UnknownValueError
from dose_services.restriction import RestrictedError
from dose_services.stated_bodies import StatedBody, stated_bodies
from dose_services.viewer_links import ViewerTemplate

_NO_PATIENT = "no patient has this id"
_NO_EXAM = "no exam has this id"
_NO_VALUE = "no value has this id; take one from 'value_id' or 'value_ids' of an answer"


class UnknownExamError(DoseError):
    """No exam has this id, or it is not one of this patient."""


class EffectiveDoseOffError(UnknownValueError):
    """The value is an effective dose, and the site's physicist has not switched such on."""


class RestrictedExamError(RestrictedError, UnknownExamError):
    """The exam is of a restricted patient: to the caller it is unknown."""


class RestrictedValueError(RestrictedError, UnknownValueError):
    """The value is of a restricted patient: to the caller it is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedIdentifier:
    """An identifier to look for; without an authority it has to be unique over all of them."""

    value: str
    authority: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedExam:
    """
    An exam, the patient it belongs to now, and where the values of its events come from, see ``origins_of``.

    ``observations`` are what others observed of the patient and held at the exam, ``bodies`` what its objects state,
    ``orders`` what it was made for; ``came_with`` are the patient identifiers that its objects state. No event states
    an effective dose here: it stands among the ``estimates``, where the site sees it.
    """

    patient: PatientView
    detail: ExamDetail
    origins: dict[str, EventOrigin]
    observations: tuple[ObservationView, ...]
    bodies: tuple[StatedBody, ...]
    orders: tuple[ExamOrder, ...]
    came_with: tuple[CameWith, ...]
    estimates: ExamEstimates


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedValue:
    """Why a number, and the patient that it is of now; ``None`` where the study makes no exam."""

    provenance: Provenance
    patient: PatientView | None


def search_patients(
    session: Session, wanted: Sequence[WantedIdentifier], *, looker: Looker, now: datetime
) -> list[PatientView]:
    """Return the patients that have one of these identifiers, each once; a search that finds nobody is recorded too."""
    found: dict[UUID, PatientView] = {}
    for identifier in wanted:
        row = patients.find_by_identifier(session, identifier.value, identifier.authority)
        view = exams.patient_view(session, row.id) if row else None
        if view is not None and restriction.may_look(session, view, looker=looker, now=now):
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
        UnknownPatientError: no patient has this id, or they are restricted; the text does not say which.
    """
    history = exams.history(session, patient_id, reach=looker.sight)
    if history is None:
        raise UnknownPatientError(_NO_PATIENT)
    is_beyond = looker.break_glass is not None and _is_beyond(session, [exam.id for exam in history.exams], looker)
    restriction.check_look(session, history.patient, _NO_PATIENT, looker=looker, now=now, is_beyond=is_beyond or None)
    record_look(session, looker, action, now=now, patient_id=history.patient.id)
    return history


def look_at_cumulative_dose(
    session: Session, patient_id: UUID, *, looker: Looker, now: datetime, period: Period = ALL_TIME
) -> CumulativeDose:
    """
    Return the sums over a patient's exams of a period that may be formed; merges are followed.

    Raises:
        UnknownPatientError: no patient has this id, or they are restricted; the text does not say which.
    """
    history = look_at_history(session, patient_id, looker=looker, now=now, action=Action.READ_CUMULATIVE_DOSE)
    sums = cumulative_dose(history, period)
    return replace(sums, effective=cumulative_effective_dose(session, [sums.exams[exam] for exam in sums.sums.exams]))


def find_exams(
    session: Session, study_instance_uid: str, *, looker: Looker, now: datetime
) -> list[tuple[ExamSummary, bytes]]:
    """Return the exams of a Study Instance UID with their lines, one for each site that has it."""
    found = [
        (summary, line)
        for summary, line in exams.exams_of_study(session, study_instance_uid, reach=looker.sight)
        if _may_see(looker, summary.state)
    ]
    hidden = restrictions.among(session, [summary.patient_id for summary, _ in found])
    is_beyond = looker.break_glass is not None and _is_beyond(session, [summary.id for summary, _ in found], looker)
    found = [
        (summary, line)
        for summary, line in found
        if (summary.patient_id not in hidden and not is_beyond)
        or _breaks_glass(session, summary, looker=looker, now=now)
    ]
    for summary, _ in found:
        record_look(session, looker, Action.FIND_EXAM, now=now, patient_id=summary.patient_id, exam_id=summary.id)
    if not found:
        record_look(session, looker, Action.FIND_EXAM, now=now)
    return found


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
        UnknownExamError: no exam has this id, it is another patient's, its patient is restricted, or it is held or
            no patient's and the looker may not see such; the text does not say which.
    """
    detail, patient = see_exam(session, exam_id, looker=looker, now=now, of_patient=of_patient)
    speaking = event_origins.speaking_of(session, detail.exam)
    origins = event_origins.origins_of(speaking, detail.exam)
    return ExplainedExam(
        patient=patient,
        detail=replace(detail, exam=exam_estimates.without_effective_dose(detail.exam)),
        origins=exam_estimates.origins_without_effective_dose(origins),
        observations=observations.at(session, sorted(patient.family), detail.summary.started_at),
        bodies=stated_bodies(speaking),
        orders=exam_orders.of_exam(session, exam_id, patient.family),
        came_with=came_with(speaking),
        estimates=exam_estimates.of_exam(session, detail.summary, speaking),
    )


def see_exam(
    session: Session, exam_id: UUID, *, looker: Looker, now: datetime, of_patient: UUID | None = None
) -> tuple[ExamDetail, PatientView]:
    """
    Return one exam with its patient alone; the look is recorded.

    Raises:
        UnknownExamError: as ``look_at_exam``.
    """
    detail = exams.exam_detail(session, exam_id)
    patient = exams.patient_view(session, detail.summary.patient_id) if detail else None
    if detail is None or patient is None or not _may_see(looker, detail.summary.state):
        raise UnknownExamError(_NO_EXAM)
    if of_patient is not None and of_patient not in patient.family:
        raise UnknownExamError(_NO_EXAM)
    if not restriction.may_look(session, patient, looker=looker, now=now, exam_id=exam_id):
        raise RestrictedExamError(_NO_EXAM, may_break_glass=looker.may_break_glass)
    record_look(session, looker, Action.READ_EXAM, now=now, patient_id=patient.id, exam_id=exam_id)
    return detail, patient


def look_at_value(
    session: Session,
    wanted: ValueId,
    *,
    looker: Looker,
    now: datetime,
    viewer: ViewerTemplate | None,
    of_patient: UUID | None = None,
) -> ExplainedValue:
    """
    Return why a number is what it is.

    Args:
        session: the unit of work.
        wanted: the id of the number.
        looker: who looks.
        now: the time of looking.
        viewer: the address of the PACS's viewer, if the site has named one.
        of_patient: the only patient that this look may be at, merges followed; ``None`` allows any.

    Raises:
        UnknownValueError: no value has this id, it is another patient's, or its exam is held, no patient's, or none
            at all, and the looker may not see such, or the patient is restricted; the text does not say which.
        EffectiveDoseOffError: it is in sievert, and its site does not see such.
    """
    try:
        told = provenance.explain(session, wanted, viewer=viewer)
    except UnknownValueError:
        if looker.reach is None:
            raise
        # What is wrong with an id would tell that there is something out of reach.
        raise UnknownValueError(_NO_VALUE) from None
    patient_id = told.belongs.patient_id
    patient = exams.patient_view(session, patient_id) if patient_id else None
    if not _may_see(looker, told.belongs.standing):
        raise UnknownValueError(_NO_VALUE)
    if of_patient is not None and (patient is None or of_patient not in patient.family):
        raise UnknownValueError(_NO_VALUE)
    exam_id = told.belongs.exam_id
    if exam_id is None and not reaching.has_site(session, told.belongs.site, looker.reach):
        raise UnknownValueError(_NO_VALUE)
    if patient and not restriction.may_look(session, patient, looker=looker, now=now, exam_id=exam_id):
        raise RestrictedValueError(_NO_VALUE, may_break_glass=looker.may_break_glass)
    if told.statement is not None and not effective_dose.is_on(session, told.belongs.site):
        raise EffectiveDoseOffError(effective_dose.IS_OFF)
    patient_id = patient.id if patient else None
    record_look(session, looker, Action.READ_VALUE, now=now, patient_id=patient_id, exam_id=told.belongs.exam_id)
    return ExplainedValue(provenance=told, patient=patient)


def _breaks_glass(session: Session, exam: ExamSummary, *, looker: Looker, now: datetime) -> bool:
    patient = exams.patient_view(session, exam.patient_id)
    return patient is not None and restriction.may_look(session, patient, looker=looker, now=now, exam_id=exam.id)


def _is_beyond(session: Session, exam_ids: Sequence[UUID], looker: Looker) -> bool:
    """Tell if an exam that is shown, since the glass is broken, is out of reach."""
    return not reaching.has_exams(session, exam_ids, looker.reach)


def _may_see(looker: Looker, standing: Standing | None) -> bool:
    """Tell if somebody may see what stands so; ``None`` is what no exam was made of."""
    return looker.reads_uncounted or standing is Standing.COUNTED
