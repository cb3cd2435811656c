"""
What a dose-length product on one phantom is on the other, for scans of the trunk.

The factors of AAPM Report 204 turn the CTDIvol of either phantom into one and the same size-specific dose estimate, so
that their ratio turns one CTDIvol, and one DLP, into the other. It hardly depends on the size of the patient.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt

from dose_core.dosimetry.factors import rows

PHANTOMS_MM = frozenset((160, 320))  # IEC 60601-2-44
TRUNK = frozenset(("chest", "heart", "abdomen_pelvis", "trunk"))
# Errors below 20 % of what each of the two factors gives: at worst one too low, the other too high.
_RELATIVE = 0.2
SOURCE = (
    "AAPM Report 204 (2011), tables 1D and 2D, whose ratio turns one phantom's DLP into the other's; AAPM Report 293 "
    "(2019), introduction: errors of each below 20 %"
)
_FORM = "trunk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times the DLP on one phantom is that on the other, the least and the greatest."""

    value: float
    least: float
    greatest: float


@cache
def ratio(from_mm: int, to_mm: int) -> Ratio:
    """Return the DLP on one of the ``PHANTOMS_MM`` of one on the other, over all sizes that both tables hold."""
    fits = {int(row["ctdi_phantom_mm"]): row for row in rows("ct_ssde_coefficients") if row["body_part"] == _FORM}
    stated, wanted = fits[from_mm], fits[to_mm]
    sizes_cm = [
        max(float(one["lowest_cm"]) for one in (stated, wanted)),
        min(float(one["highest_cm"]) for one in (stated, wanted)),
    ]
    ends = [_factor(stated, cm) / _factor(wanted, cm) for cm in sizes_cm]
    worst = (1 + _RELATIVE) / (1 - _RELATIVE)
    return Ratio(value=sqrt(ends[0] * ends[1]), least=min(ends) / worst, greatest=max(ends) * worst)


def _factor(row: Mapping[str, str], diameter_cm: float) -> float:
    return float(row["a"]) * exp(-float(row["b_per_cm"]) * diameter_cm)
