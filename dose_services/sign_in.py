"""
Signing in by login and password: the same answer, in the same time, to whoever may not.

The parts are transactions of their own, so that no connection is held while a password is hashed or a directory asked,
and so that a refusal is on record although it is an error.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from db.repositories import browser_sessions
from db.session import Session
from dose_core.errors import DoseError
from dose_services import rates, users
from dose_services.audit import Action, Looker, Via, record_look
from dose_services.browser_sessions import Method, SessionLimits, SignedIn, end_all, open_session
from dose_services.password_hashing import PasswordHashing, PasswordRefusedError, check_password
from dose_services.rates import Rate, TooOftenError
from dose_services.reading import UnitOfWork
from dose_services.users import User

MAX_LOGIN = 256  # ours: a name in a directory may be an address

# OWASP ASVS 4.0.3, 2.2.1: no more than a hundred failed attempts at one account in an hour. Ours, below that; the
# account itself is never closed, since that is what an attacker may want.
PER_LOGIN = Rate(times=10, window=timedelta(minutes=10))
PER_ADDRESS = Rate(times=60, window=timedelta(minutes=10))  # ours: a ward at the start of a shift, behind one address


class SignInRefusedError(DoseError):
    """Login or password is wrong, or the person may not sign in; the text does not say which."""


class Directory(Protocol):
    """Where people are looked up who have no password here."""

    def admit(self, unit_of_work: UnitOfWork, login: str, password: str, *, now: datetime) -> User | None:
        """Return the person whose password this is, as the directory knows them; ``None`` if it is nobody's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How people sign in here; one for each process."""

    hashing: PasswordHashing
    limits: SessionLimits
    directories: Sequence[Directory] = field(default=())

    def by_password(
        self, unit_of_work: UnitOfWork, login: str, password: str, *, address: str, route: str, now: datetime
    ) -> tuple[SignedIn, str]:
        """
        Return the session that was opened, and its secret.

        Args:
            unit_of_work: begins transactions.
            login: as it was typed.
            password: likewise.
            address: from where they come; only counted.
            route: the template of the route.
            now: the time.

        Raises:
            SignInRefusedError: this is nobody's login and password, or they may not sign in.
            TooOftenError: it was tried too often for this login, or from this address.
            HashingBusyError: too many people sign in now.
        """
        login = login.strip()[:MAX_LOGIN]
        with unit_of_work() as session:
            # In this order, so that two who count both wait for each other at one place only.
            waits = [
                rates.take(session, f"sign-in from {address}", PER_ADDRESS, now=now),
                rates.take(session, _of_login(login), PER_LOGIN, now=now),
            ]
            if not login.isprintable():
                login = ""  # nobody's; a NUL is none that the database could look for
            known = browser_sessions.credentials(session, login)
        too_soon = max((wait for wait in waits if wait is not None), default=None)
        if too_soon is not None:
            raise TooOftenError("too many attempts to sign in; try again later", retry_after_s=too_soon)
        is_right = self.hashing.verify(known.hash if known else None, password)
        if known is not None and known.hash is not None:
            return self._settle(unit_of_work, login, known.user_id if is_right else None, route=route, now=now)
        for directory in self.directories:
            user = directory.admit(unit_of_work, login, password, now=now)
            if user is not None:
                return self._settle(unit_of_work, login, user.id, method=Method.DIRECTORY, route=route, now=now)
        return self._settle(unit_of_work, login, None, route=route, now=now)

    def _settle(
        self,
        unit_of_work: UnitOfWork,
        login: str,
        user_id: UUID | None,
        *,
        method: Method = Method.LOCAL,
        route: str,
        now: datetime,
    ) -> tuple[SignedIn, str]:
        with unit_of_work() as session:
            user = users.find_by_id(session, user_id, now=now) if user_id is not None else None
            if user is not None and user.may_enter(now):
                rates.forget(session, _of_login(login))
                return self.admit(session, user, method, route=route, now=now)
            known = browser_sessions.credentials(session, login)
            note_refusal(session, f"user:{login}" if known else None, route=route, now=now)
        raise SignInRefusedError("login or password is wrong")

    def admit(self, session: Session, user: User, method: Method, *, route: str, now: datetime) -> tuple[SignedIn, str]:
        """Open a session for who was found to be this person, and record it."""
        signed_in, secret = open_session(session, user, method, limits=self.limits, now=now)
        looker = Looker(subject=user.subject, user_id=user.id, via=Via.SESSION, reference=signed_in.id, route=route)
        record_look(session, looker, Action.SIGN_IN, now=now, reason=method)
        return signed_in, secret

    def change_password(
        self,
        unit_of_work: UnitOfWork,
        signed_in: SignedIn,
        *,
        current: str,
        new: str,
        again: str,
        route: str,
        now: datetime,
    ) -> None:
        """
        Give a person a new password by the one that they have, and end their other sessions and their views.

        Raises:
            SignInRefusedError: the current password is wrong, or they have none here.
            PasswordRefusedError: the new one cannot be one, or was typed in two ways.
            TooOftenError: it was tried too often.
            HashingBusyError: too many people sign in now.
        """
        if new != again:
            raise PasswordRefusedError("the new password was typed in two ways")
        check_password(new, login=signed_in.login)
        with unit_of_work() as session:
            # Not counted with attempts to sign in, or whoever types a login wrongly would keep its owner from this.
            wait = rates.take(session, _of_change(signed_in), PER_LOGIN, now=now)
            kept = browser_sessions.password_hash(session, signed_in.user_id)
        if wait is not None:
            raise TooOftenError("too many attempts; try again later", retry_after_s=wait)
        if not self.hashing.verify(kept, current):
            with unit_of_work() as session:
                note_refusal(session, signed_in.subject, route=route, now=now)
            raise SignInRefusedError("the current password is wrong")
        hash_ = self.hashing.hash(new)
        with unit_of_work() as session:
            rates.forget(session, _of_change(signed_in))
            browser_sessions.keep_password(session, signed_in.user_id, hash_, now=now)
            end_all(session, signed_in.user_id, now=now, but=signed_in.id)
            looker = Looker(
                subject=signed_in.subject,
                user_id=signed_in.user_id,
                via=Via.SESSION,
                reference=signed_in.id,
                route=route,
            )
            record_look(session, looker, Action.CHANGE_PASSWORD, now=now, reason=signed_in.subject)


def set_password(
    session: Session, hashing: PasswordHashing, login: str, password: str, *, looker: Looker, now: datetime
) -> None:
    """
    Give a person a password, whatever they had, and end their sessions and views.

    Raises:
        UnknownUserError: nobody has this login.
        PasswordRefusedError: this cannot be a password.
        HashingBusyError: too many people sign in now.
    """
    user = users.get_by_login(session, login, now=now)
    check_password(password, login=login)
    browser_sessions.keep_password(session, user.id, hashing.hash(password), now=now)
    end_all(session, user.id, now=now)
    record_look(session, looker, Action.CHANGE_PASSWORD, now=now, reason=user.subject)


def note_refusal(session: Session, subject: str | None, *, route: str, now: datetime) -> None:
    """Record that somebody was not let in; who is not known here is not named, since people type passwords there."""
    looker = Looker(subject=subject or "nobody", user_id=None, via=Via.SESSION, reference=None, route=route)
    record_look(session, looker, Action.SIGN_IN_REFUSED, now=now)


def _of_login(login: str) -> str:
    # However a directory takes it for the same: width, case, accents, blanks and what is not seen (RFC 4518, 2; that
    # accents do not count is Active Directory's), so that nobody tries once more by another spelling.
    seen = (one for one in unicodedata.normalize("NFKD", login) if unicodedata.category(one)[0] not in "MCZ")
    return f"sign-in of {''.join(seen).casefold()}"


def _of_change(signed_in: SignedIn) -> str:
    return f"new password of {signed_in.user_id}"
