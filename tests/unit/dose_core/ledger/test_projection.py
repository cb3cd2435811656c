"""Tests of dose_core.ledger.projection: fluoroscopy, angiography and radiography as one exam."""

from dataclasses import replace
from typing import Any

import pytest

from dose_core.ledger.exam import Exam, Filled, Place, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import (
    EventType,
    ImageStated,
    Kind,
    Plane,
    PlaneTotals,
    ProjectionEvent,
    ProjectionReport,
    ProjectionTotals,
    StatedValue,
)
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_study import AnyStatement

FLUOROSCOPY, ACQUISITION = EventType.FLUOROSCOPY, EventType.STATIONARY_ACQUISITION


def run(
    number: int,
    dap_gy_cm2: float | None = 2.0,
    ka_r_mgy: float | None = 8.0,
    *,
    plane: Plane = Plane.SINGLE,
    event_type: EventType = FLUOROSCOPY,
    **fields: Any,  # noqa: ANN401  of the event
) -> ProjectionEvent:
    event = of.run(number, plane=plane, event_type=event_type, dap_gy_cm2=dap_gy_cm2, ka_r_mgy=ka_r_mgy)
    return replace(event, **fields)


def report(
    number: int,
    *events: ProjectionEvent,
    planes: tuple[PlaneTotals, ...] | None = None,
    **fields: Any,  # noqa: ANN401  of the report
) -> AnyStatement:
    made = of.projection_report(number, events)
    assert isinstance(made.report, ProjectionReport)
    totals = made.report.totals if planes is None else ProjectionTotals(planes=planes)
    return replace(made, report=replace(made.report, totals=totals, **fields))


def manual(dap_gy_cm2: float) -> AnyStatement:
    plane = PlaneTotals(dap_gy_cm2=dap_gy_cm2)
    typed = ProjectionReport(
        kind=Kind.MANUAL,
        sop_instance_uid="2.25.900",
        study_instance_uid=STUDY,
        totals=ProjectionTotals(planes=(plane,), dap_gy_cm2=dap_gy_cm2),
    )
    return Statement(key="typed", report=typed)


def typed_of(*planes: PlaneTotals) -> AnyStatement:
    made = manual(0.0)
    return replace(made, report=replace(made.report, totals=ProjectionTotals(planes=planes)))  # type: ignore[call-arg]  # of its shape


def exam(*statements: AnyStatement) -> Exam:
    return exam_of(STUDY, statements)


def total(of_exam: Exam, quantity: Quantity, part: str | None = None) -> Total:
    return next(one for one in of_exam.totals if (one.quantity, one.of) == (quantity, part))


def parts(of_exam: Exam, quantity: Quantity) -> set[str | None]:
    return {one.of for one in of_exam.totals if one.quantity is quantity}


class TestPrecedence:
    """Reports, then steps, then what a person typed; sums over images are a lower bound and never the total."""

    def test_of_four_sources_the_report_counts_and_the_others_stay_beside_it(self) -> None:
        events = [run(1), run(2, event_type=ACQUISITION)]

        dap = total(
            exam(report(1, *events), of.angiogram(2, events[1]), *of.projection_step(events), manual(5.0)),
            Quantity.DAP,
        )

        assert (dap.value, dap.source, dap.basis) == (4.0, Source.RDSR, Basis.STATED_TOTAL)
        assert [(rival.source, rival.basis, rival.value) for rival in dap.rivals] == [
            (Source.MPPS, Basis.STATED_TOTAL, 4.0),
            (Source.MANUAL, Basis.STATED_TOTAL, 5.0),
            (Source.IMAGE_HEADER, Basis.ACQUISITIONS_ONLY, 2.0),
        ]

    def test_a_total_names_the_place_where_it_is_stated(self) -> None:
        dap = total(exam(report(1, run(1))), Quantity.DAP)

        assert (dap.statement, dap.field) == (report(1).key, "totals.planes[0].dap_gy_cm2")

    def test_what_a_person_typed_counts_before_a_sum_over_images(self) -> None:
        dap = total(exam(of.angiogram(1, run(1, event_type=ACQUISITION)), manual(5.0)), Quantity.DAP)

        assert (dap.value, dap.source) == (5.0, Source.MANUAL)

    def test_images_alone_state_no_more_than_their_acquisitions(self) -> None:
        dap = total(exam(of.angiogram(1, run(1, event_type=ACQUISITION))), Quantity.DAP)

        assert (dap.value, dap.basis, dap.missing) == (2.0, Basis.ACQUISITIONS_ONLY, 0)

    def test_a_report_that_knows_a_part_gives_way_to_a_step_that_knows_all(self) -> None:
        partial = report(1, run(1), run(2, None), planes=())

        dap = total(exam(partial, *of.projection_step([run(1), run(2)])), Quantity.DAP)

        assert (dap.value, dap.source) == (4.0, Source.MPPS)
        assert [(rival.value, rival.basis) for rival in dap.rivals] == [(2.0, Basis.SUM_OF_EVENTS)]

    def test_a_step_that_calls_less_the_whole_than_a_report_knows_in_part_does_not_count(self) -> None:
        partial = report(1, run(1, 9.0), run(2, None), planes=())

        dap = total(exam(partial, *of.projection_step([run(1)])), Quantity.DAP)

        assert (dap.value, dap.source, dap.missing) == (9.0, Source.RDSR, 1)


class TestMissing:
    def test_a_sum_says_how_many_parts_it_lacks(self) -> None:
        dap = total(exam(report(1, run(1), run(2, None), planes=())), Quantity.DAP)

        assert (dap.value, dap.basis, dap.missing) == (2.0, Basis.SUM_OF_EVENTS, 1)

    def test_of_nothing_known_the_total_is_unknown_and_not_zero(self) -> None:
        dap = total(exam(report(1, run(1, None, None), planes=())), Quantity.DAP)

        assert (dap.value, dap.basis, dap.missing) == (None, None, 1)

    def test_an_event_of_unknown_kind_is_missing_from_both_kinds(self) -> None:
        events = run(1), run(2, event_type=ACQUISITION), replace(run(3), event_type=None)

        found = exam(report(1, *events, planes=()))

        assert (total(found, Quantity.FLUORO_DAP).value, total(found, Quantity.FLUORO_DAP).missing) == (2.0, 1)
        assert total(found, Quantity.ACQUISITION_DAP).missing == 1


class TestPlanes:
    A, B = run(1, 1.0, 10.0, plane=Plane.A), run(1, 2.0, 20.0, plane=Plane.B)

    def test_of_one_event_are_two_events_with_a_dose_each(self) -> None:
        assert [one.event.plane for one in exam(report(1, self.A, self.B)).projection] == [Plane.A, Plane.B]

    def test_dose_area_product_is_added_over_planes_and_told_of_each(self) -> None:
        found = exam(report(1, self.A, self.B))

        assert [total(found, Quantity.DAP, plane).value for plane in (None, "a", "b")] == [3.0, 1.0, 2.0]

    def test_air_kerma_is_told_of_each_plane_and_never_added(self) -> None:
        found = exam(report(1, self.A, self.B))

        assert parts(found, Quantity.KA_R) == {"a", "b"}
        assert [total(found, Quantity.KA_R, plane).value for plane in ("a", "b")] == [10.0, 20.0]

    def test_an_item_for_both_planes_is_the_whole_and_is_not_added_to_them(self) -> None:
        planes = (
            PlaneTotals(plane=Plane.A, dap_gy_cm2=1.0),
            PlaneTotals(plane=Plane.B, dap_gy_cm2=2.0),
            PlaneTotals(plane=Plane.BOTH, dap_gy_cm2=3.0, ka_r_mgy=25.0),
        )

        found = exam(report(1, self.A, self.B, planes=planes))

        assert total(found, Quantity.DAP).value == 3.0
        assert total(found, Quantity.KA_R, "both").value == 25.0

    def test_a_step_that_names_no_plane_speaks_of_the_only_one(self) -> None:
        found = exam(report(1, run(1)), *of.projection_step([run(1, 7.0)]))

        assert parts(found, Quantity.DAP) == {None}
        assert [rival.value for rival in total(found, Quantity.DAP).rivals] == [7.0]

    def test_of_an_event_that_two_reports_give_other_names_is_one(self) -> None:
        """A plain report calls the plane single, an enhanced one names the X-ray source."""
        plain = report(1, run(1), run(2))
        enhanced = report(2, *(replace(one, plane=None, source_id="Tube 1") for one in (run(1), run(2))), planes=())

        found = exam(plain, replace(enhanced, report=replace(enhanced.report, kind=Kind.ENHANCED_RDSR)))

        assert len(found.projection) == 2
        assert total(found, Quantity.DAP).value == 4.0
        assert parts(found, Quantity.KA_R) == {"single"}


class TestTyped:
    def test_values_of_the_whole_and_of_a_plane_do_not_hide_each_other(self) -> None:
        found = exam(
            typed_of(PlaneTotals(dap_gy_cm2=5.0), PlaneTotals(plane=Plane.SINGLE, ka_r_mgy=20.0, fluoro_time_s=9.0))
        )

        assert total(found, Quantity.DAP).value == 5.0
        assert total(found, Quantity.KA_R, "single").value == 20.0
        assert total(found, Quantity.FLUORO_TIME).value == 9.0

    def test_values_of_one_of_two_planes_are_not_the_whole(self) -> None:
        one = exam(typed_of(PlaneTotals(plane=Plane.A, dap_gy_cm2=5.0)))
        both = exam(typed_of(PlaneTotals(plane=Plane.A, dap_gy_cm2=5.0), PlaneTotals(plane=Plane.B, dap_gy_cm2=1.0)))

        assert total(one, Quantity.DAP).value is None
        assert [total(both, Quantity.DAP, plane).value for plane in (None, "a", "b")] == [6.0, 5.0, 1.0]


class TestTotalsOfReports:
    def test_of_the_fullest_of_cumulative_reports_count(self) -> None:
        found = exam(report(1, run(1)), report(2, run(1), run(2)))

        assert (total(found, Quantity.DAP).value, total(found, Quantity.DAP).rivals) == (4.0, ())

    def test_of_a_continued_study_add_up_though_no_event_states_a_dose(self) -> None:
        """Siemens states no irradiation duration of an event, only times of all."""
        first, second = (
            report(n, run(n), planes=(PlaneTotals(plane=Plane.SINGLE, fluoro_time_s=10.0 * n),)) for n in (1, 2)
        )

        time = total(exam(first, second), Quantity.FLUORO_TIME)

        assert (time.value, time.basis, time.statement) == (30.0, Basis.SUM_OF_TOTALS, None)

    def test_that_overlap_are_not_added_and_the_events_are(self) -> None:
        found = exam(report(1, run(1), run(2)), report(2, run(2), run(3)))

        dap = total(found, Quantity.DAP)
        assert (dap.value, dap.basis, dap.missing) == (6.0, Basis.SUM_OF_EVENTS, 0)

    def test_that_a_corrected_report_states_anew_leave_the_earlier_ones_as_rivals(self) -> None:
        """The newer document on the same events counts; what it corrects stays visible."""
        found = exam(
            report(1, run(1), planes=(PlaneTotals(plane=Plane.SINGLE, dap_gy_cm2=20.0),)),
            report(2, run(1), planes=(PlaneTotals(plane=Plane.SINGLE, dap_gy_cm2=2.0),)),
        )

        dap = total(found, Quantity.DAP)
        assert (dap.value, dap.statement) == (2.0, report(2).key)
        assert [(rival.value, rival.statement) for rival in dap.rivals] == [(20.0, report(1).key)]

    def test_that_list_no_event_count_once_and_another_one_is_named(self) -> None:
        """Siemens Arcadis lists no events, so that nobody knows if a second report repeats the first."""
        first, second = (report(n, planes=(PlaneTotals(dap_gy_cm2=float(n)),)) for n in (1, 2))

        found = exam(first, second)

        assert total(found, Quantity.DAP).value == 2.0
        assert [one.reason for one in found.not_counted] == ["dose reports that list no event and state another total"]

    def test_without_events_count_before_the_images_beside_them(self) -> None:
        summary = report(1, planes=(PlaneTotals(dap_gy_cm2=5.0),), kind=Kind.LEGACY_DOSE_SR)

        found = exam(summary, of.angiogram(1, run(1, event_type=ACQUISITION)))

        assert (total(found, Quantity.DAP).value, total(found, Quantity.DAP).source) == (5.0, Source.RDSR)
        assert [one.source for one in found.projection] == [Source.IMAGE_HEADER]


class TestZeroes:
    def test_beside_an_event_that_states_more_give_way_to_it_and_are_named(self) -> None:
        """Siemens Fluorospot, A22."""
        zero = PlaneTotals(plane=Plane.SINGLE, dap_gy_cm2=2.0, ka_r_mgy=0.0)

        found = exam(report(1, run(1, 2.0, 0.035, event_type=ACQUISITION), planes=(zero,)))

        ka_r = total(found, Quantity.KA_R, "single")
        assert (ka_r.value, ka_r.basis, [rival.value for rival in ka_r.rivals]) == (0.035, Basis.SUM_OF_EVENTS, [0.0])
        assert found.conflicts == (
            "the report states a total air kerma at the reference point of 0 mGy, its events add up to 0.035 mGy",
        )

    def test_beside_events_that_state_none_are_believed(self) -> None:
        none = PlaneTotals(plane=Plane.SINGLE, dap_gy_cm2=0.0, ka_r_mgy=0.0)

        found = exam(report(1, run(1, 0.0, 0.0), planes=(none,)))

        assert (total(found, Quantity.DAP).value, found.conflicts) == (0.0, ())

    def test_of_fluoroscopy_are_the_name_of_what_stands_under_acquisitions(self) -> None:
        """Eurocolumbus writes the dose and the time of fluoroscopy under acquisitions."""
        plane = PlaneTotals(
            plane=Plane.SINGLE,
            dap_gy_cm2=2.0,
            fluoro_dap_gy_cm2=0.0,
            acquisition_dap_gy_cm2=2.0,
            fluoro_time_s=0.0,
            acquisition_time_s=9.0,
        )

        found = exam(report(1, run(1), planes=(plane,)))

        assert (total(found, Quantity.FLUORO_DAP).value, total(found, Quantity.ACQUISITION_DAP).value) == (2.0, 0.0)
        assert (total(found, Quantity.FLUORO_TIME).value, total(found, Quantity.FLUORO_TIME).missing) == (None, 1)
        assert [rival.value for rival in total(found, Quantity.ACQUISITION_TIME).rivals] == [9.0]
        assert found.modalities == ("RF",)

    def test_of_acquisition_time_leave_the_time_of_fluoroscopy_as_it_is(self) -> None:
        """Siemens Artis states 0 s of acquisitions beside acquisitions."""
        plane = PlaneTotals(plane=Plane.SINGLE, fluoro_time_s=74.0, acquisition_time_s=0.0)

        found = exam(report(1, run(1), run(2, event_type=ACQUISITION), planes=(plane,)))

        assert total(found, Quantity.FLUORO_TIME).value == 74.0
        assert (total(found, Quantity.ACQUISITION_TIME).value, total(found, Quantity.ACQUISITION_TIME).missing) == (
            None,
            1,
        )
        assert found.conflicts == ()

    def test_that_are_not_there_are_no_zeroes(self) -> None:
        """Ziehm leaves sub-totals out: the events tell."""
        plane = PlaneTotals(plane=Plane.SINGLE, dap_gy_cm2=2.0)

        assert total(exam(report(1, run(1), planes=(plane,))), Quantity.FLUORO_DAP).basis is Basis.SUM_OF_EVENTS


class TestConflicts:
    def test_name_the_quantity_and_both_numbers(self) -> None:
        plane = PlaneTotals(plane=Plane.SINGLE, dap_gy_cm2=9.0)

        found = exam(report(1, run(1), run(2), planes=(plane,)))

        assert found.conflicts == (
            "the report states a total dose-area product of 9 Gy.cm2, its events add up to 4 Gy.cm2",
        )

    def test_are_named_between_sources(self) -> None:
        found = exam(report(1, run(1)), manual(5.0))

        assert found.conflicts == (
            "the typed statement says a total dose-area product of 5 Gy.cm2, the dose report says 2 Gy.cm2",
        )

    def test_are_none_where_the_rounding_of_the_texts_explains_them(self) -> None:
        """Siemens Artis: eight events of 0.31 mGy, each rounded to 0.01 mGy, and a total of 2.52 mGy."""
        plane = PlaneTotals(plane=Plane.SINGLE, ka_r_mgy=2.52)
        events = [run(n, 0.02, 0.31) for n in range(8)]
        texts = [StatedValue("totals.planes[0].ka_r_mgy", "1.1", "0.00252", "Gy")]
        texts += [StatedValue(f"events[{n}].ka_r_mgy", f"1.{n}", "0.00031", "Gy") for n in range(8)]

        assert exam(report(1, *events, planes=(plane,), stated=tuple(texts))).conflicts == ()

    def test_are_none_where_images_show_less_than_the_report(self) -> None:
        """Fluoroscopy is not stored."""
        acquisition = run(2, event_type=ACQUISITION)

        assert exam(report(1, run(1), acquisition), of.angiogram(2, acquisition)).conflicts == ()


class TestImagesBesideReports:
    def test_speak_of_the_event_whose_uid_they_name(self) -> None:
        acquisition = run(1, event_type=ACQUISITION)

        found = exam(report(1, acquisition), of.angiogram(1, acquisition), of.angiogram(1, acquisition, is_twin=True))

        (one,) = found.projection
        assert one.source is Source.RDSR
        assert [place.statement for place in one.places] == [
            report(1).key,
            of.angiogram(1, acquisition).key,
            of.angiogram(1, acquisition, is_twin=True).key,
        ]

    def test_fill_what_the_report_leaves_open(self) -> None:
        bare = run(1, None, event_type=ACQUISITION)

        found = exam(report(1, bare, planes=()), of.angiogram(1, run(1, 3.0, event_type=ACQUISITION, kv=70.0)))

        (one,) = found.projection
        assert (one.event.dap_gy_cm2, one.event.kv, one.event.ka_r_mgy) == (3.0, 70.0, 8.0)
        assert set(one.filled) == {Filled(field="dap_gy_cm2", place=1), Filled(field="kv", place=1)}
        assert total(found, Quantity.DAP).value == 3.0

    def test_never_replace_what_the_report_states_and_the_difference_is_noted(self) -> None:
        found = exam(report(1, run(1, event_type=ACQUISITION)), of.angiogram(1, run(1, 3.0, event_type=ACQUISITION)))

        (one,) = found.projection
        assert one.event.dap_gy_cm2 == 2.0
        assert one.notes == ("the image headers state a dose-area product of 3 Gy.cm2",)
        assert (
            "the image headers state another dose-area product than the dose report for 1 event(s), "
            "first 3 against 2 Gy.cm2"
        ) in found.conflicts

    @pytest.mark.parametrize(
        ("uids", "reason"),
        [
            ((), "images that name no irradiation event, beside a dose report of their device"),
            (("2.25.8",), "images whose irradiation event the dose report does not name"),
        ],
    )
    def test_that_show_no_event_of_it_are_left_out_and_named(self, uids: tuple[str, ...], reason: str) -> None:
        stray = of.angiogram(9, run(9, event_type=ACQUISITION))
        report_of_image = stray.report
        assert isinstance(report_of_image, ProjectionReport)
        image = replace(report_of_image, image=ImageStated(event_uids=uids), events=(replace(run(9), event_uid=None),))

        found = exam(report(1, run(1)), replace(stray, report=image))

        assert len(found.projection) == 1
        assert [(one.statements, one.reason) for one in found.not_counted] == [((stray.key,), reason)]

    def test_are_of_the_plane_that_they_name(self) -> None:
        both = [run(1, plane=plane, event_type=ACQUISITION) for plane in (Plane.A, Plane.B)]

        found = exam(report(1, *both), of.angiogram(7, both[1]))

        assert [len(one.places) for one in found.projection] == [1, 2]


class TestImagesAlone:
    def test_of_several_events_beside_images_of_each_are_named(self) -> None:
        events = [run(n, event_type=ACQUISITION) for n in (1, 2)]
        stitched = of.angiogram(3, run(3, event_type=ACQUISITION))
        report_of_image = stitched.report
        assert isinstance(report_of_image, ProjectionReport)
        uids = tuple(event.event_uid or "" for event in events)
        made = replace(report_of_image, image=ImageStated(event_uids=uids))

        found = exam(*(of.angiogram(n, event) for n, event in enumerate(events)), replace(stitched, report=made))

        assert len(found.projection) == 2
        assert [one.statements for one in found.not_counted] == [(stitched.key,)]

    def test_without_event_uid_get_a_stand_in_that_stays(self) -> None:
        nameless = replace(run(1, event_type=ACQUISITION), event_uid=None)

        first, again = (exam(of.angiogram(1, nameless, is_twin=twin)) for twin in (False, True))

        assert first.projection[0].uid_is_stand_in
        assert first.projection[0].event_uid == again.projection[0].event_uid


class TestSteps:
    def test_count_by_their_last_message(self) -> None:
        create, last = of.projection_step([run(1)])
        interim = replace(last, key="step-interim", report=replace(last.report, completion="IN PROGRESS"))
        interim_report = interim.report
        assert isinstance(interim_report, ProjectionReport)
        half = replace(interim_report, totals=ProjectionTotals(planes=(PlaneTotals(dap_gy_cm2=1.0),), dap_gy_cm2=1.0))

        dap = total(exam(create, replace(interim, report=half), last), Quantity.DAP)

        assert (dap.value, dap.statement) == (2.0, last.key)

    def test_add_up_when_an_examination_had_several(self) -> None:
        _, last = of.projection_step([run(1)])
        other = replace(last, key="other", report=replace(last.report, sop_instance_uid="2.25.52"))

        dap = total(exam(last, other), Quantity.DAP)

        assert (dap.value, dap.basis) == (4.0, Basis.SUM_OF_TOTALS)

    def test_state_entrance_doses_that_are_listed_and_never_added(self) -> None:
        _, last = of.projection_step([run(1)])
        stating = replace(last.report, totals=ProjectionTotals(planes=(PlaneTotals(entrance_dose_mgy=12.0),)))  # type: ignore[call-arg]  # of its shape
        other = replace(stating, sop_instance_uid="2.25.52")

        found = exam(Statement(key="1", report=stating), Statement(key="2", report=other))

        assert [(one.of, one.value) for one in found.totals if one.quantity is Quantity.ENTRANCE_DOSE] == [
            ("step 1", 12.0),
            ("step 2", 12.0),
        ]

    def test_of_another_modality_that_a_message_does_not_name_are_not_taken_for_projections(self) -> None:
        create, last = of.projection_step([run(1)])
        ct = replace(create, report=replace(create.report, modality="CT"))

        found = exam(report(1, run(5)), ct, last)

        assert total(found, Quantity.DAP).rivals == ()
        assert [one.statements for one in found.not_counted] == [(last.key,)]


class TestModality:
    def test_is_radiography_without_fluoroscopy(self) -> None:
        assert exam(report(1, run(1, event_type=ACQUISITION))).modalities == ("DX",)

    def test_is_fluoroscopy_if_any_of_it_is_stated(self) -> None:
        """Vendor quirk A15: one device, radiography and fluoroscopy."""
        assert exam(report(1, run(1), run(2, event_type=ACQUISITION))).modalities == ("RF",)

    def test_is_fluoroscopy_if_the_device_type_says_so(self) -> None:
        kind = "Fluoroscopy-Guided Projection Radiography System"

        assert exam(report(1, run(1, event_type=ACQUISITION), device_type=kind)).modalities == ("RF",)

    def test_is_angiography_if_a_step_or_an_image_says_so(self) -> None:
        assert exam(report(1, run(1)), *of.projection_step([run(1)])).modalities == ("XA",)

    def test_is_that_of_the_images_where_there_are_only_images(self) -> None:
        image = of.angiogram(1, run(1, event_type=ACQUISITION))

        assert exam(replace(image, report=replace(image.report, modality="CR"))).modalities == ("CR",)


class TestTwoDevices:
    def test_images_of_another_device_count_beside_the_report(self) -> None:
        elsewhere = replace(of.C_ARM, model="Bucky", serial_number="555555", station_name="DX7")
        image = of.angiogram(9, run(9, 1.0, event_type=ACQUISITION))

        found = exam(report(1, run(1)), replace(image, report=replace(image.report, device=elsewhere)))

        assert [found.devices[one.device].model for one in found.projection] == ["Biplane", "Bucky"]
        assert found.not_counted == ()
        dap = total(found, Quantity.DAP)
        assert (dap.value, dap.basis) == (3.0, Basis.ACQUISITIONS_ONLY)

    def test_have_air_kermas_of_their_own(self) -> None:
        elsewhere = replace(of.C_ARM, model="Bucky", serial_number="555555", station_name="DX7")

        found = exam(report(1, run(1)), report(2, run(2), device=elsewhere))

        assert parts(found, Quantity.KA_R) == {"single@0", "single@1"}
        assert total(found, Quantity.DAP).value == 4.0

    def test_an_image_of_the_event_is_of_its_device_whatever_it_calls_itself(self) -> None:
        workstation = replace(of.C_ARM, model="Viewer", serial_number="999999", station_name="WS3")
        acquisition = run(1, event_type=ACQUISITION)
        image = of.angiogram(1, acquisition)

        found = exam(report(1, acquisition), replace(image, report=replace(image.report, device=workstation)))

        assert (len(found.projection), found.devices) == (1, (of.C_ARM,))


def test_a_place_is_where_the_statement_lists_the_event() -> None:
    found = exam(report(1, run(1)), report(2, run(1), run(2)))

    assert found.projection[0].places == (
        Place(statement=report(2).key, index=0),
        Place(statement=report(1).key, index=0),
    )
    assert found.projection[1].places == (Place(statement=report(2).key, index=1),)
