"""
Tests of dose_core.dosimetry.ct_size.water_equivalent, on bodies whose water-equivalent diameter is known by geometry.

The tolerance of one percent is the project's bar; AAPM Report 220 defines Aw as the sum over a body of HU / 1000 + 1.
"""

from dataclasses import replace
from math import nan, pi, sqrt

import numpy as np
import pytest

from dose_core.dosimetry.ct_size.water_equivalent import CtPixels, SliceSize, slice_size
from tests.builders.ct_phantoms import (
    LUNG_HU,
    Shape,
    barrel,
    box,
    curved_table,
    ellipse,
    hollow_table,
    painted,
    scanned,
)

ONE_PERCENT = 0.01
TRUNK, LEFT_LUNG, RIGHT_LUNG = ellipse(340, 220), ellipse(110, 150, x_mm=-85), ellipse(110, 150, x_mm=85)
# Water in an ellipse is pi/4 a b; a lung at -850 HU counts 0.15 of its area.
TRUNK_DW_MM = sqrt(340 * 220 - 2 * 110 * 150 * 0.85)


def size_of(pixels: CtPixels) -> SliceSize:
    found = slice_size(pixels)
    assert found is not None
    return found


def trunk(*more: tuple[Shape, float]) -> np.ndarray:
    return painted((TRUNK, 0), (LEFT_LUNG, LUNG_HU), (RIGHT_LUNG, LUNG_HU), *more)


class TestAWaterCylinder:
    @pytest.mark.parametrize(
        ("diameter_mm", "spacing_mm"),
        [(50, 0.2), (50, 0.98), (80, 0.5), (160, 0.7), (250, 0.7), (320, 0.8), (400, 0.98), (450, 0.98), (500, 1.2)],
    )
    @pytest.mark.parametrize("noise_hu", [0, 25, 100])
    def test_is_as_large_as_it_is(self, diameter_mm: float, spacing_mm: float, noise_hu: float) -> None:
        image = painted((ellipse(diameter_mm, diameter_mm), 0), spacing_mm=spacing_mm)

        size = size_of(scanned(image, spacing_mm=spacing_mm, noise_hu=noise_hu))

        assert size.dw_mm == pytest.approx(diameter_mm, rel=ONE_PERCENT)
        assert size.effective_diameter_mm == pytest.approx(diameter_mm, rel=ONE_PERCENT)
        assert size.cut_share == 0

    @pytest.mark.parametrize(("x_mm", "y_mm"), [(60.3, -41.7), (-80, 80), (0.4, 0.4)])
    def test_may_lie_off_the_centre(self, x_mm: float, y_mm: float) -> None:
        image = painted((ellipse(180, 180, x_mm=x_mm, y_mm=y_mm), 0))

        assert size_of(scanned(image)).dw_mm == pytest.approx(180, rel=ONE_PERCENT)

    @pytest.mark.parametrize(("dtype", "intercept"), [("<u2", -1024), ("<i2", 0), (">i2", -1000), ("<i4", -8192)])
    def test_may_be_stored_with_and_without_a_sign(self, dtype: str, intercept: float) -> None:
        image = painted((ellipse(200, 200), 0))

        assert size_of(scanned(image, dtype=dtype, intercept=intercept)).dw_mm == pytest.approx(200, rel=ONE_PERCENT)

    def test_may_be_stored_with_a_falling_slope(self) -> None:
        pixels = scanned(painted((ellipse(200, 200), 0)), intercept=0, dtype="<i2")

        turned = replace(pixels, stored=-pixels.stored, slope=-1.0)

        assert size_of(turned) == size_of(pixels)

    def test_may_have_pixels_that_are_no_squares(self) -> None:
        pixels = scanned(painted((ellipse(200, 200), 0), spacing_mm=0.8), spacing_mm=0.8, circle=False)

        half = replace(pixels, stored=pixels.stored[::2], row_spacing_mm=1.6)

        assert size_of(half).dw_mm == pytest.approx(200, rel=ONE_PERCENT)

    def test_of_denser_matter_counts_for_more(self) -> None:
        image = painted((ellipse(160, 160), 120))  # acrylic of a head phantom

        size = size_of(scanned(image))

        assert size.dw_mm == pytest.approx(160 * sqrt(1.12), rel=ONE_PERCENT)
        assert size.effective_diameter_mm == pytest.approx(160, rel=ONE_PERCENT)
        assert size.whole_diameter_mm == size.effective_diameter_mm


class TestABody:
    def test_that_is_an_ellipse_has_both_its_widths(self) -> None:
        size = size_of(scanned(painted((ellipse(380, 240), 0)), noise_hu=20))

        assert (size.lateral_mm, size.ap_mm) == pytest.approx((380, 240), abs=1.7)  # a pixel at either side
        assert size.effective_diameter_mm == pytest.approx(sqrt(380 * 240), rel=ONE_PERCENT)

    def test_with_lungs_counts_them_as_what_they_attenuate(self) -> None:
        size = size_of(scanned(trunk(), noise_hu=20))

        assert size.dw_mm == pytest.approx(TRUNK_DW_MM, rel=ONE_PERCENT)
        assert size.effective_diameter_mm == pytest.approx(sqrt(340 * 220), rel=ONE_PERCENT)

    @pytest.mark.parametrize("wall_mm", [4.0, 5.5])
    @pytest.mark.parametrize("lies_on_table", [False, True])
    def test_may_be_that_of_a_newborn_whose_chest_wall_is_thin(self, wall_mm: float, *, lies_on_table: bool) -> None:
        lungs = [(ellipse(38, 60, x_mm=side * (31 - wall_mm)), -800.0) for side in (-1, 1)]
        table = [(skin, 0.0) for skin in hollow_table(top_mm=42.5, width_mm=170)] if lies_on_table else []
        image = painted((ellipse(100, 85), 0), *lungs, *table, spacing_mm=0.4)

        size = size_of(scanned(image, spacing_mm=0.4, noise_hu=20))

        assert size.dw_mm == pytest.approx(sqrt(100 * 85 - 2 * 38 * 60 * 0.8), rel=ONE_PERCENT)

    def test_may_be_two_legs(self) -> None:
        legs = painted((ellipse(130, 140, x_mm=-90), 30), (ellipse(130, 140, x_mm=90), 30))

        assert size_of(scanned(legs, noise_hu=20)).dw_mm == pytest.approx(sqrt(2 * 130 * 140 * 1.03), rel=ONE_PERCENT)

    def test_may_have_its_arms_beside_it(self) -> None:
        arms = painted((ellipse(280, 200), 0), (ellipse(70, 80, x_mm=-180), 20), (ellipse(70, 80, x_mm=180), 20))

        expected = sqrt(280 * 200 + 2 * 70 * 80 * 1.02)
        assert size_of(scanned(arms, noise_hu=20)).dw_mm == pytest.approx(expected, rel=ONE_PERCENT)


class TestWhatThePatientLiesOn:
    @pytest.mark.parametrize("gap_mm", [0, 2, 15])
    def test_does_not_count_if_it_is_flat(self, gap_mm: float) -> None:
        table = [(skin, 0.0) for skin in hollow_table(top_mm=110 + gap_mm)]

        assert size_of(scanned(trunk(*table), noise_hu=20)).dw_mm == pytest.approx(TRUNK_DW_MM, rel=ONE_PERCENT)

    @pytest.mark.parametrize("gap_mm", [2, 15])
    def test_does_not_count_if_it_is_curved(self, gap_mm: float) -> None:
        table = curved_table(lowest_mm=110 + gap_mm)

        assert size_of(scanned(trunk((table, 0)), noise_hu=20)).dw_mm == pytest.approx(TRUNK_DW_MM, rel=ONE_PERCENT)

    def test_counts_for_little_where_it_is_curved_and_touches_the_back(self) -> None:
        table = curved_table(lowest_mm=110)

        # Over the 200 mm of contact its skin of 3 mm cannot be told from the patient: 600 mm2 of 33,000.
        assert size_of(scanned(trunk((table, 0)), noise_hu=20)).dw_mm == pytest.approx(TRUNK_DW_MM, rel=0.015)

    def test_does_not_count_above_or_beside_a_patient_who_lies_otherwise(self) -> None:
        image = trunk(*((skin, 0.0) for skin in hollow_table(top_mm=112)))

        for turns in (1, 2, 3):
            turned = np.rot90(image, turns).copy()
            assert size_of(scanned(turned, noise_hu=20)).dw_mm == pytest.approx(TRUNK_DW_MM, rel=ONE_PERCENT)

    def test_may_be_filled_with_foam(self) -> None:
        foam, *skins = (box(-210, 210, 112, 152), -900.0), *((s, 0.0) for s in hollow_table(top_mm=112))

        image = trunk(foam, *skins)

        assert size_of(scanned(image, noise_hu=20)).dw_mm == pytest.approx(TRUNK_DW_MM, rel=ONE_PERCENT)

    @pytest.mark.parametrize("thick_mm", [10, 40])
    def test_may_be_a_thick_board(self, thick_mm: float) -> None:
        board = box(-200, 200, 115, 115 + thick_mm)

        assert size_of(scanned(trunk((board, -100)), noise_hu=20)).dw_mm == pytest.approx(TRUNK_DW_MM, rel=ONE_PERCENT)

    def test_may_hold_a_head(self) -> None:
        head = painted((ellipse(150, 190), 60), (ellipse(130, 170), 35), (curved_table(lowest_mm=97, radius_mm=120), 0))

        expected = sqrt(150 * 190 * 1.06 - 130 * 170 * 0.025)
        assert size_of(scanned(head, noise_hu=10)).dw_mm == pytest.approx(expected, rel=ONE_PERCENT)

    def test_may_be_blankets_cushions_and_cables(self) -> None:
        clothed = painted(
            (ellipse(380, 260), -800),
            (TRUNK, 0),
            (LEFT_LUNG, LUNG_HU),
            (RIGHT_LUNG, LUNG_HU),
            (ellipse(4, 4, x_mm=60, y_mm=-122), 800),
            (box(-150, 150, -140, -138), -100),
        )

        assert size_of(scanned(clothed, noise_hu=20)).dw_mm == pytest.approx(TRUNK_DW_MM, rel=ONE_PERCENT)


class TestABodyThatTheFieldOfViewCutsOff:
    def test_is_seen_in_a_circle(self) -> None:
        image = painted((ellipse(440, 300), 0), spacing_mm=0.7)  # the circle has 358 mm

        size = size_of(scanned(image, spacing_mm=0.7, noise_hu=20))

        assert 0.2 < size.cut_share < 0.6
        assert size.lateral_mm < 360

    def test_is_seen_in_a_square(self) -> None:
        image = painted((ellipse(440, 300, x_mm=100), 0), spacing_mm=0.7)

        size = size_of(scanned(image, spacing_mm=0.7, noise_hu=20, circle=False))

        assert 0.1 < size.cut_share < 0.4

    def test_keeps_lungs_that_are_open_to_the_edge(self) -> None:
        lungs = [(ellipse(140, 120, x_mm=x), LUNG_HU) for x in (-170, 170)]
        image = painted((ellipse(540, 300), 0), *lungs, spacing_mm=0.8)
        squared = ((np.arange(512) - 255.5) * 0.8) ** 2
        seen = squared[:, None] + squared[None, :] <= 204.8**2
        in_view = float(np.sum(np.where(seen, image / 1000 + 1, 0))) * 0.64

        size = size_of(scanned(image, noise_hu=20))

        assert size.cut_share > 0.1
        assert size.dw_mm == pytest.approx(2 * sqrt(in_view / pi), rel=ONE_PERCENT)
        body = ((np.arange(512) - 255.5) * 0.8 / 270)[None, :] ** 2 + ((np.arange(512) - 255.5) * 0.8 / 150)[
            :, None
        ] ** 2
        assert size.effective_diameter_mm == pytest.approx(2 * sqrt((seen & (body <= 1)).sum() * 0.64 / pi), rel=0.01)

    def test_has_an_effective_diameter_as_long_as_all_its_sides_are_seen(self) -> None:
        """One of 300 mm in a circle of 358 mm: over a fifth of its outline is cut off, and no side."""
        size = size_of(scanned(painted((barrel(300, 300), 0), spacing_mm=0.7), spacing_mm=0.7, noise_hu=20))

        assert size.cut_share > 0.2
        assert size.whole_diameter_mm == pytest.approx(300, rel=ONE_PERCENT)

    @pytest.mark.parametrize(
        "body",
        [
            ellipse(440, 300),  # left and right
            ellipse(300, 440),  # above and below
            ellipse(300, 300, x_mm=60),  # one side
            ellipse(300, 300, x_mm=-60),
            ellipse(300, 300, y_mm=60),
            ellipse(300, 300, y_mm=-60),
        ],
    )
    def test_has_none_where_a_side_is_not_seen(self, body: Shape) -> None:
        size = size_of(scanned(painted((body, 0), spacing_mm=0.7), spacing_mm=0.7, noise_hu=20))

        assert size.cut_share > 0
        assert size.whole_diameter_mm is None

    def test_has_none_where_it_is_several_parts_whose_width_is_none_of_a_body(self) -> None:
        parts = ((ellipse(170, 300, x_mm=-60), 0.0), (barrel(90, 290, x_mm=105), 0.0))
        size = size_of(scanned(painted(*parts, spacing_mm=0.7), spacing_mm=0.7, noise_hu=20))

        assert size.cut_share > 0.05
        assert size.whole_diameter_mm is None

    def test_is_not_one_that_only_lies_near_the_edge(self) -> None:
        assert size_of(scanned(painted((ellipse(400, 400), 0)), noise_hu=20)).cut_share == 0

    def test_is_cut_off_all_around_if_it_fills_the_view(self) -> None:
        assert size_of(scanned(np.zeros((512, 512)), noise_hu=20)).cut_share == 1


class TestASliceWithoutAPatient:
    def test_has_no_size(self) -> None:
        assert slice_size(scanned(painted(), noise_hu=20)) is None

    def test_has_none_if_there_is_only_a_table(self) -> None:
        table = painted(*((skin, 0.0) for skin in hollow_table(top_mm=100)), (curved_table(lowest_mm=90), 0))

        assert slice_size(scanned(table, noise_hu=20)) is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"slope": nan},
            {"slope": 0.0},
            {"intercept": nan},
            {"row_spacing_mm": 0.0},
            {"column_spacing_mm": -1.0},
            {"stored": np.zeros((0, 0), dtype="<i2")},
            {"stored": np.zeros((2, 8, 8), dtype="<i2")},
        ],
    )
    def test_has_none_if_its_values_mean_nothing(self, wrong: dict[str, object]) -> None:
        assert slice_size(replace(scanned(painted((TRUNK, 0))), **wrong)) is None  # type: ignore[arg-type]  # as made


class TestWhatShowsNothing:
    def test_does_not_count_as_the_patient(self) -> None:
        image = painted((ellipse(200, 200), 0))
        padded = scanned(image, dtype="<i2", intercept=0, beyond_hu=30_000, padding=(30_000, 30_000))

        assert size_of(padded).dw_mm == pytest.approx(200, rel=ONE_PERCENT)

    def test_may_be_a_range_in_either_order(self) -> None:
        image = painted((ellipse(200, 200), 0))
        padded = scanned(image, dtype="<i2", intercept=0, beyond_hu=-3000, padding=(-2000, -3024))

        assert size_of(padded).dw_mm == pytest.approx(200, rel=ONE_PERCENT)

    def test_may_be_no_number(self) -> None:
        image = painted((ellipse(200, 200), 0))
        image[:40] = nan

        pixels = CtPixels(stored=image, slope=1, intercept=0, row_spacing_mm=0.8, column_spacing_mm=0.8)

        assert size_of(pixels).dw_mm == pytest.approx(200, rel=ONE_PERCENT)
