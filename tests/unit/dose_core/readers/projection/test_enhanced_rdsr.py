"""Tests of the reader of enhanced X-ray dose reports: totals and events per X-ray source."""

from datetime import UTC, datetime

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import EventType, Kind, Plane, ProjectionReport, StatedEstimate, StatedValue
from dose_core.readers.dicom.data_set import MAX_VALUE_BYTES
from dose_core.readers.projection import enhanced_output
from dose_core.readers.sr import table as sr_table
from tests.builders.ct_rdsr import CT
from tests.builders.dicom import IMPLICIT_LITTLE
from tests.builders.enhanced_rdsr import (
    air_kerma,
    air_kerma_table,
    dap_total,
    details,
    enhanced_rdsr_bytes,
    event_summary,
    kermas,
    moments,
    output,
    totals_of_source,
)
from tests.builders.sr import Concept, Item, code, container, num, text
from tests.support.problems import problems
from tests.support.read_as import read_as

YES: Concept = ("373066001", "SCT", "Yes")
NO: Concept = ("373067005", "SCT", "No")
MAMMOGRAPHY: Concept = ("71651007", "SCT", "Mammography")
FROM_0_TO_5 = {"start": "20260301101600", "end": "20260301101605"}
FROM_5_TO_10 = {"start": "20260301101605", "end": "20260301101610"}
FROM_5_TO_12 = {"start": "20260301101605", "end": "20260301101612"}


class TestKind:
    @pytest.mark.parametrize("procedure", [("113704", "DCM", "Projection X-Ray"), CT, MAMMOGRAPHY])
    def test_is_told_by_its_containers_whatever_the_procedure(self, procedure: Concept) -> None:
        """It has the title of a plain report; its procedures are those of CT, mammography and projection reports."""
        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event_summary(), procedure=procedure))

        assert report.kind is Kind.ENHANCED_RDSR

    def test_is_told_in_the_class_of_plain_reports_too(self) -> None:
        plain_class = "1.2.840.10008.5.1.4.1.1.88.67"

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(totals_of_source(), SOPClassUID=plain_class))

        assert report.kind is Kind.ENHANCED_RDSR


class TestTotals:
    def test_that_are_not_those_of_the_events_of_their_source_are_named(self) -> None:
        report = enhanced_rdsr_bytes(
            totals_of_source(num(codes.DCM.DoseRPTotal, "0.01", "Gy")),
            totals_of_source(num(codes.DCM.DoseRPTotal, "5", "Gy"), source_id="tube 2"),
            event_summary(num(codes.DCM.DoseRP, "0.01", "Gy")),
            event_summary(num(codes.DCM.DoseRP, "0.02", "Gy"), source_id="tube 2", uid="2.25.4002"),
        )

        assert problems(report) == ["the total is 5000 mGy, the events add up to 20 mGy"]

    def test_and_events_are_read_where_they_stand_deeper_than_in_the_template(self) -> None:
        inner = container(("1", "99LOCAL", "Dose"), event_summary(num(codes.DCM.DoseRP, "0.01", "Gy")))

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(totals_of_source(), inner))

        assert [one.ka_r_mgy for one in report.events] == [10.0]
        assert [one.problem for one in report.warnings] == ["stands deeper in the report than the template has it"]

    def test_state_what_a_source_gave_in_our_units(self) -> None:
        content = totals_of_source(
            dap_total("0.0012"),
            num(codes.DCM.FluoroDoseAreaProductTotal, "0.0002", "Gy.m2"),
            num(codes.DCM.AcquisitionDoseAreaProductTotal, "0.001", "Gy.m2"),
            num(codes.DCM.TotalFluoroTime, "12", "s"),
            num(codes.DCM.DoseRPTotal, "0.05", "Gy"),
            source_id="Plane A",
        )

        totals = read_as(ProjectionReport, enhanced_rdsr_bytes(content)).totals

        (plane,) = totals.planes
        assert (plane.plane, plane.source_id) == (Plane.A, "Plane A")
        assert (plane.dap_gy_cm2, plane.fluoro_dap_gy_cm2, plane.acquisition_dap_gy_cm2) == (12.0, 2.0, 10.0)
        assert (plane.fluoro_time_s, plane.ka_r_mgy) == (12.0, 50.0)
        assert totals.dap_gy_cm2 == 12.0

    @pytest.mark.parametrize(
        ("sources", "dap_gy_cm2"),
        [
            pytest.param({"A": "0.001", "B": "0.002"}, 30.0, id="planes add up"),
            pytest.param({"A": "0.001", "B": "0.002", "A and B": "0.003"}, 30.0, id="what stands for both is the sum"),
            pytest.param({"tube 1": "0.001"}, 10.0, id="one source of any name"),
            pytest.param({"1": "0.001", "2": "0.002", "1+2": "0.003"}, None, id="names that tell nothing"),
        ],
    )
    def test_add_dose_area_product_over_planes_known_apart(
        self, sources: dict[str, str], dap_gy_cm2: float | None
    ) -> None:
        content = [totals_of_source(dap_total(dap), source_id=name) for name, dap in sources.items()]

        assert read_as(ProjectionReport, enhanced_rdsr_bytes(*content)).totals.dap_gy_cm2 == dap_gy_cm2


class TestEvents:
    def test_state_their_summary(self) -> None:
        content = event_summary(
            num(codes.DCM.DoseRP, "0.02", "Gy"),
            num(codes.DCM.ExposureIndex, "250", "1"),
            num(codes.DCM.DeviationIndex, "-1.5", "1"),
            code(codes.DCM.IsRepeatedAcquisition, NO),
            code(codes.DCM.IsRejectedAcquisition, YES),
            text(codes.DCM.Comment, "cone-beam run"),
            source_id="B",
        )

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(content, TimezoneOffsetFromUTC="+0100"))

        (event,) = report.events
        assert (event.event_uid, event.plane, event.source_id) == ("2.25.4001", Plane.B, "B")
        assert event.event_type is EventType.ROTATIONAL_ACQUISITION  # what cone-beam CT is said to use
        assert event.started_at == datetime(2026, 3, 1, 9, 16, tzinfo=UTC)
        assert event.ended_at == datetime(2026, 3, 1, 9, 16, 10, tzinfo=UTC)
        assert (event.ka_r_mgy, event.exposure_index, event.deviation_index) == (20.0, 250.0, -1.5)
        assert (event.is_repeated, event.is_rejected, event.comment) == (False, True, "cone-beam run")
        assert report.warnings == ()

    def test_keep_a_glandular_dose_as_the_estimate_that_it_is(self) -> None:
        content = event_summary(num(codes.DCM.AverageGlandularDose, "1.4", "mGy"))

        assert read_as(ProjectionReport, enhanced_rdsr_bytes(content)).estimates == (
            StatedEstimate(
                quantity="Average Glandular Dose", value=1.4, unit="mGy", path="1.2.6", event_uid="2.25.4001"
            ),
        )

    def test_of_two_planes_share_their_uid(self) -> None:
        """TID 10042: an event on both planes has a summary for each source."""
        planes = [event_summary(source_id="A"), event_summary(source_id="B")]

        assert problems(enhanced_rdsr_bytes(*planes)) == []
        assert problems(enhanced_rdsr_bytes(*planes, event_summary(source_id="B"))) == ["2.25.4001 stands for 2 events"]

    def test_lie_between_start_and_end_of_the_details(self) -> None:
        first, second = details(), details(start="20260301101700", end="20260301101800")

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(second, first))

        assert report.started_at == datetime(2026, 3, 1, 10, 16)  # noqa: DTZ001 - no offset is stated
        assert report.ended_at == datetime(2026, 3, 1, 10, 18)  # noqa: DTZ001 - no offset is stated


class TestOutput:
    def test_of_an_event_is_the_sum_over_its_periods(self) -> None:
        periods = details(output(air_kerma("1.5"), **FROM_0_TO_5), output(air_kerma("0.0025", "Gy"), **FROM_5_TO_10))

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event_summary(), periods))

        assert report.events[0].output_air_kerma_mgy == 4.0
        assert report.events[0].ka_r_mgy is None  # another point
        field = "events[0].output_air_kerma_mgy"
        assert StatedValue(field=field, path="1.3.6.4", text="0.0025", unit="Gy") in report.stated

    @pytest.mark.parametrize(
        "table",
        [
            pytest.param(
                air_kerma_table(moments("20260301101602", "20260301101605"), kermas(1.5, 2.25), rows=2), id="by columns"
            ),
            pytest.param(
                air_kerma_table(
                    moments("20260301101602", row=1),
                    kermas(1.5, row=1),
                    moments("20260301101605", row=2),
                    kermas(2.25, row=2),
                    rows=2,
                ),
                id="by cells",
            ),
        ],
    )
    def test_may_be_a_table_of_periods_by_their_ends(self, table: Item) -> None:
        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event_summary(), details(output(table))))

        assert report.events[0].output_air_kerma_mgy == 3.75
        assert report.warnings == ()

    def test_in_a_table_goes_to_the_event_that_its_row_lies_in(self) -> None:
        table = air_kerma_table(moments("20260301101602", "20260301101605"), kermas(1.5, 2.25), rows=2)
        events = [
            event_summary(uid="2.25.1", end="20260301101602"),
            event_summary(uid="2.25.2", start="20260301101602", end="20260301101605"),
        ]

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(*events, details(output(table))))

        assert [event.output_air_kerma_mgy for event in report.events] == [1.5, 2.25]

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(output(air_kerma("2"), **FROM_5_TO_10, source_id="B"), id="another source"),
            pytest.param(output(air_kerma("2"), start="20260301101700", end="20260301101705"), id="another time"),
            pytest.param(output(air_kerma(None)), id="an empty measurement"),
            pytest.param(output(), id="none stated"),
        ],
    )
    def test_that_is_not_of_the_event_or_not_stated_gives_none(self, content: Item) -> None:
        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event_summary(), details(content)))

        assert report.events[0].output_air_kerma_mgy is None
        assert report.warnings == ()

    def test_with_a_period_that_states_none_gives_no_part_of_the_sum(self) -> None:
        periods = details(output(air_kerma("1.5"), **FROM_0_TO_5), output(air_kerma(None), **FROM_5_TO_10))

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event_summary(), periods))

        assert report.events[0].output_air_kerma_mgy is None

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (output(air_kerma("2"), **FROM_5_TO_12), "a period of radiation output reaches beyond the event"),
            (output(air_kerma("2"), end=None), "has no start or no end"),
            (output(air_kerma("-2")), "-2.0 is not a dose"),
            (
                output(air_kerma_table(moments("never"), kermas(1.0), rows=1)),
                "row 1 of the table has no moment; it is not used",
            ),
            (
                output(air_kerma_table(moments("20260301101605"), kermas(-1.0), rows=1)),
                "a row of the table holds no dose",
            ),
            (
                output(air_kerma_table(moments("20260301101605"), kermas(1.0), rows=1, unit="rad")),
                "no conversion from 'rad' to 'mGy'",
            ),
        ],
    )
    def test_that_cannot_be_used_is_named(self, content: Item, problem: str) -> None:
        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event_summary(), details(content)))

        assert report.events[0].output_air_kerma_mgy is None
        assert [warning.problem for warning in report.warnings] == [problem]

    def test_in_a_table_without_unit_is_read_in_that_of_the_template(self) -> None:
        table = air_kerma_table(moments("20260301101605"), kermas(1.5), rows=1, unit=None)

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event_summary(), details(output(table))))

        assert report.events[0].output_air_kerma_mgy == 1.5
        assert [warning.problem for warning in report.warnings] == ["no unit is stated; read as mGy"]

    def test_without_an_offset_is_not_compared_with_times_that_have_one(self) -> None:
        """Which moment a local time is depends on a place that the object does not name."""
        event = event_summary(start="20260301101600+0100", end="20260301101610+0100")

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event, details(output(air_kerma("2")))))

        assert report.events[0].output_air_kerma_mgy is None


class TestHostileOutput:
    """More than a record of an exam can hold is refused by count, not by the time and memory that it would take."""

    def test_with_too_many_cells_is_not_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sr_table, "MAX_CELLS", 3)
        monkeypatch.setattr(enhanced_output, "MAX_CELLS", 3)
        table = air_kerma_table(moments("20260301101602", "20260301101605"), kermas(1.5, 2.25), rows=2)

        assert problems(enhanced_rdsr_bytes(event_summary(), details(output(table)))) == [
            "the table has more than 3 cells; it is not used"
        ]

    def test_with_too_many_periods_is_not_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(enhanced_output, "MAX_PERIODS", 1)
        periods = details(output(air_kerma("1"), **FROM_0_TO_5), output(air_kerma("1"), **FROM_5_TO_10))

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(event_summary(), periods))

        assert report.events[0].output_air_kerma_mgy is None
        assert [warning.problem for warning in report.warnings] == ["there are more than 1 periods; none is used"]

    def test_that_many_events_share_is_not_compared_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(enhanced_output, "MAX_COMPARED", 3)
        periods = details(output(air_kerma("1"), **FROM_0_TO_5), output(air_kerma("1"), **FROM_5_TO_10))
        events = [event_summary(uid=f"2.25.{number}") for number in (1, 2)]

        report = read_as(ProjectionReport, enhanced_rdsr_bytes(*events, periods))

        assert [event.output_air_kerma_mgy for event in report.events] == [2.0, None]

    def test_values_longer_than_any_are_not_taken_apart(self) -> None:
        """In implicit VR an element may be of any length."""
        many = {**kermas(), "SelectorFLValue": b"\0" * (MAX_VALUE_BYTES + 4)}
        table = air_kerma_table(moments("20260301101605"), many, rows=1)

        report = read_as(
            ProjectionReport,
            enhanced_rdsr_bytes(event_summary(), details(output(table)), transfer_syntax=IMPLICIT_LITTLE),
        )

        assert report.events[0].output_air_kerma_mgy is None
        assert "a row of the table holds no dose" in [warning.problem for warning in report.warnings]
