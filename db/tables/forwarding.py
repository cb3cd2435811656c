"""Tables of forwarded dose SRs: who gets which, and the queue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class ForwardDestinationRow(IdMixin, TableBase):
    """
    A registry, or an archive of the site (``pacs``), to which dose SRs are forwarded.

    It gets those received at ``since`` or later: of ``modalities`` and of ``device_ids`` (all, if there are none), the
    devices' own, ours, or both (``reports``). Only an archive of the site may get them ``is_identified``. ``node`` is
    where a registry is, see ``dose_services.forwarding_values``; secrets stand in files of the worker. ``key_check``
    tells the key under which objects went from another one, and is not the key. What was received before
    ``swept_until`` was looked at. After ``failures`` in a row it is left alone until ``waits_until``.
    """

    __tablename__ = "forward_destination"
    __table_args__ = (
        CheckConstraint("protocol IN ('pacs','folder','c-store','stow-rs')", name="protocol_known"),
        CheckConstraint("reports IN ('device','own','all')", name="reports_known"),
        CheckConstraint("(protocol = 'pacs') = (pacs IS NOT NULL)", name="pacs_is_named"),
        CheckConstraint("protocol = 'pacs' OR NOT is_identified", name="registry_is_not_told_who"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    protocol: Mapped[str]
    pacs: Mapped[str | None]
    node: Mapped[dict[str, Any]]
    is_active: Mapped[bool]
    is_identified: Mapped[bool]
    modalities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    device_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    reports: Mapped[str]
    since: Mapped[datetime]
    keeps_characteristics: Mapped[bool]
    keeps_device: Mapped[bool]
    released_texts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    key_check: Mapped[str | None]
    swept_until: Mapped[datetime]
    failures: Mapped[int]
    waits_until: Mapped[datetime | None]
    problem: Mapped[str | None]  # of the last attempt; no patient data
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ForwardRow(TableBase):
    """
    One object for one destination; ``number`` is their order.

    ``waiting`` until the destination has it (``sent``), or refuses it, or it cannot be de-identified (``parked``).
    ``withheld`` waits while its patient is restricted. ``cancelled`` is one that counts no more, of which a newer
    version came, that expired, or that a person gave up.
    """

    __tablename__ = "forward"
    __table_args__ = (
        UniqueConstraint("destination_id", "evidence_id"),
        CheckConstraint("state IN ('waiting','withheld','sent','parked','cancelled')", name="state_known"),
        Index(None, "destination_id", "number", postgresql_where="state = 'waiting'"),
        Index(None, "state", postgresql_where="state IN ('withheld','parked')"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    destination_id: Mapped[UUID] = mapped_column(ForeignKey("forward_destination.id", ondelete="RESTRICT"))
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"))
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    state: Mapped[str]
    attempts: Mapped[int]
    problem: Mapped[str | None]  # of the last attempt; no patient data
    sent_as: Mapped[str | None]  # SOP Instance UID under which the destination has it
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
