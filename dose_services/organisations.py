"""
The tree of organisations: region, hospital, department.

There is always a root, to which everything belongs that belongs to no other; a single hospital needs nothing more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.reaching import Reach
from db.repositories import organisations
from db.session import Session
from db.tables.organisation import ROOT, OrganisationRow
from dose_core.errors import DoseError
from dose_services import reaching
from dose_services.audit import Action, Looker, record_look
from dose_services.organisation_kinds import Kind

__all__ = [
    "ROOT",
    "Change",
    "Organisation",
    "OrganisationRefusedError",
    "UnknownOrganisationError",
    "add",
    "change",
    "list_organisations",
    "of_name",
]

_LONGEST = 200  # characters of a name: ours, so that one fits into a line


_BELOW: dict[Kind, frozenset[Kind]] = {
    Kind.REGION: frozenset({Kind.REGION}),
    Kind.HOSPITAL: frozenset({Kind.REGION}),
    Kind.DEPARTMENT: frozenset({Kind.HOSPITAL, Kind.DEPARTMENT}),
}


class UnknownOrganisationError(DoseError):
    """There is no such organisation; see ``doseledger organisation list``."""


class OrganisationRefusedError(DoseError):
    """The tree cannot be changed so; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """One organisation. ``site`` is the name of the site for which it stands, if it does; ``""`` is the main one."""

    id: UUID
    name: str
    kind: Kind
    parent_id: UUID | None
    site: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be another; ``None`` leaves it as it is. With ``has_no_site`` it stands for no site any more."""

    name: str | None = None
    parent_id: UUID | None = None
    site: str | None = None
    has_no_site: bool = False


def list_organisations(session: Session, *, reach: Reach | None = None) -> list[Organisation]:
    """Return the organisations in reach, each after the one above it, those of one level by name."""
    rows = organisations.every(session)
    below: dict[UUID | None, list[OrganisationRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    ordered: list[OrganisationRow] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting.extend(reversed(below.get(row.id, [])))
    return [_organisation(row) for row in ordered if reaching.has_organisation(row.id, reach)]


def of_name(session: Session, name: str) -> Organisation:
    """
    Return the organisation of a name.

    Raises:
        UnknownOrganisationError: there is none.
    """
    row = organisations.named(session, name)
    if row is None:
        raise UnknownOrganisationError("no organisation has this name; see `doseledger organisation list`")
    return _organisation(row)


def add(
    session: Session,
    name: str,
    kind: Kind,
    *,
    parent_id: UUID = ROOT,
    site: str | None = None,
    looker: Looker,
    now: datetime,
) -> Organisation:
    """
    Add an organisation below another and return it.

    Raises:
        UnknownOrganisationError: there is none of this id in reach.
        OrganisationRefusedError: the name or the site is taken, the name is empty or too long, it is of a kind that is
            not below the other, or the site is set by who does not reach all organisations.
    """
    organisations.lock(session)
    parent = _known(session, parent_id, looker.reach)
    _check_site(site is not None, looker)
    _check(session, None, name, kind, parent, site)
    row = organisations.add(session, name=name.strip(), kind=kind, parent_id=parent.id, site=site, now=now)
    _record(session, f"{row.name}, a {kind} below {parent.name}", looker, now=now)
    return _organisation(row)


def change(session: Session, organisation_id: UUID, wanted: Change, *, looker: Looker, now: datetime) -> Organisation:
    """
    Rename an organisation, move it with all below it, or say for which site it stands.

    Whom its exams belong to follows at once.

    Raises:
        UnknownOrganisationError: there is none of one of the ids in reach.
        OrganisationRefusedError: as of ``add``, or it would be below itself, or the root would be moved.
    """
    organisations.lock(session)
    row = _known(session, organisation_id, looker.reach)
    parent = _known(session, wanted.parent_id, looker.reach) if wanted.parent_id is not None else None
    _check_site(wanted.site is not None or wanted.has_no_site, looker)
    if parent is not None and row.parent_id is None:
        raise OrganisationRefusedError("the root is below nothing")
    if parent is not None and row.id in {above.id for above in _line(session, parent)}:
        raise OrganisationRefusedError("an organisation cannot be below itself")
    above = parent or (_known(session, row.parent_id) if row.parent_id else None)
    name = wanted.name.strip() if wanted.name is not None else row.name
    site = None if wanted.has_no_site else wanted.site if wanted.site is not None else row.site
    _check(session, row.id, name, Kind(row.kind), above, site)
    values: dict[str, Any] = {"name": name, "parent_id": parent.id if parent else row.parent_id, "site": site}
    changes = {key: value for key, value in values.items() if getattr(row, key) != value}
    if changes:
        former = row.name
        organisations.change(session, row.id, changes)
        _record(session, f"{former}: {', '.join(sorted(changes))}", looker, now=now)
    return _organisation(_known(session, organisation_id))


def _known(session: Session, organisation_id: UUID, reach: Reach | None = None) -> OrganisationRow:
    row = organisations.get(session, organisation_id)
    if row is None or not reaching.has_organisation(row.id, reach):
        raise UnknownOrganisationError("no organisation has this id")
    return row


def _line(session: Session, row: OrganisationRow) -> list[OrganisationRow]:
    """Return an organisation with all above it."""
    line = [row]
    while line[-1].parent_id is not None:
        line.append(_known(session, line[-1].parent_id))
    return line


def _check_site(is_set: bool, looker: Looker) -> None:  # noqa: FBT001 - one fact
    # Who stands for a site gets the exams that it hands in, whosever they were.
    if is_set and not reaching.has_all(looker.reach):
        raise OrganisationRefusedError("a site is given to an organisation by who reaches all of them")


def _check(
    session: Session, own_id: UUID | None, name: str, kind: Kind, parent: OrganisationRow | None, site: str | None
) -> None:
    wanted = name.strip()
    if not wanted or len(wanted) > _LONGEST or not wanted.isprintable():
        raise OrganisationRefusedError("an organisation has a name of one line")
    namesake = organisations.named(session, wanted)
    if namesake is not None and namesake.id != own_id:
        raise OrganisationRefusedError("another organisation has this name")
    rival = organisations.of_site(session, site) if site is not None else None
    if rival is not None and rival.id != own_id:
        raise OrganisationRefusedError("another organisation stands for this site")
    if parent is not None and Kind(parent.kind) not in _BELOW[kind]:
        msg = f"a {kind} is not below a {parent.kind}"
        raise OrganisationRefusedError(msg)


def _record(session: Session, what: str, looker: Looker, *, now: datetime) -> None:
    record_look(session, looker, Action.CHANGE_ORGANISATION, now=now, reason=what)


def _organisation(row: OrganisationRow) -> Organisation:
    return Organisation(
        id=row.id,
        name=row.name,
        kind=Kind(row.kind),
        parent_id=row.parent_id,
        site=row.site,
        created_at=row.created_at,
    )
