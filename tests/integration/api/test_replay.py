"""Tests of dose_services.replay and replay_return: objects read again, applied, taken back, as REST shows it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from pydicom.dataset import Dataset
from sqlalchemy import text

from db.repositories import replays
from db.repositories.replays import Selection
from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_core.model import Kind
from dose_services import replay as replaying
from dose_services.following import work_off
from dose_services.installed_readers import reader_version
from dose_services.replay import Replayed
from dose_services.replay_return import UnknownReplayError, roll_back
from dose_services.roles import Scope
from dose_services.site import Site
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, DORA_THORAX
from doseledger.demo.slices import images
from doseledger.replay_lines import Summary
from tests.builders.envelopes import header, whole
from tests.integration.api.conftest import House
from tests.support.changed_reader import DOUBLES, Installer

SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="DEMO")
ALL = Selection()
CLOCK_BEHIND = datetime(2020, 1, 1, tzinfo=UTC)

OTHER_STUDY = "return replace(report, study_instance_uid=report.study_instance_uid + '.1')"
REFUSES = "raise UnreadableError('this reader wants more')"
NO_SOURCE = "return replace(report, kind=Kind.PATIENT_RDSR)"
OTHER_PATIENT = "return replace(report, patient=replace(report.patient, id='OTHER'))"

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


def run(house: House, selection: Selection = ALL, *, by: str | None = None) -> list[Replayed]:
    return list(start(house, selection, by=by))


def start(house: House, selection: Selection = ALL, *, by: str | None = None) -> Iterator[Replayed]:
    uow = partial(unit_of_work, house.engine)
    return replaying.replay(uow, selection, clock=lambda: house.now, site=SITE, applied_by=by)


def take_back(house: House, replay_id: UUID) -> list[int]:
    uow = partial(unit_of_work, house.engine)
    return list(roll_back(uow, replay_id, by="test", clock=lambda: house.now, site=SITE))


def newest(house: House) -> UUID:
    with unit_of_work(house.engine) as session:
        return replays.every(session)[0].row.id


def answers(house: House, identifier: str = ANNA_FOLLOW_UP.person.identifier) -> list[bytes]:
    """What REST says of a patient, byte for byte."""
    patient = house.patient_id(identifier)
    exams = house.exam_ids(identifier)
    addresses = [f"patients/{patient}/exams", f"patients/{patient}/cumulative-dose", *(f"exams/{one}" for one in exams)]
    sent = house.headers(Scope.READ)
    told = [house.client.get(f"/api/v1/{address}", headers=sent) for address in addresses]
    assert {answer.status_code for answer in told} == {200}
    return [answer.content for answer in told]


def dlp(house: House) -> list[float | None]:
    """The DLPs in mGy.cm of the exams that count."""
    whole_of = "t ->> 'quantity' = 'dlp_mgy_cm' AND t ->> 'of' IS NULL"
    totals = "SELECT CAST(t ->> 'value' AS float) FROM exam, jsonb_array_elements(summary -> 'totals') t"
    return [value for (value,) in house.rows(f"{totals} WHERE {whole_of} AND state = 'counted'")]


def count(house: House, table: str) -> int:
    return int(house.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - names of ours


def open_findings(house: House) -> set[str]:
    return {row[0] for row in house.rows("SELECT kind FROM finding WHERE resolved_at IS NULL")}


def acme_sheet(study: str = "2.25.77") -> Envelope:
    """An object that states no dose to our readers, of a patient whom nothing else names."""
    report = dose_report(ANNA_FOLLOW_UP)
    report.Manufacturer, report.StudyInstanceUID, report.PatientID = "Acme", study, "SHEET-1"
    report.SOPInstanceUID = f"{study}.1"
    del report.ContentSequence
    return whole(report)


class TestAReplay:
    def test_writes_nothing_where_all_is_read_as_before(self, house: House) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        for image in list(images(DORA_THORAX))[:4]:
            house.hand_in(header(image))

        outcomes = run(house, by="test")

        assert sum(outcome.taken for outcome in outcomes) == 5
        assert [outcome for outcome in outcomes if outcome.objects] == []
        assert [count(house, table) for table in ("replay", "statement", "exam_revision")] == [0, 5, 5]

    def test_tells_what_would_change_and_why_and_writes_nothing(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        before = answers(house)
        install.changed(DOUBLES)

        (outcome,) = run(house)

        (told,) = outcome.objects
        (change,) = told.changes
        assert (told.version_before, told.kind) == ("2", Kind.CT_RDSR)
        assert change.field == "totals.dlp_mgy_cm"
        assert (float(change.before), float(change.after)) == (ANNA_FOLLOW_UP.dlp_mgy_cm, 2 * ANNA_FOLLOW_UP.dlp_mgy_cm)
        assert change.path
        assert next((total.quantity, total.of) for total in outcome.totals) == ("dlp_mgy_cm", None)
        assert answers(house) == before
        assert (count(house, "replay"), count(house, "statement")) == (0, 1)

    def test_applied_supersedes_and_keeps_what_was_stated(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        install.changed(DOUBLES)

        run(house, by="test")

        assert dlp(house) == [pytest.approx(2 * ANNA_FOLLOW_UP.dlp_mgy_cm)]
        assert house.rows("SELECT reader_version FROM statement ORDER BY stated_at") == [("2",), ("2 + acme 1.0",)]
        assert house.rows("SELECT cause FROM exam_revision ORDER BY number") == [("delivery",), ("replay",)]

    def test_counts_although_the_clock_of_its_machine_is_behind(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        install.changed(DOUBLES)

        uow = partial(unit_of_work, house.engine)
        list(replaying.replay(uow, ALL, clock=lambda: CLOCK_BEHIND, site=SITE, applied_by="test"))

        assert dlp(house) == [pytest.approx(2 * ANNA_FOLLOW_UP.dlp_mgy_cm)]

    def test_applied_again_changes_nothing(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        install.changed(DOUBLES)
        run(house, by="test")
        before = answers(house)

        assert [outcome.objects for outcome in run(house, by="test")] == [()]
        assert answers(house) == before
        assert (count(house, "replay"), count(house, "statement")) == (1, 2)

    def test_that_is_cut_short_goes_on_under_its_id(self, house: House, install: Installer) -> None:
        for number in range(3):
            house.hand_in(whole(dose_report(replace(ANNA_FOLLOW_UP, key=f"study {number}"))))
        install.changed(DOUBLES)

        next(start(house, by="test"))
        assert house.rows("SELECT finished_at FROM replay") == [(None,)]
        run(house, by="test")

        assert dlp(house) == [pytest.approx(2 * ANNA_FOLLOW_UP.dlp_mgy_cm)] * 3
        assert house.rows("SELECT count(*) FROM replay WHERE finished_at IS NOT NULL") == [(1,)]

    def test_takes_in_what_comes_meanwhile(self, house: House, install: Installer) -> None:
        """Between the reading of a study and its filing another report of the study comes."""
        studies = [replace(ANNA_FOLLOW_UP, key=f"study {number}") for number in range(2)]
        for study in studies:
            house.hand_in(whole(dose_report(study)))
        install.changed(DOUBLES)

        replay = start(house, by="test")
        next(replay)
        for study in studies:
            house.hand_in(whole(_sent_again(dose_report(study))))
        list(replay)

        assert dlp(house) == [pytest.approx(2 * ANNA_FOLLOW_UP.dlp_mgy_cm)] * 2
        assert count(house, "evidence") == 4
        assert {outcome.objects for outcome in run(house)} == {()}

    def test_reads_only_what_is_asked_for(self, house: House) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        for image in list(images(DORA_THORAX))[:2]:
            house.hand_in(header(image))
        devices = dict(house.rows("SELECT modality, device_id FROM exam WHERE modality = 'CT' ORDER BY revision"))

        hour = timedelta(hours=1)
        asked = {
            Selection(kind=Kind.CT_RDSR): 1,
            Selection(kind=Kind.CT_IMAGE): 2,
            Selection(since=house.now - hour): 3,
            Selection(since=house.now + hour): 0,
            Selection(device_id=devices["CT"]): 2,
            Selection(device_id=uuid4()): 0,
        }

        assert {one: sum(outcome.taken for outcome in run(house, one)) for one in asked} == asked

    def test_leaves_what_has_expired_as_it_is(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        with house.engine.begin() as connection:
            connection.execute(text("UPDATE evidence SET key = NULL"))
        install.changed(DOUBLES)

        assert [outcome.objects for outcome in run(house, by="test")] == [()]


class TestARollback:
    def test_restores_every_answer_byte_for_byte(self, house: House, install: Installer) -> None:
        """Also where the readers mended something that was a finding, and broke something else."""
        report = dose_report(ANNA_FOLLOW_UP)
        _state_total(report, "1.0")  # its events say more
        house.hand_in(whole(report))
        house.hand_in(whole(dose_report(replace(ANNA_FOLLOW_UP, key="another"))))
        before = answers(house)
        assert "totals_differ" in open_findings(house)
        install.changed(f"return replace(report, totals=replace(report.totals, dlp_mgy_cm={_EVENTS_SAY}))")
        run(house, by="test")
        assert "totals_differ" not in open_findings(house)
        assert answers(house) != before

        left = take_back(house, newest(house))

        assert left[-1] == 0
        assert answers(house) == before

    def test_makes_no_third_revision(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        install.changed(DOUBLES)
        run(house, by="test")

        take_back(house, newest(house))

        assert house.rows("SELECT revision FROM exam") == [(1,)]
        assert house.rows("SELECT number, cause FROM exam_revision ORDER BY 1") == [(1, "delivery"), (2, "replay")]
        assert house.rows("SELECT sum(dlp_mgy_cm) FROM exam_event") == [(pytest.approx(ANNA_FOLLOW_UP.dlp_mgy_cm),)]

    def test_lets_later_deliveries_and_replays_go_on(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        install.changed(DOUBLES)
        run(house, by="test")
        take_back(house, newest(house))

        run(house, by="test")

        assert dlp(house) == [pytest.approx(2 * ANNA_FOLLOW_UP.dlp_mgy_cm)]
        house.hand_in(whole(_sent_again(dose_report(ANNA_FOLLOW_UP))))
        assert house.rows("SELECT revision FROM exam") == [(4,)]
        assert house.rows("SELECT number FROM exam_revision ORDER BY number") == [(1,), (2,), (3,), (4,)]

    def test_keeps_what_was_delivered_since(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        install.changed(DOUBLES)
        run(house, by="test")
        house.hand_in(whole(_sent_again(dose_report(ANNA_FOLLOW_UP))))  # read by the reader that is installed

        take_back(house, newest(house))

        assert dlp(house) == [pytest.approx(2 * ANNA_FOLLOW_UP.dlp_mgy_cm)]
        assert count(house, "evidence") == 2

    def test_may_be_asked_for_twice(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        install.changed(DOUBLES)
        run(house, by="test")
        take_back(house, newest(house))
        before = answers(house)

        assert take_back(house, newest(house)) == [0]
        assert answers(house) == before

    def test_that_is_cut_short_is_ended_by_the_worker(self, house: House, install: Installer) -> None:
        """What is taken back waits in the outbox, in the transaction that takes it back."""
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        before = answers(house)
        install.changed(DOUBLES)
        run(house, by="test")

        uow = partial(unit_of_work, house.engine)
        assert next(roll_back(uow, newest(house), by="test", clock=lambda: house.now, site=SITE)) == 1
        work_off(uow, now=house.now, site=SITE, limit=10)

        assert answers(house) == before

    def test_of_an_unknown_replay_is_refused(self, house: House) -> None:
        with pytest.raises(UnknownReplayError, match="--list"):
            take_back(house, uuid4())


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


class TestTheLines:
    def test_say_how_many_values_changed_and_why(self, house: House, install: Installer) -> None:
        for number in range(2):
            house.hand_in(whole(dose_report(replace(ANNA_FOLLOW_UP, key=f"study {number}"))))
        install.changed(DOUBLES)

        lines = _lines(run(house))

        assert "2 values changed in 2 objects, and 2 exams with them" in lines
        assert "  2 x totals.dlp_mgy_cm of ct_rdsr: read by 2 before, by 2 + acme 1.0 now" in lines
        assert lines[-1] == "nothing was written; --apply keeps it"

    def test_name_no_patient(self, house: House, install: Installer) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        install.changed(OTHER_PATIENT)

        told = "\n".join(_lines(run(house)))

        person = ANNA_FOLLOW_UP.person
        hidden = (person.identifier, person.name, "OTHER", str(person.birth_date), ANNA_FOLLOW_UP.accession_number)
        assert "patient.id: a value -> another value" in told
        assert [word for word in hidden if word in told] == []

    def test_say_that_there_is_nothing_to_keep(self, house: House) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))

        assert _lines(run(house))[-1] == "there is nothing to keep"


_EVENTS_SAY = "sum(event.dlp_mgy_cm for event in report.events)"


def _lines(outcomes: list[Replayed]) -> list[str]:
    summary = Summary(version=reader_version(), is_applied=False)
    return [line for outcome in outcomes for line in summary.told(outcome)] + list(summary.lines())


def _sent_again(report: Dataset) -> Dataset:
    report.SOPInstanceUID += ".9"
    return report


def _state_total(report: Dataset, value: str) -> None:
    items = [inner for item in report.ContentSequence for inner in item.get("ContentSequence", ())]
    (total,) = [item for item in items if item.ConceptNameCodeSequence[0].CodeValue == "113813"]
    total.MeasuredValueSequence[0].NumericValue = value
