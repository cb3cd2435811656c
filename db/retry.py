"""Do a piece of work again that the database rolled back because it met other work."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from db.outage import Outage, outage_of
from db.session import Session

UnitOfWork = Callable[[], AbstractContextManager[Session]]
Result = TypeVar("Result")

# Of those that wait for each other PostgreSQL ends one and lets the others go on, so that the second attempt
# mostly goes well. The pauses grow for those that meet the same neighbours again, and sum to less than the
# second (deadlock_timeout) for which PostgreSQL itself waits before it looks for a deadlock.
_PAUSES_S = (0.02, 0.06, 0.2, 0.6)
_log = logging.getLogger(__name__)


def in_unit_of_work(unit_of_work: UnitOfWork, work: Callable[[Session], Result]) -> Result:
    """
    Return what ``work`` returns, committed. A deadlock, serialisation failure or lock timeout is tried again.

    Each attempt is a transaction of its own, with a fresh session: what an attempt made is gone with it,
    so ``work`` must take nothing along from one attempt to the next.

    Raises:
        DatabaseError: five attempts were rolled back; or the database is away, full, or refused a statement.

    Source: PostgreSQL documentation, 13.5 (Serialization Failure Handling).
    """
    for pause_s in _PAUSES_S:
        try:
            with unit_of_work() as session:
                return work(session)
        except Exception as error:
            if outage_of(error) is not Outage.BUSY:
                raise
            _log.warning(
                "the database rolled work back that met other work; trying again", extra={"error": _name(error)}
            )
        time.sleep(pause_s)
    with unit_of_work() as session:
        return work(session)


def _name(error: Exception) -> str:
    return type(getattr(error, "orig", error)).__name__
