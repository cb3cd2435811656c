"""Tests of dose_core.ledger.projection_totals: which value counts, and what stays beside it."""

from dataclasses import replace

from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import Kind, Plane, PlaneTotals, ProjectionTotals, StatedValue
from tests.builders import statements_study as of
from tests.builders.statements_projection import (
    ACQUISITION,
    exam,
    manual,
    parts,
    report,
    run,
    total,
    typed_of,
)


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

    def test_a_report_that_lists_no_fluoroscopy_does_not_say_that_there_was_none(self) -> None:
        step, last = of.projection_step([run(1, event_type=ACQUISITION)])
        plane = PlaneTotals(dap_gy_cm2=2.0, fluoro_time_s=60.0)
        timed = replace(last, report=replace(last.report, totals=ProjectionTotals(planes=(plane,))))  # type: ignore[call-arg]  # of its shape

        found = exam(report(1, run(1, event_type=ACQUISITION)), step, timed)

        time = total(found, Quantity.FLUORO_TIME)
        assert (time.value, time.source) == (60.0, Source.MPPS)
        assert found.conflicts == ("the dose report lists no time of fluoroscopy, the procedure step says 60 s",)


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

    def test_a_total_of_one_plane_is_not_the_whole_of_a_report_that_lists_both(self) -> None:
        found = exam(report(1, self.A, self.B, planes=(PlaneTotals(plane=Plane.A, dap_gy_cm2=1.0),)))

        assert [total(found, Quantity.DAP, plane).value for plane in (None, "a", "b")] == [3.0, 1.0, 2.0]

    def test_totals_of_one_plane_each_from_two_reports_add_up(self) -> None:
        other = replace(self.B, event_uid="2.25.2")

        found = exam(report(1, self.A), report(2, other))

        assert (total(found, Quantity.DAP).value, total(found, Quantity.DAP).basis) == (3.0, Basis.SUM_OF_TOTALS)

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

    def test_events_of_both_planes_contradict_no_total_of_one(self) -> None:
        both = replace(self.A, plane=Plane.BOTH, dap_gy_cm2=3.0, ka_r_mgy=30.0)
        planes = (
            PlaneTotals(plane=Plane.A, dap_gy_cm2=1.0, ka_r_mgy=10.0),
            PlaneTotals(plane=Plane.B, dap_gy_cm2=2.0, ka_r_mgy=20.0),
        )

        found = exam(report(1, both, planes=planes))

        assert (total(found, Quantity.DAP).value, found.conflicts) == (3.0, ())

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

    def test_never_carries_the_sign_before_the_number_of_a_device(self) -> None:
        """The part of a total is "<plane>@<device>": "Tube@1" of one device would be the tube of a second one."""
        tubes = [replace(run(nth), plane=None, source_id=f"Tube@{nth}") for nth in (1, 2)]

        found = exam(report(1, *tubes, planes=()))

        assert parts(found, Quantity.KA_R) == {"Tube＠1", "Tube＠2"}  # noqa: RUF001  the full-width sign is meant
        assert [one.event.source_id for one in found.projection] == ["Tube@1", "Tube@2"]


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
