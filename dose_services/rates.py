"""How often something may be done, counted over all processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil

from db.repositories import rates
from db.session import Session
from dose_core.errors import DoseError


class TooOftenError(DoseError):
    """This was done too often; ``retry_after_s`` says in how many seconds it may be tried again."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many times in a window of this length."""

    times: int
    window: timedelta


def take(session: Session, what: str, rate: Rate, *, now: datetime, hits: int = 1) -> int | None:
    """
    Count one more and return in how many seconds to come again, ``None`` if it is allowed now.

    ``what`` may hold anything; its digest alone is kept.
    """
    counted = rates.count(session, _key(what), hits=hits, window=rate.window, now=now)
    if counted.hits <= rate.times:
        return None
    return max(ceil((counted.ends_at - now).total_seconds()), 1)


def forget(session: Session, what: str) -> None:
    """Begin anew with this."""
    rates.forget(session, _key(what))


def _key(what: str) -> str:
    return sha256(what.encode()).hexdigest()
