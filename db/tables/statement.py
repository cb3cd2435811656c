"""Tables of statements: what each object states, and the replays that read objects anew."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class ReplayRow(IdMixin, TableBase):
    """One reading of kept evidence by newer readers; its statements count unless it was rolled back."""

    __tablename__ = "replay"

    reader_version: Mapped[str]
    applied_by: Mapped[str]
    applied_at: Mapped[datetime]
    rolled_back_by: Mapped[str | None]
    rolled_back_at: Mapped[datetime | None]
    selection: Mapped[dict[str, Any]]  # what was asked for: since, device, kind


class StatementRow(IdMixin, TableBase):
    """
    What one object states, as one version of the reader understood it. Append-only.

    ``content`` is a packed ``dose_core.model.DoseReport``; ``db.mapping`` converts between the two. Of
    several statements on one object the newest counts that belongs to no replay that was rolled back.
    """

    __tablename__ = "statement"
    __table_args__ = (
        Index(
            "uq_statement_evidence_id_reader_version_replay_id",
            "evidence_id",
            "reader_version",
            "replay_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"))
    replay_id: Mapped[UUID | None] = mapped_column(ForeignKey("replay.id", ondelete="RESTRICT"))
    reader_version: Mapped[str]
    kind: Mapped[str]
    site: Mapped[str] = mapped_column(server_default="")
    study_instance_uid: Mapped[str] = mapped_column(index=True)
    series_instance_uid: Mapped[str | None]
    content: Mapped[bytes]
    stated_at: Mapped[datetime]
