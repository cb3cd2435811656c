"""``doseledger db``: tables, backup, restoration."""

from pathlib import Path

import typer

from db import migrate
from db.backup import backup as write_backup
from db.backup_format import Manifest
from db.reach import reached
from db.restore import restore as read_backup
from doseledger.settings import database_url

app = typer.Typer(no_args_is_help=True, help="The database: bring its tables up to date, back it up, restore it.")


@app.command()
def upgrade() -> None:
    """Bring the tables to what this release knows; changes nothing if they are."""
    with reached(database_url()) as engine:
        migrate.upgrade(engine)
        _tell(migrate.status(engine))


@app.command()
def status() -> None:
    """Tell which revision the tables are at; exit status 1 if some are pending."""
    with reached(database_url()) as engine:
        told = migrate.status(engine)
    _tell(told)
    if told.pending:
        raise typer.Exit(1)


@app.command()
def backup(target: Path) -> None:
    """Write all rows of this moment to a new file that only you can read; work goes on meanwhile."""
    manifest = write_backup(database_url(), target)
    typer.echo(f"{target}: {_rows(manifest)} rows of {manifest.made_at}, {target.stat().st_size} bytes")


@app.command()
def restore(source: Path) -> None:
    """Bring a backup into an empty database; changes nothing if the file is damaged or there are rows."""
    manifest = read_backup(database_url(), source)
    typer.echo(f"{source}: {_rows(manifest)} rows of {manifest.made_at} restored and compared")


def _rows(manifest: Manifest) -> int:
    return sum(table.rows for table in manifest.tables)


def _tell(told: migrate.MigrationStatus) -> None:
    typer.echo(f"revision {told.current or 'none'}, newest {told.head}, pending: {', '.join(told.pending) or 'none'}")
