"""Bringing a database to the tables that this version knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from dose_core.errors import DoseError

_SCRIPTS = Path(__file__).resolve().parents[1] / "migrations"
_LOCK = "doseledger migration"


class UnknownRevisionError(DoseError):
    """The database was brought to a revision that this version does not know."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database is at revision {revision}, which this release does not know: start the newer release again, "
            "or restore a backup that was made before it"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationStatus:
    """Where a database stands; ``pending`` lists the revisions still to apply, oldest first."""

    current: str | None
    head: str
    pending: tuple[str, ...]


def config() -> Config:
    """Return Alembic's configuration, whatever the working directory is."""
    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def status(engine: Engine) -> MigrationStatus:
    """Return where the database stands; a revision that this version does not know has everything pending."""
    scripts = ScriptDirectory.from_config(config())
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    newest_first = [script.revision for script in scripts.walk_revisions()]
    applied = newest_first[newest_first.index(current) :] if current in newest_first else []
    pending = tuple(revision for revision in reversed(newest_first) if revision not in applied)
    return MigrationStatus(current=current, head=newest_first[0], pending=pending)


def knows(revision: str) -> bool:
    """Tell whether this version knows the revision."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions())


def upgrade(engine: Engine, revision: str = "head") -> None:
    """
    Apply what is pending up to the revision; processes that start at once wait for each other.

    Raises:
        UnknownRevisionError: a newer release has been here.
    """
    with migration_lock(engine), engine.connect() as connection:
        _check_known(connection)
        alembic = config()
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """
    Undo what was applied after the revision (``base`` undoes all). Data in dropped tables is gone.

    Raises:
        UnknownRevisionError: a newer release has been here.
    """
    with migration_lock(engine), engine.connect() as connection:
        _check_known(connection)
        alembic = config()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, revision)


@contextmanager
def migration_lock(engine: Engine) -> Iterator[None]:
    """Keep every other process from migrating during the block."""
    # On a connection of its own: each migration commits by itself and would let go of the lock.
    with engine.begin() as holder:
        holder.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": _LOCK})
        yield


def _check_known(connection: Connection) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()  # Alembic wants to begin its transactions itself
    if current is not None and not knows(current):
        raise UnknownRevisionError(current)
