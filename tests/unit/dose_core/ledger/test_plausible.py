"""Tests of dose_core.ledger.plausible: what in an exam somebody should look at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from dose_core.ledger.exam import Exam
from dose_core.ledger.plausible import Circumstances, Problem, ProblemKind, problems_of
from dose_core.ledger.totals import Quantity
from dose_core.model import (
    AcquisitionType,
    Administration,
    CtEvent,
    DeviceStated,
    MammographyEvent,
    ProjectionEvent,
    XRaySource,
)
from tests.builders import exams
from tests.builders.ct_exam import estimate
from tests.builders.statements import STARTED, event
from tests.builders.totals import total

BERLIN = ZoneInfo("Europe/Berlin")  # one hour ahead of UTC on the day of STARTED
USUAL = Circumstances(
    received_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),  # 11:00 there
    zone=BERLIN,
    clock_tolerance=timedelta(minutes=5),
)


def problems(exam: Exam, circumstances: Circumstances = USUAL) -> dict[ProblemKind, Problem]:
    return {problem.kind: problem for problem in problems_of(exam, circumstances)}


def projection(*events: ProjectionEvent, modality: str = "XA") -> Exam:
    return replace(exams.EXAM, modalities=(modality,), projection=exams.counted(*events))


def mammography(*events: MammographyEvent) -> Exam:
    return replace(exams.EXAM, modalities=("MG",), mammography=exams.counted(*events))


def nuclear(*events: Administration) -> Exam:
    return replace(exams.EXAM, modalities=("PT",), nuclear=exams.counted(*events))


def test_a_sound_exam_has_no_problem() -> None:
    assert problems_of(exams.ct(), USUAL) == ()
    assert problems_of(exams.EXAM, USUAL) == ()


class TestMissingPhantom:
    def test_is_told_of_each_ctdi_vol_without_one(self) -> None:
        exam = exams.ct(
            event(1), replace(event(2), phantom_diameter_mm=None), replace(event(3), phantom_diameter_mm=None)
        )

        assert problems(exam)[ProblemKind.MISSING_PHANTOM].count == 2

    def test_is_none_of_an_event_without_ctdi_vol(self) -> None:
        exam = exams.ct(replace(event(1), phantom_diameter_mm=None, ctdi_vol_mgy=None))

        assert ProblemKind.MISSING_PHANTOM not in problems(exam)


class TestImplausible:
    @pytest.mark.parametrize(
        "exam",
        [
            exams.ct(replace(event(1), ctdi_vol_mgy=1_001.0)),
            exams.ct(replace(event(1), ctdi_vol_mgy=-1.0)),
            exams.ct(replace(event(1), sources=(XRaySource(kv=120.0), XRaySource(kv=120_000.0)))),
            exams.ct(replace(event(1), sources=(XRaySource(kv=0.12),))),
            projection(ProjectionEvent(dap_gy_cm2=1.0, kv=70_000.0)),
            mammography(MammographyEvent(agd_mgy=1.5, kv=120.0)),
            mammography(MammographyEvent(agd_mgy=150.0)),  # 1.5 mGy in dGy, multiplied again
            mammography(MammographyEvent(agd_mgy=0.015)),  # 1.5 mGy in dGy, read as mGy
            nuclear(Administration(administered_activity_mbq=3.94e8)),  # Bq
            nuclear(Administration(administered_activity_mbq=0.000394)),
            replace(exams.ct(), totals=(total(Quantity.DLP, 100_001.0),)),
            replace(exams.ct(), totals=(total(Quantity.DAP, 10_001.0),), modalities=("XA",)),
            replace(exams.ct(), totals=(total(Quantity.KA_R, 30_001.0, of="a"),)),
            replace(exams.ct(), totals=(total(Quantity.FLUORO_TIME, 36_001.0),)),
            replace(exams.EXAM, totals=(total(Quantity.DAP, 101.0),), modalities=("DX",)),
        ],
    )
    def test_is_a_value_in_another_unit(self, exam: Exam) -> None:
        assert problems(exam)[ProblemKind.IMPLAUSIBLE].count == 1

    @pytest.mark.parametrize(
        "exam",
        [
            exams.ct(replace(event(1), ctdi_vol_mgy=500.0)),  # perfusion of the brain
            exams.ct(replace(event(1), sources=(XRaySource(kv=70.0), XRaySource(kv=150.0)))),
            projection(ProjectionEvent(dap_gy_cm2=0.0, kv=0.0)),  # a device rounds, or knows nothing
            projection(ProjectionEvent(dap_gy_cm2=1.0, kv=49.0)),
            mammography(MammographyEvent(agd_mgy=0.0, kv=20.0)),  # a specimen
            mammography(MammographyEvent(agd_mgy=9.68, kv=49.0)),  # a test object, after GE Pristina
            nuclear(Administration(administered_activity_mbq=394.0)),
            replace(exams.EXAM, totals=(total(Quantity.DAP, 500.0),), modalities=("RF",)),
            replace(exams.EXAM, totals=(total(Quantity.KA_R, 18_000.0, of="a"),)),  # AAPM 2014, MO-F-19A-4
            replace(exams.EXAM, totals=(total(Quantity.DAP, None),), modalities=("DX",)),
            replace(exams.EXAM, totals=(total(Quantity.DAP, 500.0),), modalities=()),  # of what, nobody says
        ],
    )
    def test_is_no_value_that_occurs(self, exam: Exam) -> None:
        assert ProblemKind.IMPLAUSIBLE not in problems(exam)

    def test_names_what_it_is_and_the_worst(self) -> None:
        exam = exams.ct(
            *(replace(event(n), ctdi_vol_mgy=value) for n, value in enumerate((2_000.0, 5_000.0, 10.0), start=1))
        )

        told = problems(exam)[ProblemKind.IMPLAUSIBLE]

        assert told.count == 2
        assert told.text == "2 x CTDIvol, such as 5000 mGy where 0 to 1000 mGy can be"


def test_contradictions_of_an_exam_are_told_with_their_words() -> None:
    exam = replace(exams.ct(), conflicts=("one total differs", "another one does"))

    assert problems(exam)[ProblemKind.TOTALS_DIFFER] == Problem(
        kind=ProblemKind.TOTALS_DIFFER, text="one total differs; another one does", count=2
    )


class TestEventsWithoutDose:
    @pytest.mark.parametrize(
        "exam",
        [
            exams.ct(event(1), CtEvent(event_uid="1.2", acquisition_type=AcquisitionType.SPIRAL)),
            projection(ProjectionEvent(kv=70.0), ProjectionEvent(ka_r_mgy=0.0)),
            mammography(MammographyEvent(kv=28.0)),
            nuclear(Administration(agent="FDG")),
            nuclear(Administration(administered_activity_mbq=0.0)),
        ],
    )
    def test_are_counted(self, exam: Exam) -> None:
        assert problems(exam)[ProblemKind.EVENTS_WITHOUT_DOSE].count == 1

    def test_are_no_localizers_and_none_that_we_estimated(self) -> None:
        localizer = CtEvent(event_uid="1.2", acquisition_type=AcquisitionType.CONSTANT_ANGLE)
        exam = exams.ct(localizer, CtEvent(event_uid="1.3", acquisition_type=AcquisitionType.SPIRAL))
        assert exam.ct is not None
        estimated = replace(exam.ct.events[1], dlp_estimate=estimate())

        known = replace(exam, ct=replace(exam.ct, events=(exam.ct.events[0], estimated)))

        assert problems(exam)[ProblemKind.EVENTS_WITHOUT_DOSE].count == 1
        assert ProblemKind.EVENTS_WITHOUT_DOSE not in problems(known)


class TestClockSkew:
    def at(self, *starts: datetime) -> Exam:
        return projection(*(ProjectionEvent(dap_gy_cm2=1.0, started_at=start) for start in starts))

    def test_is_told_of_an_event_that_starts_after_it_was_received(self) -> None:
        received_there = datetime(2026, 3, 2, 11, 0)  # noqa: DTZ001  local, as devices state it

        ahead = problems(self.at(STARTED, received_there + timedelta(minutes=30)))

        assert ahead[ProblemKind.CLOCK_SKEW].count == 1
        assert "by up to 0:30:00" in ahead[ProblemKind.CLOCK_SKEW].text
        assert problems(self.at(received_there + timedelta(minutes=5))) == {}

    def test_heeds_an_offset_that_the_object_states(self) -> None:
        tokyo = timezone(timedelta(hours=9))

        assert problems(self.at(datetime(2026, 3, 2, 18, 59, tzinfo=tokyo))) == {}
        assert ProblemKind.CLOCK_SKEW in problems(self.at(datetime(2026, 3, 2, 19, 59, tzinfo=tokyo)))

    def test_is_told_of_an_exam_in_the_future_of_which_no_event_states_a_time(self) -> None:
        assert ProblemKind.CLOCK_SKEW in problems(replace(exams.EXAM, started_at=STARTED + timedelta(days=1)))

    @pytest.mark.parametrize("days", [-2, -10_000])
    def test_is_told_of_an_event_far_from_all_others(self, days: int) -> None:
        exam = self.at(STARTED, STARTED + timedelta(days=days), STARTED + timedelta(minutes=1))

        assert problems(exam)[ProblemKind.CLOCK_SKEW].count == 1

    def test_is_told_of_events_far_from_the_study_that_they_are_of(self) -> None:
        exam = self.at(STARTED, STARTED + timedelta(minutes=1))

        assert problems(exam, replace(USUAL, study_started_at=STARTED - timedelta(hours=9))) == {}
        assert problems(exam, replace(USUAL, study_started_at=STARTED - timedelta(days=2)))[
            ProblemKind.CLOCK_SKEW
        ].count == len(exam.projection)

    def test_is_none_of_an_activity_that_was_given_days_before_the_images(self) -> None:
        scan = exams.ct(replace(event(1), started_at=STARTED))
        iodine = Administration(administered_activity_mbq=1000.0, start=STARTED - timedelta(days=3))

        assert problems(replace(scan, nuclear=exams.counted(iodine)), replace(USUAL, study_started_at=STARTED)) == {}

    def test_is_not_guessed_in_the_hour_that_the_clock_change_repeats(self) -> None:
        twice = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001  local, as devices state it

        assert problems(self.at(twice)) == {}
        assert ProblemKind.CLOCK_SKEW in problems(self.at(twice + timedelta(hours=1)))

    def test_copes_with_the_ends_of_the_calendar(self) -> None:
        assert problems(self.at(datetime.min)) == {}  # noqa: DTZ901  what some systems write for no date


def test_a_device_without_maker_or_model_is_told() -> None:
    known = DeviceStated(manufacturer="Invented Scanners", model="One")
    nameless = (DeviceStated(manufacturer="Invented Scanners"), DeviceStated(model="One"), known)

    assert problems(replace(exams.EXAM, devices=nameless))[ProblemKind.UNKNOWN_MODEL].count == 2


def test_objects_that_came_on_two_ways_are_told() -> None:
    told = problems(exams.ct(), replace(USUAL, ways=("scanner", "archive", "scanner")))[ProblemKind.MIXED_SOURCE]

    assert (told.count, told.text) == (2, "objects of the study came on 2 ways: archive, scanner")
    assert problems(exams.ct(), replace(USUAL, ways=("archive", "archive"))) == {}


def test_problems_stand_in_one_order_and_are_gone_with_their_cause() -> None:
    worst = replace(
        exams.ct(replace(event(1), ctdi_vol_mgy=2_000.0, phantom_diameter_mm=None)),
        conflicts=("totals differ",),
        projection=exams.counted(ProjectionEvent(started_at=STARTED + timedelta(days=1))),
        devices=(DeviceStated(),),
    )

    told = problems_of(worst, replace(USUAL, ways=("a", "b")))

    assert [problem.kind for problem in told] == list(ProblemKind)
    assert problems_of(exams.ct(), USUAL) == ()


def test_no_text_holds_data_of_the_patient() -> None:
    exam = replace(exams.ct(replace(event(1), phantom_diameter_mm=None)), devices=(DeviceStated(),))

    for problem in problems_of(exam, USUAL):
        assert "P-1" not in problem.text
        assert "Eva" not in problem.text
