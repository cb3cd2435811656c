"""Tests of dose_core.observations.measures. The factors are those of NIST SP 811, appendix B.8."""

import pytest

from dose_core.observations.measures import measured
from dose_core.observations.values import Observed

WEIGHT, HEIGHT, HEAD = Observed.BODY_WEIGHT, Observed.BODY_HEIGHT, Observed.HEAD_CIRCUMFERENCE


@pytest.mark.parametrize(
    ("observed", "number", "unit", "value"),
    [
        (WEIGHT, "72.5", "kg", 72.5),
        (WEIGHT, "72,5", "KG", 72.5),
        (WEIGHT, "3200", "g", 3.2),
        (WEIGHT, "160", "[lb_av]", 72.574779),
        (WEIGHT, "160", "lbs", 72.574779),
        (WEIGHT, "32", "[oz_av]", 0.907185),
        (HEIGHT, "172", "cm", 172.0),
        (HEIGHT, "1.72", "m", 172.0),
        (HEIGHT, "1720", "mm", 172.0),
        (HEIGHT, "68", "[in_i]", 172.72),
        (HEIGHT, "6", "ft", 182.88),
        (HEAD, "35", "cm", 35.0),
    ],
)
def test_is_in_the_unit_of_its_kind(observed: Observed, number: str, unit: str, value: float) -> None:
    assert measured(observed, number, unit).value == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("observed", "number", "unit", "reason"),
    [
        (WEIGHT, "72.5", "", "no unit is stated"),
        (WEIGHT, "72.5", "stone", "its unit is not known here"),
        (WEIGHT, "72.5", "cm", "its unit is not known here"),
        (WEIGHT, "about 70", "kg", "it is no number"),
        (WEIGHT, "", "kg", "it is no number"),
        (WEIGHT, "NaN", "kg", "it is no number"),
        (WEIGHT, "1e3", "kg", "it is no number"),
        (WEIGHT, "0", "kg", "it is not between 0.2 and 700 kg"),
        (WEIGHT, "72500", "kg", "it is not between 0.2 and 700 kg"),
        (WEIGHT, "-70", "kg", "it is not between 0.2 and 700 kg"),
        (HEIGHT, "1.72", "cm", "it is not between 20 and 300 cm"),
        (HEIGHT, "172", "m", "it is not between 20 and 300 cm"),
    ],
)
def test_is_refused_with_a_reason_that_says_nothing_of_the_patient(
    observed: Observed, number: str, unit: str, reason: str
) -> None:
    assert (measured(observed, number, unit).value, measured(observed, number, unit).reason) == (None, reason)
