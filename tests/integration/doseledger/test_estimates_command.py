"""Tests of ``doseledger estimates``."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from doseledger.main import app
from tests.builders.ct_reports import report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.installed_method import the_example


@pytest.fixture
def filled(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A database with two exams, and a method that was installed after they came."""
    monkeypatch.setenv("DOSELEDGER_DATABASE_URL", database_url)
    DoseHouse(engine=engine, archive=FakeArchive()).receive([report(1), report(2)])
    with the_example(tmp_path):
        yield


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["estimates", *arguments])


@pytest.mark.usefixtures("filled")
def test_the_installed_methods_are_listed_with_their_versions() -> None:
    lines = run().output.splitlines()

    assert "acme-imparted-energy, version 1" in lines
    assert any(line.endswith(", effective dose") for line in lines)


@pytest.mark.usefixtures("filled")
def test_all_exams_are_asked_about_and_nothing_is_said_twice() -> None:
    assert run("--all").output.splitlines()[-1] == "2 exams were looked at, of 2 something new is said"
    assert run("--all").output.splitlines()[-1] == "2 exams were looked at, of 0 something new is said"
