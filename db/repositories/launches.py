"""Queries on launch handles and the views that they open."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from db.session import Session
from db.tables.exam import ExamRow
from db.tables.launch import LaunchHandleRow, SmartLaunchRow, ViewSessionRow


def add_handle(session: Session, values: dict[str, Any]) -> LaunchHandleRow:
    """Record a handle that is about to be given out and return the row. ``values`` are its columns."""
    row = LaunchHandleRow(**values, used_at=None)
    session.add(row)
    session.flush()
    return row


def use_handle(session: Session, digest: str, *, now: datetime) -> LaunchHandleRow | None:
    """
    Return the handle and mark it used, or ``None`` if it is unknown, used or expired.

    One statement, so that of two who come at once only one gets it.
    """
    statement = (
        update(LaunchHandleRow)
        .where(LaunchHandleRow.digest == digest, LaunchHandleRow.used_at.is_(None), LaunchHandleRow.expires_at > now)
        .values(used_at=now)
        .returning(LaunchHandleRow)
    )
    return session.scalar(statement)


def add_view(
    session: Session, *, digest: str, handle: LaunchHandleRow, opened_at: datetime, expires_at: datetime
) -> ViewSessionRow:
    """Open a view for the person and the patient of a handle and return the row."""
    row = ViewSessionRow(
        digest=digest,
        launch_handle_id=handle.id,
        user_id=handle.user_id,
        patient_id=handle.patient_id,
        opened_at=opened_at,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row


def open_restricted(session: Session, view_id: UUID, *, reason: str) -> None:
    """Keep why a view is open although its patient is restricted."""
    session.execute(update(ViewSessionRow).where(ViewSessionRow.id == view_id).values(break_glass=reason))


def view(session: Session, view_id: UUID) -> tuple[ViewSessionRow, LaunchHandleRow] | None:
    """Return one view, and the handle that opened it."""
    query = (
        select(ViewSessionRow, LaunchHandleRow)
        .join(LaunchHandleRow, LaunchHandleRow.id == ViewSessionRow.launch_handle_id)
        .where(ViewSessionRow.id == view_id)
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def end_views(session: Session, user_id: UUID, *, issued_to: str | None = None, now: datetime) -> None:
    """End the open views of a person; with ``issued_to`` only those whose handles were issued to that."""
    row = ViewSessionRow
    query = update(row).where(row.user_id == user_id, row.expires_at > now)
    if issued_to is not None:
        handles = select(LaunchHandleRow.id).where(
            LaunchHandleRow.user_id == user_id, LaunchHandleRow.issued_to == issued_to
        )
        query = query.where(row.launch_handle_id.in_(handles))
    session.execute(query.values(expires_at=now))


def add_smart_launch(session: Session, values: dict[str, Any], *, now: datetime) -> None:
    """Keep a SMART launch that begins, and forget those that nobody came back from. ``values`` are its columns."""
    session.execute(delete(SmartLaunchRow).where(SmartLaunchRow.expires_at <= now))
    session.execute(insert(SmartLaunchRow).values(**values))


def take_smart_launch(session: Session, state_digest: str, browser_digest: str, *, now: datetime) -> str | None:
    """Delete a SMART launch and return its issuer; ``None`` if there is none of both digests, or it is over."""
    statement = (
        delete(SmartLaunchRow)
        .where(
            SmartLaunchRow.state_digest == state_digest,
            SmartLaunchRow.browser_digest == browser_digest,
            SmartLaunchRow.expires_at > now,
        )
        .returning(SmartLaunchRow.issuer)
    )
    return session.scalar(statement)


def patients_of_accession(session: Session, accession_number: str) -> list[UUID]:
    """Return whose the counted exams of an accession number are; several where several sites use it."""
    query = select(ExamRow.patient_id).where(ExamRow.accession_number == accession_number, ExamRow.state == "counted")
    return list(session.scalars(query.distinct().order_by(ExamRow.patient_id)))
