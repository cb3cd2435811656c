"""Tables of the organisations that exams belong to, and of what people and programs may do in which of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase

# The one organisation that always is, made with the table: what belongs to no other belongs to it.
ROOT = UUID("00000000-0000-4000-8000-000000000001")


class OrganisationRow(IdMixin, TableBase):
    """
    A region, hospital or department, below another; the root alone is below none.

    An exam belongs to the organisation of its device, else to the one that stands for the ``site`` that handed it in,
    else to the root. That is found out with each question (``db.reaching``) and kept nowhere, so that a device or a
    hospital that moves takes its exams along at once.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('region','hospital','department')", name="kind_known"),
        CheckConstraint(f"(parent_id IS NULL) = (id = '{ROOT}')", name="one_root"),
        CheckConstraint("parent_id <> id", name="not_below_itself"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    site: Mapped[str | None] = mapped_column(unique=True)  # the name of a site; "" is the only or main one
    created_at: Mapped[datetime]


class RoleGrantRow(IdMixin, TableBase):
    """
    A duty that somebody has in an organisation and all below it, for a while. Ended, never deleted.

    ``origin`` tells what was given by a person from what a directory says, which changes with the directory.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("origin IN ('given','directory')", name="origin_known"),
        CheckConstraint("valid_until >= valid_from", name="ends_after_it_begins"),
    )

    subject: Mapped[str] = mapped_column(index=True)  # "user:LOGIN" or "system:NAME"
    role: Mapped[str]  # dose_services.roles.Role
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    purposes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")  # none: all that the role has
    origin: Mapped[str] = mapped_column(server_default="given")
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]


class RolePermissionRow(TableBase):
    """What a site changed of what a role may do; what has no row is as shipped (``dose_services.roles``)."""

    __tablename__ = "role_permission"
    __table_args__ = (CheckConstraint("span IN ('none','organisation','region','everywhere')", name="span_known"),)

    role: Mapped[str] = mapped_column(primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)  # dose_services.roles.Permission
    purpose: Mapped[str] = mapped_column(primary_key=True)  # dose_services.roles.Purpose
    span: Mapped[str]  # dose_services.roles.Span
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
