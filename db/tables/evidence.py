"""Table of evidence: the objects as they came."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class EvidenceRow(IdMixin, TableBase):
    """
    One object as it was received. Content is written once and never changed or deleted; its key may be destroyed.

    ``read_status`` is ``pending`` until the object was read, then ``read``, ``not_dose``,
    ``unreadable``, or ``copy`` for what is known to be an anonymised or modified copy.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("sop_instance_uid", "digest", "site"),
        CheckConstraint("read_status IN ('pending','read','not_dose','unreadable','copy')", name="read_status_known"),
        Index(None, "read_status", postgresql_where="read_status IN ('pending','unreadable')"),
        Index(None, "received_at", postgresql_using="brin"),  # rows lie in this order: a few pages tell where
        # Asked for by equality alone, and smaller than any other index of a text.
        Index(None, "orthanc_id", postgresql_using="hash", postgresql_where="orthanc_id IS NOT NULL"),
    )

    site: Mapped[str] = mapped_column(server_default="")  # of the sender; equal UIDs of two sites do not meet
    sop_instance_uid: Mapped[str]
    digest: Mapped[str]  # SHA-256 of the content as received, hexadecimal
    # Of what it states (dose_core.readers.content_digest): equal where only identity differs. Taken once another object
    # of its UID is kept; empty where it cannot be told.
    content_digest: Mapped[bytes | None]
    content: Mapped[bytes] = mapped_column(deferred=True)  # zlib (RFC 1950), sealed under the key
    key: Mapped[bytes | None]  # see db.sealed; None once the time to keep the object is over
    size_bytes: Mapped[int]  # of the content as received
    is_header: Mapped[bool]  # cut off before the pixel data
    received_at: Mapped[datetime]
    sender: Mapped[str]  # subject of the token that handed it in
    calling_aet: Mapped[str | None]
    origin: Mapped[str | None]
    orthanc_id: Mapped[str | None]
    copy_of: Mapped[str | None]  # 'anonymized' or 'modified'
    read_status: Mapped[str] = mapped_column(default="pending")
    read_reason: Mapped[str | None]
    read_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]  # when its archive told that it was deleted there; None once it came again


class EvidenceWayRow(TableBase):
    """A further way on which the same bytes came: another sender, or another AE title."""

    __tablename__ = "evidence_way"
    __table_args__ = (Index(None, "received_at", postgresql_using="brin"),)

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"), primary_key=True)
    sender: Mapped[str] = mapped_column(primary_key=True)
    calling_aet: Mapped[str] = mapped_column(primary_key=True)  # "" if none is known
    received_at: Mapped[datetime]
