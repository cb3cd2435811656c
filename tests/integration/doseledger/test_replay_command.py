"""Tests of ``doseledger replay``."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP
from doseledger.main import app
from doseledger.replay_command import OneThingError
from tests.builders.envelopes import part10
from tests.support.changed_reader import DOUBLES, Installer
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``doseledger replay`` on the fresh database."""
    for name, value in {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "HOSP",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
    }.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)

    def run_it(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["replay", *arguments])

    return run_it


@pytest.fixture
def newer_reader(engine: Engine, tmp_path: Path) -> Iterator[None]:
    """A report was read; then a reader was installed that reads twice its total."""
    DoseHouse(engine=engine, archive=FakeArchive()).receive([part10(dose_report(ANNA_FOLLOW_UP))])
    with pytest.MonkeyPatch.context() as installed:
        installer = Installer(tmp_path, installed)
        installer.changed(DOUBLES)
        yield
        installer.end()


def total(engine: Engine) -> float:
    query = "SELECT value FROM doseledger_sql.totals WHERE quantity = 'dlp_mgy_cm' AND part IS NULL"
    with engine.connect() as connection:
        return float(connection.execute(text(query)).scalar_one())


@pytest.mark.usefixtures("newer_reader")
class TestReplay:
    def test_tells_what_would_change_and_leaves_it(self, run: Run, engine: Engine) -> None:
        told = run()

        before, after = ANNA_FOLLOW_UP.dlp_mgy_cm, 2 * ANNA_FOLLOW_UP.dlp_mgy_cm
        assert told.exit_code == 0, told.output
        assert f"    totals.dlp_mgy_cm: {before} -> {after}  (" in told.output
        assert f"  exam: dlp_mgy_cm: {before:g} (stated_total, rdsr) -> {after:g} (" in told.output
        assert told.output.endswith("nothing was written; --apply keeps it\n")
        assert ANNA_FOLLOW_UP.person.name.partition("^")[0] not in told.output
        assert total(engine) == pytest.approx(before)

    def test_is_applied_listed_and_taken_back(self, run: Run, engine: Engine) -> None:
        assert run("--apply").output.endswith("all of it is kept\n")
        assert total(engine) == pytest.approx(2 * ANNA_FOLLOW_UP.dlp_mgy_cm)
        (line,) = run("--list").output.splitlines()
        assert line.endswith("readers 2 + acme 1.0\teverything\t1 objects of 1 studies\tapplied")

        back = run("--rollback", line.split("\t")[0])

        assert back.output.endswith("is taken back; 1 exams were made anew\n")
        assert total(engine) == pytest.approx(ANNA_FOLLOW_UP.dlp_mgy_cm)
        assert re.search(r"\ttaken back 20[0-9-]+ [0-9:]+ by command:", run("--list").output)

    def test_reads_only_what_is_asked_for(self, run: Run) -> None:
        asked = {("--kind", "mpps"): 0, ("--since", "2026-03-02"): 0, ("--since", "2026-03-01"): 1}

        for options, number in asked.items():
            assert f"{number} objects of {number} studies were read again" in run(*options).output

    @pytest.mark.parametrize("options", [("--list", "--apply"), ("--list", "--kind", "mpps")])
    def test_does_one_thing_at_a_time(self, run: Run, options: tuple[str, ...]) -> None:
        assert isinstance(run(*options).exception, OneThingError)
