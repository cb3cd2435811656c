"""Tests of dose_services.patient_dose_publication: archives hold what was estimated as it stands, and no more."""

import pytest
from sqlalchemy import text

from db.repositories import effective_dose as effective_doses
from db.repositories import patient_doses
from db.session import Engine, unit_of_work
from dose_core.ledger.standing import Decided
from dose_core.writers.patient_dose_sr import kind_of
from dose_core.writers.skin_map_image import KIND as SKIN_MAP
from dose_services import estimates, pacs_destinations, publication_sending
from dose_worker.archive import ArchiveUnavailableError
from tests.builders.ct_reports import report as ct_report
from tests.support.content import items, numbers
from tests.support.dose_house import QUIET_S, RECORDER, DoseHouse
from tests.support.estimates_house import (
    PHIL,
    EstimatesHouse,
    is_same,
    map_named_by,
    predecessors_of,
    read_back,
    said_by,
)
from tests.support.fake_archive import FakeArchive

SKIN, ORGANS = kind_of("skin-dose-map"), kind_of("ct-organ-dose")


@pytest.fixture
def place(engine: Engine, archive: FakeArchive) -> EstimatesHouse:
    """A house that has received nothing, and whose archive gets nothing that was estimated."""
    return EstimatesHouse(DoseHouse(engine=engine, archive=archive), archive)


@pytest.fixture
def angiography(place: EstimatesHouse) -> EstimatesHouse:
    """A house whose archive has the estimates of an angiography."""
    place.choose()
    place.receive_angiography()
    place.publish()
    assert place.states() == [(SKIN_MAP, "sent"), (SKIN, "sent")]
    return place


@pytest.fixture
def chest(place: EstimatesHouse) -> EstimatesHouse:
    """A house whose archive gets the estimates of a CT of the chest; the site sees effective dose."""
    place.choose()
    place.switch(is_on=True)
    place.house.receive([ct_report(1)])
    place.publish()
    return place


class TestAnArchive:
    def test_gets_nothing_that_was_estimated_unless_somebody_says_so(self, place: EstimatesHouse) -> None:
        place.receive_angiography()
        place.publish()

        assert place.rows() == []
        assert place.waiting() == 0

    def test_gets_the_map_before_the_report_that_names_it(self, angiography: EstimatesHouse) -> None:
        image, report = angiography.objects()

        assert map_named_by(report) == image.SOPInstanceUID
        assert image.StudyInstanceUID == report.StudyInstanceUID
        assert image.SeriesInstanceUID != report.SeriesInstanceUID

    def test_gets_those_of_known_exams_once_somebody_says_so(self, place: EstimatesHouse) -> None:
        place.receive_angiography()
        place.house.wait(QUIET_S)
        place.choose()
        place.catch_up()

        assert place.states() == [(SKIN_MAP, "sent"), (SKIN, "sent")]

    def test_gets_nothing_before_the_study_is_quiet(self, place: EstimatesHouse) -> None:
        place.choose()
        place.receive_angiography()
        place.house.wait(QUIET_S - 1)

        assert place.house.work() == 0

    def test_gets_what_the_methods_said_with_method_and_interval(self, chest: EstimatesHouse) -> None:
        gathered = chest.gathered()

        assert len(chest.archive.objects) == len(gathered.doses) == 3
        for row in chest.rows():
            told, said = read_back(chest.archive.objects[row.sop_instance_uid]), said_by(gathered, row.kind)
            assert [is_same(*pair) for pair in zip(told, said, strict=True)] == [True] * len(said)

    def test_gets_nothing_twice(self, angiography: EstimatesHouse) -> None:
        before = angiography.archive.stores
        angiography.house.receive([*angiography.archive.objects.values()][1:])  # ours comes back
        angiography.choose()
        angiography.choose("ct rdsr")
        angiography.choose()
        angiography.publish()

        assert angiography.archive.stores == before
        assert angiography.states() == [(SKIN_MAP, "sent"), (SKIN, "sent")]

    def test_keeps_what_it_has_when_it_gets_no_more(self, angiography: EstimatesHouse) -> None:
        angiography.choose("ct rdsr")
        angiography.shift(40.0)
        angiography.publish()

        assert angiography.states() == [(SKIN_MAP, "sent"), (SKIN, "sent")]

    def test_is_known_to_have_it_once_it_comes_back(self, angiography: EstimatesHouse) -> None:
        angiography.house.receive([*angiography.archive.objects.values()][1:])

        assert [row.seen_at is not None for row in angiography.rows()] == [False, True]


class TestALongQueue:
    def test_of_an_archive_that_is_new_holds_up_no_exam_that_changed(self, angiography: EstimatesHouse) -> None:
        changed = angiography.exam_id()
        angiography.house.receive([ct_report(9, PatientID="P-OTHER", IssuerOfPatientID=None)])
        angiography.choose("ct rdsr")
        with unit_of_work(angiography.house.engine) as session:
            pacs_destinations.set_rule(
                session, "orthanc", kinds=("patient dose",), looker=PHIL, now=angiography.house.now
            )
            patient_doses.wake(session, changed, now=angiography.house.now)
            assert patient_doses.due(session, limit=10) == [changed]  # the change itself looks through no exams
        for _ in range(2):
            with unit_of_work(angiography.house.engine) as session:
                patient_doses.wake_marked(session, limit=1, now=angiography.house.now)
        with unit_of_work(angiography.house.engine) as session:
            first = patient_doses.due(session, limit=1)
            every = patient_doses.due(session, limit=10)
            assert session.scalars(text("SELECT waking_from FROM pacs_destination")).all() == [None]

        assert first == [changed]
        assert len(every) == len(set(every)) == 2


class TestAnotherContent:
    def test_takes_the_place_of_the_one_before(self, angiography: EstimatesHouse) -> None:
        (first,), (image,) = angiography.reports(), angiography.maps()
        angiography.shift(40.0)
        angiography.publish()

        (report,), (newer,) = angiography.reports(), angiography.maps()
        assert predecessors_of(report) == [first.SOPInstanceUID]
        assert map_named_by(report) == newer.SOPInstanceUID != image.SOPInstanceUID
        assert angiography.states() == [
            *((SKIN_MAP, "superseded"), (SKIN, "superseded")),
            *((SKIN_MAP, "sent"), (SKIN, "sent")),
        ]

    def test_leaves_no_report_without_its_map_while_the_newer_one_waits(self, angiography: EstimatesHouse) -> None:
        (image,) = angiography.maps()

        def fail_from_now_on() -> None:
            angiography.archive.fails_with = ArchiveUnavailableError("away")

        angiography.archive.before_answer = fail_from_now_on
        angiography.shift(40.0)
        angiography.publish()
        angiography.archive.before_answer = angiography.archive.fails_with = None
        angiography.house.wait(60)
        (row,) = (one for one in angiography.rows() if one.sop_instance_uid == image.SOPInstanceUID)
        with unit_of_work(angiography.house.engine) as session:
            step = publication_sending.take(session, row.id, now=angiography.house.now, recorder=RECORDER)

        assert (row.state, step) == ("withdrawing", None)
        assert angiography.states()[1] == (SKIN, "sent")
        angiography.publish()
        assert len(angiography.maps()) == len(angiography.reports()) == 1

    def test_that_was_told_before_counts_again_under_its_own_uids(self, angiography: EstimatesHouse) -> None:
        first = set(angiography.archive.objects)
        angiography.shift(40.0)
        angiography.publish()
        angiography.shift(0.0)
        angiography.publish()

        assert set(angiography.archive.objects) == first
        assert len(angiography.rows()) == 4

    def test_of_another_version_of_a_method_takes_the_place_of_the_one_before(self, chest: EstimatesHouse) -> None:
        """As after an update of ours."""
        (first,) = (row for row in chest.rows() if row.kind == ORGANS)
        chest.say_of_organs(version="0", organs=1)
        chest.catch_up()

        (older, newer) = (row for row in chest.rows() if row.kind == ORGANS)
        (report,) = (one for one in chest.reports() if one.SOPInstanceUID == newer.sop_instance_uid)
        assert (older.state, newer.state) == ("superseded", "sent")
        assert predecessors_of(report) == [first.sop_instance_uid]
        assert len(chest.reports()) == 3  # those of other methods stay


class TestAnExamThat:
    def test_is_no_patients_leaves_the_archive_with_both_objects(self, angiography: EstimatesHouse) -> None:
        angiography.house.decide(Decided.NOT_PATIENT)
        angiography.catch_up()

        assert angiography.archive.objects == {}
        assert angiography.states() == [(SKIN_MAP, "withdrawn"), (SKIN, "withdrawn")]

    def test_is_a_patients_after_all_comes_back(self, angiography: EstimatesHouse) -> None:
        before = dict(angiography.archive.objects)
        angiography.house.decide(Decided.NOT_PATIENT)
        angiography.catch_up()
        angiography.house.decide(Decided.PATIENT)
        angiography.catch_up()

        assert angiography.archive.objects == before

    def test_is_of_a_restricted_patient_leaves_it_until_that_is_lifted(self, angiography: EstimatesHouse) -> None:
        before = dict(angiography.archive.objects)
        angiography.restrict()
        angiography.catch_up()
        assert angiography.archive.objects == {}
        angiography.lift()
        angiography.catch_up()

        assert angiography.archive.objects == before

    def test_is_given_to_somebody_else_leaves_it(self, angiography: EstimatesHouse) -> None:
        """The headers of the study still name the other: nobody's estimates may stand under that name."""
        angiography.house.receive([ct_report(9, PatientID="P-OTHER", IssuerOfPatientID=None)])
        exam_id, other = angiography.rows()[0].exam_id, angiography.patient_of("P-OTHER")
        angiography.release_to(other, exam_id=exam_id)
        angiography.catch_up()

        assert [row.state for row in angiography.rows() if row.exam_id == exam_id] == ["withdrawn", "withdrawn"]

    def test_loses_its_estimates_leaves_it(self, chest: EstimatesHouse) -> None:
        chest.say_of_organs(version="0", organs=0)
        chest.catch_up()

        assert [row.state for row in chest.rows() if row.kind == ORGANS] == ["withdrawn"]
        assert len(chest.reports()) == 2


class TestEffectiveDose:
    def test_leaves_the_archive_when_the_site_switches_it_off(self, chest: EstimatesHouse) -> None:
        assert any(numbers(one, "113839") for one in chest.reports())
        chest.switch(is_on=False)
        chest.catch_up()

        (left,) = chest.reports()
        assert items(left, "113839") == []
        assert sorted(row.state for row in chest.rows()) == ["sent", "withdrawn", "withdrawn"]

    def test_is_on_its_way_out_in_the_moment_of_the_switch(self, chest: EstimatesHouse) -> None:
        """However many exams wait to be planned."""
        chest.switch(is_on=False)

        assert sorted(row.state for row in chest.rows()) == ["sent", "withdrawing", "withdrawing"]
        assert chest.house.work() == 2
        assert not any(numbers(one, "113839") for one in chest.reports())

    def test_leaves_it_also_while_the_methods_are_still_to_be_asked(self, chest: EstimatesHouse) -> None:
        with unit_of_work(chest.house.engine) as session:  # as if a report was planned while the switch went off
            effective_doses.add(session, "", is_on=False, reason="of a test", decided_by="ada", now=chest.house.now)
            estimates.wake(session, chest.exam_id(), now=chest.house.now)
            patient_doses.wake(session, chest.exam_id(), now=chest.house.now)
        chest.house.plan_estimates()
        chest.house.work()

        assert len(chest.reports()) == 1

    def test_comes_back_when_it_is_switched_on_again(self, chest: EstimatesHouse) -> None:
        before = dict(chest.archive.objects)
        chest.switch(is_on=False)
        chest.catch_up()
        assert len(chest.archive.objects) == 1
        chest.switch(is_on=True)
        chest.catch_up()

        assert chest.archive.objects == before

    def test_does_not_go_out_when_it_is_switched_off_just_before(self, place: EstimatesHouse) -> None:
        place.choose()
        place.switch(is_on=True)
        place.house.receive([ct_report(1)])
        place.house.estimate()
        place.house.wait(QUIET_S)
        place.switch(is_on=False)
        place.house.work()

        assert not any(numbers(one, "113839") for one in place.reports())
