"""The people whom other programs vouch for when they open a view, by the names that they have there."""

from datetime import datetime

from db.repositories import users as rows
from db.session import Session
from dose_services import launch, users
from dose_services.audit import Action, Looker, record_look
from dose_services.users import User, UserExistsError


def find_person(session: Session, system: str, name: str, *, now: datetime) -> User:
    """
    Return the user whom another system knows by this name, who may open views.

    Raises:
        UserNotAllowedError: nobody here has this name there, they are disabled, or have no role for it.
    """
    row = rows.by_identity(session, system, name)
    return launch.require_allowed(None if row is None else users.find_by_id(session, row.id, now=now))


def add_name(
    session: Session, *, login: str, system: str, name: str, looker: Looker | None = None, now: datetime
) -> User:
    """
    Keep the name under which another system knows a user, on record with who said so. Safe to repeat.

    Raises:
        UnknownUserError: nobody has this login.
        UserExistsError: the name belongs to another login.
    """
    user = users.get_by_login(session, login, now=now)
    rows.lock_name(session, system, name)
    known = rows.by_identity(session, system, name)
    if known is not None and known.id != user.id:
        msg = f"the name {name!r} in {system!r} belongs to another login"
        raise UserExistsError(msg)
    if known is None:
        rows.add_identity(session, user_id=user.id, system=system, name=name)
        by = looker or Looker.of_service("launch", "know")
        record_look(session, by, Action.CHANGE_GRANT, now=now, reason=f"{user.subject} is known to {system}")
    return user
