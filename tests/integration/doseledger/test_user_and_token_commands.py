"""Tests of ``doseledger user`` and ``doseledger token``."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from db.session import unit_of_work
from dose_services import tokens
from dose_services.roles import Role, Scope
from dose_services.tokens import TokenRejectedError
from dose_services.users import UserExistsError, UserNotAllowedError
from doseledger.main import app
from doseledger.processes import tokens_of
from doseledger.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``doseledger`` on the fresh database."""
    for name, value in {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "DEMO",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
    }.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)

    def run_it(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run_it


def check(engine: Engine, token: str) -> tokens.Bearer:
    now = datetime.now(UTC)  # noqa: TID251 - tokens carry real times
    with unit_of_work(engine) as session:
        return tokens.check(session, tokens_of(Settings.load()), token, now=now)


def add_ada(run: Run, *more: str) -> Result:
    return run("user", "add", "ada", "--role", "radiologist", "--orthanc-user", "a.example", *more)


class TestUsers:
    def test_are_added_and_listed(self, run: Run) -> None:
        assert add_ada(run, "--role", "physicist").exit_code == 0

        assert run("user", "list").output == "ada\tmpe,radiologist\torthanc: a.example\tactive\n"

    def test_are_disabled(self, run: Run) -> None:
        add_ada(run)

        assert run("user", "disable", "ada").exit_code == 0
        assert "disabled" in run("user", "list").output

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (("ada", "--role", "physicist"), UserExistsError),
            (("other", "--role", "physicist", "--orthanc-user", "a.example"), UserExistsError),
            (("two words", "--role", "physicist"), UserNotAllowedError),
            (("robot", "--role", "system"), UserNotAllowedError),
        ],
    )
    def test_are_refused_by_name(self, run: Run, arguments: Sequence[str], error: type[Exception]) -> None:
        add_ada(run)

        assert isinstance(run("user", "add", *arguments).exception, error)
        assert len(run("user", "list").output.splitlines()) == 1


class TestTokens:
    def test_are_printed_alone_and_work(self, run: Run, engine: Engine) -> None:
        token = run("token", "issue", "--scope", "ingest", "--subject", "orthanc").stdout.strip()

        bearer = check(engine, token)
        assert bearer.subject == "system:orthanc"
        assert bearer.scopes == {Scope.INGEST}
        assert bearer.roles == frozenset()

    def test_of_a_user_carry_the_users_roles(self, run: Run, engine: Engine) -> None:
        add_ada(run)

        bearer = check(engine, run("token", "issue", "--scope", "read", "--user", "ada").stdout.strip())

        assert bearer.subject == "user:ada"
        assert bearer.roles == {Role.RADIOLOGIST}

    def test_are_listed_without_themselves_and_revoked(self, run: Run, engine: Engine) -> None:
        token = run("token", "issue", "--scope", "read", "--subject", "ris", "--days", "30").stdout.strip()
        listed = run("token", "list").output

        jti = listed.split("\t")[0]
        assert token not in listed
        assert run("token", "revoke", jti).exit_code == 0
        assert "revoked" in run("token", "list").output
        with pytest.raises(TokenRejectedError):
            check(engine, token)

    @pytest.mark.parametrize("arguments", [(), ("--subject", "ris", "--user", "ada")])
    def test_are_for_a_program_or_a_user(self, run: Run, arguments: Sequence[str]) -> None:
        refused = run("token", "issue", "--scope", "read", *arguments)

        assert isinstance(refused.exception, UserNotAllowedError)
