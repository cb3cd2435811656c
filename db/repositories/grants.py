"""Queries on who has which role where, and on what a site changed of what a role may do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.prepared import Prepared
from db.session import Session, lock_key
from db.tables.organisation import OrganisationRow, RoleGrantRow, RolePermissionRow

# In the statement that lets somebody in, since every call asks it; :now and a subject in SQL are its values.
HELD = """
    (SELECT json_agg(json_build_array(g.role, g.organisation_id, g.purposes) ORDER BY g.role, g.organisation_id)
    FROM role_grant g WHERE g.subject = {subject} AND g.valid_from <= CAST(:now AS timestamptz)
        AND (g.valid_until IS NULL OR g.valid_until > CAST(:now AS timestamptz))) AS held,
    (SELECT json_agg(json_build_array(c.role, c.permission, c.purpose, c.span) ORDER BY c.role, c.permission, c.purpose)
    FROM role_permission c) AS changed
"""
_HELD_BY = Prepared("grants_held", "SELECT " + HELD.format(subject=":subject"))


class Held(NamedTuple):
    """Who may what: grants as (role, organisation, purposes), changes as (role, permission, purpose, span)."""

    held: list[list[Any]] | None
    changed: list[list[Any]] | None


def held_by(session: Session, subject: str, *, now: datetime) -> Held:
    """Return the grants of somebody that are in force, and what a site changed of what roles may do."""
    return Held._make(_HELD_BY.run(session, {"subject": subject, "now": now}).one())


def tree(session: Session) -> list[tuple[UUID, UUID | None, str]]:
    """Return all organisations: id, the one above, kind."""
    row = OrganisationRow
    return [(one.id, one.parent_id, one.kind) for one in session.execute(select(row.id, row.parent_id, row.kind))]


def lock_subject(session: Session, subject: str) -> None:
    """Let one transaction at a time change the grants of somebody."""
    lock_key(session, f"role_grant {subject}")


def add(session: Session, values: dict[str, Any]) -> RoleGrantRow:
    """Add a grant and return the row."""
    row = RoleGrantRow(**values)
    session.add(row)
    session.flush()
    return row


def get(session: Session, grant_id: UUID) -> RoleGrantRow | None:
    """Return one grant, in force or not."""
    return session.get(RoleGrantRow, grant_id, populate_existing=True)


def listed(
    session: Session, *, subjects: Sequence[str] | None = None, now: datetime | None = None
) -> list[RoleGrantRow]:
    """Return grants by subject: those of ``subjects`` alone, and those not over at ``now`` alone, where given."""
    row = RoleGrantRow
    query = select(row).order_by(row.subject, row.role, row.valid_from, row.id)
    if subjects is not None:
        query = query.where(row.subject.in_(list(subjects)))
    if now is not None:
        query = query.where(or_(row.valid_until.is_(None), row.valid_until > now))
    return list(session.scalars(query.execution_options(populate_existing=True)))


def has_any(session: Session, subject: str) -> bool:
    """Tell if somebody has, or had, a grant."""
    return bool(session.scalar(select(select(RoleGrantRow.id).where(RoleGrantRow.subject == subject).exists())))


def end(session: Session, grant_id: UUID, *, now: datetime) -> None:
    """End a grant now, or leave it ended."""
    row = RoleGrantRow
    is_on = or_(row.valid_until.is_(None), row.valid_until > now)
    # One that has not begun yet ends when it would have begun.
    at = text("greatest(valid_from, CAST(:at AS timestamptz))").bindparams(at=now)
    session.execute(update(row).where(row.id == grant_id, is_on).values(valid_until=at))


def changed(session: Session) -> list[RolePermissionRow]:
    """Return what the site changed of what roles may do."""
    row = RolePermissionRow
    return list(session.scalars(select(row).order_by(row.role, row.permission, row.purpose)))


def change(session: Session, values: dict[str, Any]) -> None:
    """Keep how far a permission of a role reaches for a purpose, other than as shipped."""
    key = ["role", "permission", "purpose"]
    rest = {name: value for name, value in values.items() if name not in key}
    session.execute(insert(RolePermissionRow).values(**values).on_conflict_do_update(index_elements=key, set_=rest))


def forget_change(session: Session, role: str, permission: str, purpose: str) -> None:
    """Let a permission of a role reach as shipped again."""
    row = RolePermissionRow
    session.execute(delete(row).where(row.role == role, row.permission == permission, row.purpose == purpose))
