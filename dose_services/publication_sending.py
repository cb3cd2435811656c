"""
One step of a publication: what the archive is to be told, and what became of it.

The worker takes a publication in one transaction, talks to the archive in none, and marks the outcome
in a third. Between the first and the last the exam may change; then `dose_services.publication.plan`
has changed the row, and the marks below follow it. A step that is never marked, since its process
died, is due again when its lease ends: the same object is stored again under the same UID, which
changes nothing. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db import mapping
from db.repositories import exams, findings, publications
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.errors import DoseError
from dose_core.ledger.exam import CtExam
from dose_core.ledger.standing import Standing
from dose_core.writers.devices import Recorder
from dose_core.writers.errors import NotWritableError, UnusableHeaderError
from dose_services.publication import ARCHIVE_UNREACHABLE, NOT_WRITTEN, REFUSED_BY_ARCHIVE, take_back
from dose_services.publication_document import MissingHeaderError, document_of, source_of, substance_of

# Longer than the archive's time limits, so that an attempt is not repeated while it runs.
LEASE = timedelta(seconds=90)
# Withdrawal within a minute is promised, also when the archive comes back only after some attempts.
_LONGEST_BACK_OFF_S = 30
_ATTEMPTS_BEFORE_FINDING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A publication whose next step is due."""

    publication_id: UUID
    exam_id: UUID
    is_withdrawal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An object to store. ``dicom`` is the same for each attempt."""

    publication_id: UUID
    sop_instance_uid: str
    dicom: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An object to delete, whether or not the archive has it."""

    publication_id: UUID
    sop_instance_uid: str


def due(session: Session, now: datetime, *, limit: int) -> list[Due]:
    """Return the publications whose next step is due: withdrawals, then the longest due."""
    return [
        Due(publication_id=row.id, exam_id=row.exam_id, is_withdrawal=row.state == "withdrawing")
        for row in publications.due(session, now, limit=limit)
    ]


def take(session: Session, publication_id: UUID, *, now: datetime, recorder: Recorder) -> Upload | Withdrawal | None:
    """
    Return what to tell the archive now, or ``None`` if nothing is due (any more).

    What cannot be written as a valid report is settled as refused, with a finding that says why.
    """
    row, rows = _locked(session, publication_id)
    if row is None or row.not_before > now:
        return None
    if row.state == "withdrawing":
        _begin(row, now=now)
        return Withdrawal(publication_id=row.id, sop_instance_uid=row.sop_instance_uid)
    known = exams.get(session, row.exam_id)
    if row.state != "waiting" or known is None or known.exam.revision != row.revision:
        return None
    is_wanted = known.device is not None and known.device.sends_no_rdsr and known.exam.state == Standing.COUNTED
    if not is_wanted or known.exam.expired_at is not None:  # somebody decided so a moment ago
        take_back(row, now=now)
        return None
    sent = next((other for other in rows if other.state == "sent"), None)
    ct = mapping.exam_from_packed(known.content).ct
    return _write(session, row, known.exam.site, ct, sent, now=now, recorder=recorder) if ct else None


def mark_sent(session: Session, publication_id: UUID, *, orthanc_id: str, now: datetime) -> None:
    """The archive has the object: reports on other revisions must leave it. Safe to repeat."""
    row, rows = _locked(session, publication_id)
    if row is None:
        return
    row.orthanc_id, row.sent_at, row.last_error = orthanc_id, row.sent_at or now, None
    if row.state in {"withdrawing", "withdrawn", "superseded", "cancelled"}:
        row.state, row.not_before, row.ended_at = "withdrawing", now, None  # taken back while it was on its way
        return
    for other in rows:
        if other.revision != row.revision and other.state in {"sent", "parked"}:
            other.state, other.not_before, other.superseded_by = "withdrawing", now, row.revision
    session.flush()  # one report at most is `sent`
    row.state = "sent"
    for kind in (NOT_WRITTEN, REFUSED_BY_ARCHIVE, ARCHIVE_UNREACHABLE):
        findings.resolve(session, kind=kind, subject=str(row.exam_id), now=now)


def mark_withdrawn(session: Session, publication_id: UUID, *, now: datetime) -> None:
    """The archive does not have the object any more. Safe to repeat."""
    row, _ = _locked(session, publication_id)
    if row is None or row.state != "withdrawing":
        return
    row.state, row.ended_at, row.last_error = ("superseded" if row.superseded_by else "withdrawn"), now, None
    findings.resolve(session, kind=ARCHIVE_UNREACHABLE, subject=str(row.exam_id), now=now)


def mark_unavailable(session: Session, publication_id: UUID, *, error: DoseError, now: datetime) -> None:
    """The archive could not be asked: try again after a while that doubles up to half a minute."""
    row, _ = _locked(session, publication_id)
    if row is None or row.state not in {"waiting", "withdrawing"}:
        return
    row.last_error = str(error)
    row.not_before = now + timedelta(seconds=min(2.0**row.attempts, _LONGEST_BACK_OFF_S))
    if row.attempts >= _ATTEMPTS_BEFORE_FINDING:
        text = f"a dose SR waits for the archive after {row.attempts} attempts: {error}"
        findings.raise_once(
            session, kind=ARCHIVE_UNREACHABLE, subject=str(row.exam_id), text=text, now=now, exam_id=row.exam_id
        )


def mark_refused(session: Session, publication_id: UUID, *, error: DoseError, now: datetime) -> None:
    """
    The archive refused the object for good: park it, visibly.

    A refused withdrawal is no end: the object is still there, so that it is tried again.
    """
    row, _ = _locked(session, publication_id)
    if row is None or row.state not in {"waiting", "withdrawing"}:
        return
    row.last_error = str(error)
    if row.state == "waiting":
        row.state, row.ended_at = "parked", now
        text = f"the archive refused a dose SR of ours, which is parked: {error}"
    else:
        row.not_before = now + timedelta(seconds=_LONGEST_BACK_OFF_S)
        text = f"the archive refused to delete a dose SR of ours; it is asked again: {error}"
    findings.raise_once(
        session, kind=REFUSED_BY_ARCHIVE, subject=str(row.exam_id), text=text, now=now, exam_id=row.exam_id
    )


def mark_broken(session: Session, publication_id: UUID, *, bug: str, now: datetime) -> None:
    """Writing or sending failed in a way that nobody foresaw: settle it, visibly, so that others go on."""
    row, _ = _locked(session, publication_id)
    if row is None or row.state not in {"waiting", "withdrawing"}:
        return
    row.last_error = bug
    if row.state == "waiting" and row.attempts == 0:
        row.state, row.ended_at = "refused", now
    else:  # the archive may hold the object
        row.not_before = now + timedelta(seconds=_LONGEST_BACK_OFF_S)
    findings.raise_once(
        session,
        kind=NOT_WRITTEN,
        subject=str(row.exam_id),
        text=f"a dose SR of ours failed: {bug}; please report this",
        now=now,
        exam_id=row.exam_id,
    )


def _locked(session: Session, publication_id: UUID) -> tuple[PublicationRow | None, list[PublicationRow]]:
    exam_id = publications.exam_of(session, publication_id)
    rows = publications.lock_exam(session, exam_id) if exam_id else []
    return next((row for row in rows if row.id == publication_id), None), rows


def _begin(row: PublicationRow, *, now: datetime) -> None:
    row.attempts += 1
    row.not_before = now + LEASE


def _write(
    session: Session,
    row: PublicationRow,
    site: str,
    exam: CtExam,
    sent: PublicationRow | None,
    *,
    now: datetime,
    recorder: Recorder,
) -> Upload | None:
    """Return the object, or settle the row as refused, or as unchanged against the report that was sent before."""
    try:
        source = source_of(session, site, exam)
        row.substance = substance_of(exam, source, recorder)
        if sent is not None and sent.substance == row.substance:
            row.state, row.ended_at = "unchanged", now
            return None
        row.made_at = row.made_at or now
        # One that counts again after a rollback is stored as it was stored before, under the same UID.
        dicom = document_of(row, exam, source, recorder, predecessor=None if row.sent_at else sent)
    except (NotWritableError, UnusableHeaderError, MissingHeaderError) as error:
        row.state, row.last_error, row.ended_at = "refused", str(error), now
        findings.raise_once(
            session, kind=NOT_WRITTEN, subject=str(row.exam_id), text=str(error), now=now, exam_id=row.exam_id
        )
        if sent is not None:  # it states a dose that is known to be out of date, and nothing takes its place
            take_back(sent, now=now)
        return None
    _begin(row, now=now)
    return Upload(publication_id=row.id, sop_instance_uid=row.sop_instance_uid, dicom=dicom)
