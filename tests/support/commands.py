"""``doseledger`` on the database of a test."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from doseledger.main import app

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``doseledger`` on the fresh database, at a site in Berlin."""
    for name, value in {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "HOSP",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
    }.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)

    def run_it(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run_it
