"""Tests of dose_core.dosimetry.ct_dlp_from_images; its values are compared in tests/validation."""

from random import Random

import pytest

from dose_core.dosimetry.ct_dlp_from_images import METHOD_ID, METHOD_VERSION, SliceDose, estimate_dlp
from dose_core.dosimetry.ct_over_ranging import Scan
from dose_core.dosimetry.estimate import Estimate, Interval, NotComputable

SPIRAL = Scan(is_spiral=True, total_collimation_mm=20, pitch=1)
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
    outcome = estimate_dlp(members, SPIRAL)
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


class TestEstimateDlp:
    def test_does_not_depend_on_the_order_of_slices(self) -> None:
        members = slices(40, step_mm=2.5, thickness_mm=3, ctdi_vol_mgy=7)
        shuffled = Random(1).sample(members, len(members))  # noqa: S311  an order, not a secret

        assert estimated(shuffled) == pytest.approx(estimated(members), rel=TOLERANCE)

    def test_a_ctdi_vol_of_zero_is_a_value(self) -> None:
        assert estimated(slices(2, step_mm=5, thickness_mm=5, ctdi_vol_mgy=0)) == 0

    def test_names_its_method_and_what_it_leaves_out(self) -> None:
        outcome = estimate_dlp(slices(2, step_mm=5, thickness_mm=5, ctdi_vol_mgy=5), SPIRAL)

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
        outcome = estimate_dlp([*slices(2, step_mm=5, thickness_mm=5, ctdi_vol_mgy=5), odd_one], SPIRAL)

        assert isinstance(outcome, NotComputable)
        assert any(missing in name for name in outcome.missing)

    def test_refuses_no_slices_at_all(self) -> None:
        assert isinstance(estimate_dlp([], SPIRAL), NotComputable)


class TestItsInterval:
    """60 slices of 5 mm side by side at 5 mGy: 150 mGy.cm are shown."""

    @staticmethod
    def interval(scan: Scan, *, step_mm: float = 5) -> Interval:
        outcome = estimate_dlp(slices(60, step_mm=step_mm, thickness_mm=5, ctdi_vol_mgy=5), scan)
        assert isinstance(outcome, Estimate)
        assert outcome.interval.low == outcome.value
        return outcome.interval

    def test_allows_a_spiral_the_rotations_that_were_published(self) -> None:
        """4.04 rotations of 20 mm: 80.8 mm, 40.4 mGy.cm."""
        assert self.interval(SPIRAL).high == pytest.approx(190.4)

    def test_grows_with_collimation_and_pitch(self) -> None:
        """4.04 x 1.4 x 80 mm = 452.48 mm."""
        wide = Scan(is_spiral=True, total_collimation_mm=80, pitch=1.4)
        assert self.interval(wide).high == pytest.approx(150 + 226.24)

    @pytest.mark.parametrize(
        "scan",
        [
            Scan(),
            Scan(is_spiral=True),
            Scan(is_spiral=True, total_collimation_mm=40),
            Scan(is_spiral=True, pitch=1),
            Scan(is_spiral=True, total_collimation_mm=0, pitch=0),
        ],
    )
    def test_is_the_longest_that_was_published_where_the_headers_tell_no_feed_and_says_so(self, scan: Scan) -> None:
        assert self.interval(scan).high == pytest.approx(150 + 5 * 6.6)
        outcome = estimate_dlp(slices(1, step_mm=1, thickness_mm=1, ctdi_vol_mgy=5), scan)
        assert isinstance(outcome, Estimate)
        assert any("64 rows and more over-range much farther" in one for one in outcome.caveats)

    def test_holds_no_over_ranging_without_a_spiral(self) -> None:
        assert self.interval(Scan(is_spiral=False, total_collimation_mm=40, pitch=1)).high == 150
        outcome = estimate_dlp(slices(1, step_mm=1, thickness_mm=1, ctdi_vol_mgy=5), Scan(is_spiral=False))
        assert isinstance(outcome, Estimate)
        assert not any("over-ranging" in one for one in outcome.caveats)

    def test_holds_the_gap_that_the_scanner_counts_behind_the_last_rotation(self) -> None:
        """Slices of 5 mm every 8 mm: 59 x 8 + 5 = 477 mm are shown, the scanner counts 60 x 8 = 480 mm."""
        assert self.interval(Scan(is_spiral=False), step_mm=8).high == pytest.approx(5 * 48.0)
