"""Tell a database that is away from a statement that it refused."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# Classes of SQLSTATE (PostgreSQL documentation, appendix A) where the same statement may go well later:
# connection, rollback (deadlock, serialisation), resources, locks, operator intervention, system error.
_TEMPORARY = frozenset({"08", "40", "53", "55", "57", "58"})


def is_outage(error: BaseException) -> bool:
    """Return whether the database could not be asked now, so that the work should be tried again unchanged."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, SQLAlchemyError) or not isinstance(error, DBAPIError):
        return False
    state: str | None = getattr(error.orig, "pgcode", None)
    is_operational = type(error.orig).__name__ in {"OperationalError", "InterfaceError"}
    return error.connection_invalidated or (state[:2] in _TEMPORARY if state else is_operational)
