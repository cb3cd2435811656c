"""Tables of what keeps data longer or hides them, and of what was made unreadable when its time was over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class LegalHoldRow(TableBase):
    """
    A patient or an exam that must be kept, whatever the rule says. Lifted, never deleted.

    Reasons do not name the patient, see ``dose_core.retention.wording``.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("num_nonnulls(patient_id, exam_id) = 1", name="holds_one"),
        Index(None, "patient_id", postgresql_where="lifted_at IS NULL"),
        Index(None, "exam_id", postgresql_where="lifted_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    exam_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"))
    reason: Mapped[str]
    set_by: Mapped[str]  # who, as the access log names them
    set_at: Mapped[datetime]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str | None]


class PatientRestrictionRow(IdMixin, TableBase):
    """
    A patient whose data nobody may see but by break-glass (GDPR, 18). Lifted, never deleted.

    ``patient.restricted_since`` is set by the same transactions. Reasons do not name the patient.
    """

    __tablename__ = "patient_restriction"
    __table_args__ = (
        Index("uq_patient_restriction_current", "patient_id", unique=True, postgresql_where="lifted_at IS NULL"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str | None]


class RetentionEventRow(TableBase):
    """
    What was made unreadable for good, when, by whom and by which rule. Append-only; the database refuses changes.

    ``exam``: the objects of one exam and what they say of identity; ``detail`` counts them. ``patient``: all that
    names one patient. ``objects``: objects that belong to no exam. ``messages``: HL7 messages.
    """

    __tablename__ = "retention_event"
    __table_args__ = (CheckConstraint("kind IN ('exam','patient','objects','messages')", name="kind_known"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    rule: Mapped[str]  # dose_core.retention.rules.Rule.name, or of messages their age in days
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    exam_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    detail: Mapped[dict[str, Any]]
