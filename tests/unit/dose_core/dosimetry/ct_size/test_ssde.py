"""Tests of dose_core.dosimetry.ct_size.ssde; the tables of AAPM Report 204 stand in tests/validation/ct_ssde.py."""

from math import exp

import pytest

from dose_core.dosimetry.ct_size.ssde import (
    BodyPart,
    SizedSlice,
    conversion,
    effective_diameter_mm,
    estimate_ssde,
    lengths_mm,
    ssde_of_slices,
)
from dose_core.dosimetry.estimate import Estimate, Input, NotComputable


def ssde(*slices: SizedSlice, phantom_mm: int | None = 320, part: BodyPart = BodyPart.TRUNK) -> Estimate:
    found = estimate_ssde(slices, part=part, phantom_diameter_mm=phantom_mm, inputs=())
    assert isinstance(found, Estimate)
    return found


def refusal(*slices: SizedSlice, phantom_mm: int | None = 320, part: BodyPart = BodyPart.TRUNK) -> NotComputable:
    found = estimate_ssde(slices, part=part, phantom_diameter_mm=phantom_mm, inputs=())
    assert isinstance(found, NotComputable)
    return found


ONE = SizedSlice(diameter_mm=300, ctdi_vol_mgy=10)


class TestOneSize:
    def test_of_30_cm_makes_12_3_mgy_of_10_on_the_body_phantom(self) -> None:
        assert round(ssde(ONE).value, 1) == 12.3  # table 1D: 1.23

    def test_of_30_cm_makes_5_9_mgy_of_10_on_the_head_phantom(self) -> None:
        assert round(ssde(ONE, phantom_mm=160).value, 1) == 5.9  # table 2D: 0.59

    def test_has_an_interval_of_20_percent_that_names_who_says_so(self) -> None:
        found = ssde(ONE)

        assert found.interval.low == pytest.approx(0.8 * found.value)
        assert found.interval.high == pytest.approx(1.2 * found.value)
        assert "293" in found.interval.source
        assert found.caveats == ()

    def test_tells_its_factor_and_what_went_in(self) -> None:
        size = Input(name="size", value=300.0, unit="mm", value_id="x.dw_mm")

        found = estimate_ssde([ONE], part=BodyPart.TRUNK, phantom_diameter_mm=320, inputs=(size,))

        assert isinstance(found, Estimate)
        assert found.inputs[0] == size
        assert found.inputs[1].value == pytest.approx(3.704369 * exp(-0.03671937 * 30))


class TestASizeBeyondTheTable:
    @pytest.mark.parametrize(("diameter_mm", "bound_mm"), [(60, 80), (520, 450)])
    def test_gets_the_factor_of_the_nearest_bound(self, diameter_mm: float, bound_mm: float) -> None:
        beyond = ssde(SizedSlice(diameter_mm=diameter_mm, ctdi_vol_mgy=10))
        at_the_bound = ssde(SizedSlice(diameter_mm=bound_mm, ctdi_vol_mgy=10))

        assert beyond.value == at_the_bound.value
        assert beyond.interval.low <= at_the_bound.interval.low
        assert beyond.interval.high >= at_the_bound.interval.high
        assert beyond.interval != at_the_bound.interval
        assert "1 of 1 sizes beyond" in beyond.caveats[0]
        assert at_the_bound.caveats == ()


class TestSeveralSlices:
    def test_make_the_mean_of_their_ssde_not_the_ssde_of_their_mean(self) -> None:
        slices = [
            SizedSlice(diameter_mm=200, ctdi_vol_mgy=10, z_mm=0),
            SizedSlice(diameter_mm=400, ctdi_vol_mgy=20, z_mm=5),
        ]

        assert ssde(*slices).value == pytest.approx((10 * 1.7776 + 20 * 0.8530) / 2, rel=1e-3)  # table: 1.78 and 0.85

    def test_tell_from_where_to_where_it_goes(self) -> None:
        found = ssde(*(SizedSlice(diameter_mm=size, ctdi_vol_mgy=10, z_mm=size) for size in (200, 300, 400)))

        assert [(one.name, round(float(one.value), 1)) for one in found.inputs[-2:]] == [
            ("lowest SSDE of 3 slices", 8.5),  # table 1D: 0.85 at 40 cm, 1.78 at 20 cm
            ("highest SSDE of 3 slices", 17.8),
        ]

    def test_weigh_by_the_length_for_which_they_stand(self) -> None:
        close = [SizedSlice(diameter_mm=200, ctdi_vol_mgy=10, z_mm=z) for z in (0, 5, 10)]
        far = [SizedSlice(diameter_mm=200, ctdi_vol_mgy=40, z_mm=z) for z in (30, 50)]

        assert lengths_mm([one.z_mm for one in (*close, *far)]) == (5, 5, 12.5, 20, 20)
        expected = 1.7776 * (10 * 22.5 + 40 * 40) / 62.5
        assert ssde(*close, *far).value == pytest.approx(expected, rel=1e-3)

    def test_do_not_depend_on_their_order_nor_on_the_direction_of_the_table(self) -> None:
        slices = [SizedSlice(diameter_mm=200 + z, ctdi_vol_mgy=10 + z / 10, z_mm=z) for z in (0, 5, 12, 30)]
        mirrored = [SizedSlice(diameter_mm=s.diameter_mm, ctdi_vol_mgy=s.ctdi_vol_mgy, z_mm=-s.z_mm) for s in slices]

        assert ssde(*slices).value == pytest.approx(ssde(*reversed(slices)).value)
        assert ssde(*slices).value == pytest.approx(ssde(*mirrored).value)

    def test_at_one_place_share_its_length(self) -> None:
        assert lengths_mm([0, 0, 10, 20]) == (5, 5, 10, 10)
        assert lengths_mm([3, 3]) == (1, 1)

    def test_have_each_an_ssde_of_their_own(self) -> None:
        factors = conversion(BodyPart.TRUNK, 320)
        assert factors is not None

        made = ssde_of_slices([ONE, SizedSlice(diameter_mm=100, ctdi_vol_mgy=1)], factors)

        assert [round(one, 2) for one in made] == [12.31, 2.57]


class TestWhatIsRefused:
    def test_is_an_unknown_phantom(self) -> None:
        assert refusal(ONE, phantom_mm=None).missing == ("CTDIw phantom type",)

    @pytest.mark.parametrize("phantom_mm", [160, 320])
    def test_is_a_head_whose_factors_nobody_could_check(self, phantom_mm: int) -> None:
        assert "293" in refusal(ONE, phantom_mm=phantom_mm, part=BodyPart.HEAD).reason

    def test_is_a_scan_without_size_or_dose(self) -> None:
        assert refusal().missing
        assert refusal(SizedSlice(diameter_mm=300, ctdi_vol_mgy=0)).missing


def test_the_effective_diameter_of_an_ellipse_is_that_of_the_circle_of_its_area() -> None:
    assert effective_diameter_mm(200, 450) == pytest.approx(300)
