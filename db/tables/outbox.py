"""Table of what follows from a change and is done later, by the worker."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TableBase


class OutboxRow(TableBase):
    """
    One thing to do: written in the transaction that makes it necessary, deleted in the one that does it.

    ``revised``: the exam has a new revision, or a new standing. ``refile``: make the study's exam anew from
    its statements.
    """

    __tablename__ = "outbox"
    __table_args__ = (CheckConstraint("kind IN ('revised','refile')", name="kind_known"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    site: Mapped[str]
    study_instance_uid: Mapped[str]
    exam_id: Mapped[UUID | None]
    at: Mapped[datetime]
