"""Table of the programs that get tokens by themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class ServiceClientRow(IdMixin, TableBase):
    """A program that asks for tokens; it shows a secret, of which a digest is kept, or signs by keys that are kept."""

    __tablename__ = "service_client"

    client_id: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]  # dose_services.roles.Scope values that it may ask for
    site: Mapped[str]  # where what it hands in belongs; "" is the only or main one
    secret_digest: Mapped[str | None]  # SHA-256 of 256 random bits, hexadecimal
    jwks: Mapped[dict[str, Any] | None]  # its public keys
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
