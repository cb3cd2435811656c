"""Tables of the people and programs that may use DoseLedger, and of the tokens given to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class AppUserRow(IdMixin, TableBase):
    """
    A person who may use DoseLedger; what they may do, their grants say (``db.tables.organisation``).

    Rows are disabled, never deleted, since the access log names them.
    """

    __tablename__ = "app_user"

    login: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]  # of who is let in for a time only, such as remote support


class ExternalIdentityRow(IdMixin, TableBase):
    """The name under which another system, such as Orthanc, knows a user. One name leads to one user."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("system", "name"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"), index=True)
    system: Mapped[str]
    name: Mapped[str]


class IssuedTokenRow(IdMixin, TableBase):
    """One bearer token that was issued. ``id`` is its ``jti`` (RFC 7519, 4.1.7); the token itself is not kept."""

    __tablename__ = "issued_token"

    subject: Mapped[str]
    site: Mapped[str] = mapped_column(server_default="")  # what it hands in belongs there; "" is the only or main one
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"), index=True)
    scopes: Mapped[list[Any]]  # dose_services.roles.Scope values
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]  # to about a minute
