"""Tables of how people sign in: passwords, open sessions, and how often somebody tried."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class UserPasswordRow(TableBase):
    """The password of a person who signs in here and not by a directory; only its hash (Argon2id) is kept."""

    __tablename__ = "user_password"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"), primary_key=True)
    hash: Mapped[str]  # with its parameters and its salt, as RFC 9106's reference implementation writes it
    changed_at: Mapped[datetime]


class BrowserSessionRow(IdMixin, TableBase):
    """One sign-in of a person in one browser. The secret stands in a cookie; only its digest is kept."""

    __tablename__ = "browser_session"
    __table_args__ = (Index(None, "user_id"),)

    digest: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the secret, hexadecimal
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    method: Mapped[str]  # dose_services.sign_in_values.Method
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # to about a minute
    expires_at: Mapped[datetime]  # whatever is done
    ended_at: Mapped[datetime | None]


class RateCountRow(TableBase):
    """How often something was done in the window that is open now; shared by all processes."""

    __tablename__ = "rate_count"
    __table_args__ = (Index(None, "ends_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of what is counted, hexadecimal
    hits: Mapped[int]
    ends_at: Mapped[datetime]
