"""Findings about dose SRs of ours: each is about one kind on one exam and, of an archive, about that archive too."""

from datetime import datetime
from uuid import UUID

from db.repositories import findings
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.errors import DoseError
from dose_services.finding_kinds import FindingKind

NOT_PLANNED = FindingKind.DOSE_SR_NOT_PLANNED
NOT_WRITTEN = FindingKind.DOSE_SR_NOT_WRITTEN
REFUSED_BY_ARCHIVE = FindingKind.DOSE_SR_REFUSED_BY_ARCHIVE
ARCHIVE_UNREACHABLE = FindingKind.DOSE_SR_WAITS_FOR_ARCHIVE
NOT_CONFIRMED = FindingKind.DOSE_SR_NOT_CONFIRMED


def raise_about(session: Session, row: PublicationRow, kind: FindingKind, text: str, *, now: datetime) -> None:
    """Raise a finding about a publication; ``text`` names no patient."""
    findings.raise_once(session, kind=kind, subject=_subject(row, kind), text=text, now=now, exam_id=row.exam_id)


def resolve(session: Session, row: PublicationRow, kind: FindingKind, *, now: datetime) -> None:
    """Close the finding of a kind about a publication, if there is one."""
    findings.resolve(session, kind=kind, subject=_subject(row, kind), now=now)


def raise_unwritable(session: Session, exam_id: UUID, choice: str, error: DoseError, *, now: datetime) -> None:
    """Raise a finding about all objects of a choice on an exam: none can be written."""
    findings.raise_once(
        session, kind=NOT_WRITTEN, subject=f"{exam_id} {choice}", text=str(error), now=now, exam_id=exam_id
    )


def resolve_unwritable(session: Session, exam_id: UUID, choice: str, *, now: datetime) -> None:
    """Close it, if there is one."""
    findings.resolve(session, kind=NOT_WRITTEN, subject=f"{exam_id} {choice}", now=now)


def raise_unplanned(session: Session, exam_id: UUID, *, bug: str, now: datetime) -> None:
    """Raise a finding about an exam of which nobody could say what archives are to hold; ``bug`` names no patient."""
    text = f"what archives are to hold of the exam could not be planned: {bug}; it is tried again"
    findings.raise_once(session, kind=NOT_PLANNED, subject=str(exam_id), text=text, now=now, exam_id=exam_id)


def resolve_unplanned(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Close it, if there is one: the exam was planned."""
    findings.resolve(session, kind=NOT_PLANNED, subject=str(exam_id), now=now)


def settle(session: Session, row: PublicationRow, *, now: datetime) -> None:
    """Close all findings about a publication: the archive has it, or nobody wants it any more."""
    for kind in (NOT_WRITTEN, REFUSED_BY_ARCHIVE, ARCHIVE_UNREACHABLE, NOT_CONFIRMED):
        resolve(session, row, kind, now=now)


def _subject(row: PublicationRow, kind: FindingKind) -> str:
    about = f"{row.exam_id} {row.kind}"
    return about if kind is NOT_WRITTEN else f"{about} {row.destination}"
