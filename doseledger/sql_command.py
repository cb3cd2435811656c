"""``doseledger sql``: who may read the views for SQL."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dose_core.errors import DoseError

if TYPE_CHECKING:
    from db.sql_readers import Server

app = typer.Typer(no_args_is_help=True, help="Reading by SQL: roles that see the views, and nothing else.")

_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")  # needs no quotes in SQL; a name has 63 bytes at most

Role = Annotated[str, typer.Argument(metavar="ROLE", help="Name of the role, in small letters.")]
DataDir = Annotated[
    Path | None,
    typer.Option(help="The data folder of a running 'doseledger up' with its own database; else the settings'."),
]


class RoleNameError(DoseError):
    """The name is none that a role of ours may have."""


class PasswordFileError(DoseError):
    """The password file cannot be read, or holds nothing."""


@app.command("grant-role")
def grant_role(
    role: Role,
    password_file: Annotated[
        Path | None, typer.Option(help="File with the role's password on its first line; without, none is set.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Let a role read the views of the schema doseledger_sql; it is made if it is missing. Safe to repeat."""
    from db import sql_readers

    password = _password(password_file)
    _check(role)
    with _server(data_dir) as server:
        is_new = sql_readers.make_role(server, role, password)
        views = sql_readers.grant(server, role)
    typer.echo(f"{role}{' is new and' if is_new else ''} may read {', '.join(views)}")


@app.command("revoke-role")
def revoke_role(role: Role, data_dir: DataDir = None) -> None:
    """Take the views from a role again; the role itself stays."""
    from db import sql_readers

    _check(role)
    with _server(data_dir) as server:
        sql_readers.revoke(server, role)
    typer.echo(f"{role} may read none of the views any more")


def _check(role: str) -> None:
    if not _ROLE.fullmatch(role):
        raise RoleNameError("name the role in small letters, digits and underscores, 63 at most")


def _password(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise PasswordFileError(msg) from error
    if not lines or not lines[0]:
        msg = f"{file} is empty; write the password on its first line"
        raise PasswordFileError(msg)
    return lines[0]


@contextmanager
def _server(data_dir: Path | None) -> Iterator["Server"]:
    from db import sql_readers
    from doseledger.settings import database_url

    with sql_readers.in_folder(data_dir) if data_dir else sql_readers.on_server(database_url()) as server:
        yield server
