"""Tests of dose_core.ledger.ct_totals: the totals of a CT exam from all its sources."""

from dataclasses import replace
from typing import Any

import pytest

from dose_core.ledger.ct_totals import estimated_dlp
from dose_core.ledger.exam import CtStatement, Exam, Filled, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import AcquisitionType, CtEvent, CtReport, CtTotals, DeviceStated, DlpSubTotal, Kind
from tests.builders.statements import STUDY, event, image, report, volume

LOCALIZER = replace(event(9, dlp_mgy_cm=None), acquisition_type=AcquisitionType.CONSTANT_ANGLE, ctdi_vol_mgy=None)
HEAD = replace(event(2, dlp_mgy_cm=50.0), phantom_diameter_mm=160, ctdi_vol_mgy=40.0)


def told_by(kind: Kind, number: int, dlp_mgy_cm: float | None, *events: CtEvent) -> CtStatement:
    return Statement(
        key=f"{kind}-{number}",
        report=CtReport(
            kind=kind,
            sop_instance_uid=f"{STUDY}.50.{number}",
            study_instance_uid=STUDY,
            completion="COMPLETED",
            totals=CtTotals(dlp_mgy_cm=dlp_mgy_cm),
            events=events,
        ),
    )


def changed(statement: CtStatement, **fields: Any) -> CtStatement:  # noqa: ANN401  of the report
    return replace(statement, report=replace(statement.report, **fields))


def exam(*statements: CtStatement) -> Exam:
    return exam_of(STUDY, statements)


def total(of_exam: Exam, quantity: Quantity, part: str | None = None) -> Total:
    return next(one for one in of_exam.totals if (one.quantity, one.of) == (quantity, part))


class TestDlp:
    def test_of_five_sources_the_report_counts_and_the_others_stay_beside_it(self) -> None:
        dlp = total(
            exam(
                *volume(20),
                told_by(Kind.MANUAL, 4, 104.0),
                told_by(Kind.DOSE_SCREEN, 3, 103.0),
                told_by(Kind.MPPS, 2, 102.0),
                report(1, event(1), total_mgy_cm=100.0),
            ),
            Quantity.DLP,
        )

        assert (dlp.value, dlp.source, dlp.statement, dlp.field) == (
            100.0,
            Source.RDSR,
            "report-1",
            "totals.dlp_mgy_cm",
        )
        assert [(rival.source, rival.value) for rival in dlp.rivals] == [
            (Source.MPPS, 102.0),
            (Source.SCREEN, 103.0),
            (Source.MANUAL, 104.0),
            (Source.IMAGE_HEADER, pytest.approx(80.0)),
        ]

    @pytest.mark.parametrize(
        ("kind", "source"),
        [(Kind.MPPS, Source.MPPS), (Kind.DOSE_SCREEN, Source.SCREEN), (Kind.MANUAL, Source.MANUAL)],
    )
    def test_that_is_stated_counts_before_what_we_compute(self, kind: Kind, source: Source) -> None:
        found = exam(*volume(20), told_by(kind, 1, 90.0))

        dlp = total(found, Quantity.DLP)
        assert (dlp.value, dlp.source, dlp.basis) == (90.0, source, Basis.STATED_TOTAL)
        assert [rival.basis for rival in dlp.rivals] == [Basis.ESTIMATE]
        assert found.ct is not None
        assert (found.ct.dlp_mgy_cm, found.ct.source) == (90.0, Source.IMAGE_HEADER)

    def test_that_we_write_back_stays_the_sum_of_what_we_computed(self) -> None:
        found = exam(*volume(20), told_by(Kind.MPPS, 1, 90.0))

        assert found.ct is not None
        dlp_mgy_cm, sub_totals = estimated_dlp(found.ct.events)
        assert dlp_mgy_cm == pytest.approx(80.0)
        assert sub_totals == ()

    def test_is_told_of_each_phantom_where_they_are_mixed(self) -> None:
        """A DLP against 16 cm and one against 32 cm are unlike quantities."""
        found = exam(report(1, event(1), HEAD, total_mgy_cm=150.0))

        assert {one.of: one.value for one in found.totals if one.quantity is Quantity.DLP} == {
            None: 150.0,
            "160": 50.0,
            "320": 100.0,
        }

    def test_of_a_phantom_is_the_sub_total_that_the_report_states(self) -> None:
        split = (
            DlpSubTotal(phantom_diameter_mm=160, dlp_mgy_cm=50.0),
            DlpSubTotal(phantom_diameter_mm=320, dlp_mgy_cm=100.0),
        )
        stating = changed(report(1, event(1), HEAD), totals=CtTotals(dlp_mgy_cm=150.0, dlp_sub_totals=split))

        head = total(exam(stating), Quantity.DLP, "160")

        assert (head.basis, head.field) == (Basis.STATED_TOTAL, "totals.dlp_sub_totals[0].dlp_mgy_cm")

    def test_of_the_only_phantom_is_the_whole(self) -> None:
        found = exam(report(1, event(1), total_mgy_cm=100.0))

        assert total(found, Quantity.DLP, "320") == replace(total(found, Quantity.DLP), of="320")

    def test_that_was_typed_of_one_phantom_is_of_that_phantom(self) -> None:
        """A person may type the whole and a part of it, or the parts alone."""
        head = DlpSubTotal(phantom_diameter_mm=160, dlp_mgy_cm=50.0)
        body = DlpSubTotal(phantom_diameter_mm=320, dlp_mgy_cm=100.0)
        typed = told_by(Kind.MANUAL, 1, None)

        both = exam(changed(typed, totals=CtTotals(dlp_sub_totals=(head, body))))
        part = exam(changed(typed, totals=CtTotals(dlp_mgy_cm=150.0, dlp_sub_totals=(head,))))

        dlps = [{one.of: one.value for one in found.totals} for found in (both, part)]
        assert dlps == [{None: 150.0, "160": 50.0, "320": 100.0}, {None: 150.0, "160": 50.0}]

    def test_of_a_screen_is_of_the_phantoms_that_the_screen_tells(self) -> None:
        """Of the head no image was sent; its DLP is none to the phantom of the body."""
        scans = [replace(one, event_uid=None, started_at=None) for one in (event(1), HEAD)]

        found = exam(*volume(20), told_by(Kind.DOSE_SCREEN, 1, 150.0, *scans))

        assert {one.of: one.value for one in found.totals if one.quantity is Quantity.DLP} == {
            None: 150.0,
            "160": 50.0,
            "320": 100.0,
        }

    def test_of_a_screen_that_tells_no_phantom_is_of_that_of_the_images(self) -> None:
        scan = replace(event(1), event_uid=None, started_at=None, phantom_diameter_mm=None)

        found = exam(*volume(20), told_by(Kind.DOSE_SCREEN, 1, 100.0, scan))

        assert {one.of for one in found.totals if one.quantity is Quantity.DLP} == {None, "320"}

    def test_of_an_unknown_phantom_says_so(self) -> None:
        nameless = replace(event(1), phantom_diameter_mm=None)

        assert total(exam(report(1, nameless)), Quantity.DLP, "unknown").value == 100.0

    def test_of_steps_adds_up(self) -> None:
        dlp = total(exam(told_by(Kind.MPPS, 1, 90.0), told_by(Kind.MPPS, 2, 10.0)), Quantity.DLP)

        assert (dlp.value, dlp.basis) == (100.0, Basis.SUM_OF_TOTALS)

    def test_of_screens_that_repeat_each_other_counts_once(self) -> None:
        scans = [replace(event(n), event_uid=None, started_at=None) for n in (1, 2)]

        found = exam(told_by(Kind.DOSE_SCREEN, 1, 200.0, *scans), told_by(Kind.DOSE_SCREEN, 2, 200.0, *scans))

        assert total(found, Quantity.DLP).value == 200.0
        assert found.ct is not None
        assert len(found.ct.events) == 2

    def test_of_zero_beside_an_event_of_more_gives_way(self) -> None:
        found = exam(report(1, event(1), total_mgy_cm=0.0))

        assert (total(found, Quantity.DLP).value, total(found, Quantity.DLP).basis) == (100.0, Basis.SUM_OF_EVENTS)
        assert found.conflicts == ("the report states a total DLP of 0 mGy.cm, its events add up to 100 mGy.cm",)

    def test_that_differs_between_sources_is_named(self) -> None:
        found = exam(report(1, event(1), total_mgy_cm=100.0), told_by(Kind.MPPS, 1, 150.0))

        assert found.conflicts == (
            "the procedure step says a total DLP of 150 mGy.cm, the dose report says 100 mGy.cm",
        )

    def test_is_missing_where_an_event_states_none(self) -> None:
        dlp = total(exam(report(1, event(1), event(2, dlp_mgy_cm=None))), Quantity.DLP)

        assert (dlp.value, dlp.missing) == (100.0, 1)

    def test_of_which_a_report_knows_a_part_comes_from_the_source_that_knows_all(self) -> None:
        dlp = total(exam(report(1, event(1), event(2, dlp_mgy_cm=None)), told_by(Kind.MPPS, 1, 130.0)), Quantity.DLP)

        assert (dlp.value, dlp.source) == (130.0, Source.MPPS)
        assert [(rival.source, rival.value) for rival in dlp.rivals] == [(Source.RDSR, 100.0)]

    def test_of_a_report_that_lists_a_localizer_alone_is_unknown_and_not_zero(self) -> None:
        """A localizer irradiates; that no DLP is stated of it does not make it 0."""
        dlp = total(exam(report(1, LOCALIZER)), Quantity.DLP)

        assert (dlp.value, dlp.basis) == (None, None)

    def test_that_a_step_states_counts_beside_a_report_of_a_localizer_alone(self) -> None:
        found = exam(report(1, LOCALIZER), told_by(Kind.MPPS, 1, 300.0))

        dlp = total(found, Quantity.DLP)
        assert (dlp.value, dlp.source) == (300.0, Source.MPPS)
        assert found.conflicts == ()

    def test_of_a_continued_report_that_went_on_counting_counts_once(self) -> None:
        """The second report lists the new event alone, and its total has the first one in it."""
        found = exam(report(1, event(1), total_mgy_cm=100.0), report(2, event(2, dlp_mgy_cm=50.0), total_mgy_cm=150.0))

        dlp = total(found, Quantity.DLP)
        assert (dlp.value, dlp.basis, dlp.statement) == (150.0, Basis.STATED_TOTAL, "report-2")

    def test_of_a_screen_that_lists_no_scan_stays_beside_that_of_one_that_does(self) -> None:
        """Nobody can tell what it is a total of."""
        scan = replace(event(1), event_uid=None, started_at=None)

        found = exam(told_by(Kind.DOSE_SCREEN, 1, 100.0, scan), told_by(Kind.DOSE_SCREEN, 2, 250.0))

        assert total(found, Quantity.DLP).value == 100.0
        assert [rival.value for rival in total(found, Quantity.DLP).rivals] == [250.0]


class TestCtdiVol:
    def test_is_the_largest_of_each_phantom(self) -> None:
        found = exam(report(1, event(1), replace(event(3), ctdi_vol_mgy=12.0), HEAD))

        assert total(found, Quantity.CTDI_VOL_MAX, "320").value == 12.0
        assert total(found, Quantity.CTDI_VOL_MAX, "160").value == 40.0

    def test_keeps_what_images_show_beside_it(self) -> None:
        largest = total(exam(report(1, event(1)), *volume(20)), Quantity.CTDI_VOL_MAX, "320")

        assert (largest.value, [(rival.source, rival.value) for rival in largest.rivals]) == (
            10.0,
            [(Source.IMAGE_HEADER, 8.0)],
        )


class TestEvents:
    def test_are_those_of_a_step_where_no_better_source_lists_any(self) -> None:
        scans = [replace(event(n), event_uid=None, started_at=None) for n in (1, 2)]

        found = exam(told_by(Kind.MPPS, 1, 200.0, *scans))

        assert found.ct is not None
        assert [one.source for one in found.ct.events] == [Source.MPPS, Source.MPPS]
        assert (found.ct.source, found.modalities) == (Source.MPPS, ("CT",))

    def test_alike_of_two_steps_are_two(self) -> None:
        scan = replace(event(1), event_uid=None, started_at=None)

        found = exam(told_by(Kind.MPPS, 1, 100.0, scan), told_by(Kind.MPPS, 2, 100.0, scan))

        assert found.ct is not None
        assert len(found.ct.events) == 2

    def test_of_images_count_beside_a_report_that_lists_none(self) -> None:
        found = exam(report(1, total_mgy_cm=90.0), *volume(20))

        assert found.ct is not None
        assert (len(found.ct.events), found.ct.source, found.ct.not_counted) == (1, Source.RDSR, ())
        assert total(found, Quantity.DLP).value == 90.0

    def test_take_from_images_the_phantom_that_the_report_leaves_open(self) -> None:
        bare = replace(event(1), phantom_diameter_mm=None, ctdi_vol_mgy=None)

        found = exam(report(1, bare), *volume(20))

        assert found.ct is not None
        (one,) = found.ct.events
        assert (one.event.phantom_diameter_mm, one.event.ctdi_vol_mgy, one.source) == (320, 8.0, Source.RDSR)
        assert one.filled == (Filled(field="ctdi_vol_mgy", place=1), Filled(field="phantom_diameter_mm", place=1))
        assert [place.statement for place in one.places] == ["report-1", "image-1-0"]


class TestTwoScanners:
    OTHER = DeviceStated(manufacturer="Other Scanners", model="Two", serial_number="88", station_name="CT2")

    def test_in_one_study_count_beside_each_other(self) -> None:
        elsewhere = [
            changed(image(n, z_mm=5.0 * n, event_uids=(f"{STUDY}.7.9",)), device=self.OTHER) for n in range(20)
        ]

        first = changed(
            report(1, event(1), total_mgy_cm=100.0),
            device=replace(self.OTHER, model="One", serial_number="7", station_name="X"),
        )
        found = exam(first, *elsewhere)

        assert found.ct is not None
        assert [one.source for one in found.ct.events] == [Source.IMAGE_HEADER, Source.RDSR]
        dlp = total(found, Quantity.DLP)
        assert dlp.value == pytest.approx(180.0)
        assert dlp.basis is Basis.ESTIMATE
        assert len(found.devices) == 2

    def test_a_step_is_of_the_one_whose_name_it_has(self) -> None:
        one = replace(self.OTHER, model="One", serial_number="7", station_name="CT1")
        step = changed(told_by(Kind.MPPS, 1, 90.0), device=DeviceStated(station_name="CT2"))
        elsewhere = [
            changed(image(n, z_mm=5.0 * n, event_uids=(f"{STUDY}.7.9",)), device=self.OTHER) for n in range(20)
        ]

        found = exam(changed(report(1, event(1), total_mgy_cm=100.0), device=one), step, *elsewhere)

        assert (total(found, Quantity.DLP).value, found.conflicts) == (190.0, ())
