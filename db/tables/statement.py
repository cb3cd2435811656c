"""Tables of statements: what each object states, and the replays that read objects anew."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class ReplayRow(IdMixin, TableBase):
    """
    One reading of kept evidence by newer readers; its statements count unless it was rolled back.

    ``after_study`` and ``after_site`` are the last study that it was through with; one that was cut short goes
    on behind it. ``finished_at`` is None while there is work left.
    """

    __tablename__ = "replay"

    reader_version: Mapped[str]
    applied_by: Mapped[str]
    applied_at: Mapped[datetime]
    rolled_back_by: Mapped[str | None]
    rolled_back_at: Mapped[datetime | None]
    selection: Mapped[dict[str, Any]]  # what was asked for: since, device, kind
    after_study: Mapped[str] = mapped_column(server_default="")
    after_site: Mapped[str] = mapped_column(server_default="")
    finished_at: Mapped[datetime | None]


class ReplayedEvidenceRow(TableBase):
    """How evidence stood before a replay read what could not be read, so that a rollback can put it back."""

    __tablename__ = "replayed_evidence"

    replay_id: Mapped[UUID] = mapped_column(ForeignKey("replay.id", ondelete="RESTRICT"), primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"), primary_key=True)
    read_status: Mapped[str]
    read_reason: Mapped[str | None]


class StatementRow(IdMixin, TableBase):
    """
    What one object states, as one version of the reader understood it. Append-only.

    ``content`` is a packed ``dose_core.model.DoseReport`` without what names the patient, which stands in
    ``identity``; ``db.mapping`` converts between the two. Of
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
        Index(None, "replay_id", postgresql_where="replay_id IS NOT NULL"),
    )

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"))
    replay_id: Mapped[UUID | None] = mapped_column(ForeignKey("replay.id", ondelete="RESTRICT"))
    reader_version: Mapped[str]
    kind: Mapped[str]
    site: Mapped[str] = mapped_column(server_default="")
    study_instance_uid: Mapped[str] = mapped_column(index=True)
    series_instance_uid: Mapped[str | None]
    content: Mapped[bytes]
    identity: Mapped[bytes]  # who it is about, sealed under the key
    identity_key: Mapped[bytes | None]  # see db.sealed; None once the time to keep the identity is over
    stated_at: Mapped[datetime]
