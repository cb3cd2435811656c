"""
Which dose SRs of ours the archive should hold, and which it should lose.

A device that sends no dose report gets one from us, once its study has been quiet for the site's time.
If a report of a device comes after all, ours is withdrawn: the archive must not hold two truths. The
rows are the queue; `dose_services.publication_sending` works it off. Nothing here commits.
"""

from datetime import datetime, timedelta
from uuid import UUID

from db import mapping
from db.repositories import exams, findings, publications
from db.repositories.exams import KnownExam
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.writers.ct_rdsr import document_uids
from dose_services.filing import lock_study
from dose_services.finding_kinds import FindingKind
from dose_services.site import Site

NOT_WRITTEN = FindingKind.DOSE_SR_NOT_WRITTEN
REFUSED_BY_ARCHIVE = FindingKind.DOSE_SR_REFUSED_BY_ARCHIVE
ARCHIVE_UNREACHABLE = FindingKind.DOSE_SR_WAITS_FOR_ARCHIVE


def plan(session: Session, exam_id: UUID, *, now: datetime, site: Site) -> None:
    """
    Bring the exam's publications in line with the exam as it stands. Safe to repeat.

    Call it in the transaction that changed the exam or its evidence. Work on one study is serialised.
    """
    study = publications.study_of(session, exam_id)
    if study is None:
        return
    lock_study(session, *study)
    known = exams.get(session, exam_id)
    if known is None:
        return
    rows = publications.lock_exam(session, exam_id)
    ct = mapping.exam_from_packed(known.content).ct
    if ct is None or ct.source is not Source.IMAGE_HEADER or known.exam.state != Standing.COUNTED:
        for row in rows:
            take_back(row, now=now)
        for kind in (NOT_WRITTEN, REFUSED_BY_ARCHIVE, ARCHIVE_UNREACHABLE):
            findings.resolve(session, kind=kind, subject=str(exam_id), now=now)
    elif known.device is None or not known.device.sends_no_rdsr or known.exam.expired_at is not None:
        for row in rows:
            if row.state == "waiting":
                take_back(row, now=now)
    else:
        _expect(session, known, rows, now=now, quiet=timedelta(seconds=site.quiet_time_s))
    session.flush()


def unplanned(session: Session, *, limit: int) -> list[UUID]:
    """
    Return exams whose publications do not fit their device's mark, as after ``sends_no_rdsr`` was changed.

    Plan each in a transaction of its own: planning waits for what is just being read of the study.
    """
    return publications.out_of_line(session, limit=limit)


def retry_parked(session: Session, exam_id: UUID, *, now: datetime) -> int:
    """
    Send what the archive refused once more, after somebody mended the cause; return how many rows.

    Only the report on the revision that counts: an earlier one has a later one waiting in its place.
    """
    rows = publications.lock_exam(session, exam_id)
    known = exams.get(session, exam_id)
    parked = [row for row in rows if known and row.revision == known.exam.revision and row.state == "parked"]
    for row in parked:
        row.state, row.not_before, row.ended_at = "waiting", now, None
    session.flush()
    return len(parked)


def _expect(session: Session, known: KnownExam, rows: list[PublicationRow], *, now: datetime, quiet: timedelta) -> None:
    """Have one row waiting for the revision that counts, unless that was settled before."""
    revision = known.exam.revision
    for row in rows:
        if row.state == "waiting" and row.revision != revision:
            take_back(row, now=now, superseded_by=revision)
    session.flush()  # the older row must leave `waiting` before the new one enters it
    quiet_at = known.exam.last_evidence_at + quiet
    current = next((row for row in rows if row.revision == revision), None)
    if current is None:
        uids = document_uids(known.exam.id, revision)
        session.add(
            PublicationRow(
                exam_id=known.exam.id,
                revision=revision,
                state="waiting",
                sop_instance_uid=uids.sop_instance_uid,
                series_instance_uid=uids.series_instance_uid,
                not_before=quiet_at,
                created_at=now,
            )
        )
    elif current.state in {"cancelled", "superseded", "withdrawn"}:  # wanted again, or its revision counts again
        current.state, current.not_before, current.ended_at = "waiting", quiet_at, None
        current.superseded_by = None
    elif current.state == "waiting":
        current.not_before = max(current.not_before, quiet_at)


def take_back(row: PublicationRow, *, now: datetime, superseded_by: int | None = None) -> None:
    """
    Take one publication back.

    After an attempt the archive may hold the object although no answer came, so that it is deleted
    there; deleting what is not there does no harm.
    """
    may_be_stored = row.state == "sent" or (row.state in {"waiting", "parked"} and row.attempts > 0)
    if may_be_stored:
        row.state, row.not_before = "withdrawing", now
    elif row.state in {"waiting", "refused", "unchanged"}:
        row.state, row.ended_at = ("superseded" if superseded_by else "cancelled"), now
    else:
        return
    row.superseded_by = superseded_by
