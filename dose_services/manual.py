"""
What a person typed: totals of an exam from a display or a sheet, or of a study that sent nothing.

The request is kept as evidence, byte for byte in a record of ours, and read like any object; its numbers stand last in
precedence, beside what devices state. Nothing is changed or deleted: typing anew supersedes, a withdrawal is a record.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from db.mapping import storable
from db.repositories import evidence, exams, statements
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from db.tables.exam import ExamRow
from dose_core.errors import DoseError
from dose_core.ledger.standing import Standing
from dose_core.ledger.versions import newest_typed, speaking
from dose_core.model import DoseReport, Kind
from dose_core.readers.errors import UnreadableError
from dose_core.readers.typed import read_typed, told_of
from dose_core.readers.typed_record import ORIGIN, TypedRecord, compose, parse, uid_of_values
from dose_services import filing, reaching, reading
from dose_services.audit import Action, Looker, record_look
from dose_services.site import Site
from dose_services.viewing import UnknownExamError


class ValuesRefusedError(DoseError):
    """What was typed cannot be kept as it is; the text says why."""


class UnknownValuesError(DoseError):
    """Nothing that was typed has this id."""


class ValuesSupersededError(DoseError):
    """These values count no more: others were typed after them, or they were withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """
    What a person typed; ``body`` is the JSON as it came, of which the rest is a part.

    ``exam_id`` or ``study_instance_uid`` says of which study, ``names_...`` whether the body says whose and when.
    """

    body: bytes
    exam_id: UUID | None
    study_instance_uid: str | None
    modality: str
    names_patient: bool
    names_start: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptValues:
    """What became of typed values, or of their withdrawal; ``exam_id`` is None where no exam knows them (any more)."""

    id: UUID
    study_instance_uid: str
    exam_id: UUID | None


def state_values(
    unit_of_work: UnitOfWork, typed: Typed, *, looker: Looker, site_label: str, now: datetime, site: Site
) -> KeptValues:
    """
    Keep what a person typed, and bring the exam up to date. Values of the same study and modality supersede.

    Safe to repeat: the same values typed again count once. Runs its own transactions, the first of which keeps the
    record together with the line of the audit.

    Raises:
        UnknownExamError: no exam has this id.
        ValuesRefusedError: a value is none that can be, or nobody could tell whose it is.
    """
    keep = partial(_keep, typed=typed, looker=looker, site_label=site_label, now=now)
    kept = in_unit_of_work(unit_of_work, keep)
    return _read(unit_of_work, kept, now=now, site=site)


def withdraw_values(
    unit_of_work: UnitOfWork, values_id: UUID, body: bytes, *, looker: Looker, now: datetime, site: Site
) -> KeptValues:
    """
    Withdraw typed values, with a comment in ``body``; the exam is what the other sources say.

    Raises:
        UnknownValuesError: nothing that was typed has this id.
        ValuesSupersededError: they count no more.
    """
    withdraw = partial(_withdraw, values_id=values_id, body=body, looker=looker, now=now)
    kept = in_unit_of_work(unit_of_work, withdraw)
    return _read(unit_of_work, kept, now=now, site=site)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    id: UUID
    site_label: str
    study_instance_uid: str


def _keep(session: Session, *, typed: Typed, looker: Looker, site_label: str, now: datetime) -> _Kept:
    exam, study, label = _study_of(session, typed, site_label, looker)
    if exam is None and not (typed.names_patient and typed.names_start):
        raise ValuesRefusedError("no exam of this study is known yet: say of which patient it is, and when it began")
    uid = uid_of_values(label, study, typed.modality)
    record = compose(
        typed.body,
        sop_instance_uid=uid,
        study_instance_uid=study,
        modality=typed.modality,
        typed_by=looker.subject,
        typed_at=now,
        known=_known(session, label, study),
    )
    try:
        read_typed(record)
    except UnreadableError as error:  # the person is still there, and can mend it
        raise ValuesRefusedError(str(error)) from error
    return _keep_record(session, record, exam, Action.STATE_VALUES, study=study, label=label, looker=looker, now=now)


def _study_of(session: Session, typed: Typed, site_label: str, looker: Looker) -> tuple[ExamRow | None, str, str]:
    """Return the exam that a person means, if it is known, with its study and site."""
    if typed.exam_id is not None:
        known = exams.get(session, typed.exam_id)
        if known is None or known.exam.state == Standing.VOID:
            raise UnknownExamError("no exam has this id")
        if not reaching.has_exam(session, known.exam.id, looker.reach):
            raise UnknownExamError("no exam has this id")
        if typed.study_instance_uid not in {None, known.exam.study_instance_uid}:
            raise ValuesRefusedError("the exam is of another study; name one of the two")
        return known.exam, known.exam.study_instance_uid, known.exam.site
    if typed.study_instance_uid is None:
        raise ValuesRefusedError("say of which exam or study the values are")
    study = storable(typed.study_instance_uid)
    found = exams.by_study(session, study, site=site_label)
    exam = None if found is None or found.state == Standing.VOID else found
    if not _has(session, exam, site_label, looker):
        raise ValuesRefusedError("what is typed with this token would belong to an organisation that it does not reach")
    return exam, study, site_label


def _has(session: Session, exam: ExamRow | None, site_label: str, looker: Looker) -> bool:
    """Tell if the exam of a study, or a study of which none is known yet, is in reach."""
    if exam is None:
        return reaching.has_site(session, site_label, looker.reach)
    return reaching.has_exam(session, exam.id, looker.reach)


def _known(session: Session, label: str, study: str) -> dict[str, Any]:
    """Return what was typed before of whose the study is and when, of what counts; a later entry need not repeat it."""
    said = speaking(statements.of_study(session, label, study)).statements
    typed = sorted((one.report for one in said if one.report.kind is Kind.MANUAL), key=_typed_at)
    return {name: told for report in typed for name, told in told_of(report).items()}


def _counting(session: Session, label: str, record: TypedRecord) -> str | None:
    """Return the evidence of the entry that counts of the same study and modality."""
    versions = statements.of_study(session, label, record.study_instance_uid)
    alike = [one for one in versions if one.statement.report.sop_instance_uid == record.sop_instance_uid]
    return newest_typed(alike).evidence if alike else None


def _typed_at(report: DoseReport) -> str:
    return report.content_at.isoformat() if report.content_at else ""


def _withdraw(session: Session, *, values_id: UUID, body: bytes, looker: Looker, now: datetime) -> _Kept:
    row = evidence.get(session, values_id)
    if row is None or row.origin != ORIGIN:
        raise UnknownValuesError("nothing that was typed has this id")
    before = parse(evidence.content_of(row))
    filing.lock_study(session, row.site, before.study_instance_uid)
    if before.is_withdrawal or _counting(session, row.site, before) != str(row.id):
        raise ValuesSupersededError("these values count no more: others were typed after them, or they were withdrawn")
    record = compose(
        body,
        sop_instance_uid=before.sop_instance_uid,
        study_instance_uid=before.study_instance_uid,
        modality=before.modality,
        typed_by=looker.subject,
        typed_at=now,
        is_withdrawal=True,
    )
    exam = exams.by_study(session, before.study_instance_uid, site=row.site)
    if not _has(session, exam if exam and exam.state != Standing.VOID else None, row.site, looker):
        raise UnknownValuesError("nothing that was typed has this id")
    action, study = Action.WITHDRAW_VALUES, before.study_instance_uid
    return _keep_record(session, record, exam, action, study=study, label=row.site, looker=looker, now=now)


def _keep_record(
    session: Session,
    record: bytes,
    exam: ExamRow | None,
    action: Action,
    *,
    study: str,
    label: str,
    looker: Looker,
    now: datetime,
) -> _Kept:
    uid = parse(record).sop_instance_uid
    digest = hashlib.sha256(record).hexdigest()
    values = {
        "site": label,
        "sop_instance_uid": uid,
        "digest": digest,
        "content_digest": None,
        "content": record,
        "size_bytes": len(record),
        "is_header": False,
        "received_at": now,
        "sender": looker.subject,
        "calling_aet": None,
        "origin": ORIGIN,
        "orthanc_id": None,
        "copy_of": None,
    }
    kept = evidence.keep(session, [values])[uid, digest]
    patient_id, exam_id = (exam.patient_id, exam.id) if exam else (None, None)
    record_look(session, looker, action, now=now, patient_id=patient_id, exam_id=exam_id)
    return _Kept(id=kept.id, site_label=label, study_instance_uid=study)


def _read(unit_of_work: UnitOfWork, kept: _Kept, *, now: datetime, site: Site) -> KeptValues:
    reading.read_now(unit_of_work, [kept.id], now=now, site=site)
    with unit_of_work() as session:
        exam = exams.by_study(session, kept.study_instance_uid, site=kept.site_label)
    exam_id = exam.id if exam and exam.state != Standing.VOID else None
    return KeptValues(id=kept.id, study_instance_uid=kept.study_instance_uid, exam_id=exam_id)
