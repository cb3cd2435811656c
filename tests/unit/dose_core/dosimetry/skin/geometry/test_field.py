"""The field of a beam is as large as its kerma-area product says, and as long and as far off as its blades say."""

import pytest

from dose_core.dosimetry.skin.geometry.field import field_of
from dose_core.dosimetry.skin.geometry.problems import Problem
from dose_core.model import Shutters
from tests.builders.skin_geometry import aimed_event


def test_the_area_is_kerma_area_product_over_air_kerma() -> None:
    """1 Gy.cm2 over 10 mGy is 100 cm2: a square of 100 mm at 635 mm."""
    left_min, left_max, head_min, head_max = field_of(aimed_event(dap_gy_cm2=1.0, ka_r_mgy=10.0), 635.0)
    assert (left_max - left_min) * 635.0 == pytest.approx(100.0)
    assert (head_max - head_min) * 635.0 == pytest.approx(100.0)
    assert left_max == pytest.approx(-left_min)


def test_blades_give_the_shape_and_the_offset_but_not_the_area() -> None:
    """Twice as wide as high, and a quarter of its width off to the left; the area stays 100 cm2."""
    blades = Shutters(left_mm=50.0, right_mm=150.0, top_mm=50.0, bottom_mm=50.0)
    left_min, left_max, head_min, head_max = field_of(aimed_event(shutters_mm=blades), 1000.0)
    assert (left_max - left_min) * (head_max - head_min) * 1000.0**2 == pytest.approx(10_000.0)
    assert (left_max - left_min) == pytest.approx(2 * (head_max - head_min))
    assert (left_min + left_max) / 2 == pytest.approx((left_max - left_min) / 4)


def test_without_kerma_area_product_the_stated_area_counts_where_it_is_stated() -> None:
    """400 cm2 at a detector 1000 mm away: 200 mm."""
    event = aimed_event(dap_gy_cm2=None, field_area_cm2=400.0, source_to_detector_mm=1000.0)
    left_min, left_max, _, _ = field_of(event, 635.0)
    assert (left_max - left_min) == pytest.approx(0.2)


def test_without_both_the_blades_count_at_one_metre() -> None:
    """As Philips states them."""
    blades = Shutters(left_mm=40.0, right_mm=60.0, top_mm=50.0, bottom_mm=50.0)
    left_min, left_max, _, _ = field_of(aimed_event(dap_gy_cm2=None, shutters_mm=blades), 635.0)
    assert (left_min, left_max) == pytest.approx((-0.04, 0.06))


def test_sides_whose_ratio_makes_no_sense_do_not_count() -> None:
    """A vendor states a height of 0 or of a thousandth."""
    event = aimed_event(field_height_mm=0.1, field_width_mm=300.0)
    left_min, left_max, head_min, head_max = field_of(event, 635.0)
    assert (left_max - left_min) == pytest.approx(head_max - head_min)


def test_a_field_wider_than_its_distance_is_refused() -> None:
    """Rounding of tiny doses makes such ones."""
    with pytest.raises(Problem, match="make no field"):
        field_of(aimed_event(dap_gy_cm2=10.0, ka_r_mgy=0.01), 635.0)
