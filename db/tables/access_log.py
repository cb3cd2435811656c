"""Tables of who looked at what, and of what makes a change of them show."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class AccessLogRow(IdMixin, TableBase):
    """
    One look at patient data. Append-only; written in the transaction that answers the look.

    A search that found nobody is kept too, with no patient. Its place in the chain of the process that answered is
    ``chain_id`` and ``position`` (``db.look_chain``); looks from before there were chains have none. What it names it
    names by id alone: see there why by no foreign key.
    """

    __tablename__ = "access_log"
    __table_args__ = (Index(None, "patient_id", "at"), Index(None, "at"), UniqueConstraint("chain_id", "position"))

    at: Mapped[datetime]
    subject: Mapped[str]  # of the token, or "user:<login>" in a view
    user_id: Mapped[UUID | None]
    action: Mapped[str]  # dose_services.audit.Action
    patient_id: Mapped[UUID | None]
    exam_id: Mapped[UUID | None]
    route: Mapped[str]  # the route's template, never the address that was called
    via: Mapped[str]  # 'token', 'launch' or 'view'
    reference: Mapped[UUID | None]  # jti of the token, id of the handle or of the view
    reason: Mapped[str | None]  # of who broke the glass, see dose_services.restriction; without the patient's name
    asked_from: Mapped[str | None]  # the address of who asked, as the service saw it
    outcome: Mapped[str | None]  # why it was refused; nothing for what was done
    chain_id: Mapped[UUID | None]
    position: Mapped[int | None] = mapped_column(BigInteger)  # from 1
    digest: Mapped[bytes | None]  # dose_core.auditing.chain.digest_of


class AccessAnchorRow(TableBase):
    """What all chains had come to at a moment. Append-only. ``digest`` covers the anchor before it too."""

    __tablename__ = "access_anchor"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1, without gaps
    at: Mapped[datetime]
    digest: Mapped[bytes]  # dose_core.auditing.anchors.digest_of_anchor


class AccessAnchorHeadRow(TableBase):
    """The last look of one chain, as an anchor saw it. Append-only."""

    __tablename__ = "access_anchor_head"
    __table_args__ = (Index(None, "chain_id", "position"),)

    number: Mapped[int] = mapped_column(ForeignKey("access_anchor.number", ondelete="RESTRICT"), primary_key=True)
    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes]


class AuditFeedRow(TableBase):
    """How far the looks were handed on to an audit repository, in the order of the anchors that saw them."""

    __tablename__ = "audit_feed"

    name: Mapped[str] = mapped_column(primary_key=True)
    anchor: Mapped[int]  # all looks that it and those before it saw were sent
    sent: Mapped[int]  # of the looks of the next one
