"""Queries on what archives say of keeping dose SRs of ours."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from db.session import Session
from db.tables.commitment import CommitmentRow
from db.tables.publication import PublicationRow


def due(session: Session, now: datetime, *, destinations: Collection[str], limit_each: int) -> list[tuple[UUID, str]]:
    """
    Return publications that these destinations have and are to be asked about now, longest there first.

    So many for each: one that does not answer, and of which ever more is due, keeps no other from being asked.
    """
    order = (PublicationRow.sent_at, PublicationRow.id)
    place = func.row_number().over(partition_by=PublicationRow.destination, order_by=order)
    queued = (
        select(PublicationRow.id, PublicationRow.destination, PublicationRow.sent_at, place.label("place"))
        .outerjoin(CommitmentRow, CommitmentRow.publication_id == PublicationRow.id)
        .where(
            PublicationRow.state == "sent",
            PublicationRow.destination.in_(destinations),
            or_(
                CommitmentRow.id.is_(None),
                (CommitmentRow.state != "kept") & (CommitmentRow.not_before <= now),
            ),
        )
        .subquery()
    )
    first = queued.c.place <= limit_each
    query = select(queued.c.id, queued.c.destination).where(first).order_by(queued.c.sent_at, queued.c.id)
    return [(found.id, found.destination) for found in session.execute(query)]


def lock(session: Session, publication_id: UUID) -> tuple[PublicationRow, CommitmentRow | None] | None:
    """Return a publication and what was asked about it, and hold both until the transaction ends."""
    fresh = {"populate_existing": True}
    query = select(PublicationRow).where(PublicationRow.id == publication_id).with_for_update()
    publication = session.scalars(query.execution_options(**fresh)).one_or_none()
    if publication is None:
        return None
    asked = select(CommitmentRow).where(CommitmentRow.publication_id == publication_id).with_for_update()
    return publication, session.scalars(asked.execution_options(**fresh)).one_or_none()


def asked_about(session: Session, transaction_uid: str) -> UUID | None:
    """Return the publication that the last request with this transaction UID is about."""
    query = select(CommitmentRow.publication_id).where(CommitmentRow.transaction_uid == transaction_uid)
    return session.scalar(query)
