"""Table of what archives say of keeping dose SRs of ours."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class CommitmentRow(IdMixin, TableBase):
    """
    What an archive says of keeping one dose SR of ours, for which it was asked (storage commitment).

    ``asked`` until its report comes: then ``kept`` or ``not_kept``. ``refused`` is an archive that offers no storage
    commitment. What is not kept is asked again. ``transaction_uid`` is that of the last request; each has its own.
    """

    __tablename__ = "commitment"
    __table_args__ = (CheckConstraint("state IN ('asked','kept','not_kept','refused')", name="state_known"),)

    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id", ondelete="RESTRICT"), unique=True)
    state: Mapped[str]
    transaction_uid: Mapped[str] = mapped_column(unique=True)
    attempts: Mapped[int]
    not_before: Mapped[datetime]  # when it is asked again, unless it is kept
    reason: Mapped[str | None]  # why it is not kept, or could not be asked
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
