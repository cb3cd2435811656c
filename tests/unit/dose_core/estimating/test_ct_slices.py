"""Tests of dose_core.estimating.ct_slices."""

import pytest

from dose_core.dosimetry.estimate import NotComputable
from dose_core.estimating.case import MeasuredSize
from dose_core.estimating.ct_slices import MeasuredSlices, size_of


def slices(*cut_share: float, effective_mm: tuple[float | None, ...] = ()) -> MeasuredSlices:
    count = len(cut_share)
    return MeasuredSlices(
        event_uid="2.25.1",
        series_instance_uid="2.25.2",
        sop_instance_uid="2.25.3",
        z_mm=tuple(float(n) for n in range(count)),
        dw_mm=tuple(300.0 + n for n in range(count)),
        ctdi_vol_mgy=tuple(5.0 + n for n in range(count)),
        cut_share=cut_share,
        effective_mm=effective_mm,
    )


def used(*cut_share: float) -> MeasuredSize:
    size = size_of(slices(*cut_share))
    assert isinstance(size, MeasuredSize)
    return size


def test_whole_slices_are_used_as_they_are() -> None:
    size = used(0, 0, 0)

    assert (size.dw_mm, size.z_mm, size.ctdi_vol_mgy) == ((300, 301, 302), (0, 1, 2), (5, 6, 7))
    assert (size.truncated_slices, size.caveats) == (0, ())


def test_slices_of_which_over_a_fifth_is_cut_off_are_left_out_with_their_dose() -> None:
    size = used(0, 0.21, 0, 0.5)

    assert (size.dw_mm, size.z_mm, size.ctdi_vol_mgy) == ((300, 302), (0, 2), (5, 7))
    assert size.truncated_slices == 2
    assert size.caveats[0].startswith("2 of 4 slices are left out")


def test_slices_that_are_cut_off_a_little_count_with_a_caveat() -> None:
    size = used(0, 0.2, 0.01)

    assert (len(size.dw_mm), size.truncated_slices) == (3, 0)
    assert size.caveats == ("in 2 of 3 slices the field of view cuts the patient off a little: the size is too small",)


@pytest.mark.parametrize("cut_share", [(0, 0.3, 0.3), (1,), ()])
def test_there_is_no_size_where_most_slices_are_cut_off_or_none_is_there(cut_share: tuple[float, ...]) -> None:
    assert isinstance(size_of(slices(*cut_share)), NotComputable)


def test_the_effective_diameter_stands_in_where_most_is_cut_off_and_all_sides_are_seen() -> None:
    size = size_of(slices(0.3, 0.3, 0.3, 0.1, effective_mm=(320, 330, None, 310)))

    assert isinstance(size, MeasuredSize)
    assert (size.dw_mm, size.effective_mm) == ((), (320, 330, 310))
    assert (size.z_mm, size.ctdi_vol_mgy, size.truncated_slices) == ((0, 1, 3), (5, 6, 8), 1)
    assert "too low" in size.caveats[0]
    assert size.caveats[1].startswith("1 of 4 slices are left out")


def test_the_water_equivalent_diameter_goes_before_the_effective_one() -> None:
    size = size_of(slices(0, 0.3, effective_mm=(320, 330)))

    assert isinstance(size, MeasuredSize)
    assert (size.dw_mm, size.effective_mm) == ((300,), ())


def test_a_side_that_is_not_seen_in_most_slices_leaves_no_size_and_is_told() -> None:
    size = size_of(slices(0.3, 0.3, 0.3, effective_mm=(320, None, None)))

    assert isinstance(size, NotComputable)
    assert "in 3 of 3 slices" in size.reason
    assert "in 2 a side" in size.reason
