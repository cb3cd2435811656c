"""SMART launches under way: the state that must come back, and the browser that it must come back in."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from db.repositories import launches
from db.session import Session
from dose_services import rates
from dose_services.rates import Rate, TooOftenError

VALID_FOR = timedelta(minutes=10)  # ours: for a sign-in at the EHR with a second factor
PER_ADDRESS = Rate(times=600, window=timedelta(minutes=10))  # ours: a hospital behind one address
_BYTES = 32  # 256 bits; SMART App Launch 2.2 asks for 122 at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A launch that began: ``state`` goes through the authorisation server, ``secret`` stays in the browser."""

    state: str
    secret: str = field(repr=False)


def admit(session: Session, address: str, *, now: datetime) -> None:
    """
    Count a launch from an address, before anybody is asked or anything is kept for it.

    Raises:
        TooOftenError: there were too many.
    """
    wait = rates.take(session, f"SMART launch from {address}", PER_ADDRESS, now=now)
    if wait is not None:
        raise TooOftenError("too many launches from here; try again later", retry_after_s=wait)


def begin(session: Session, issuer: str, *, now: datetime) -> Begun:
    """Begin a launch from an EHR and return it; state and secret are kept as digests only."""
    begun = Begun(state=secrets.token_urlsafe(_BYTES), secret=secrets.token_urlsafe(_BYTES))
    row = {
        "state_digest": _digest(begun.state),
        "browser_digest": _digest(begun.secret),
        "issuer": issuer,
        "expires_at": now + VALID_FOR,
    }
    launches.add_smart_launch(session, row, now=now)
    return begun


def take(session: Session, state: str, secret: str, *, now: datetime) -> str | None:
    """
    End a launch and return its issuer; ``None`` if this browser began none with this state, or too long ago.

    One statement, so that of two who come at once only one gets it. Another browser that has seen the state ends
    nothing.
    """
    return launches.take_smart_launch(session, _digest(state), _digest(secret), now=now)


def _digest(text: str) -> str:
    # No salt and no stretching: both have 256 random bits, so there is nothing to guess.
    return sha256(text.encode()).hexdigest()
