"""Tests of ``doseledger report-sentence``."""

import pytest
from sqlalchemy import Engine, select

from db.session import unit_of_work
from db.tables.access_log import AccessLogRow
from db.tables.exam import ExamRow
from dose_core.report_sentence.template import TemplateError
from dose_core.report_sentence.wording import UnknownLanguageError
from dose_services.viewing import UnknownExamError
from tests.builders.ct_reports import report
from tests.support.commands import Run, run
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

__all__ = ["run"]

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def exam_id(engine: Engine) -> str:
    """An exam of a chest CT: 5 mGy, 150 mGy.cm."""
    DoseHouse(engine=engine, archive=FakeArchive()).receive([report(1)])
    with unit_of_work(engine) as session:
        return str(session.scalars(select(ExamRow.id)).one())


def test_the_sentence_of_an_exam_is_shown_in_a_language_and_the_look_is_on_record(
    run: Run, exam_id: str, engine: Engine
) -> None:
    german = run("report-sentence", "show", exam_id, "--language", "de").output
    english = run("report-sentence", "show", exam_id).output

    assert german.endswith(": Dosislängenprodukt 150 mGy·cm, höchster CTDIvol 5 mGy (32-cm-Phantom).\n")
    assert english.endswith(": dose-length product 150 mGy·cm, largest CTDIvol 5 mGy (32 cm phantom).\n")
    with unit_of_work(engine) as session:
        looks = session.execute(select(AccessLogRow.action, AccessLogRow.route)).all()
    assert [tuple(one) for one in looks] == [("read_exam", "doseledger report-sentence show")] * 2


def test_a_site_words_it_until_that_is_taken_back(run: Run, exam_id: str) -> None:
    said = run("report-sentence", "set", "en", "ct", "DLP {dlp}.").output
    worded = run("report-sentence", "show", exam_id).output
    listed = run("report-sentence", "templates").output.splitlines()
    run("report-sentence", "reset", "en", "ct")

    assert (said, worded) == ("sentences about ct in en are worded so\n", "DLP 150 mGy·cm.\n")
    assert "en\tct\tsite\tDLP {dlp}." in listed
    assert len([line for line in listed if "\tdefault\t" in line]) == 9
    assert run("report-sentence", "show", exam_id).output.startswith("CT, ")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("show", NOBODY), UnknownExamError),
        (("show", NOBODY, "--language", "tlh"), UnknownLanguageError),
        (("set", "tlh", "ct", "{dlp}"), UnknownLanguageError),
        (("set", "en", "ct", "{patient_name} {dlp}"), TemplateError),
    ],
)
def test_what_cannot_be_is_refused(run: Run, arguments: tuple[str, ...], error: type[Exception]) -> None:
    assert isinstance(run("report-sentence", *arguments).exception, error)
