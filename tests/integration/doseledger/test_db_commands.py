"""Tests of ``doseledger db``."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from db.embedded import EmbeddedPostgres
from db.embedded.errors import DataFolderInUseError
from db.reach import DatabaseUnreachableError
from db.session import make_engine, unit_of_work
from doseledger.db_commands import app
from tests.support.postgres import free_port


class TestDbCommands:
    def test_bring_an_empty_database_up_to_date(self, empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DOSELEDGER_DATABASE_URL", empty_database_url)
        terminal = CliRunner()

        before = terminal.invoke(app, ["status"])
        assert (before.exit_code, before.output[:13]) == (1, "revision none")
        assert terminal.invoke(app, ["upgrade"]).exit_code == 0
        after = terminal.invoke(app, ["status"])
        assert (after.exit_code, "pending: none" in after.output) == (0, True)

    def test_back_a_database_up_and_restore_it(
        self, database_url: str, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        terminal = CliRunner()
        target = str(tmp_path / "backup.zip")

        monkeypatch.setenv("DOSELEDGER_DATABASE_URL", database_url)
        written = terminal.invoke(app, ["backup", target], catch_exceptions=False)
        monkeypatch.setenv("DOSELEDGER_DATABASE_URL", empty_database_url)
        read = terminal.invoke(app, ["restore", target], catch_exceptions=False)

        assert (written.exit_code, read.exit_code) == (0, 0)
        assert "restored and compared" in read.output
        assert "run 'doseledger retention --apply'" in read.output

    def test_say_in_one_sentence_that_no_database_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        port = free_port()
        monkeypatch.setenv("DOSELEDGER_DATABASE_URL", f"postgresql://doseledger:hidden@127.0.0.1:{port}/doseledger")

        outcome = CliRunner().invoke(app, ["status"])

        assert isinstance(outcome.exception, DatabaseUnreachableError)
        assert f"127.0.0.1:{port}" in str(outcome.exception)
        assert "hidden" not in str(outcome.exception)


class TestDataDir:
    def test_stands_for_the_embedded_database_whether_or_not_it_runs(
        self, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All of it as the role that owns the database and is no superuser."""
        terminal = CliRunner()
        first, second = str(tmp_path / "first.zip"), str(tmp_path / "second.zip")
        data_dir = tmp_path / "data"
        monkeypatch.setenv("DOSELEDGER_DATABASE_URL", database_url)
        engine = make_engine(database_url)
        with unit_of_work(engine) as session:
            patient = {"id": uuid4(), "now": datetime(2026, 11, 22, tzinfo=UTC)}
            session.execute(text("INSERT INTO patient (id, family_id, created_at) VALUES (:id, :id, :now)"), patient)
        engine.dispose()
        terminal.invoke(app, ["backup", first], catch_exceptions=False)

        at_rest = terminal.invoke(app, ["restore", first, "--data-dir", str(data_dir)], catch_exceptions=False)
        with EmbeddedPostgres(data_dir, port=free_port()):
            running = terminal.invoke(app, ["backup", second, "--data-dir", str(data_dir)], catch_exceptions=False)
            refused = terminal.invoke(app, ["restore", first, "--data-dir", str(data_dir)])

        assert (at_rest.exit_code, running.exit_code) == (0, 0)
        assert isinstance(refused.exception, DataFolderInUseError)
        with ZipFile(first) as one, ZipFile(second) as other:
            assert one.read("tables/patient") == other.read("tables/patient") != b""
