"""Tests of dose_core.dosimetry.ct_size.localiser, on bodies whose size is known by their geometry."""

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from dose_core.dosimetry.ct_size.localiser import LocaliserCalibration, View, calibration_for, dw_mm_at
from tests.builders.ct_localisers import CALIBRATION, Part, dw_mm, localiser

TRUNK: tuple[Part, ...] = ((340, 220, 0, 1), (110, 150, -85, -0.85), (110, 150, 85, -0.85))
WATER: Part = (300, 300, 0, 1)


class TestABody:
    @pytest.mark.parametrize("diameter_mm", [60, 160, 320, 450])
    def test_of_water_is_as_wide_as_it_is(self, diameter_mm: float) -> None:
        (told,) = dw_mm_at(localiser((diameter_mm, diameter_mm, 0, 1)), CALIBRATION, [1.0])

        assert told == pytest.approx(diameter_mm, rel=0.01)

    def test_counts_for_what_it_attenuates_wherever_it_lies(self) -> None:
        shifted = [(wide, deep, place + 40, density) for wide, deep, place, density in TRUNK]

        for parts in (TRUNK, tuple(shifted)):
            (told,) = dw_mm_at(localiser(*parts, noise=20), CALIBRATION, [1.0])
            assert told == pytest.approx(dw_mm(*TRUNK), rel=0.01)

    def test_is_told_at_each_place_of_its_nearest_line(self) -> None:
        scout = localiser(WATER)
        scout.values[2:] = localiser((200, 200, 0, 1)).values[2:]

        assert dw_mm_at(scout, CALIBRATION, [0.4, 1.0, 2.6]) == pytest.approx((300, 300, 200), rel=0.01)

    def test_may_be_scanned_from_feet_to_head_or_from_head_to_feet(self) -> None:
        down = localiser(WATER, z_mm=(9.0, 8.0, 7.0))

        assert dw_mm_at(down, CALIBRATION, [7.2]) == pytest.approx((300,), rel=0.01)


class TestThereIsNoSize:
    @pytest.mark.parametrize("place_mm", [-1.5, 4.5, nan])
    def test_beyond_the_lines(self, place_mm: float) -> None:
        assert dw_mm_at(localiser(WATER), CALIBRATION, [place_mm]) == (None,)

    def test_of_air_alone(self) -> None:
        assert dw_mm_at(localiser(), CALIBRATION, [1.0]) == (None,)

    def test_of_what_is_no_number(self) -> None:
        scout = localiser(WATER)
        scout.values[:] = np.nan

        assert dw_mm_at(scout, CALIBRATION, [1.0]) == (None,)

    @pytest.mark.parametrize("z_mm", [(), (1.0,)])
    def test_of_less_than_two_lines(self, z_mm: tuple[float, ...]) -> None:
        assert dw_mm_at(localiser(WATER, z_mm=z_mm), CALIBRATION, [1.0]) == (None,)


class TestACalibration:
    def test_holds_for_the_voltage_view_and_width_of_which_it_was_made(self) -> None:
        assert calibration_for(localiser(WATER), [CALIBRATION]) == CALIBRATION

    @pytest.mark.parametrize(
        "other",
        [
            replace(CALIBRATION, kv=100.0),
            replace(CALIBRATION, view=View.LATERAL),
            replace(CALIBRATION, width_mm=512.0),
            replace(CALIBRATION, kernel="T20"),
        ],
    )
    def test_holds_for_no_other(self, other: LocaliserCalibration) -> None:
        assert calibration_for(localiser(WATER), [other]) is None

    def test_holds_for_none_that_does_not_state_its_voltage(self) -> None:
        assert calibration_for(localiser(WATER, kv=None), [CALIBRATION]) is None

    def test_of_the_kernel_goes_before_that_of_any(self) -> None:
        own = replace(CALIBRATION, kernel="T20")

        assert calibration_for(localiser(WATER, kernel="T20"), [CALIBRATION, own]) == own
        assert calibration_for(localiser(WATER, kernel="T80"), [CALIBRATION, own]) == CALIBRATION
