"""Tables of the cards that EHRs were given while something was ordered, and of what people did about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class HookCardRow(IdMixin, TableBase):
    """
    A card as it was given: by which hook, to which EHR, about whom and which drafted orders. Append-only.

    ``acting`` is who was at work, as the EHR states it. ``order_numbers`` are all numbers that the EHR states of the
    drafted orders, by which the RIS may know them later; they go when the patient expires.
    """

    __tablename__ = "hook_card"
    __table_args__ = (
        CheckConstraint("kind IN ('prior_similar','recent','pregnancy','skin_follow_up')", name="kind_known"),
    )

    kind: Mapped[str]
    hook: Mapped[str]
    hook_instance: Mapped[UUID]
    client: Mapped[str]  # name of the EHR in the settings
    acting: Mapped[str]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    exam_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    order_numbers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    suggestion_id: Mapped[UUID | None]
    shown_at: Mapped[datetime]


class HookFeedbackRow(TableBase):
    """
    What somebody did about a card: the justification beside the order. Append-only, but for its comment.

    The same that comes again is kept once, by its digest. The comment goes when the patient expires.
    """

    __tablename__ = "hook_feedback"
    __table_args__ = (
        UniqueConstraint("card_id", "digest"),
        CheckConstraint("outcome IN ('accepted','overridden')", name="outcome_known"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    card_id: Mapped[UUID] = mapped_column(ForeignKey("hook_card.id", ondelete="RESTRICT"))
    outcome: Mapped[str]
    reason: Mapped[dict[str, Any] | None]  # code, system and display of the EHR's or ours
    comment: Mapped[str]  # in which the patient's names and numbers are replaced
    outcome_at: Mapped[datetime]  # as the EHR states it
    received_at: Mapped[datetime]
    digest: Mapped[str]
