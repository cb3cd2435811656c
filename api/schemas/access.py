"""Bodies about organisations, and about who may do what in which of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from api.schemas.base import BodyIn, BodyOut
from dose_services.organisation_kinds import Kind
from dose_services.organisations import ROOT, Change
from dose_services.roles import Permission, Purpose, Role, Span

Name = Annotated[str, Field(min_length=1, max_length=200)]
Site = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
Subject = Annotated[str, Field(min_length=6, max_length=200, pattern=r"^(user|system):[^\x00-\x20\x7f]+$")]


class OrganisationOut(BodyOut):
    """One organisation. ``site`` is the name of the site for which it stands, ``null`` if it stands for none."""

    id: UUID
    name: str
    kind: Kind
    parent_id: UUID | None
    site: str | None
    created_at: datetime


class OrganisationsOut(BodyOut):
    """Organisations, each after the one above it."""

    organisations: list[OrganisationOut]


class OrganisationIn(BodyIn):
    """A new organisation, below another."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Harbour hospital", "kind": "hospital"}]})

    name: Name
    kind: Kind
    parent_id: UUID = ROOT
    site: Site | None = None


class OrganisationChangeIn(BodyIn):
    """What is to be another; what is left out stays. With ``has_no_site`` it stands for no site any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Harbour hospital", "site": "harbour"}]})

    name: Name | None = None
    parent_id: UUID | None = None
    site: Site | None = None
    has_no_site: bool = False

    def wanted(self) -> Change:
        """Return it as the service takes it."""
        return Change(name=self.name, parent_id=self.parent_id, site=self.site, has_no_site=self.has_no_site)


class DeviceOrganisationIn(BodyIn):
    """Of which organisation a device is; ``null`` leaves it to its site."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"organisation_id": str(ROOT)}]})

    organisation_id: UUID | None


class GrantOut(BodyOut):
    """A duty that somebody has in an organisation and all below it; no ``purposes`` are all that the role is for."""

    id: UUID
    subject: str
    role: Role
    organisation_id: UUID
    organisation: str
    purposes: list[Purpose]
    origin: str
    valid_from: datetime
    valid_until: datetime | None
    granted_by: str


class GrantsOut(BodyOut):
    """Grants by subject."""

    grants: list[GrantOut]


class GrantIn(BodyIn):
    """A duty for somebody; an account for remote support has an end."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"subject": "user:support", "role": "administrator", "valid_until": "2030-01-01T00:00:00Z"}]
        }
    )

    subject: Subject
    role: Role
    organisation_id: UUID = ROOT
    purposes: Annotated[list[Purpose], Field(max_length=len(Purpose), default_factory=list)]
    valid_until: AwareDatetime | None = None


class RolePermissionOut(BodyOut):
    """How far a permission of a role reaches for a purpose, and how far as shipped."""

    role: Role
    permission: Permission
    purpose: Purpose
    span: Span
    shipped: Span
    changed_by: str | None
    changed_at: datetime | None


class RolePermissionsOut(BodyOut):
    """What each role may do."""

    permissions: list[RolePermissionOut]


class RolePermissionIn(BodyIn):
    """How far a permission of a role is to reach for a purpose; ``null`` is as shipped."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"role": "radiologist", "permission": "search_patients", "purpose": "TREAT", "span": "organisation"}
            ]
        }
    )

    role: Role
    permission: Permission
    purpose: Purpose
    span: Span | None
