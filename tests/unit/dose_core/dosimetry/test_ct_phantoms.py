"""Tests of dose_core.dosimetry.ct_phantoms: one DLP on two phantoms."""

from math import exp

import pytest

from dose_core.dosimetry.ct_phantoms import ratio


def test_the_small_phantom_gets_about_twice_as_much() -> None:
    """AAPM 204: 3.704369 exp(-0.03671937 D) / (1.874799 exp(-0.03871313 D)) at 8 and 45 cm."""
    ends = [3.704369 / 1.874799 * exp(0.00199376 * cm) for cm in (8, 45)]
    found = ratio(320, 160)
    assert ends[0] < found.value < ends[1]
    assert found.least == pytest.approx(ends[0] * 0.8 / 1.2)
    assert found.greatest == pytest.approx(ends[1] * 1.2 / 0.8)


def test_there_and_back_is_where_it_began() -> None:
    assert ratio(320, 160).value * ratio(160, 320).value == pytest.approx(1.0)
    assert ratio(320, 160).least * ratio(160, 320).greatest == pytest.approx(1.0)
