"""The people who may use DoseLedger, and the names by which other systems know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import users
from db.session import Session
from db.tables.organisation import ROOT
from db.tables.user import AppUserRow
from dose_core.errors import DoseError
from dose_services import grants
from dose_services.access import Access, access_of
from dose_services.audit import Action, Looker, record_look
from dose_services.roles import Permission, Role

_PERSON = "user:"
ORTHANC = "orthanc"  # the system whose user names a launch handle carries


class UserExistsError(DoseError):
    """This login, or this name in another system, belongs to a user already; choose another."""


class UnknownUserError(DoseError):
    """No user has this login; see ``doseledger user list``."""


class UserNotAllowedError(DoseError):
    """The person is not a DoseLedger user, is disabled, or has no role that allows this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """
    One person who may use DoseLedger, with what their grants allow at the time of asking.

    ``valid_until`` is of who is let in for a time only; it ``is_over`` at the time of asking, or not.
    """

    id: UUID
    login: str
    access: Access
    created_at: datetime
    disabled_at: datetime | None
    valid_until: datetime | None = None
    is_over: bool = False
    orthanc_users: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The name under which tokens and the access log know the person."""
        return f"{_PERSON}{self.login}"

    @property
    def roles(self) -> frozenset[Role]:
        """The duties that the person has anywhere."""
        return self.access.roles

    def may(self, permission: Permission) -> bool:
        """Tell whether the person may do this anywhere, for treatment or for what their duty is for."""
        return self.access.usual.may(permission)

    def may_enter(self, now: datetime) -> bool:
        """Tell whether the person is let in at all: not disabled, and their time, if they have one, is not over."""
        return self.disabled_at is None and (self.valid_until is None or self.valid_until > now)


def add_user(
    session: Session,
    *,
    login: str,
    roles: Sequence[Role],
    orthanc_users: Sequence[str] = (),
    organisation_id: UUID = ROOT,
    until: datetime | None = None,
    looker: Looker | None = None,
    now: datetime,
) -> User:
    """
    Add a user and return them.

    Args:
        session: the unit of work.
        login: one word without blanks.
        roles: at least one, and not ``integrator``.
        orthanc_users: Orthanc's (or the reverse proxy's) names of this person.
        organisation_id: where they have these roles; the root, which is all there is, unless another is named.
        until: when the roles end and the person is let in no more, such as of an account for remote support.
        looker: who adds them; ``None`` is DoseLedger itself.
        now: the time of adding.

    Raises:
        UserExistsError: the login or one of the names is taken.
        UserNotAllowedError: the login is empty or has blanks, or the roles are none that a person may have.
        GrantRefusedError: the roles would be over already.
        UnknownOrganisationError: there is no such organisation.
    """
    if not login or any(c.isspace() or not c.isprintable() for c in login):
        raise UserNotAllowedError("a login is one word without blanks")
    if not roles or Role.INTEGRATOR in roles:
        raise UserNotAllowedError("a user has one or more roles; 'integrator' is for tokens of programs")
    users.lock_login(session, login)
    if users.by_login(session, login) is not None:
        msg = f"the login {login!r} is taken"
        raise UserExistsError(msg)
    row = users.add(session, login=login, until=until, now=now)
    by = looker or Looker.of_service("users", "add")
    for role in sorted(set(roles)):
        grants.give(session, f"{_PERSON}{login}", role, organisation_id, until=until, looker=by, now=now)
    for name in sorted(set(orthanc_users)):
        users.lock_name(session, ORTHANC, name)
        if users.by_identity(session, ORTHANC, name) is not None:
            msg = f"the Orthanc user {name!r} belongs to another login"
            raise UserExistsError(msg)
        users.add_identity(session, user_id=row.id, system=ORTHANC, name=name)
    return _user(session, row, now=now, orthanc_users=tuple(sorted(set(orthanc_users))))


def find_by_orthanc_user(session: Session, name: str, *, now: datetime) -> User | None:
    """Return the user whom Orthanc, or the reverse proxy before it, knows by this name; disabled ones too."""
    row = users.by_identity(session, ORTHANC, name)
    return None if row is None else _user(session, row, now=now)


def find_by_id(session: Session, user_id: UUID, *, now: datetime) -> User | None:
    """Return one user; disabled ones too."""
    row = users.by_id(session, user_id)
    return None if row is None else _user(session, row, now=now)


def get_by_login(session: Session, login: str, *, now: datetime) -> User:
    """
    Return the user of a login; disabled ones too.

    Raises:
        UnknownUserError: nobody has this login.
    """
    return _user(session, _row(session, login), now=now)


def list_users(session: Session, *, now: datetime) -> list[User]:
    """Return all users by login, disabled ones too."""
    names: dict[UUID, list[str]] = {}
    for identity in users.identities(session):
        if identity.system == ORTHANC:
            names.setdefault(identity.user_id, []).append(identity.name)
    everyone = users.everyone(session)
    return [_user(session, row, now=now, orthanc_users=tuple(names.get(row.id, ()))) for row in everyone]


def disable_user(session: Session, *, login: str, now: datetime) -> User:
    """
    Disable a user: from now on no token, handle or open view of theirs works.

    Raises:
        UnknownUserError: nobody has this login.
    """
    row = _row(session, login)
    row.disabled_at = row.disabled_at or now
    session.flush()
    return _user(session, row, now=now)


def let_in_until(session: Session, *, login: str, until: datetime | None, looker: Looker, now: datetime) -> User:
    """
    Let a person in until a time, such as somebody of remote support, or for good if it is ``None``; on record.

    Raises:
        UnknownUserError: nobody has this login.
    """
    row = _row(session, login)
    row.valid_until = until
    session.flush()
    till = "for good" if until is None else f"until {until:%Y-%m-%d %H:%M}"
    record_look(session, looker, Action.LET_IN, now=now, reason=f"user:{login} {till}")
    return _user(session, row, now=now)


def _row(session: Session, login: str) -> AppUserRow:
    row = users.by_login(session, login)
    if row is None:
        msg = f"no user has the login {login!r}; see `doseledger user list`"
        raise UnknownUserError(msg)
    return row


def _user(session: Session, row: AppUserRow, *, now: datetime, orthanc_users: tuple[str, ...] = ()) -> User:
    return User(
        id=row.id,
        login=row.login,
        access=access_of(session, f"{_PERSON}{row.login}", now=now),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        valid_until=row.valid_until,
        is_over=row.valid_until is not None and row.valid_until <= now,
        orthanc_users=orthanc_users,
    )
