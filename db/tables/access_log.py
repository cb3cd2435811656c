"""Table of who looked at what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class AccessLogRow(IdMixin, TableBase):
    """
    One look at patient data. Append-only; written in the transaction that answers the look.

    A search that found nobody is kept too, with no patient.
    """

    __tablename__ = "access_log"
    __table_args__ = (Index(None, "patient_id", "at"), Index(None, "at"))

    at: Mapped[datetime]
    subject: Mapped[str]  # of the token, or "user:<login>" in a view
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    action: Mapped[str]  # dose_services.audit.Action
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    exam_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"))
    route: Mapped[str]  # the route's template, never the address that was called
    via: Mapped[str]  # 'token', 'launch' or 'view'
    reference: Mapped[UUID | None]  # jti of the token, id of the handle or of the view
    reason: Mapped[str | None]  # of who broke the glass, see dose_services.restriction; without the patient's name
