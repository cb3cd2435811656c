"""``doseledger db``: tables, backup, restoration."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from db.backup_format import Manifest
    from db.migrate import MigrationStatus

app = typer.Typer(no_args_is_help=True, help="The database: bring its tables up to date, back it up, restore it.")

_FORGOTTEN = (
    "what expired after {made_at} can be read again: run 'doseledger retention --apply', "
    "but set again first the holds and restrictions that were set after that"
)

DataDir = Annotated[
    Path | None,
    typer.Option(help="Use the database in this data folder, whether or not 'doseledger up' runs; else the settings'."),
]


@app.command()
def upgrade(data_dir: DataDir = None) -> None:
    """Bring the tables to what this release knows; changes nothing if they are."""
    from db import migrate
    from db.reach import reached

    with _database(data_dir) as url, reached(url) as engine:
        migrate.upgrade(engine)
        _tell(migrate.status(engine))


@app.command()
def status(data_dir: DataDir = None) -> None:
    """Tell which revision the tables are at; exit status 1 if some are pending."""
    from db import migrate
    from db.reach import reached

    with _database(data_dir) as url, reached(url) as engine:
        told = migrate.status(engine)
    _tell(told)
    if told.pending:
        raise typer.Exit(1)


@app.command()
def backup(target: Path, data_dir: DataDir = None) -> None:
    """Write all rows of this moment to a new file that only you can read; work goes on meanwhile."""
    from db.backup import backup as write_backup

    with _database(data_dir) as url:
        manifest = write_backup(url, target)
    typer.echo(f"{target}: {_rows(manifest)} rows of {manifest.made_at}, {target.stat().st_size} bytes")


@app.command()
def restore(source: Path, data_dir: DataDir = None) -> None:
    """
    Bring a backup into an empty database; changes nothing if the file is damaged or there are rows.

    With --data-dir, 'doseledger up' must not run on that folder, which is made if it is missing.
    """
    from db.restore import restore as read_backup

    with _database(data_dir, alone=True) as url:
        manifest = read_backup(url, source)
    typer.echo(f"{source}: {_rows(manifest)} rows of {manifest.made_at} restored and compared")
    typer.echo(_FORGOTTEN.format(made_at=manifest.made_at), err=True)


@contextmanager
def _database(data_dir: Path | None, *, alone: bool = False) -> Iterator[str]:
    """Yield the URL of the settings' database, or of the data folder's, which is started if nobody runs it."""
    from db.embedded import EmbeddedPostgres, url_of_running
    from db.embedded.errors import NotRunningError
    from doseledger.settings import database_url

    if data_dir is None:
        yield database_url()
        return
    try:
        running = None if alone else url_of_running(data_dir)
    except NotRunningError:
        running = None
    if running:
        yield running
    else:
        with EmbeddedPostgres(data_dir, port=_free_port()) as server:
            yield server.url


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _rows(manifest: "Manifest") -> int:
    return sum(table.rows for table in manifest.tables)


def _tell(told: "MigrationStatus") -> None:
    typer.echo(f"revision {told.current or 'none'}, newest {told.head}, pending: {', '.join(told.pending) or 'none'}")
