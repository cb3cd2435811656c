"""Tests of dose_services.replay with objects that could not be read before, or cannot be any more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.repositories.replays import Selection
from dose_core.contract import Envelope
from dose_core.model import Kind
from dose_services.roles import Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House
from tests.support.changed_reader import Installer
from tests.support.replaying import answers, count, dlp, newest, open_findings, run, take_back

OTHER_STUDY = "return replace(report, study_instance_uid=report.study_instance_uid + '.1')"
REFUSES = "raise UnreadableError('this reader wants more')"
NO_SOURCE = "return replace(report, kind=Kind.PATIENT_RDSR)"

# Reads an object that no reader of ours does, by the dose report that stands in its words.
SHEET = """
from dose_core.model import CtReport, CtTotals, Kind
from dose_core.readers import header
from dose_core.readers.dicom.tags import Tag
class Reader:
    def accepts(self, source):
        return source.data_set.text(Tag.Manufacturer) == "Acme"
    def read(self, source):
        return CtReport(kind=Kind.CT_RDSR, **header.fields(source.data_set), totals=CtTotals(dlp_mgy_cm=7.0))
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installer]:
    """Installs packages with readers, as a newer release of the readers would come."""
    installer = Installer(tmp_path, monkeypatch)
    yield installer
    installer.end()


def acme_sheet(study: str = "2.25.77") -> Envelope:
    """An object that states no dose to our readers, of a patient whom nothing else names."""
    report = dose_report(ANNA_FOLLOW_UP)
    report.Manufacturer, report.StudyInstanceUID, report.PatientID = "Acme", study, "SHEET-1"
    report.SOPInstanceUID = f"{study}.1"
    del report.ContentSequence
    return whole(report)


class TestAnObjectThatWasNotRead:
    def test_is_read_by_a_newer_reader_and_its_finding_closes(self, house: House, install: Installer) -> None:
        house.hand_in(acme_sheet())
        assert open_findings(house) == {"unreadable"}
        install.reader(SHEET)

        run(house, by="test")

        assert dlp(house) == [7.0]
        assert house.rows("SELECT read_status, read_reason FROM evidence") == [("read", None)]
        assert "unreadable" not in open_findings(house)

    def test_is_unread_again_after_a_rollback_and_its_exam_is_unknown(self, house: House, install: Installer) -> None:
        house.hand_in(acme_sheet())
        before = house.rows("SELECT read_status, read_reason FROM evidence")
        told = house.rows("SELECT kind, text, raised_at FROM finding WHERE resolved_at IS NULL")
        install.reader(SHEET)
        run(house, by="test")
        (exam,) = house.exam_ids("SHEET-1")

        take_back(house, newest(house))

        assert house.rows("SELECT read_status, read_reason FROM evidence") == before
        assert house.rows("SELECT kind, text, raised_at FROM finding WHERE resolved_at IS NULL") == told
        assert house.exam_ids("SHEET-1") == []
        assert house.client.get(f"/api/v1/exams/{exam}", headers=house.headers(Scope.READ)).status_code == 404

    def test_counts_again_when_it_is_read_once_more(self, house: House, install: Installer) -> None:
        house.hand_in(acme_sheet())
        install.reader(SHEET)
        run(house, by="test")
        take_back(house, newest(house))

        run(house, by="test")

        assert dlp(house) == [7.0]

    def test_joins_the_exam_of_its_study(self, house: House, install: Installer) -> None:
        """Its study was read before, so that it is met twice and taken once."""
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        house.hand_in(acme_sheet(ANNA_FOLLOW_UP.study_instance_uid))
        install.reader(SHEET)

        outcomes = run(house, by="test")

        assert [len(outcome.objects) for outcome in outcomes if outcome.study] == [1]
        assert count(house, "exam") == 1
        assert count(house, "statement") == 2

    def test_is_left_alone_where_another_kind_is_asked_for(self, house: House, install: Installer) -> None:
        house.hand_in(acme_sheet())
        install.reader(SHEET)

        run(house, Selection(kind=Kind.MPPS), by="test")

        assert count(house, "statement") == 0

    def test_that_states_no_dose_after_all_is_told_and_settled(self, house: House, install: Installer) -> None:
        house.hand_in(acme_sheet())
        install.reader(
            SHEET.replace(
                "return CtReport", "raise NotDoseError('a sheet without dose')\n        return CtReport"
            ).replace(
                "from dose_core.readers import header",
                "from dose_core.readers import header\nfrom dose_core.readers.errors import NotDoseError",
            )
        )

        (outcome,) = run(house, by="test")

        assert [(one.before, one.after) for one in outcome.objects] == [("unreadable", "not_dose")]
        assert open_findings(house) == set()
        take_back(house, newest(house))
        assert open_findings(house) == {"unreadable"}


class TestAnObjectThatKeepsWhatWasRead:
    @pytest.mark.parametrize(
        ("change", "problem"),
        [(REFUSES, "reads no more: this reader wants more"), (OTHER_STUDY, "names another study now")],
    )
    def test_is_told(self, house: House, install: Installer, change: str, problem: str) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        before = answers(house)
        install.changed(change)

        (outcome,) = run(house, by="test")

        assert [one.problem for one in outcome.objects] == [problem]
        assert answers(house) == before
        assert count(house, "replay") == 0

    def test_since_nothing_would_be_left_to_count(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        before = answers(house)
        install.changed(NO_SOURCE)

        (outcome,) = run(house, by="test")

        assert outcome.problem
        assert answers(house) == before
        assert count(house, "replay") == 0
