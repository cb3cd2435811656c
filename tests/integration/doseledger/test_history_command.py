"""Tests of ``doseledger import-history``: exams of a former system, with their origin, and sums that agree."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from dose_core.readers.typed_table import TableRefusedError
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP
from doseledger.history_command import TableUnreadableError
from doseledger.main import app
from tests.builders.envelopes import part10
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

HEAD = "patient_id,patient_authority,modality,started_at,study_instance_uid,dlp mGy.cm,dap cGy.cm2,fluoro_time min"
ROWS = (
    "P-1,HOSP,CT,2019-03-02T10:15,1.2.3.1,512.30,,",
    "P-1,HOSP,CT,2019-04-02T10:15,1.2.3.2,100,,",
    "P-2,HOSP,RF,2019-05-02T08:00,1.2.3.3,,1520.5,2.5",
)

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Write a table and run ``doseledger import-history`` on it."""
    for name, value in {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "HOSP",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
    }.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)

    def run_it(*lines: str, options: tuple[str, ...] = ("--apply",), encoding: str = "utf-8") -> Result:
        (tmp_path / "export.csv").write_text("\n".join(lines), encoding=encoding)
        asked = ["--system", "Former 4.2", "--exported-at", "2026-01-31", *options]
        return CliRunner().invoke(app, ["import-history", str(tmp_path / "export.csv"), *asked])

    return run_it


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def totals(engine: Engine) -> list[tuple[Any, ...]]:
    query = "SELECT quantity, value FROM doseledger_sql.totals WHERE source = 'manual' AND part IS NULL ORDER BY 1, 2"
    return rows(engine, query)


EXPECTED = [("dap_gy_cm2", 15.205), ("dlp_mgy_cm", 100.0), ("dlp_mgy_cm", 512.3), ("fluoro_time_s", 150.0)]


class TestAnExport:
    def test_is_taken_in_and_its_sums_agree(self, run: Run, engine: Engine) -> None:
        told = run(HEAD, *ROWS)

        assert told.exit_code == 0, told.output
        assert "totals.dlp_mgy_cm: 2 values, their sum 612.3; kept are 2, their sum 612.3" in told.output
        assert "totals.planes[].dap_gy_cm2: 1 values, their sum 15.205; kept are 1, their sum 15.205" in told.output
        assert told.output.endswith("3 rows are new, 0 were known, 0 were not taken\n")
        assert totals(engine) == EXPECTED
        assert rows(engine, "SELECT count(DISTINCT patient_id) FROM exam") == [(2,)]

    def test_is_only_looked_at_unless_it_is_applied(self, run: Run, engine: Engine) -> None:
        told = run(HEAD, *ROWS, options=())

        assert told.output.endswith("3 rows can be taken, 0 cannot; nothing was written: --apply takes them in\n")
        assert rows(engine, "SELECT count(*) FROM evidence") == [(0,)]

    def test_adds_nothing_the_second_time(self, run: Run, engine: Engine) -> None:
        run(HEAD, *ROWS)

        told = run(HEAD, *ROWS)

        assert told.exit_code == 0
        assert told.output.endswith("0 rows are new, 3 were known, 0 were not taken\n")
        assert rows(engine, "SELECT count(*) FROM evidence") == [(3,)]
        assert rows(engine, "SELECT count(*) FROM exam_revision") == [(3,)]

    def test_gives_way_to_what_the_device_stated(self, run: Run, engine: Engine) -> None:
        DoseHouse(engine=engine, archive=FakeArchive()).receive([part10(dose_report(ANNA_FOLLOW_UP))])
        person, study = ANNA_FOLLOW_UP.person, ANNA_FOLLOW_UP.study_instance_uid

        told = run(HEAD, f"{person.identifier},DEMO,CT,2026-02-17T14:41,{study},1,,")

        assert told.exit_code == 0
        query = "SELECT value, source, others FROM doseledger_sql.totals WHERE quantity = 'dlp_mgy_cm' AND part IS NULL"
        assert rows(engine, query) == [(pytest.approx(ANNA_FOLLOW_UP.dlp_mgy_cm), "rdsr", 1)]

    def test_of_a_site_stays_there(self, run: Run, engine: Engine) -> None:
        run(HEAD, ROWS[0], options=("--apply", "--site", "north"))

        assert rows(engine, "SELECT site FROM exam") == [("north",)]

    @pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-8-sig")])
    def test_may_have_other_delimiters_and_a_byte_order_mark(
        self, run: Run, engine: Engine, delimiter: str, encoding: str
    ) -> None:
        lines = [line.replace(",", delimiter) for line in (HEAD, *ROWS)]

        assert run(*lines, encoding=encoding).exit_code == 0
        assert totals(engine) == EXPECTED


class TestARowThatCannotBeTaken:
    def test_is_told_by_its_line_and_the_others_are_taken(self, run: Run, engine: Engine) -> None:
        bad = (
            "P-3,HOSP,CT,2019-03-02T10:15,1.2.3.4,-5,,",
            "P-3,HOSP,CT,2019-03-02T10:15,1.2.3.5,1e9,,",
            "P-3,HOSP,CT,2019-13-02,1.2.3.6,1,,",
            "P-3,HOSP,MR,2019-03-02T10:15,1.2.3.7,1,,",
            "P-3,HOSP,CT,2019-03-02T10:15,1.2.3.8,,15,",
            "P-3,HOSP,CT",
            "P-3,HOSP,CT,2019-03-02T10:15,1.2.3.1,1,,",
        )

        told = run(HEAD, *ROWS, "", *bad)

        assert told.exit_code == 1
        lines = told.output.splitlines()
        assert [line.partition(": not taken: ")[0] for line in lines if "not taken:" in line] == [
            f"line {number}" for number in range(6, 13)
        ]
        assert "line 12: not taken: it is of the same study and modality as line 2; make one row of both" in lines
        assert "P-3" not in told.output
        assert lines[-1] == "3 rows are new, 0 were known, 7 were not taken"
        assert totals(engine) == EXPECTED


class TestAFileThatIsNoTable:
    def test_is_refused(self, run: Run, engine: Engine) -> None:
        assert isinstance(run("Eva,Example", "1,2").exception, TableRefusedError)
        assert isinstance(run("").exception, TableRefusedError)
        assert isinstance(run(HEAD, '"open', encoding="utf-16").exception, TableUnreadableError)
        assert rows(engine, "SELECT count(*) FROM evidence") == [(0,)]

    def test_that_is_not_there_is_told(self, run: Run, tmp_path: Path) -> None:
        run(HEAD)
        (tmp_path / "export.csv").unlink()
        asked = ["import-history", str(tmp_path / "export.csv"), "--system", "x", "--exported-at", "2026-01-31"]

        assert isinstance(CliRunner().invoke(app, asked).exception, TableUnreadableError)
