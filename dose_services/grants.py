"""Who has which duty where: given, ended, listed, and taken over from a directory; each change is on record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.reaching import Reach
from db.repositories import grants, organisations, users
from db.session import Session
from db.tables.organisation import ROOT, RoleGrantRow
from dose_core.errors import DoseError
from dose_services import reaching
from dose_services.audit import Action, Looker, record_look
from dose_services.organisations import UnknownOrganisationError
from dose_services.roles import PURPOSES, Purpose, Role, role_named

_GIVEN, _DIRECTORY = "given", "directory"
_PERSON, _PROGRAM = "user:", "system:"


class GrantRefusedError(DoseError):
    """The role cannot be given so; nothing was changed."""


class UnknownGrantError(DoseError):
    """No grant has this id; see ``doseledger grant list``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """
    A duty that somebody has in an organisation and all below it, from ``valid_from`` until ``valid_until``.

    ``purposes`` are those that it is for; none are all that the role is for. ``origin`` is ``given`` or ``directory``.
    """

    id: UUID
    subject: str
    role: Role
    organisation_id: UUID
    organisation: str
    purposes: tuple[Purpose, ...]
    origin: str
    valid_from: datetime
    valid_until: datetime | None
    granted_by: str


def give(
    session: Session,
    subject: str,
    role: Role,
    organisation_id: UUID = ROOT,
    *,
    purposes: Sequence[Purpose] = (),
    until: datetime | None = None,
    looker: Looker,
    now: datetime,
) -> Grant:
    """
    Give somebody a duty and return the grant. Safe to repeat: one that is in force, and the same, is returned.

    Args:
        session: the unit of work.
        subject: ``user:LOGIN`` or ``system:NAME``.
        role: the duty.
        organisation_id: where; it holds for all below too.
        purposes: what for; none are all that the role is for.
        until: when it ends, such as of an account for remote support; ``None`` if no end is set.
        looker: who gives it.
        now: from when it holds.

    Raises:
        GrantRefusedError: nobody has this name, the role is not for such, it would be over already, or a purpose is
            none of the role's.
        UnknownOrganisationError: there is none of this id in reach.
    """
    place = _organisation(session, organisation_id, looker.reach)
    _check(session, subject, role, purposes=purposes, until=until, now=now)
    grants.lock_subject(session, subject)
    for one in _in_force(session, subject, now=now):
        if (one.role, one.organisation_id, set(one.purposes), one.valid_until) == (
            role,
            organisation_id,
            set(purposes),
            until,
        ):
            return one
    values = _begun(looker, now) | {"subject": subject, "role": role, "organisation_id": organisation_id}
    row = grants.add(session, values | {"purposes": sorted(set(purposes)), "origin": _GIVEN, "valid_until": until})
    record_look(session, looker, Action.CHANGE_GRANT, now=now, reason=f"{subject} is {role} of {place}{_till(until)}")
    return _grant(row, place)


def end(session: Session, grant_id: UUID, *, looker: Looker, now: datetime) -> Grant:
    """
    End a grant now and return it. Safe to repeat. One that a directory gave comes back while the directory says so.

    Raises:
        UnknownGrantError: none has this id.
    """
    row = grants.get(session, grant_id)
    if row is None or not reaching.has_organisation(row.organisation_id, looker.reach):
        raise UnknownGrantError("no grant has this id")
    place = _organisation(session, row.organisation_id)
    if row.valid_until is None or row.valid_until > now:
        grants.end(session, grant_id, now=now)
        reason = f"{row.subject} is {row.role} of {place} no more"
        record_look(session, looker, Action.CHANGE_GRANT, now=now, reason=reason)
    ended = grants.get(session, grant_id)
    return _grant(ended or row, place)


def list_grants(
    session: Session, *, subject: str | None = None, now: datetime | None = None, reach: Reach | None = None
) -> list[Grant]:
    """
    Return grants by subject.

    Args:
        session: the unit of work.
        subject: of whom; ``None`` is of everybody.
        now: leaves out what is over then; ``None`` leaves out nothing.
        reach: the organisations in which they are.
    """
    names = organisations.names(session)
    rows = grants.listed(session, subjects=None if subject is None else [subject], now=now)
    return [
        _grant(row, names[row.organisation_id]) for row in rows if reaching.has_organisation(row.organisation_id, reach)
    ]


def replace_from_directory(
    session: Session, user_id: UUID, wanted: Iterable[tuple[Role, UUID]], *, now: datetime
) -> None:
    """
    Let the duties that a directory gave a person be these (role, organisation), no more and no less.

    What a person gave them stays. Of what stays as it was nothing is written. Each change is on record as the
    directory's.

    Raises:
        GrantRefusedError: nobody has this id, or a role is for programs.
        UnknownOrganisationError: there is no such organisation.
    """
    user = users.by_id(session, user_id)
    if user is None:
        raise GrantRefusedError("no user has this id")
    subject = f"{_PERSON}{user.login}"
    grants.lock_subject(session, subject)
    now_held = {
        (one.role, one.organisation_id): one for one in _in_force(session, subject, now=now) if one.origin == _DIRECTORY
    }
    asked = set(wanted)
    directory = Looker.of_service("directory", "sign-in")
    for key in sorted(now_held.keys() - asked):
        end(session, now_held[key].id, looker=directory, now=now)
    for role, organisation_id in sorted(asked - now_held.keys()):
        _check(session, subject, role, purposes=(), until=None, now=now)
        place = _organisation(session, organisation_id)
        values = _begun(directory, now) | {"subject": subject, "role": role, "organisation_id": organisation_id}
        grants.add(session, values | {"purposes": [], "origin": _DIRECTORY, "valid_until": None})
        record_look(session, directory, Action.CHANGE_GRANT, now=now, reason=f"{subject} is {role} of {place}")


def _check(
    session: Session,
    subject: str,
    role: Role,
    *,
    purposes: Sequence[Purpose],
    until: datetime | None,
    now: datetime,
) -> None:
    if subject.startswith(_PERSON):
        if users.by_login(session, subject.removeprefix(_PERSON)) is None:
            raise GrantRefusedError("no user has this login; see `doseledger user list`")
        if role is Role.INTEGRATOR:
            raise GrantRefusedError("'integrator' is for programs")
    elif not subject.startswith(_PROGRAM) or subject == _PROGRAM:
        raise GrantRefusedError("name a person as user:LOGIN, or a program as system:NAME")
    if until is not None and until <= now:
        raise GrantRefusedError("the grant would be over already")
    if not set(purposes) <= set(PURPOSES[role]):
        msg = f"the role {role} is for {', '.join(PURPOSES[role])} only"
        raise GrantRefusedError(msg)


def _organisation(session: Session, organisation_id: UUID, reach: Reach | None = None) -> str:
    name = organisations.names(session).get(organisation_id)
    if name is None or not reaching.has_organisation(organisation_id, reach):
        raise UnknownOrganisationError("no organisation has this id")
    return name


def _in_force(session: Session, subject: str, *, now: datetime) -> list[Grant]:
    names = organisations.names(session)
    rows = grants.listed(session, subjects=[subject], now=now)
    return [_grant(row, names[row.organisation_id]) for row in rows if row.valid_from <= now]


def _begun(looker: Looker, now: datetime) -> dict[str, Any]:
    return {"valid_from": now, "granted_by": looker.subject, "granted_at": now}


def _till(until: datetime | None) -> str:
    return f" until {until:%Y-%m-%d %H:%M}" if until else ""


def _grant(row: RoleGrantRow, organisation: str) -> Grant:
    return Grant(
        id=row.id,
        subject=row.subject,
        role=role_named(row.role),
        organisation_id=row.organisation_id,
        organisation=organisation,
        purposes=tuple(map(Purpose, row.purposes)),
        origin=row.origin,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        granted_by=row.granted_by,
    )
