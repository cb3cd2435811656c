"""Table of evidence: the objects as they came."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class EvidenceRow(IdMixin, TableBase):
    """
    One object as it was received. Content is written once and never changed or deleted.

    ``read_status`` is ``pending`` until the object was read, then ``read``, ``not_dose``,
    ``unreadable``, or ``copy`` for what is known to be an anonymised or modified copy.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("sop_instance_uid", "digest"),
        CheckConstraint("read_status IN ('pending','read','not_dose','unreadable','copy')", name="read_status_known"),
        Index(None, "read_status", postgresql_where="read_status IN ('pending','unreadable')"),
    )

    sop_instance_uid: Mapped[str]
    digest: Mapped[str]  # SHA-256 of the content as received, hexadecimal
    content: Mapped[bytes] = mapped_column(deferred=True)  # zlib (RFC 1950)
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
