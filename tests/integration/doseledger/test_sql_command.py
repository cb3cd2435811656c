"""Tests of ``doseledger sql``."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from typer.testing import CliRunner, Result

from doseledger.main import app
from doseledger.sql_command import PasswordFileError, RoleNameError
from tests.support.postgres import PostgresServer

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``doseledger sql`` on the fresh database."""
    monkeypatch.setenv("DOSELEDGER_DATABASE_URL", database_url)

    def run_it(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["sql", *arguments])

    return run_it


@pytest.fixture
def role(postgres_server: PostgresServer, database_url: str) -> Iterator[str]:
    """A name that no role of the server has yet."""
    name = f"reader_{secrets.token_hex(4)}"
    yield name
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {name}")
    postgres_server.execute(f"DROP ROLE {name}")


def test_a_role_is_made_reads_and_reads_no_more(run: Run, role: str, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("of tests\n", encoding="utf-8")
    query = "SELECT count(*) FROM doseledger_sql.exams"

    told = run("grant-role", role, "--password-file", str(tmp_path / "password"))

    assert told.output.startswith(f"{role} is new and may read accesses, devices, events, exams, ")
    as_role = re.sub("//[^@]*@", f"//{role}:of%20tests@", database_url)
    with closing(psycopg2.connect(as_role)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        assert cursor.fetchone() == (0,)
    assert run("grant-role", role).output.startswith(f"{role} may read accesses, ")
    assert run("revoke-role", role).exit_code == 0
    with (
        closing(psycopg2.connect(as_role)) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        cursor.execute(query)


@pytest.mark.parametrize("name", ["", "Reader", "a-b", 'a"; DROP ROLE b', "a" * 64])
def test_a_name_that_needs_quotes_is_refused(run: Run, name: str) -> None:
    assert isinstance(run("grant-role", "--", name).exception, RoleNameError)


@pytest.mark.parametrize("content", [None, "", "\nsecond line"])
def test_a_password_file_without_password_is_refused(run: Run, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "password").write_text(content, encoding="utf-8")

    told = run("grant-role", "reader", "--password-file", str(tmp_path / "password"))

    assert isinstance(told.exception, PasswordFileError)
