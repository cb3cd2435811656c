"""
People whom a directory or an identity provider vouches for: made at their first sign-in, with their duties from there.

Nobody is taken over by their login: who vouches for people says how they are called, and may call two people alike in
the course of time. Who is here already is linked to their name there by an administrator alone (``doseledger launch
know``).
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import organisations, users
from db.session import Session
from dose_services import grants
from dose_services.access import ROOT
from dose_services.roles import Role, role_named
from dose_services.users import User, find_by_id

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A role in an organisation, by its name; ``None`` is all of them."""

    role: Role
    organisation: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Duty":
        """
        Return the duty that is written ``radiologist`` or ``radiologist @ Hospital North``.

        Raises:
            ValueError: there is no such role, or it is none for people.
        """
        word, at, place = text.partition("@")
        role = role_named(word.strip())
        if role is Role.INTEGRATOR:
            raise ValueError("'integrator' is for programs")
        if at and not place.strip():
            raise ValueError("after @ stands the name of an organisation")
        return cls(role=role, organisation=place.strip() or None)


def admit(
    session: Session, *, system: str, name: str, login: str, duties: Iterable[Duty], now: datetime
) -> User | None:
    """
    Return the person with the duties that they have there now, or ``None`` if they are not let in.

    Who has no duty is not let in, and no user is made for them; nor is one whose login somebody has here who is not
    linked to this name. Organisations that are not known give no duty.

    Args:
        session: the unit of work.
        system: who vouches for them.
        name: what they are called there, for ever.
        login: what they are called here, if they are new.
        duties: all that they have there.
        now: the time.
    """
    if not login or any(c.isspace() or not c.isprintable() for c in login) or not name.isprintable():
        return None
    users.lock_name(session, system, name)
    row = users.by_identity(session, system, name)
    wanted = _placed(session, duties)
    if row is None:
        users.lock_login(session, login)
        if users.by_login(session, login) is not None:
            _log.warning("somebody whom %s vouches for has the login of a user here to whom nobody linked them", system)
            return None
        if not wanted:
            return None
        row = users.add(session, login=login, until=None, now=now)
        users.add_identity(session, user_id=row.id, system=system, name=name)
    grants.replace_from_directory(session, row.id, wanted, now=now)
    user = find_by_id(session, row.id, now=now)
    return user if user is not None and user.roles else None


def _placed(session: Session, duties: Iterable[Duty]) -> set[tuple[Role, UUID]]:
    ids = {name: id_ for id_, name in organisations.names(session).items()}
    placed = set()
    for duty in duties:
        place = ROOT if duty.organisation is None else ids.get(duty.organisation)
        if place is None:
            _log.warning("a group of the directory gives a duty in an organisation that is not known here")
            continue
        placed.add((duty.role, place))
    return placed
