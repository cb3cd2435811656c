"""The people who may use DoseLedger, and the names by which other systems know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import users
from db.session import Session
from db.tables.user import AppUserRow
from dose_core.errors import DoseError
from dose_services.roles import Role

ORTHANC = "orthanc"  # the system whose user names a launch handle carries


class UserExistsError(DoseError):
    """This login, or this name in another system, belongs to a user already; choose another."""


class UnknownUserError(DoseError):
    """No user has this login; see ``doseledger user list``."""


class UserNotAllowedError(DoseError):
    """The person is not a DoseLedger user, is disabled, or has no role that allows this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person who may use DoseLedger."""

    id: UUID
    login: str
    roles: frozenset[Role]
    created_at: datetime
    disabled_at: datetime | None
    orthanc_users: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The name under which tokens and the access log know the person."""
        return f"user:{self.login}"


def add_user(
    session: Session, *, login: str, roles: Sequence[Role], orthanc_users: Sequence[str] = (), now: datetime
) -> User:
    """
    Add a user and return them.

    Args:
        session: the unit of work.
        login: one word without blanks.
        roles: at least one, and not ``system``.
        orthanc_users: Orthanc's (or the reverse proxy's) names of this person.
        now: the time of adding.

    Raises:
        UserExistsError: the login or one of the names is taken.
        UserNotAllowedError: the login is empty or has blanks, or the roles are none that a person may have.
    """
    if not login or any(c.isspace() or not c.isprintable() for c in login):
        raise UserNotAllowedError("a login is one word without blanks")
    if not roles or Role.SYSTEM in roles:
        raise UserNotAllowedError("a user has one or more roles; 'system' is for tokens of programs")
    users.lock_login(session, login)
    if users.by_login(session, login) is not None:
        msg = f"the login {login!r} is taken"
        raise UserExistsError(msg)
    row = users.add(session, login=login, roles=sorted(set(roles)), now=now)
    for name in sorted(set(orthanc_users)):
        users.lock_name(session, ORTHANC, name)
        if users.by_identity(session, ORTHANC, name) is not None:
            msg = f"the Orthanc user {name!r} belongs to another login"
            raise UserExistsError(msg)
        users.add_identity(session, user_id=row.id, system=ORTHANC, name=name)
    return _user(row, orthanc_users=tuple(sorted(set(orthanc_users))))


def find_by_orthanc_user(session: Session, name: str) -> User | None:
    """Return the user whom Orthanc, or the reverse proxy before it, knows by this name; disabled ones too."""
    row = users.by_identity(session, ORTHANC, name)
    return None if row is None else _user(row)


def find_by_id(session: Session, user_id: UUID) -> User | None:
    """Return one user; disabled ones too."""
    row = users.by_id(session, user_id)
    return None if row is None else _user(row)


def get_by_login(session: Session, login: str) -> User:
    """
    Return the user of a login; disabled ones too.

    Raises:
        UnknownUserError: nobody has this login.
    """
    return _user(_row(session, login))


def list_users(session: Session) -> list[User]:
    """Return all users by login, disabled ones too."""
    names: dict[UUID, list[str]] = {}
    for identity in users.identities(session):
        if identity.system == ORTHANC:
            names.setdefault(identity.user_id, []).append(identity.name)
    return [_user(row, orthanc_users=tuple(names.get(row.id, ()))) for row in users.everyone(session)]


def disable_user(session: Session, *, login: str, now: datetime) -> User:
    """
    Disable a user: from now on no token, handle or open view of theirs works.

    Raises:
        UnknownUserError: nobody has this login.
    """
    row = _row(session, login)
    row.disabled_at = row.disabled_at or now
    session.flush()
    return _user(row)


def _row(session: Session, login: str) -> AppUserRow:
    row = users.by_login(session, login)
    if row is None:
        msg = f"no user has the login {login!r}; see `doseledger user list`"
        raise UnknownUserError(msg)
    return row


def _user(row: AppUserRow, *, orthanc_users: tuple[str, ...] = ()) -> User:
    return User(
        id=row.id,
        login=row.login,
        roles=frozenset(Role(role) for role in row.roles),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        orthanc_users=orthanc_users,
    )
