"""Tests of dose_services.replay and replay_return: objects read again, applied, taken back, as REST shows it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from pydicom.dataset import Dataset
from sqlalchemy import text

from db.repositories.replays import Selection
from db.session import unit_of_work
from dose_core.model import Kind
from dose_services import replay as replaying
from dose_services.following import work_off
from dose_services.installed_readers import reader_version
from dose_services.replay import Replayed
from dose_services.replay_return import UnknownReplayError, roll_back
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, DORA_THORAX
from doseledger.demo.slices import images
from doseledger.replay_lines import Summary
from tests.builders.envelopes import header, whole
from tests.integration.api.conftest import House
from tests.support.changed_reader import DOUBLES, Installer
from tests.support.replaying import ALL, SITE, answers, count, dlp, newest, open_findings, run, start, take_back

CLOCK_BEHIND = datetime(2020, 1, 1, tzinfo=UTC)
OTHER_PATIENT = "return replace(report, patient=replace(report.patient, id='OTHER'))"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installer]:
    """Installs packages with readers, as a newer release of the readers would come."""
    installer = Installer(tmp_path, monkeypatch)
    yield installer
    installer.end()


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
