"""Tests of ``doseledger plugin-config``."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from typer.testing import CliRunner

from db.session import unit_of_work
from db.tables.user import IssuedTokenRow
from doseledger.main import app
from doseledger.plugin_command import FolderError
from doseledger.plugin_config import CONFIGURATION_FILE_NAME
from orthanc_plugin.settings import SettingsError as PluginSettingsError


@pytest.fixture(autouse=True)
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what a site sets."""
    for name, value in {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "DEMO",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
    }.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)


class TestPluginConfig:
    def test_names_a_folder_that_cannot_be_written_and_keeps_no_token(self, engine: Engine, tmp_path: Path) -> None:
        taken = tmp_path / "a-file"
        taken.write_text("in the way", encoding="utf-8")

        ended = CliRunner().invoke(app, ["plugin-config", "--out", str(taken / "orthanc")])

        assert isinstance(ended.exception, FolderError)
        assert "a-file" in str(ended.exception)
        with unit_of_work(engine) as session:
            assert session.scalar(select(func.count()).select_from(IssuedTokenRow)) == 0

    def test_writes_nothing_that_the_plugin_would_refuse_for_plain_http(self, tmp_path: Path) -> None:
        out = tmp_path / "orthanc"

        ended = CliRunner().invoke(app, ["plugin-config", "--out", str(out), "--service-url", "http://192.0.2.7:8700"])

        assert isinstance(ended.exception, PluginSettingsError)
        assert not out.exists()

    def test_lets_deletions_be_told_if_it_is_asked_to(self, tmp_path: Path) -> None:
        for folder, options in (("quiet", []), ("telling", ["--tell-deletions"])):
            out = tmp_path / folder
            assert CliRunner().invoke(app, ["plugin-config", "--out", str(out), *options]).exit_code == 0
            section = json.loads((out / CONFIGURATION_FILE_NAME).read_text())["DoseLedger"]
            assert section.get("TellDeletions", False) is bool(options)

    def test_takes_plain_http_to_another_machine_for_a_named_reason(self, tmp_path: Path) -> None:
        options = ["--service-url", "http://192.0.2.7:8700", "--allow-plaintext", "a cable of our own"]

        ended = CliRunner().invoke(app, ["plugin-config", "--out", str(tmp_path / "orthanc"), *options])

        assert ended.exit_code == 0
