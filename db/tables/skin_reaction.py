"""Table of what was seen of patients' skin after an exam."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class SkinReactionRow(IdMixin, TableBase):
    """
    One look at a patient's skin, whatever it showed. Append-only, but for its texts, which go when the exam expires.

    Grade 0 is a look that found nothing. ``withdraws`` is the one that this row takes back; such a row has no grade.
    """

    __tablename__ = "skin_reaction"
    __table_args__ = (
        CheckConstraint("(grade IS NULL) = (withdraws IS NOT NULL)", name="grade_or_withdrawal"),
        CheckConstraint("grade BETWEEN 0 AND 5", name="grade_known"),
    )

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    grade: Mapped[int | None]
    seen_on: Mapped[date | None]
    place: Mapped[str]  # on the body
    photo_reference: Mapped[str]  # where a picture is kept; never the picture
    comment: Mapped[str]
    withdraws: Mapped[UUID | None] = mapped_column(ForeignKey("skin_reaction.id", ondelete="RESTRICT"), unique=True)
    recorded_by: Mapped[str]  # subject of the token
    recorded_at: Mapped[datetime]
