"""Tables of the sizes that were measured in CT images, and of which exams were looked at."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TableBase


class CtSizeRow(TableBase):
    """What was measured in the slices of one CT event; measured anew when more objects of its exam came."""

    __tablename__ = "ct_size"

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), primary_key=True)
    event_uid: Mapped[str] = mapped_column(primary_key=True)
    series_instance_uid: Mapped[str]
    sop_instance_uid: Mapped[str]  # of the slice in the middle
    slices: Mapped[bytes]  # see db.repositories.ct_sizes: five numbers of four bytes for each slice
    method_version: Mapped[str]
    measured_at: Mapped[datetime]


class CtSizeLookRow(TableBase):
    """
    When the images of an exam were looked at, or will be.

    ``evidence_at`` is the exam's newest evidence at the last look that need not be repeated, ``reason`` why it found
    nothing, or why the last attempt came to nothing.
    """

    __tablename__ = "ct_size_look"

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), primary_key=True)
    evidence_at: Mapped[datetime | None]
    attempts: Mapped[int]
    not_before: Mapped[datetime]
    reason: Mapped[str | None]
