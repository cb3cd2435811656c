"""How sure a peak skin dose is that was computed from dose reports."""

from typing import Final

from dose_core.dosimetry.estimate import Interval

_COVERAGE: Final = 0.95
_CONTROLLED, _UNCONTROLLED = 0.28, 0.61
_SOURCE: Final = (
    "Krajinovic M, Vujisic M, Ciraj-Bjelac O. Radiat Prot Dosimetry 2021;195(3-4):129-135, doi:10.1093/rpd/ncab146, "
    "abstract: expanded uncertainty (k = 2) of skin dose from RDSR, "
)


def peak_interval(peak_mgy: float, *, is_controlled: bool) -> Interval:
    """
    Return the interval of a peak skin dose, in mGy.

    ``is_controlled`` tells that what bears on it is known of the device and the patient: a validated calibration, the
    tube, and beams within the tables. Then it is 28 %, else the 61 % of an estimate of which nothing is controlled.
    """
    part, words = (_CONTROLLED, "28 % if reasonably controlled") if is_controlled else (_UNCONTROLLED, "61 % if not")
    low, high = peak_mgy * (1 - part), peak_mgy * (1 + part)
    return Interval(low=low, high=high, coverage=_COVERAGE, source=_SOURCE + words)
