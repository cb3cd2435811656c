"""Table of the dose SRs that DoseLedger writes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class PublicationRow(IdMixin, TableBase):
    """
    One dose SR of ours: on one revision of one exam, and what became of it.

    ``state`` is ``waiting`` until the study is quiet and the archive has the object, then ``sent``.
    ``withdrawing`` is one that must be deleted from the archive and ends ``withdrawn``, or ``superseded``
    where a later revision took its place. Without ever being in the archive a row ends ``cancelled``
    (not wanted any more), ``superseded``, ``unchanged`` (the report in the archive says the same),
    ``refused`` (no valid report can be written) or ``parked`` (the archive refused it).
    """

    __tablename__ = "publication"
    __table_args__ = (
        ForeignKeyConstraint(
            ["exam_id", "revision"], ["exam_revision.exam_id", "exam_revision.number"], ondelete="RESTRICT"
        ),
        UniqueConstraint("exam_id", "revision"),
        # One report waits, one is in the archive: a second of either cannot come about.
        Index("uq_publication_waiting", "exam_id", unique=True, postgresql_where="state = 'waiting'"),
        Index("uq_publication_sent", "exam_id", unique=True, postgresql_where="state = 'sent'"),
        Index(None, "not_before", postgresql_where="state IN ('waiting','withdrawing')"),
        CheckConstraint(
            "state ~ '^(waiting|sent|withdrawing|withdrawn|cancelled|superseded|unchanged|refused|parked)$'",
            name="state_known",
        ),
    )

    exam_id: Mapped[UUID]
    revision: Mapped[int]
    state: Mapped[str]
    sop_instance_uid: Mapped[str] = mapped_column(unique=True)
    series_instance_uid: Mapped[str] = mapped_column(unique=True)
    not_before: Mapped[datetime]  # when the next attempt is due
    attempts: Mapped[int] = mapped_column(default=0)  # above 0 the archive may hold the object
    last_error: Mapped[str | None]
    superseded_by: Mapped[int | None]  # the revision that took its place
    substance: Mapped[str | None]  # digest of what the report says, without its identity and time
    orthanc_id: Mapped[str | None]
    created_at: Mapped[datetime]
    made_at: Mapped[datetime | None]  # Content Date and Time; the same in each attempt
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
