"""Queries on the systems that get results, and on what each was told of an exam."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from db.session import Session
from db.tables.outbound import OutboundDestinationRow, OutboundExamRow

# An exam that a destination was told of is looked at again whatever it is now; what was told must be taken back, too.
_LOOK = """
    INSERT INTO outbound_exam (destination_id, exam_id, look_at, told)
    SELECT d.id, e.id, greatest(CAST(:now AS timestamptz), e.last_evidence_at + make_interval(secs => d.quiet_s)), '[]'
    FROM outbound_destination d JOIN exam e ON {which}
    WHERE EXISTS (SELECT FROM outbound_exam o WHERE o.destination_id = d.id AND o.exam_id = e.id)
        OR (e.state = 'counted' AND e.expired_at IS NULL AND e.created_at >= d.exams_since
            AND (d.modalities = '[]' OR d.modalities ?| string_to_array(e.modality, '/')))
    ON CONFLICT (destination_id, exam_id) DO UPDATE SET look_at = excluded.look_at
"""
_LOOK_AGAIN = text(_LOOK.format(which="e.study_instance_uid = :study_instance_uid AND e.site = :site"))
_LOOK_AT_ALL = text(_LOOK.format(which="d.id = :destination_id AND e.created_at >= d.exams_since"))


_LOOK_AT_MERGED = text(
    """
    UPDATE outbound_exam o SET look_at = :now FROM exam e
    WHERE e.patient_id = ANY(:patient_ids) AND o.exam_id = e.id AND o.told_patient_id IS NOT NULL
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An exam that is to be compared with what a destination was told of it."""

    destination_id: UUID
    exam_id: UUID
    site: str
    study_instance_uid: str


_DUE = text(
    """
    SELECT o.destination_id, o.exam_id, e.site, e.study_instance_uid
    FROM outbound_exam o JOIN exam e ON e.id = o.exam_id JOIN outbound_destination d ON d.id = o.destination_id
    WHERE o.look_at <= :now AND d.is_active
    ORDER BY o.look_at, e.last_evidence_at, o.exam_id, o.destination_id LIMIT :limit
    """
)


def look_again(session: Session, site: str, study_instance_uid: str, *, now: datetime) -> None:
    """Have the exam of a study compared with what each destination was told, once no object about it comes any more."""
    session.execute(_LOOK_AGAIN, {"site": site, "study_instance_uid": study_instance_uid, "now": now})


def look_at_all(session: Session, destination_id: UUID, *, now: datetime) -> None:
    """Have a destination told of the exams that it wants and that are known already."""
    session.execute(_LOOK_AT_ALL, {"destination_id": destination_id, "now": now})


def look_at_merged(session: Session, patient_ids: Sequence[UUID], *, now: datetime) -> None:
    """Have what destinations were told of these patients looked at, since some of them just became one with others."""
    session.execute(_LOOK_AT_MERGED, {"patient_ids": list(patient_ids), "now": now})


def due(session: Session, now: datetime, *, limit: int) -> list[Look]:
    """Return what is to be looked at now, the longest due first; nothing for a destination that rests."""
    return [Look(**row) for row in session.execute(_DUE, {"now": now, "limit": limit}).mappings()]


def lock_told(session: Session, destination_id: UUID, exam_id: UUID) -> OutboundExamRow | None:
    """Return what a destination was told of an exam, and hold it until the transaction ends."""
    query = select(OutboundExamRow).where(
        OutboundExamRow.destination_id == destination_id, OutboundExamRow.exam_id == exam_id
    )
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def lock_destination(session: Session, destination_id: UUID) -> OutboundDestinationRow | None:
    """Return a destination, and hold it until the transaction ends: its messages get their order so."""
    query = select(OutboundDestinationRow).where(OutboundDestinationRow.id == destination_id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def destinations(session: Session) -> list[OutboundDestinationRow]:
    """Return all destinations by name."""
    return list(session.scalars(select(OutboundDestinationRow).order_by(OutboundDestinationRow.name)))


def name_of(session: Session, destination_id: UUID) -> str:
    """Return the name of a destination that there is."""
    return session.scalars(select(OutboundDestinationRow.name).where(OutboundDestinationRow.id == destination_id)).one()


def destination_named(session: Session, name: str) -> OutboundDestinationRow | None:
    """Return the destination of a name."""
    return session.scalars(select(OutboundDestinationRow).where(OutboundDestinationRow.name == name)).one_or_none()
