"""Tables of what methods say of exams, of what waits for them, and of who switched effective dose on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class EstimateRow(IdMixin, TableBase):
    """
    What one method said of one exam at one time. Append-only; the newest of an exam and method counts.

    ``revision_id`` is the revision of the exam that it was said of, ``case_digest`` that of all the method looked at:
    the same case and version need not be computed again. ``outcomes`` are packed.
    """

    __tablename__ = "estimate"
    __table_args__ = (Index(None, "exam_id", "method_id", "made_at"),)

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"))
    revision_id: Mapped[UUID]
    method_id: Mapped[str]
    method_version: Mapped[str]
    case_digest: Mapped[bytes]  # SHA-256
    outcomes: Mapped[bytes]  # packed tuple of dose_core.estimating.case.Outcome
    made_at: Mapped[datetime]


class EstimateDueRow(TableBase):
    """
    An exam of which the methods are to be asked anew, once for each cause; taken by the worker in bulk.

    A trigger on ``patient`` adds rows too: who somebody is changes in many ways.
    """

    __tablename__ = "estimate_due"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    exam_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]


class EffectiveDoseSwitchRow(TableBase):
    """Who let a site see effective dose, or hid it, and why. Append-only; the newest of a site counts."""

    __tablename__ = "effective_dose_switch"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    site: Mapped[str] = mapped_column(index=True)
    is_on: Mapped[bool]
    reason: Mapped[str]
    decided_by: Mapped[str]  # subject of the token
    decided_at: Mapped[datetime]
