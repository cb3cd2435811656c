"""Queries on the dose SRs that DoseLedger writes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, union

from db import mapping
from db.repositories import evidence
from db.session import Session
from db.tables.device import DeviceRow
from db.tables.evidence import EvidenceRow
from db.tables.exam import ExamRow
from db.tables.publication import PublicationRow
from db.tables.statement import StatementRow
from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.model import CtReport, DoseReport, Kind

_OPEN = ("waiting", "withdrawing")
_TAKEN_BACK = ("cancelled", "superseded", "withdrawn")  # of the revision that counts: it may be wanted again


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


def image_header(session: Session, site: str, study_instance_uid: str) -> bytes | None:
    """
    Return the kept header of the study's first image: always the same one for the same evidence.

    Images of the scanner come first: a derived one may name the workstation that made it.
    """
    query = (
        select(StatementRow.evidence_id, StatementRow.content)
        .join(EvidenceRow, StatementRow.evidence_id == EvidenceRow.id)
        .where(
            StatementRow.study_instance_uid == study_instance_uid,
            StatementRow.site == site,
            StatementRow.kind == Kind.CT_IMAGE,
            EvidenceRow.key.is_not(None),
        )
        .order_by(EvidenceRow.sop_instance_uid, EvidenceRow.received_at, EvidenceRow.id)
    )
    first: UUID | None = None
    for row in session.execute(query.execution_options(yield_per=50)):
        first = first or row.evidence_id
        if _is_original(mapping.report_from_packed(row.content, None)):
            first = row.evidence_id
            break
    found = evidence.load(session, [first]) if first else []
    return evidence.content_of(found[0]) if found else None


def _is_original(report: DoseReport) -> bool:
    return isinstance(report, CtReport) and report.slices[0].image_type[:1] == ("ORIGINAL",)


def study_of(session: Session, exam_id: UUID) -> tuple[str, str] | None:
    """Return the site and the Study Instance UID of an exam."""
    found = session.execute(select(ExamRow.site, ExamRow.study_instance_uid).where(ExamRow.id == exam_id)).one_or_none()
    return (found.site, found.study_instance_uid) if found else None


def out_of_line(session: Session, *, limit: int) -> list[UUID]:
    """Return exams of marked devices without a publication, and exams of others where one waits all the same."""
    current = (PublicationRow.exam_id == ExamRow.id) & (PublicationRow.revision == ExamRow.revision)
    is_known_from_images = ExamRow.summary["ct_source"].astext == Source.IMAGE_HEADER
    is_alive = (ExamRow.state == Standing.COUNTED) & ExamRow.expired_at.is_(None)
    # Two questions, since one that asks either would walk over all exams there are.
    of_device = select(ExamRow.id).join(DeviceRow, DeviceRow.id == ExamRow.device_id)
    missing = of_device.outerjoin(PublicationRow, current).where(
        DeviceRow.sends_no_rdsr,
        is_known_from_images,
        is_alive,
        PublicationRow.id.is_(None) | PublicationRow.state.in_(_TAKEN_BACK),
    )
    unwanted = of_device.join(PublicationRow, current).where(
        ~DeviceRow.sends_no_rdsr, PublicationRow.state == "waiting"
    )
    found = union(missing, unwanted).subquery()
    return list(session.scalars(select(found.c.id).order_by(found.c.id).limit(limit)))


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many publications are in each state."""
    query = select(PublicationRow.state, func.count()).group_by(PublicationRow.state)
    return dict(session.execute(query).all())
