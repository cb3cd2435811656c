"""Tests of dose_core.readers.projection.totals."""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import Code, Plane, PlaneTotals, ProjectionReport, ProjectionTotals
from tests.builders.projection_rdsr import (
    PLANE_A,
    PLANE_B,
    SINGLE,
    accumulated,
    dose,
    event,
    philips,
    projection_rdsr_bytes,
    totals,
)
from tests.builders.sr import Item, code, num, text
from tests.support.read_as import read_as


def read_totals(*content: Item) -> ProjectionTotals:
    """Return the totals of a report with this content."""
    return read_as(ProjectionReport, projection_rdsr_bytes(*content)).totals


class TestTotalsOfOnePlane:
    def test_are_those_of_fluoroscopy_of_acquisitions_and_of_both(self) -> None:
        """TID 10004 and 10007."""
        (stated,) = read_totals(
            accumulated(
                num(codes.DCM.DoseAreaProductTotal, "0.0003", "Gy.m2"),
                num(codes.DCM.DoseRPTotal, "0.03", "Gy"),
                num(codes.DCM.FluoroDoseAreaProductTotal, "0.0001", "Gy.m2"),
                num(codes.DCM.FluoroDoseRPTotal, "0.01", "Gy"),
                num(codes.DCM.TotalFluoroTime, "60", "s"),
                num(codes.DCM.AcquisitionDoseAreaProductTotal, "0.0002", "Gy.m2"),
                num(codes.DCM.AcquisitionDoseRPTotal, "0.02", "Gy"),
                num(codes.DCM.TotalAcquisitionTime, "5", "s"),
                num(codes.DCM.TotalNumberOfRadiographicFrames, "15", "1"),
                num(codes.DCM.DistanceSourceToReferencePoint, "650", "mm"),
                code(codes.DCM.ReferencePointDefinition, ("113860", "DCM", "15cm from Isocenter toward Source")),
            )
        ).planes

        assert stated == PlaneTotals(
            plane=Plane.SINGLE,
            dap_gy_cm2=3.0,
            ka_r_mgy=30.0,
            fluoro_dap_gy_cm2=1.0,
            fluoro_ka_r_mgy=10.0,
            fluoro_time_s=60.0,
            acquisition_dap_gy_cm2=2.0,
            acquisition_ka_r_mgy=20.0,
            acquisition_time_s=5.0,
            frame_count=15.0,
            source_to_reference_point_mm=650.0,
            reference_point=Code(value="113860", scheme="DCM", meaning="15cm from Isocenter toward Source"),
        )

    def test_canon_ultimax_totals_are_in_dgy_cm2_and_mgy(self) -> None:
        (stated,) = read_totals(
            accumulated(
                num(codes.DCM.DoseAreaProductTotal, "126.596", "dGy.cm2"), num(codes.DCM.DoseRPTotal, "30.573", "mGy")
            )
        ).planes

        assert (stated.dap_gy_cm2, stated.ka_r_mgy) == pytest.approx((12.6596, 30.573))

    def test_ziehm_missing_sub_totals_stay_unknown(self) -> None:
        """Neither 0 nor the sum of events: who needs one adds up the events and says so."""
        report = read_as(
            ProjectionReport,
            projection_rdsr_bytes(
                accumulated(
                    num(codes.DCM.DoseAreaProductTotal, "0.0002", "Gy.m2"),
                    num(codes.DCM.FluoroDoseAreaProductTotal, None, None),
                ),
                event(*dose()),
            ),
        )

        assert report.totals.planes[0] == PlaneTotals(plane=Plane.SINGLE, dap_gy_cm2=2.0)
        assert report.warnings == ()

    def test_general_a_missing_total_is_not_zero(self) -> None:
        assert read_totals(accumulated()).dap_gy_cm2 is None

    def test_philips_states_the_height_of_the_system_and_the_isocentre_with_the_totals(self) -> None:
        (stated,) = read_totals(
            accumulated(
                num(philips("001", "Height of System"), "1065", "mm"),
                num(philips("002", "Focal Spot to ISO Center"), "810", "mm"),
                text(codes.DCM.ReferencePointDefinition, "15cm below BeamIsocenter"),
            )
        ).planes

        assert (stated.system_height_mm, stated.source_to_isocentre_mm) == (1065.0, 810.0)
        assert stated.reference_point == "15cm below BeamIsocenter"

    def test_count_the_events_where_the_object_does(self) -> None:
        assert read_totals(accumulated(num(codes.DCM.TotalNumberOfIrradiationEvents, "3", "{events}"))).event_count == 3
        assert read_totals(accumulated()).event_count is None


class TestBiplane:
    def test_general_dose_area_product_adds_up_over_planes_and_air_kerma_never(self) -> None:
        stated = read_totals(totals("0.0002", "0.01", plane=PLANE_A), totals("0.0001", "0.02", plane=PLANE_B))

        assert [(plane.plane, plane.ka_r_mgy) for plane in stated.planes] == [(Plane.A, 10.0), (Plane.B, 20.0)]
        assert stated.dap_gy_cm2 == pytest.approx(3.0)

    def test_is_unknown_as_a_whole_if_one_plane_states_none(self) -> None:
        assert read_totals(totals(plane=PLANE_A), accumulated(plane=PLANE_B)).dap_gy_cm2 is None

    def test_an_item_for_all_planes_is_the_whole_already(self) -> None:
        stated = read_totals(
            totals("0.0002", plane=PLANE_A),
            totals("0.0001", plane=PLANE_B),
            totals("0.0003", plane=codes.DCM.AllPlanes),
        )

        assert stated.planes[2].plane is Plane.BOTH
        assert stated.dap_gy_cm2 == pytest.approx(3.0)

    def test_of_a_plane_that_stands_twice_no_whole_is_made(self) -> None:
        report = read_as(ProjectionReport, projection_rdsr_bytes(totals(plane=SINGLE), totals(plane=SINGLE)))

        assert report.totals.dap_gy_cm2 is None
        assert "a plane has several totals; none is made of them" in [one.problem for one in report.warnings]
