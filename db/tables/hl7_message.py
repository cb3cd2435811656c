"""Table of HL7 messages: the inbox as it came, and how each message was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class Hl7MessageRow(IdMixin, TableBase):
    """
    One message as it was received. ``raw`` is written once and never changed or deleted; its key may be destroyed.

    ``status`` is ``pending`` until the message was answered, then ``applied``; ``kept`` for what we
    acknowledge and do not use; ``refused`` for what is against the rules, and ``unreadable`` for
    what failed. A message without MSH has empty texts. The digest covers the whole message, so the
    same digest means the same MSH-3, MSH-4 and MSH-10 too.
    """

    __tablename__ = "hl7_message"
    __table_args__ = (
        CheckConstraint("status IN ('pending','applied','kept','refused','unreadable')", name="status_known"),
        Index(None, "status", postgresql_where="status IN ('pending','unreadable')"),
        Index(None, "received_at", postgresql_where="key IS NOT NULL"),
        # By hash, since a sender may write what it likes into MSH-10, and the leaf of a tree holds 2,704 bytes.
        Index(None, "control_id", postgresql_using="hash"),
    )

    # The order of arrival: times of two messages may be equal.
    arrival: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    raw: Mapped[bytes] = mapped_column(deferred=True)  # sealed under the key
    key: Mapped[bytes | None]  # see db.sealed; None once the time to keep the message is over
    digest: Mapped[str | None] = mapped_column(unique=True)  # SHA-256 of the message, hexadecimal; None with the key
    sending_application: Mapped[str]  # MSH-3.1
    sending_facility: Mapped[str]  # MSH-4.1
    message_type: Mapped[str]  # MSH-9.1 and MSH-9.2 as "ADT^A40"
    control_id: Mapped[str]  # MSH-10
    received_at: Mapped[datetime]
    peer: Mapped[str]  # network address
    status: Mapped[str] = mapped_column(default="pending")
    reason: Mapped[str | None]  # why it was not applied; no patient data
    warnings: Mapped[list[Any]] = mapped_column(default=list)  # what was tolerated; no patient data
    answered_at: Mapped[datetime | None]
    ack: Mapped[bytes | None]  # the acknowledgement as it was sent, sealed under the key
