"""Tell a database that cannot take the work now from a statement that it refused."""

from enum import Enum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import SQLAlchemyError as DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

__all__ = ["DatabaseError", "Outage", "is_outage", "outage_of"]


class Outage(Enum):
    """Why the database could not take a piece of work that it may take later, unchanged."""

    AWAY = "away"  # it does not answer, is stopping or starting, or has no connection left
    FULL = "full"  # its disk is full
    BUSY = "busy"  # the work met other work: deadlock, serialisation failure, a lock not had in time


# PostgreSQL documentation, appendix A: states, and classes of states where the same statement may go well later.
_DISK_FULL = "53100"
_LOCK_NOT_AVAILABLE = "55P03"
_ROLLED_BACK = "40"
# Connection, resources, object in use, operator intervention, system error.
_AWAY = frozenset({"08", "53", "55", "57", "58"})


def outage_of(error: BaseException) -> Outage | None:
    """Return why the database could not be asked now; ``None`` for a statement that it refused, or another error."""
    if isinstance(error, PoolTimeoutError):
        return Outage.AWAY
    if not isinstance(error, DBAPIError):
        return None
    state: str | None = getattr(error.orig, "pgcode", None)
    if state == _DISK_FULL:
        return Outage.FULL
    if state == _LOCK_NOT_AVAILABLE or (state or "").startswith(_ROLLED_BACK):
        return Outage.BUSY
    is_operational = type(error.orig).__name__ in {"OperationalError", "InterfaceError"}
    is_away = error.connection_invalidated or (state[:2] in _AWAY if state else is_operational)
    return Outage.AWAY if is_away else None


def is_outage(error: BaseException) -> bool:
    """Return whether the database could not be asked now, so that the work should be tried again unchanged."""
    return outage_of(error) is not None
