"""Tests of dose_core.ledger.from_slices: which slices tell the length of an irradiation, and when none can."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import CtExam, CtStatement
from dose_core.ledger.reconcile import reconcile_ct
from dose_core.model import DeviceStated
from tests.builders.statements import DEVICE, STARTED, STUDY, image, volume

LATER = timedelta(minutes=2)


def the_refusal(exam: CtExam) -> NotComputable:
    """Return why the only event has no DLP."""
    (event,) = exam.events
    assert isinstance(event.dlp_estimate, NotComputable), event.dlp_estimate
    assert exam.dlp_mgy_cm is None
    assert exam.events_without_dlp == 1
    return event.dlp_estimate


def acquired(statements: list[CtStatement], *, after: timedelta) -> list[CtStatement]:
    """Return slices that were acquired so long after the start."""
    return [
        replace(s, report=replace(s.report, events=(replace(s.report.events[0], started_at=STARTED + after),)))
        for s in statements
    ]


def again(statement: CtStatement, key: str) -> CtStatement:
    """Return what a second version of the same object states."""
    return replace(statement, key=key)


class TestAnEventWithSeveralSlicesAtOnePosition:
    """Perfusion, cine and shuttle scans irradiate one place many times; gated scans show one irradiation many times."""

    def test_has_no_dlp_since_the_headers_do_not_tell_how_often_it_was_irradiated(self) -> None:
        passes = [image(10 * n + m, z_mm=5.0 * m) for n in range(4) for m in range(8)]

        assert "several images at one position" in the_refusal(reconcile_ct(STUDY, passes)).reason

    def test_has_no_dlp_either_where_each_pass_is_a_series(self) -> None:
        passes = [*volume(8), *acquired(volume(8, series="2"), after=LATER)]

        assert "at another time" in the_refusal(reconcile_ct(STUDY, passes)).reason

    def test_keeps_its_dlp_where_an_object_was_kept_in_two_versions(self) -> None:
        slices = volume(20)

        exam = reconcile_ct(STUDY, [*slices, again(slices[3], "second version")])

        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert exam.events[0].slice_count == 20


class TestAnEventWhoseReconstructionsShowParts:
    def test_is_as_long_as_all_parts_together(self) -> None:
        """Chest (0 to 100 mm) and abdomen (80 to 180 mm) out of one spiral: 8 mGy x 18 cm."""
        chest, abdomen = volume(20), volume(20, series="2", first_mm=80.0)

        exam = reconcile_ct(STUDY, [*chest, *abdomen])

        assert exam.dlp_mgy_cm == pytest.approx(144.0)
        assert (exam.events[0].event.z_start_mm, exam.events[0].event.z_end_mm) == (0.0, 175.0)

    def test_is_as_long_as_from_the_first_part_to_the_last(self) -> None:
        """One irradiation event is one continuous irradiation: what lies between was irradiated too."""
        parts = [*volume(4), *acquired(volume(4, series="2", first_mm=80.0), after=timedelta(seconds=3))]

        assert reconcile_ct(STUDY, parts).dlp_mgy_cm == pytest.approx(80.0)

    def test_is_not_lengthened_by_derived_images(self) -> None:
        slab = volume(20, series="2", first_mm=80.0, image_type=("DERIVED", "SECONDARY", "MPR"))

        assert reconcile_ct(STUDY, [*volume(20), *slab]).dlp_mgy_cm == pytest.approx(80.0)


class TestImagesWithoutEventUid:
    def test_of_two_scans_under_one_acquisition_number_have_no_dlp(self) -> None:
        """Some scanners number the acquisition of each series 1: before and after contrast, head and chest."""
        for first_mm in (0.0, 600.0):
            second = volume(8, series="2", first_mm=first_mm, event_uids=())
            scans = [*volume(8, event_uids=()), *acquired(second, after=LATER)]

            assert "acquisition number" in the_refusal(reconcile_ct(STUDY, scans)).reason

    def test_keep_a_localizer_apart_from_the_scan_with_its_acquisition_number(self) -> None:
        localizer = image(
            1, z_mm=0.0, series="0", event_uids=(), image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"), ctdi_vol_mgy=None
        )
        bolus_tracking = image(1, z_mm=0.0, event_uids=())

        exam = reconcile_ct(STUDY, [localizer, bolus_tracking])

        assert len(exam.events) == 2
        assert exam.dlp_mgy_cm == pytest.approx(4.0)

    def test_nor_acquisition_number_have_no_dlp_where_two_series_may_be_one_scan(self) -> None:
        """A lung and a soft tissue series out of one spiral would count twice."""
        kernels = [*volume(20, event_uids=(), acquisition=None)]
        kernels += volume(20, series="2", event_uids=(), acquisition=None)

        exam = reconcile_ct(STUDY, kernels)

        assert exam.dlp_mgy_cm is None
        assert exam.events_without_dlp == 2

    def test_nor_acquisition_number_have_no_dlp_beside_a_scan_that_they_may_show_again(self) -> None:
        exam = reconcile_ct(STUDY, [*volume(20), *volume(20, series="2", event_uids=(), acquisition=None)])

        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert exam.events_without_dlp == 1

    def test_have_no_dlp_beside_images_with_one_under_the_same_acquisition_number(self) -> None:
        """What lost the UID on its way through a workstation or a PACS must not count beside its own original."""
        exam = reconcile_ct(STUDY, [*volume(20), *volume(20, series="2", event_uids=())])

        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert exam.events_without_dlp == 1

    def test_nor_acquisition_number_keep_their_dlp_where_there_is_one_series(self) -> None:
        exam = reconcile_ct(STUDY, volume(20, event_uids=(), acquisition=None))

        assert exam.dlp_mgy_cm == pytest.approx(80.0)


class TestTheExposureTime:
    def test_of_an_event_is_not_that_of_one_image(self) -> None:
        """Exposure Time (0018,1150) is that of one image, as a rule of one rotation; the spiral took longer."""
        stated = [
            replace(s, report=replace(s.report, events=(replace(s.report.events[0], exposure_time_s=0.5),)))
            for s in volume(20)
        ]

        assert reconcile_ct(STUDY, stated).events[0].event.exposure_time_s is None


class TestTheDevice:
    def test_is_the_scanner_and_not_the_workstation_that_made_a_derived_series(self) -> None:
        workstation = DeviceStated(manufacturer="Invented Workstations", model="W")
        derived = volume(3, series="0", image_type=("DERIVED", "SECONDARY", "MPR"))
        made = [replace(s, report=replace(s.report, device=workstation)) for s in derived]

        assert reconcile_ct(STUDY, [*made, *volume(20)]).device == DEVICE


def test_slices_that_were_cut_short_count_too() -> None:
    """Their event is told by the acquisition, and not by a UID that the end of a report lost."""
    nameless = [replace(s, report=replace(s.report, is_cut_short=True)) for s in volume(20, event_uids=())]

    assert reconcile_ct(STUDY, nameless).dlp_mgy_cm == pytest.approx(80.0)
