"""
The desk: exams that are nobody's yet or no patient's, and what people decide about exams.

A decision is a row that is only added; it is carried out by making the exam anew from its statements, in the same
transaction, so that the next delivery comes to the same result. Each is undone by another.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import desk, exams, patients
from db.session import Session
from db.tables.exam import ExamDecisionRow, ExamRow
from dose_core.errors import DoseError
from dose_core.ledger.standing import ABOUT_WHOM, Decided, Standing
from dose_services import filing, restriction
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import PatientView, patient_view
from dose_services.launch import UnknownPatientError
from dose_services.site import Site
from dose_services.viewing import UnknownExamError


class DecisionRefusedError(DoseError):
    """The decision does not fit the exam as it stands; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """What a person decided; ``patient_id`` is whose the exam became, ``from_patient_id`` whose it was."""

    kind: Decided
    patient_id: UUID | None
    from_patient_id: UUID | None
    decided_by: str
    decided_at: datetime
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskExam:
    """
    One exam as it stands, with what a person needs to decide about it.

    ``patient`` has the exam now; a placeholder without identifiers where its objects name several. ``named`` are
    the patients that its objects name, if it is or was held. ``counted_in`` are the exams that count an event of it.
    """

    id: UUID
    site: str
    study_instance_uid: str
    state: Standing
    state_reason: str | None
    modality: str
    region: str | None
    study_description: str | None
    started_at: datetime | None
    started_local: str | None
    known_since: datetime
    patient: PatientView
    named: tuple[PatientView, ...]
    counted_in: tuple[UUID, ...]
    decisions: tuple[DecisionView, ...]  # newest first


# What each decision takes back, and what it is called on record.
_ABOUT_PERSON = frozenset({Decided.NOT_PATIENT, Decided.PATIENT})
_ACTIONS = {
    Decided.RELEASED: Action.RELEASE_EXAM,
    Decided.WITHDRAWN: Action.WITHDRAW_RELEASE,
    Decided.NOT_PATIENT: Action.MARK_NOT_PATIENT,
    Decided.PATIENT: Action.MARK_PATIENT,
}


def waiting(
    session: Session, state: Standing, *, after: UUID | None, limit: int, looker: Looker, now: datetime
) -> list[DeskExam]:
    """
    Return the exams that stand so, the longest known first; ``after`` is the last one of the page before.

    Exams that name a restricted patient are left out, but by break-glass.
    """
    rows = desk.standing(session, state, reach=looker.sight, after=after, limit=limit)
    # The query left out what is out of reach; only who broke the glass may have got more.
    known = None if looker.break_glass else False
    found = [
        exam
        for exam in (_view(session, row) for row in rows)
        if _may_look(session, exam, looker=looker, now=now, is_beyond=known)
    ]
    for exam in found:
        for person in (exam.patient, *exam.named):
            record_look(session, looker, Action.READ_DESK, now=now, patient_id=person.id, exam_id=exam.id)
    return found


def decide(
    session: Session,
    exam_id: UUID,
    kind: Decided,
    *,
    comment: str,
    looker: Looker,
    site: Site,
    now: datetime,
    patient_id: UUID | None = None,
) -> DeskExam:
    """
    Record a decision about an exam, carry it out and return the exam as it stands then. Safe to repeat.

    Raises:
        UnknownExamError: no exam has this id, or it names a restricted patient.
        UnknownPatientError: the patient to whom it is released is not known, or restricted.
        DecisionRefusedError: an exam that is no patient's is released, or a release withdrawn that there is not.
    """
    study = _study(session, exam_id)
    filing.lock_study(session, *study)
    before = exams.get(session, exam_id)
    if before is None:  # it was there a moment ago; rows are not deleted
        raise UnknownExamError("no exam has this id")
    alike = ABOUT_WHOM if kind in ABOUT_WHOM else _ABOUT_PERSON
    last = next((one for one in desk.decisions_of(session, exam_id) if one.kind in alike), None)
    if not _may_look(session, _view(session, before.exam), looker=looker, now=now):
        raise UnknownExamError("no exam has this id")
    whom = patient_view(session, patient_id) if patient_id else None
    if whom is not None:
        restriction.check_look(session, whom, "no patient has this id", looker=looker, now=now)
    _check(session, before.exam, kind, patient_id, last)
    if last is None or (last.kind, last.patient_id) != (kind, patient_id):
        whose = before.exam.patient_id
        desk.decide(
            session,
            exam_id,
            kind=kind,
            patient_id=patient_id,
            from_patient_id=whose,
            decided_by=looker.subject,
            decided_at=now,
            comment=comment,
        )
        filing.file_anew(session, *study, now=now, site=site, cause="decision")
        for person in sorted({whose, patient_id or whose}):
            record_look(session, looker, _ACTIONS[kind], now=now, patient_id=person, exam_id=exam_id)
    after = exams.get(session, exam_id)
    return _view(session, after.exam if after else before.exam)


def _study(session: Session, exam_id: UUID) -> tuple[str, str]:
    known = exams.get(session, exam_id)
    if known is None or known.exam.state == Standing.VOID:
        raise UnknownExamError("no exam has this id")
    return known.exam.site, known.exam.study_instance_uid


def _check(
    session: Session, exam: ExamRow, kind: Decided, patient_id: UUID | None, last: ExamDecisionRow | None
) -> None:
    if exam.expired_at is not None:
        raise DecisionRefusedError("the time to keep this exam is over; it stays as it stands")
    if kind is Decided.RELEASED:
        if exam.state == Standing.NOT_PATIENT:
            raise DecisionRefusedError("the exam is marked as no patient's; mark it as a patient's first")
        if patient_id is None or patients.get(session, patient_id) is None:
            raise UnknownPatientError("no patient has this id")
    if kind is Decided.WITHDRAWN and last is None:
        raise DecisionRefusedError("nobody released this exam; there is nothing to withdraw")


def _may_look(
    session: Session, exam: DeskExam, *, looker: Looker, now: datetime, is_beyond: bool | None = None
) -> bool:
    people = {person.id: person for person in (exam.patient, *exam.named)}.values()
    return all(
        restriction.may_look(session, person, looker=looker, now=now, exam_id=exam.id, is_beyond=is_beyond)
        for person in people
    )


def _view(session: Session, row: ExamRow) -> DeskExam:
    named = (patient_view(session, patient_id) for patient_id in desk.named_patients(session, row.id))
    whose = patient_view(session, row.patient_id)
    if whose is None:
        raise UnknownPatientError("no patient has this id")
    return DeskExam(
        id=row.id,
        site=row.site,
        study_instance_uid=row.study_instance_uid,
        state=Standing(row.state),
        state_reason=row.state_reason,
        modality=row.modality,
        region=row.region,
        study_description=row.summary.get("study_description"),
        started_at=row.started_at,
        started_local=row.started_local,
        known_since=row.created_at,
        patient=whose,
        named=tuple({person.id: person for person in named if person}.values()),
        counted_in=tuple(desk.counted_beside(session, row.id)),
        decisions=tuple(
            DecisionView(
                kind=Decided(one.kind),
                patient_id=one.patient_id,
                from_patient_id=one.from_patient_id,
                decided_by=one.decided_by,
                decided_at=one.decided_at,
                comment=one.comment,
            )
            for one in desk.decisions_of(session, row.id)
        ),
    )
