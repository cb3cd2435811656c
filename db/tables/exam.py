"""Tables of exams and their revisions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class ExamRow(IdMixin, TableBase):
    """
    One exam, which is one study. The row points to the revision that counts now.

    ``patient_id`` is the patient that the objects name; a merged patient's exams keep it, and are
    found under the survivor by following ``patient.merged_into_id``.
    """

    __tablename__ = "exam"
    __table_args__ = (Index(None, "patient_id", "started_at"),)

    study_instance_uid: Mapped[str] = mapped_column(unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"))
    revision: Mapped[int]
    modality: Mapped[str]
    accession_number: Mapped[str | None] = mapped_column(index=True)
    started_at: Mapped[datetime | None]  # UTC
    started_local: Mapped[str | None]  # as stated, ISO 8601 without a guess at the offset
    last_evidence_at: Mapped[datetime]
    created_at: Mapped[datetime]


class ExamRevisionRow(IdMixin, TableBase):
    """What the statements known at one time add up to. Append-only; the newest counts."""

    __tablename__ = "exam_revision"
    __table_args__ = (UniqueConstraint("exam_id", "number"),)

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]  # dose_core.ledger.CtExam
    digest: Mapped[str]  # of the content: the same statements make no second revision
    made_at: Mapped[datetime]
