"""Queries on the dose SRs that DoseLedger writes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from db.repositories import evidence
from db.session import Session
from db.tables.device import DeviceRow
from db.tables.evidence import EvidenceRow
from db.tables.exam import ExamRevisionRow, ExamRow
from db.tables.publication import PublicationRow
from db.tables.statement import StatementRow
from dose_core.ledger.source import Source
from dose_core.model import Kind

_OPEN = ("waiting", "withdrawing")


def lock_exam(session: Session, exam_id: UUID) -> list[PublicationRow]:
    """Return all publications of an exam, oldest revision first, and hold them until the transaction ends."""
    query = select(PublicationRow).where(PublicationRow.exam_id == exam_id).order_by(PublicationRow.revision)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def exam_of(session: Session, publication_id: UUID) -> UUID | None:
    """Return the exam that a publication belongs to."""
    return session.scalar(select(PublicationRow.exam_id).where(PublicationRow.id == publication_id))


def of_exam(session: Session, exam_id: UUID) -> list[PublicationRow]:
    """Return all publications of an exam, oldest revision first."""
    query = select(PublicationRow).where(PublicationRow.exam_id == exam_id).order_by(PublicationRow.revision)
    return list(session.scalars(query))


def due(session: Session, now: datetime, *, limit: int) -> list[PublicationRow]:
    """Return what is to be sent or withdrawn now: withdrawals, which are promised soon, then the longest due."""
    query = (
        select(PublicationRow)
        .where(PublicationRow.state.in_(_OPEN), PublicationRow.not_before <= now)
        .order_by(PublicationRow.state != "withdrawing", PublicationRow.not_before, PublicationRow.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def image_header(session: Session, study_instance_uid: str) -> bytes | None:
    """
    Return the kept header of the study's first image: always the same one for the same evidence.

    Images of the scanner come first: a derived one may name the workstation that made it.
    """
    is_derived = StatementRow.content["slices"][0]["image_type"][0].astext.is_distinct_from("ORIGINAL")
    query = (
        select(EvidenceRow)
        .join(StatementRow, StatementRow.evidence_id == EvidenceRow.id)
        .where(StatementRow.study_instance_uid == study_instance_uid, StatementRow.kind == Kind.CT_IMAGE)
        .order_by(is_derived, EvidenceRow.sop_instance_uid, EvidenceRow.received_at, EvidenceRow.id)
        .limit(1)
        .options(undefer(EvidenceRow.content))
    )
    row = session.scalars(query).first()
    return evidence.content_of(row) if row else None


def study_of(session: Session, exam_id: UUID) -> str | None:
    """Return the Study Instance UID of an exam."""
    return session.scalar(select(ExamRow.study_instance_uid).where(ExamRow.id == exam_id))


def out_of_line(session: Session, *, limit: int) -> list[UUID]:
    """Return exams of marked devices without a publication, and exams of others where one waits all the same."""
    current = (PublicationRow.exam_id == ExamRow.id) & (PublicationRow.revision == ExamRow.revision)
    revision = (ExamRevisionRow.exam_id == ExamRow.id) & (ExamRevisionRow.number == ExamRow.revision)
    wanted = DeviceRow.sends_no_rdsr & (ExamRevisionRow.content["source"].astext == Source.IMAGE_HEADER)
    query = (
        select(ExamRow.id)
        .join(DeviceRow, DeviceRow.id == ExamRow.device_id)
        .join(ExamRevisionRow, revision)
        .outerjoin(PublicationRow, current)
        .where(
            (wanted & (PublicationRow.id.is_(None) | (PublicationRow.state == "cancelled")))
            | (~DeviceRow.sends_no_rdsr & (PublicationRow.state == "waiting"))
        )
        .order_by(ExamRow.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many publications are in each state."""
    query = select(PublicationRow.state, func.count()).group_by(PublicationRow.state)
    return dict(session.execute(query).all())
