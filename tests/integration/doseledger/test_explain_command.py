"""Tests of ``doseledger explain``: three numbers, each checked by hand against the file."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_services import ingest, reading
from dose_services.site import Site
from doseledger.main import app
from tests.builders.long_history import Study, long_history

Run = Callable[..., Result]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="DEMO")
STUDIES = {study.description: study for study in long_history()}
CT, ANGIOGRAPHY, IMAGES = (STUDIES[name] for name in ("CT head and chest", "Coronary angiography", "CT abdomen"))


@pytest.fixture
def run(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``doseledger`` on a database with three exams."""
    for name, value in {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "DEMO",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
        "VIEWER_URL": "https://pacs.example/view?study={StudyInstanceUID}[&series={SeriesInstanceUID}]",
    }.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)
    for study in (CT, ANGIOGRAPHY, IMAGES):
        for uid, dicom in study.objects.items():
            with unit_of_work(engine) as session:
                envelope = Envelope(sop_instance_uid=uid, dicom=dicom, calling_aet="CT_ONE")
                kept = ingest.keep_objects(session, [envelope], sender="system:pacs", received_at=NOW)
            reading.read_kept(partial(unit_of_work, engine), kept, now=NOW, site=SITE)
    return lambda *arguments: CliRunner().invoke(app, ["explain", *arguments])


def value_id(run: Run, study: Study, starting: str) -> str:
    """Return the id below the first line that starts so."""
    lines = run("--study", study.uid).output.splitlines()
    return next(below for line, below in pairwise(lines) if line.strip().startswith(starting)).strip()


class TestANumber:
    def test_that_a_report_states_is_explained_by_its_text_place_and_conversion(self, run: Run) -> None:
        """The second report states 0.00926 Gy.m in its fourth content item, first below: 926 mGy.cm."""
        told = run(value_id(run, CT, "dose-length product (DLP) = "))

        assert told.exit_code == 0, told.output
        lines = [line.strip() for line in told.output.splitlines()]
        assert lines[0] == "dose-length product (DLP) = 926 mGy.cm"
        assert "text there:     '0.00926' Gy.m" in lines
        assert "place:          1.4.1" in lines
        assert "conversion:     Gy.m x 100000 = mGy.cm" in lines
        assert f"object:         CT dose report {CT.uid}.1" in lines
        assert "came:           2026-03-02 12:00 UTC from system:pacs, by CT_ONE" in lines
        assert "before:         150 mGy.cm since 2026-03-02 12:00 UTC (revision 1: an object came)" in lines
        assert f"open:           https://pacs.example/view?study={CT.uid}&series={CT.uid}.1.1" in lines

    def test_that_is_added_over_planes_is_explained_by_them_and_by_what_another_source_says(self, run: Run) -> None:
        """Plane A states 0.0012 Gy.m2, plane B 0.0004: 16 Gy.cm2. The step states 171 dGy.cm2: 17.1."""
        lines = [line.strip() for line in run(value_id(run, ANGIOGRAPHY, "dose-area product = ")).output.splitlines()]

        assert lines[0] == "dose-area product = 16 Gy.cm2"
        made_of = [line for line in lines if line.startswith("made of:")]
        assert made_of == [
            "made of:        12 Gy.cm2 (DAP (plane 1), projection X-ray dose report)",
            "made of:        4 Gy.cm2 (DAP (plane 2), projection X-ray dose report)",
        ]
        assert "others say:     17.1 Gy.cm2 (procedure step: a total that it states)" in lines

    def test_that_is_estimated_is_explained_by_its_method_and_slices(self, run: Run) -> None:
        """Six slices of 5 mm at 7.5 mGy: 7.5 mGy x 3 cm = 22.5 mGy.cm."""
        lines = [line.strip() for line in run(value_id(run, IMAGES, "estimated DLP = ")).output.splitlines()]

        assert lines[0].endswith("= 22.5 mGy.cm")
        assert "method:         ct-dlp-from-image-headers, version 3" in lines
        assert any(line.startswith("interval:       22.5 to 127") for line in lines)
        assert "made of:        -400 mm (slice centre (z), CT image)" in lines
        assert "made of:        -375 mm (slice centre (z), CT image)" in lines
        assert sum(line == "made of:        7.5 mGy (CTDIvol, CT image)" for line in lines) == 6

    def test_is_told_as_rest_tells_it(self, run: Run) -> None:
        wanted = value_id(run, CT, "dose-length product (DLP) = ")

        told = json.loads(run(wanted, "--json").output)

        assert (told["value_id"], told["value"], told["unit"]) == (wanted, 926.0, "mGy.cm")

    def test_leaves_a_record_of_the_look(self, run: Run, engine: Engine) -> None:
        run(value_id(run, CT, "dose-length product (DLP) = "))

        with engine.connect() as connection:
            looks = connection.execute(text("SELECT action, via, route FROM access_log ORDER BY at, action")).all()
        assert sorted({tuple(look) for look in looks}) == [
            ("find_exam", "command", "doseledger explain"),
            ("read_exam", "command", "doseledger explain"),
            ("read_value", "command", "doseledger explain"),
        ]


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ((), "name one thing"),
            (("nonsense",), "a value id"),
            (("00000000-0000-4000-8000-000000000000.totals.0.value",), "no value has this id"),
            (("--study", "1.2.3"), "no exam has this Study Instance UID"),
        ],
    )
    def test_is_told_with_what_to_do(self, run: Run, arguments: tuple[str, ...], told: str) -> None:
        result = run(*arguments)

        assert result.exit_code == 1
        assert told in str(result.exception)
