"""Table of the archives that get dose SRs of ours."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class PacsDestinationRow(IdMixin, TableBase):
    """
    An archive that gets dose SRs of ours.

    It gets those of ``kinds`` (``None``: of every kind but patient dose reports), of exams of ``sites`` (all, if there
    are none) that became known at ``exams_since`` or later (all, if that is ``None``). Where ``deletes``, one that is
    taken back is deleted there; else a rejection note is stored. ``node`` is where it is, see
    ``dose_services.pacs_values``; the Orthanc that the worker's settings name has none. Nothing in it is a secret:
    secrets stand in files of the worker. From the exam ``waking_from`` on, by id, what it gets of estimates is still to
    be looked at anew, since its rule changed.
    """

    __tablename__ = "pacs_destination"
    __table_args__ = (CheckConstraint("protocol IN ('orthanc','c-store','stow-rs')", name="protocol_known"),)

    name: Mapped[str] = mapped_column(unique=True)
    protocol: Mapped[str]
    node: Mapped[dict[str, Any]]
    is_active: Mapped[bool]
    deletes: Mapped[bool]
    kinds: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    sites: Mapped[list[str]] = mapped_column(ARRAY(Text))
    exams_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    waking_from: Mapped[UUID | None]
