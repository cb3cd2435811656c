"""Bringing a database to the tables that this version knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

_SCRIPTS = Path(__file__).resolve().parents[1] / "migrations"
_LOCK = "doseledger migration"


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


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply what is pending up to the revision; processes that start at once wait for each other."""
    with _migration_lock(engine), engine.connect() as connection:
        alembic = config()
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Undo what was applied after the revision (``base`` undoes all). Data in dropped tables is gone."""
    with _migration_lock(engine), engine.connect() as connection:
        alembic = config()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, revision)


@contextmanager
def _migration_lock(engine: Engine) -> Iterator[None]:
    # On a connection of its own: each migration commits by itself and would let go of the lock.
    with engine.begin() as holder:
        holder.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": _LOCK})
        yield
