"""Tests of how the ledger counts enhanced CT images, each of which states many slices under one UID."""

from dataclasses import replace

import pytest

from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import CtExam, CtStatement, Statement
from dose_core.ledger.reconcile import reconcile_ct
from dose_core.model import CtReport
from tests.builders.ct_image_enhanced import enhanced_ct_bytes, exposed, frame
from tests.builders.sr import Item
from tests.builders.statements import event, image, report, volume
from tests.support.read_as import read_as

STUDY = "2.25.6002"
DERIVED: Item = {"CTImageFrameTypeSequence": [{"FrameType": ["DERIVED", "PRIMARY", "VOLUME", "MAXIMUM"]}]}
LOCALIZER: Item = {"CTImageFrameTypeSequence": [{"FrameType": ["ORIGINAL", "PRIMARY", "LOCALIZER", "NONE"]}]}
NO_EVENT = {"IrradiationEventIdentificationSequence": None}


def stated(frames: list[Item], shared: Item | None = None, *, key: str = "enhanced", **elements: object) -> CtStatement:
    """Return the statement of one enhanced image."""
    return Statement(key=key, report=read_as(CtReport, enhanced_ct_bytes(frames, shared, **elements)))


def contiguous(count: int, *, first_mm: float = 0.0) -> list[Item]:
    """Return frames of 5 mm side by side."""
    return [frame(first_mm + 5.0 * n) for n in range(count)]


def gathered(*images: CtStatement) -> CtStatement:
    """Return one statement with the slices of several, as if one enhanced image held them."""
    reports = [one.report for one in images]
    return Statement(
        key="enhanced",
        report=replace(
            reports[0],
            events=tuple(event for one in reports for event in one.events),
            slices=tuple(where for one in reports for where in one.slices),
        ),
    )


def doses(exam: CtExam) -> list[float | None]:
    """Return what each event adds to the exam."""
    return [
        None if isinstance(e.dlp_estimate, NotComputable) else e.dlp_estimate.value
        for e in exam.events
        if e.dlp_estimate
    ]


class TestOneEnhancedImage:
    def test_is_as_long_as_all_its_frames(self) -> None:
        """20 frames of 5 mm at 8 mGy: 80 mGy.cm."""
        exam = reconcile_ct(STUDY, [stated(contiguous(20))])

        (only,) = exam.events
        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert only.slice_count == 20
        assert (only.event.z_start_mm, only.event.z_end_mm) == (0.0, 95.0)

    def test_names_its_statement_once(self) -> None:
        (only,) = reconcile_ct(STUDY, [stated(contiguous(20))]).events

        assert only.statements == ("enhanced",)

    def test_counts_as_the_classic_images_that_it_replaces(self) -> None:
        classic = volume(20)

        together = reconcile_ct(STUDY, [gathered(*classic)])

        assert doses(together) == doses(reconcile_ct(STUDY, classic))

    def test_kept_in_two_versions_is_one(self) -> None:
        once = stated(contiguous(20))

        exam = reconcile_ct(STUDY, [once, replace(once, key="again")])

        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert exam.events[0].slice_count == 20

    def test_with_frames_of_two_events_is_two_events(self) -> None:
        second = {"IrradiationEventIdentificationSequence": [{"IrradiationEventUID": "2.25.6200"}]}
        frames = [*contiguous(10), *({**one, **second} for one in contiguous(10, first_mm=400.0))]

        exam = reconcile_ct(STUDY, [stated(frames)])

        assert {e.event_uid for e in exam.events} == {"2.25.6100", "2.25.6200"}
        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert all(e.statements == ("enhanced",) for e in exam.events)

    def test_with_several_phases_at_one_place_has_no_dlp(self) -> None:
        exam = reconcile_ct(STUDY, [stated([*contiguous(8), *contiguous(8)])])

        (only,) = exam.events
        assert isinstance(only.dlp_estimate, NotComputable)
        assert "several images at one position" in only.dlp_estimate.reason

    def test_keeps_the_localizer_apart_from_the_scan_with_its_acquisition_number(self) -> None:
        shared = exposed(**NO_EVENT, CTImageFrameTypeSequence=None)

        exam = reconcile_ct(STUDY, [stated([frame(0.0, **LOCALIZER), *contiguous(20)], shared)])

        assert len(exam.events) == 2
        assert exam.dlp_mgy_cm == pytest.approx(80.0)


class TestPrimaryAcquisitionAndReconstructions:
    def test_of_one_event_in_two_enhanced_images_count_once(self) -> None:
        lung = stated(contiguous(20), key="lung", SOPInstanceUID="2.25.6011", SeriesInstanceUID="2.25.6012")

        exam = reconcile_ct(STUDY, [stated(contiguous(20)), lung])

        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert set(exam.events[0].statements) == {"enhanced", "lung"}

    def test_that_are_derived_do_not_lengthen_the_event(self) -> None:
        slab = stated(
            contiguous(20, first_mm=80.0),
            exposed(**DERIVED),
            key="slab",
            SOPInstanceUID="2.25.6021",
            SeriesInstanceUID="2.25.6022",
        )

        assert reconcile_ct(STUDY, [stated(contiguous(20)), slab]).dlp_mgy_cm == pytest.approx(80.0)

    def test_that_are_derived_and_name_no_event_are_left_out_by_one_key(self) -> None:
        slab = stated(contiguous(20), exposed(**DERIVED, **NO_EVENT), key="slab", SOPInstanceUID="2.25.6021")

        exam = reconcile_ct(STUDY, [stated(contiguous(20)), slab])

        assert [(one.statements, one.reason) for one in exam.not_counted] == [
            (("slab",), "derived images that name no irradiation event"),
        ]

    def test_beside_classic_images_of_the_same_event_count_once(self) -> None:
        shared = exposed(IrradiationEventIdentificationSequence=[{"IrradiationEventUID": "2.25.77"}])
        classic = volume(20, event_uids=("2.25.77",))

        exam = reconcile_ct(STUDY, [stated(contiguous(20), shared, AcquisitionDateTime="20260302101500"), *classic])

        assert len(exam.events) == 1
        assert exam.dlp_mgy_cm == pytest.approx(80.0)

    def test_of_a_dynamic_scan_are_told_by_the_times_of_the_frames(self) -> None:
        early = [frame(5.0 * n, acquired="20260301101600") for n in range(8)]
        late = [frame(5.0 * n, acquired="20260301101700") for n in range(8)]
        second = stated(late, key="late", SOPInstanceUID="2.25.6031", SeriesInstanceUID="2.25.6032")

        (only,) = reconcile_ct(STUDY, [stated(early), second]).events

        assert isinstance(only.dlp_estimate, NotComputable)
        assert "at another time" in only.dlp_estimate.reason

    def test_without_event_uid_have_no_dlp_beside_images_with_one(self) -> None:
        """Frames of one object may differ in this: only those that nothing tells apart are refused."""
        nameless = exposed(IrradiationEventIdentificationSequence=None)
        own = {"IrradiationEventIdentificationSequence": [{"IrradiationEventUID": "2.25.6100"}]}
        frames = [*({**one, **own} for one in contiguous(20)), *contiguous(20)]

        exam = reconcile_ct(STUDY, [stated(frames, nameless)])

        assert exam.dlp_mgy_cm == pytest.approx(80.0)
        assert exam.events_without_dlp == 1


class TestBesideADoseReport:
    def test_an_enhanced_image_adds_no_event(self) -> None:
        exam = reconcile_ct(STUDY, [report(1, event(1), total_mgy_cm=100.0), gathered(image(0, z_mm=0.0))])

        assert exam.dlp_mgy_cm == 100.0
        assert len(exam.events) == 1


class TestDualSource:
    def test_has_the_mean_current_of_each_tube(self) -> None:
        exposures = [{"XRayTubeCurrentInmA": 300.0, "CTDIvol": 8.0}, {"XRayTubeCurrentInmA": 150.0, "CTDIvol": 8.0}]
        shared = exposed(CTXRayDetailsSequence=[{"KVP": "100"}, {"KVP": "140"}], CTExposureSequence=exposures)

        (only,) = reconcile_ct(STUDY, [stated(contiguous(4), shared)]).events

        assert [(source.kv, source.ma_mean) for source in only.event.sources] == [(100.0, 300.0), (140.0, 150.0)]
