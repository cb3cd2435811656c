"""
Tests of dose_core.dosimetry.ct_dlp_from_images.

The expected values are computed by hand in docs/validation/ct-dlp-from-images.md, case by case.
"""

from random import Random

import pytest

from dose_core.dosimetry.ct_dlp_from_images import METHOD_ID, METHOD_VERSION, SliceDose, estimate_dlp
from dose_core.dosimetry.estimate import Estimate, NotComputable

TOLERANCE = 1e-9  # relative; the method is a product, so that only rounding of floats may differ


def slices(
    count: int, *, step_mm: float, thickness_mm: float, ctdi_vol_mgy: float, first_mm: float = 0.0
) -> list[SliceDose]:
    """Return equal slices at equal steps."""
    return [
        SliceDose(z_mm=first_mm + step_mm * number, thickness_mm=thickness_mm, ctdi_vol_mgy=ctdi_vol_mgy)
        for number in range(count)
    ]


def estimated(members: list[SliceDose]) -> float:
    """Return the value of an estimate that must be possible."""
    outcome = estimate_dlp(members)
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


class TestValidationRecord:
    @pytest.mark.parametrize(
        ("members", "expected_mgy_cm"),
        [
            pytest.param(slices(60, step_mm=5, thickness_mm=5, ctdi_vol_mgy=5), 150.0, id="1 contiguous"),
            pytest.param(slices(481, step_mm=0.625, thickness_mm=1.25, ctdi_vol_mgy=8), 241.0, id="2 overlapping"),
            pytest.param(slices(3, step_mm=20, thickness_mm=10, ctdi_vol_mgy=10), 50.0, id="3 with gaps"),
            pytest.param(
                [
                    SliceDose(z_mm=-5, thickness_mm=10, ctdi_vol_mgy=4),
                    SliceDose(z_mm=5, thickness_mm=10, ctdi_vol_mgy=8),
                ],
                12.0,
                id="4 modulated",
            ),
            pytest.param(slices(1, step_mm=0, thickness_mm=10, ctdi_vol_mgy=10), 10.0, id="5 one slice"),
            pytest.param(
                [
                    SliceDose(z_mm=0, thickness_mm=2, ctdi_vol_mgy=6),
                    SliceDose(z_mm=11, thickness_mm=20, ctdi_vol_mgy=6),
                ],
                13.2,
                id="6 unequal thickness",
            ),
            pytest.param(
                slices(60, step_mm=-5, thickness_mm=5, ctdi_vol_mgy=5, first_mm=-812.5), 150.0, id="7 upwards"
            ),
        ],
    )
    def test_agrees_with_the_hand(self, members: list[SliceDose], expected_mgy_cm: float) -> None:
        assert estimated(members) == pytest.approx(expected_mgy_cm, rel=TOLERANCE)


class TestEstimateDlp:
    def test_does_not_depend_on_the_order_of_slices(self) -> None:
        members = slices(40, step_mm=2.5, thickness_mm=3, ctdi_vol_mgy=7)
        shuffled = Random(1).sample(members, len(members))  # noqa: S311  an order, not a secret

        assert estimated(shuffled) == pytest.approx(estimated(members), rel=TOLERANCE)

    def test_a_ctdi_vol_of_zero_is_a_value(self) -> None:
        assert estimated(slices(2, step_mm=5, thickness_mm=5, ctdi_vol_mgy=0)) == 0

    def test_names_its_method_and_what_it_leaves_out(self) -> None:
        outcome = estimate_dlp(slices(2, step_mm=5, thickness_mm=5, ctdi_vol_mgy=5))

        assert isinstance(outcome, Estimate)
        assert (outcome.method_id, outcome.method_version, outcome.unit) == (METHOD_ID, METHOD_VERSION, "mGy.cm")
        assert "over-ranging is not included" in outcome.caveats

    @pytest.mark.parametrize(
        ("odd_one", "missing"),
        [
            (SliceDose(z_mm=5, thickness_mm=5, ctdi_vol_mgy=None), "CTDIvol"),
            (SliceDose(z_mm=None, thickness_mm=5, ctdi_vol_mgy=5), "Image Position"),
            (SliceDose(z_mm=5, thickness_mm=None, ctdi_vol_mgy=5), "Slice Thickness"),
        ],
    )
    def test_refuses_if_one_slice_does_not_state_what_it_needs(self, odd_one: SliceDose, missing: str) -> None:
        outcome = estimate_dlp([*slices(2, step_mm=5, thickness_mm=5, ctdi_vol_mgy=5), odd_one])

        assert isinstance(outcome, NotComputable)
        assert any(missing in name for name in outcome.missing)

    def test_refuses_no_slices_at_all(self) -> None:
        assert isinstance(estimate_dlp([]), NotComputable)
