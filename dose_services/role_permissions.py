"""What roles may do: as shipped, and as a site changed it; each change is on record and taken back at will."""

from dataclasses import dataclass
from datetime import datetime

from db.repositories import grants
from db.session import Session
from dose_core.errors import DoseError
from dose_services import reaching
from dose_services.audit import Action, Looker, record_look
from dose_services.roles import Permission, Purpose, Role, Span, shipped_span


class RoleChangeRefusedError(DoseError):
    """What the role may do cannot be changed so; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePermission:
    """How far a permission of a role reaches for a purpose; ``changed_by`` is ``None`` of what is as shipped."""

    role: Role
    permission: Permission
    purpose: Purpose
    span: Span
    shipped: Span
    changed_by: str | None
    changed_at: datetime | None


def list_permissions(session: Session) -> list[RolePermission]:
    """Return what each role may do, and what the site took away; what a role never had is left out."""
    changed = {(row.role, row.permission, row.purpose): row for row in grants.changed(session)}
    found = []
    for role in Role:
        for permission in Permission:
            for purpose in Purpose:
                row, shipped = changed.get((role, permission, purpose)), shipped_span(role, permission, purpose)
                if row is None and shipped is Span.NONE:
                    continue
                found.append(
                    RolePermission(
                        role=role,
                        permission=permission,
                        purpose=purpose,
                        span=Span(row.span) if row else shipped,
                        shipped=shipped,
                        changed_by=row.changed_by if row else None,
                        changed_at=row.changed_at if row else None,
                    )
                )
    return found


def change(
    session: Session,
    role: Role,
    permission: Permission,
    purpose: Purpose,
    span: Span | None,
    *,
    looker: Looker,
    now: datetime,
) -> None:
    """
    Let a permission of a role reach so far for a purpose from now on; ``None`` is as shipped. Safe to repeat.

    Raises:
        RoleChangeRefusedError: who changes it does not reach all organisations, in which it would hold.
    """
    if not reaching.has_all(looker.reach):
        raise RoleChangeRefusedError("what a role may do is changed by who reaches all organisations")
    row = next(
        (
            one
            for one in grants.changed(session)
            if (one.role, one.permission, one.purpose) == (role, permission, purpose)
        ),
        None,
    )
    if (row.span if row else None) == span:
        return
    if span is None:
        grants.forget_change(session, role, permission, purpose)
    else:
        values = {"role": role, "permission": permission, "purpose": purpose, "span": span}
        grants.change(session, values | {"changed_by": looker.subject, "changed_at": now})
    what = f"{role}: {permission} for {purpose} {'as shipped' if span is None else span}"
    record_look(session, looker, Action.CHANGE_ROLE, now=now, reason=what)
