"""Tests of ``doseledger plugin-config``."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from typer.testing import CliRunner

from db.session import unit_of_work
from db.tables.user import IssuedTokenRow
from doseledger.main import app
from doseledger.plugin_command import FolderError


class TestPluginConfig:
    def test_names_a_folder_that_cannot_be_written_and_keeps_no_token(
        self, database_url: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {
            "DATABASE_URL": database_url,
            "SITE_TIMEZONE": "Europe/Berlin",
            "DEFAULT_AUTHORITY": "DEMO",
            "TOKEN_SECRET": "a secret that is long enough for a test",
            "PUBLIC_URL": "http://127.0.0.1:8700",
        }.items():
            monkeypatch.setenv(f"DOSELEDGER_{name}", value)
        taken = tmp_path / "a-file"
        taken.write_text("in the way", encoding="utf-8")

        ended = CliRunner().invoke(app, ["plugin-config", "--out", str(taken / "orthanc")])

        assert isinstance(ended.exception, FolderError)
        assert "a-file" in str(ended.exception)
        with unit_of_work(engine) as session:
            assert session.scalar(select(func.count()).select_from(IssuedTokenRow)) == 0
