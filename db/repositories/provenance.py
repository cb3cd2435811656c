"""Queries that lead from a value back to the object it was read from, and to what it superseded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import undefer

from db import mapping
from db.repositories.evidence import content_of
from db.repositories.statements import report_of
from db.session import Session
from db.tables.evidence import EvidenceRow, EvidenceWayRow
from db.tables.exam import ExamRevisionRow, ExamRow
from db.tables.statement import ReplayRow, StatementRow
from dose_core.ledger.exam import Exam
from dose_core.model import DoseReport


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStatement:
    """One statement with the object it came from; ``is_rolled_back`` if the replay that made it was taken back."""

    id: UUID
    site: str
    reader_version: str
    stated_at: datetime
    is_rolled_back: bool
    evidence: EvidenceRow  # without its content
    report: DoseReport


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRevision:
    """One revision of an exam with the exam as it stands now."""

    id: UUID
    number: int
    cause: str
    made_at: datetime
    row: ExamRow
    exam: Exam


def statement(session: Session, statement_id: UUID) -> KnownStatement | None:
    """Return one statement."""
    return next(iter(statements(session, [statement_id])), None)


def statements(session: Session, statement_ids: Sequence[UUID]) -> list[KnownStatement]:
    """Return these statements, in no order."""
    return _statements(session, _STATEMENTS.where(StatementRow.id.in_(statement_ids))) if statement_ids else []


def readings_of(session: Session, evidence_id: UUID, *, limit: int) -> list[KnownStatement]:
    """Return what readers made of one object, newest reading first."""
    query = _STATEMENTS.where(StatementRow.evidence_id == evidence_id)
    return _statements(session, query.order_by(StatementRow.stated_at.desc(), StatementRow.id).limit(limit))


def of_kinds(
    session: Session, site: str, study_instance_uid: str, kinds: Sequence[str], *, limit: int
) -> list[KnownStatement]:
    """Return the statements about a study that objects of these kinds make, first come first."""
    query = _STATEMENTS.where(
        StatementRow.study_instance_uid == study_instance_uid, StatementRow.site == site, StatementRow.kind.in_(kinds)
    )
    return _statements(session, query.order_by(StatementRow.stated_at, StatementRow.id).limit(limit))


def revision(session: Session, revision_id: UUID) -> KnownRevision | None:
    """Return one revision of an exam, whether it counts now or did once."""
    return next(iter(_revisions(session, _REVISIONS.where(ExamRevisionRow.id == revision_id))), None)


def current_of_study(session: Session, site: str, study_instance_uid: str) -> KnownRevision | None:
    """Return the revision that counts now of the exam that a study of a site makes."""
    query = _REVISIONS.where(
        ExamRow.study_instance_uid == study_instance_uid,
        ExamRow.site == site,
        ExamRevisionRow.id == ExamRow.revision_id,
    )
    return next(iter(_revisions(session, query)), None)


def current_of_exam(session: Session, exam_id: UUID) -> KnownRevision | None:
    """Return the revision of an exam that counts now."""
    query = _REVISIONS.where(ExamRow.id == exam_id, ExamRevisionRow.id == ExamRow.revision_id)
    return next(iter(_revisions(session, query)), None)


def other_revisions(session: Session, exam_id: UUID, revision_id: UUID, *, limit: int) -> list[KnownRevision]:
    """Return the revisions of an exam beside one, newest first; later ones if that one counts again."""
    query = _REVISIONS.where(ExamRow.id == exam_id, ExamRevisionRow.id != revision_id)
    return _revisions(session, query.order_by(ExamRevisionRow.number.desc()).limit(limit))


def ways(session: Session, evidence_id: UUID) -> list[EvidenceWayRow]:
    """Return the further ways on which an object came, first come first."""
    query = select(EvidenceWayRow).where(EvidenceWayRow.evidence_id == evidence_id)
    return list(session.scalars(query.order_by(EvidenceWayRow.received_at, EvidenceWayRow.sender)))


def content(session: Session, evidence_id: UUID) -> bytes | None:
    """
    Return the bytes of an object as they were received.

    Raises:
        ErasedError: the time to keep them is over.
    """
    query = select(EvidenceRow).where(EvidenceRow.id == evidence_id).options(undefer(EvidenceRow.content))
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return content_of(found) if found else None


_STATEMENTS: Select[StatementRow, EvidenceRow, bool] = (
    select(StatementRow, EvidenceRow, func.coalesce(ReplayRow.rolled_back_at.is_not(None), False))
    .join(EvidenceRow, EvidenceRow.id == StatementRow.evidence_id)
    .outerjoin(ReplayRow, ReplayRow.id == StatementRow.replay_id)
)
_REVISIONS = select(ExamRevisionRow, ExamRow).join(ExamRow, ExamRow.id == ExamRevisionRow.exam_id)


def _statements(session: Session, query: Select[StatementRow, EvidenceRow, bool]) -> list[KnownStatement]:
    return [
        KnownStatement(
            id=row.id,
            site=row.site,
            reader_version=row.reader_version,
            stated_at=row.stated_at,
            is_rolled_back=is_rolled_back,
            evidence=evidence,
            report=report_of(row),
        )
        for row, evidence, is_rolled_back in session.execute(query)
    ]


def _revisions(session: Session, query: Select[ExamRevisionRow, ExamRow]) -> list[KnownRevision]:
    return [
        KnownRevision(
            id=revised.id,
            number=revised.number,
            cause=revised.cause,
            made_at=revised.made_at,
            row=row,
            exam=mapping.exam_from_packed(revised.content),
        )
        for revised, row in session.execute(query.execution_options(populate_existing=True))
    ]
