"""Tables of the one-time handles that open a dose view, and of the views that they opened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class LaunchHandleRow(IdMixin, TableBase):
    """
    One handle: a person may open the view of one patient, once. Only its digest is kept.

    ``opening`` is what of the patient opens, see ``dose_services.launch_windows``.
    """

    __tablename__ = "launch_handle"

    digest: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the handle, hexadecimal
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    issued_to: Mapped[str]  # subject of the token that asked for it
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    opening: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class ViewSessionRow(IdMixin, TableBase):
    """
    One opened view: one person, one patient, for a while.

    The id stands in the address, the secret in a cookie that is limited to that address; only the
    secret's digest is kept.
    """

    __tablename__ = "view_session"

    digest: Mapped[str]  # SHA-256 of the secret, hexadecimal
    launch_handle_id: Mapped[UUID] = mapped_column(ForeignKey("launch_handle.id", ondelete="RESTRICT"), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    break_glass: Mapped[str | None]  # why this view is open although the patient is restricted


class SmartLaunchRow(TableBase):
    """
    One SMART launch under way: its person is at the authorisation server of their EHR. Deleted when they come back.

    The state that comes back with them and the secret of their browser are kept as digests only; nothing else of the
    launch is kept.
    """

    __tablename__ = "smart_launch"

    state_digest: Mapped[str] = mapped_column(primary_key=True)  # SHA-256, hexadecimal
    browser_digest: Mapped[str]  # likewise, of the secret in the browser's cookie
    issuer: Mapped[str]  # the FHIR base address of the EHR
    expires_at: Mapped[datetime] = mapped_column(index=True)
