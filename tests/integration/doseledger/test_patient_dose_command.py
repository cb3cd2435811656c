"""Tests of ``doseledger patient-dose``: the estimates of an exam as files."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from pydicom import dcmread
from sqlalchemy import Engine, select, text
from typer.testing import CliRunner, Result

from db.session import unit_of_work
from db.tables.exam import ExamRow
from dose_services import effective_dose, estimates, restriction
from dose_services.audit import Looker, Via
from doseledger.main import app
from tests.builders.ct_reports import report
from tests.support.content import items, numbers
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

Run = Callable[..., Result]
PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=None, route="/test")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def exam_id(engine: Engine) -> str:
    """The id of a chest CT whose methods were asked."""
    house = DoseHouse(engine=engine, archive=FakeArchive())
    house.receive([report(1)])
    while estimates.work_off(partial(unit_of_work, engine), now=house.now, limit=100):
        pass
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT id FROM exam")).scalar_one())


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``doseledger patient-dose``."""
    for name, value in {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "DEMO",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
    }.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)
    return lambda *arguments: CliRunner().invoke(app, ["patient-dose", *arguments])


def test_writes_a_file_for_each_method(run: Run, exam_id: str, tmp_path: Path) -> None:
    told = run("--exam", exam_id, "--out", str(tmp_path / "out"))
    assert told.exit_code == 0, told.output
    ((path, kind),) = [line.split("\t") for line in told.output.splitlines()]
    written = dcmread(path)

    assert kind == "patient dose ct-organ-dose"
    assert Path(path).name == f"{written.SOPInstanceUID}.dcm"
    assert numbers(written, "128533")
    assert items(written, "113839") == []
    assert Path(path).stat().st_mode & 0o077 == 0


def test_writes_the_same_again(run: Run, exam_id: str, tmp_path: Path) -> None:
    for _ in range(2):
        assert run("--exam", exam_id, "--out", str(tmp_path / "one")).exit_code == 0
    run("--exam", exam_id, "--out", str(tmp_path / "other"))
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other"))

    assert one == other
    assert len(one) == 1


def test_says_something_else_under_another_uid(run: Run, exam_id: str, tmp_path: Path, engine: Engine) -> None:
    """The switch of the site makes no new revision of the exam, as a new weight of the patient makes none."""
    run("--exam", exam_id, "--out", str(tmp_path))
    with unit_of_work(engine) as session:
        effective_dose.switch(session, "", is_on=True, reason="agreed in a test", looker=PHIL, now=NOW)
    told = run("--exam", exam_id, "--out", str(tmp_path))

    assert len(list(tmp_path.iterdir())) == 4
    assert sum("effective" in line for line in told.output.splitlines()) == 2


def test_leaves_the_look_on_record(run: Run, exam_id: str, tmp_path: Path, engine: Engine) -> None:
    run("--exam", exam_id, "--out", str(tmp_path))
    with engine.connect() as connection:
        looks = connection.execute(text("SELECT route, exam_id FROM access_log")).all()

    assert ("patient-dose", exam_id) in [(route.split()[-1], str(of)) for route, of in looks]


def test_writes_nothing_of_a_restricted_patient(run: Run, exam_id: str, tmp_path: Path, engine: Engine) -> None:
    with unit_of_work(engine) as session:
        whom = session.scalars(select(ExamRow.patient_id)).one()
        restriction.restrict(session, whom, reason="they asked for it", looker=PHIL, now=NOW)
    told = run("--exam", exam_id, "--out", str(tmp_path / "out"))

    assert told.exit_code != 0
    assert "no exam has this id" in str(told.exception)
    assert not (tmp_path / "out").exists()


def test_says_why_there_is_nothing(run: Run, tmp_path: Path, engine: Engine) -> None:
    """Before the methods were asked there is nothing to tell."""
    house = DoseHouse(engine=engine, archive=FakeArchive())
    house.receive([report(1)])
    with engine.connect() as connection:
        exam = str(connection.execute(text("SELECT id FROM exam")).scalar_one())
    told = run("--exam", exam, "--out", str(tmp_path / "out"))

    assert told.exit_code != 0
    assert "nothing to tell" in str(told.exception)
    assert not (tmp_path / "out").exists()


def test_says_that_it_cannot_write(run: Run, exam_id: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "cannot be written" in str(run("--exam", exam_id, "--out", str(tmp_path / "file" / "out")).exception)
