"""Table of findings: what somebody should look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from db.base import IdMixin, TableBase


class FindingRow(IdMixin, TableBase):
    """
    One thing that somebody should look at, raised once per ``(kind, subject)``.

    ``text`` holds no patient data; ``subject`` is one of our ids or a UID.
    """

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index(None, "exam_id", postgresql_where="resolved_at IS NULL"),
        Index(None, "kind", "raised_at"),
        Index(None, "raised_at", "id"),
    )

    kind: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    detail: Mapped[dict[str, Any]]
    exam_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    evidence_id: Mapped[UUID | None]
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]  # subject of who closed it; None while open, or if its cause went away
    comment: Mapped[str | None]  # of who closed it
