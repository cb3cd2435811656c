"""Table of statements: what each object states."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class StatementRow(IdMixin, TableBase):
    """
    What one object states, as one version of the reader understood it. Append-only.

    ``content`` is a ``dose_core.model.DoseReport``; ``db.mapping`` converts between the two.
    """

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("evidence_id", "reader_version"),)

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"))
    reader_version: Mapped[str]
    kind: Mapped[str]
    study_instance_uid: Mapped[str] = mapped_column(index=True)
    series_instance_uid: Mapped[str | None]
    content: Mapped[dict[str, Any]]
    stated_at: Mapped[datetime]
