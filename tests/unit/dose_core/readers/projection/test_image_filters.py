"""Tests of dose_core.readers.projection.image_filters."""

import pytest

from dose_core.model import Filter
from tests.builders.projection_image import (
    dx_bytes,
)
from tests.support.projection import problems, the_event


class TestFilters:
    def test_of_carestream_drx_evolution_stand_in_lists_side_by_side(self) -> None:
        event = the_event(
            dx_bytes(
                Manufacturer="Carestream Health",
                ManufacturerModelName="DRX-Evolution",
                FilterMaterial=["COPPER", "ALUMINUM"],
                FilterThicknessMinimum=["0.1", "1"],
                FilterThicknessMaximum=["0.1", "1"],
            )
        )

        assert event.filters == (
            Filter(material="copper", min_mm=0.1, max_mm=0.1),
            Filter(material="aluminum", min_mm=1.0, max_mm=1.0),
        )

    def test_of_kodak_dr7500_stand_in_comma_lists_with_minimum_above_maximum(self) -> None:
        dicom = dx_bytes(
            Manufacturer="KODAK",
            FilterType="WEDGE",
            FilterMaterial="ALUMINUM,COPPER",
            FilterThicknessMinimum="1.06,0.206",
            FilterThicknessMaximum="0.94,0.194",
        )

        assert the_event(dicom).filters == (
            Filter(material="aluminum", min_mm=0.94, max_mm=1.06),
            Filter(material="copper", min_mm=0.194, max_mm=0.206),
        )
        assert [concept for concept, _ in problems(dicom)] == ["FilterThicknessMinimum"] * 2

    def test_of_one_material_are_not_told_from_a_decimal_comma(self) -> None:
        dicom = dx_bytes(FilterMaterial="COPPER", FilterThicknessMinimum="0,2", FilterThicknessMaximum="0.2")

        assert the_event(dicom).filters == (Filter(material="copper", min_mm=None, max_mm=0.2),)
        assert problems(dicom) == [("FilterThicknessMinimum", "a comma in a number; not used")]

    @pytest.mark.parametrize(("stated", "mm"), [("CU_0.1_MM", 0.1), ("CU_0.2_MM", 0.2), ("CU_0.3_MM", 0.3)])
    def test_of_siemens_multix_and_fluorospot_stand_in_the_filter_type(self, stated: str, mm: float) -> None:
        event = the_event(dx_bytes(Manufacturer="SIEMENS", FilterType=stated))

        assert event.filters == (Filter(material="copper", min_mm=mm, max_mm=mm),)

    def test_of_philips_thoravision_stand_in_the_filter_type(self) -> None:
        event = the_event(dx_bytes(Manufacturer="Philips Medical Systems", FilterType="0.1Cu 1Al"))

        assert event.filters == (
            Filter(material="copper", min_mm=0.1, max_mm=0.1),
            Filter(material="aluminum", min_mm=1.0, max_mm=1.0),
        )

    def test_of_philips_digitaldiagnost_are_known_in_british_spelling(self) -> None:
        event = the_event(dx_bytes(Manufacturer="Philips", FilterMaterial="ALUMINIUM", FilterThicknessMinimum="1"))

        assert event.filters == (Filter(material="aluminum", min_mm=1.0),)

    def test_of_philips_digitaldiagnost_tell_none_from_not_stated(self) -> None:
        assert the_event(dx_bytes(FilterType="NONE")).filters == (Filter(material="none"),)
        assert the_event(dx_bytes()).filters == ()

    def test_with_thicknesses_for_another_number_of_materials_state_no_thickness(self) -> None:
        dicom = dx_bytes(FilterMaterial=["COPPER", "LEAD"], FilterThicknessMinimum="0.1")

        assert the_event(dicom).filters == (Filter(material="copper"), Filter(material="lead"))
        assert problems(dicom) == [
            ("FilterThicknessMinimum", "1 thicknesses are stated for 2 materials; not used"),
        ]
