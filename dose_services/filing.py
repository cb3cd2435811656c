"""File what objects state under their study: statements, the exam they make, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from db import mapping
from db.repositories import devices, evidence, exams, findings, statements
from db.session import Session, lock_key
from db.tables.exam import ExamRow
from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import CtExam
from dose_core.ledger.reconcile import NothingToReconcileError, reconcile_ct
from dose_core.local_time import to_utc
from dose_core.model import DoseReport
from dose_core.readers.registry import READER_VERSION
from dose_services import identity, publication
from dose_services.site import Site


def file_reports(
    session: Session,
    study_instance_uid: str,
    reports: Sequence[tuple[UUID, DoseReport]],
    *,
    now: datetime,
    site: Site,
) -> None:
    """
    Keep what these objects of one study state and bring its exam up to date. Safe to repeat.

    Work on one study is serialised, so that two deliveries at once cannot miss each other.
    """
    lock_key(session, f"study {study_instance_uid}")
    statements.add(session, reports, reader_version=READER_VERSION, stated_at=now)
    evidence.mark(session, [evidence_id for evidence_id, _ in reports], status="read", reason=None, read_at=now)
    for evidence_id, report in reports:
        if report.is_cut_short:
            text = "an object was delivered in part and read as far as it goes; have it sent again"
            findings.raise_once(session, kind="cut_short", subject=str(evidence_id), text=text, now=now)
    try:
        exam = reconcile_ct(study_instance_uid, statements.of_study(session, mapping.storable(study_instance_uid)))
    except NothingToReconcileError:
        return  # only our own dose SR came back so far
    row = _exam_row(session, exam, reports, now=now, site=site)
    exams.revise(session, row, mapping.exam_to_json(exam), made_at=now)
    _raise_findings(session, row.id, exam, now=now)
    publication.plan(session, row.id, now=now, site=site)


def _exam_row(
    session: Session, exam: CtExam, reports: Sequence[tuple[UUID, DoseReport]], *, now: datetime, site: Site
) -> ExamRow:
    patient_id = identity.resolve_stated(
        session,
        exam.patient,
        study_instance_uid=exam.study_instance_uid,
        evidence_id=reports[0][0],
        now=now,
        site=site,
    )
    device = devices.ensure(session, exam.device, now=now)
    started = to_utc(exam.started_at, site.timezone) if exam.started_at else None
    row = exams.by_study(session, mapping.storable(exam.study_instance_uid))
    if row is None:
        row = ExamRow(study_instance_uid=mapping.storable(exam.study_instance_uid), revision=0, created_at=now)
        session.add(row)
    row.patient_id = patient_id
    row.device_id = device.id
    row.modality = "CT"
    row.accession_number = mapping.storable(exam.accession_number)
    row.started_at = started.utc if started else None
    row.started_local = exam.started_at.isoformat() if exam.started_at else None
    if row.revision == 0 or any(not report.our_own for _, report in reports):
        row.last_evidence_at = now
    session.flush()
    _tell_of_time(session, row.id, started.problem if started else None, now=now)
    return row


def _tell_of_time(session: Session, exam_id: UUID, problem: str | None, *, now: datetime) -> None:
    if problem is None:
        findings.resolve(session, kind="local_time", subject=str(exam_id), now=now)
        return
    text = f"the start of the exam is kept as stated, without an instant: {problem}"
    findings.raise_once(session, kind="local_time", subject=str(exam_id), text=text, now=now, exam_id=exam_id)


def _raise_findings(session: Session, exam_id: UUID, exam: CtExam, *, now: datetime) -> None:
    subject = str(exam_id)
    told = {
        "totals_differ": "; ".join(exam.conflicts),
        "not_counted": "; ".join(sorted({left_out.reason for left_out in exam.not_counted})),
        "dlp_missing": _missing_dlp(exam),
        "no_patient_id": "" if exam.patient.id else "no object of the study names a Patient ID (0010,0020)",
    }
    for kind, text in told.items():
        if text:
            findings.raise_once(session, kind=kind, subject=subject, text=text, now=now, exam_id=exam_id)
        else:
            findings.resolve(session, kind=kind, subject=subject, now=now)


def _missing_dlp(exam: CtExam) -> str:
    if not exam.events_without_dlp:
        return ""
    reasons = sorted({e.dlp_estimate.reason for e in exam.events if isinstance(e.dlp_estimate, NotComputable)})
    text = f"{exam.events_without_dlp} event(s) should have a DLP and have none"
    return f"{text}: {'; '.join(reasons)}" if reasons else text
