"""The table of what other systems signed for one use."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from db.base import TableBase


class UsedOnceRow(TableBase):
    """One token id or nonce that was used; it matters until what carried it would have expired anyway."""

    __tablename__ = "used_once"

    digest: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of issuer and id, hexadecimal
    until: Mapped[datetime] = mapped_column(index=True)
