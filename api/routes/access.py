"""Organisations, and who may do what in which of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from api.auth.principals import AccessManagerDep, AccessReaderDep
from api.deps import NowDep, SessionDep
from api.schemas.access import (
    DeviceOrganisationIn,
    GrantIn,
    GrantOut,
    GrantsOut,
    OrganisationChangeIn,
    OrganisationIn,
    OrganisationOut,
    OrganisationsOut,
    RolePermissionIn,
    RolePermissionOut,
    RolePermissionsOut,
)
from api.schemas.devices import DeviceOut
from dose_services import devices, grants, organisations, role_permissions

router = APIRouter(prefix="/api/v1/access", tags=["access"])


@router.get("/organisations", summary="Organisations")
def read_organisations(principal: AccessReaderDep, session: SessionDep) -> OrganisationsOut:
    """Return the organisations that the caller administers or audits, each after the one above it."""
    found = organisations.list_organisations(session, reach=principal.looker.reach)
    return OrganisationsOut(organisations=[OrganisationOut.model_validate(one) for one in found])


@router.post("/organisations", summary="Add an organisation", status_code=status.HTTP_201_CREATED)
def add_organisation(
    body: OrganisationIn, principal: AccessManagerDep, session: SessionDep, now: NowDep
) -> OrganisationOut:
    """Add a region, hospital or department below another; for administrators. It is on record."""
    added = organisations.add(
        session,
        body.name,
        body.kind,
        parent_id=body.parent_id,
        site=body.site,
        looker=principal.looker,
        now=now,
    )
    return OrganisationOut.model_validate(added)


@router.patch("/organisations/{organisation_id}", summary="Rename or move an organisation")
def change_organisation(
    organisation_id: UUID, body: OrganisationChangeIn, principal: AccessManagerDep, session: SessionDep, now: NowDep
) -> OrganisationOut:
    """Rename an organisation, move it with all below it, or say for which site it stands; its exams follow at once."""
    changed = organisations.change(session, organisation_id, body.wanted(), looker=principal.looker, now=now)
    return OrganisationOut.model_validate(changed)


@router.put("/devices/{device_id}/organisation", summary="Of which organisation a device is")
def set_device_organisation(
    device_id: UUID, body: DeviceOrganisationIn, principal: AccessManagerDep, session: SessionDep, now: NowDep
) -> DeviceOut:
    """Say of which organisation a device is, and with it all its exams; ``null`` leaves it to its site."""
    changed = devices.set_organisation(session, device_id, body.organisation_id, looker=principal.looker, now=now)
    return DeviceOut.model_validate(changed)


@router.get("/grants", summary="Who has which duty where")
def read_grants(
    principal: AccessReaderDep,
    session: SessionDep,
    now: NowDep,
    subject: Annotated[str | None, Query(max_length=200, description="user:LOGIN or system:NAME")] = None,
    is_all: Annotated[bool, Query(alias="all", description="those that are over, too")] = False,  # noqa: FBT002 - a query
) -> GrantsOut:
    """Return who has which duty where, what for, and until when."""
    when = None if is_all else now
    found = grants.list_grants(session, subject=subject, now=when, reach=principal.looker.reach)
    return GrantsOut(grants=[GrantOut.model_validate(one) for one in found])


@router.post("/grants", summary="Give somebody a duty", status_code=status.HTTP_201_CREATED)
def give_grant(body: GrantIn, principal: AccessManagerDep, session: SessionDep, now: NowDep) -> GrantOut:
    """Give a person or a program a duty in an organisation and all below it, maybe with an end; it is on record."""
    given = grants.give(
        session,
        body.subject,
        body.role,
        body.organisation_id,
        purposes=body.purposes,
        until=body.valid_until,
        looker=principal.looker,
        now=now,
    )
    return GrantOut.model_validate(given)


@router.post("/grants/{grant_id}/end", summary="End a duty")
def end_grant(grant_id: UUID, principal: AccessManagerDep, session: SessionDep, now: NowDep) -> GrantOut:
    """End a duty now; from then on no request is allowed by it. Repeating it changes nothing."""
    return GrantOut.model_validate(grants.end(session, grant_id, looker=principal.looker, now=now))


@router.get("/roles", summary="What each role may do")
def read_roles(_: AccessReaderDep, session: SessionDep) -> RolePermissionsOut:
    """Return what each role may do for which purpose, how far that reaches, and how far as shipped."""
    found = role_permissions.list_permissions(session)
    return RolePermissionsOut(permissions=[RolePermissionOut.model_validate(one) for one in found])


@router.put("/roles", summary="Change what a role may do")
def change_role(
    body: RolePermissionIn, principal: AccessManagerDep, session: SessionDep, now: NowDep
) -> RolePermissionsOut:
    """Let a permission of a role reach so far for a purpose, or as shipped; for who administers all organisations."""
    role_permissions.change(
        session, body.role, body.permission, body.purpose, body.span, looker=principal.looker, now=now
    )
    return read_roles(principal, session)
