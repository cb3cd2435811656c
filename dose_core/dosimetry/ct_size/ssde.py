"""
The size-specific dose estimate (SSDE) of a CT scan: CTDIvol times a factor for the size of the patient.

Source: AAPM Report 204 (2011) for trunks, with the water-equivalent diameter of AAPM Report 220 (2014); the SSDE of a
scan is the mean of SSDE(z) (PS3.16, CID 10023: 113989). Report 293 (2019) replaces the factors of the 16 cm phantom for
heads; its digits were found in one program only, and no uncertainty of them, so that heads are refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from math import exp, isfinite, sqrt

from dose_core.dosimetry.estimate import Estimate, Input, Interval, NotComputable
from dose_core.dosimetry.factors import rows

METHOD_ID = "ct-ssde"
METHOD_VERSION = "2"
_MM_PER_CM = 10.0
# Report 293 tells it of the thorax, for which the factors were not made; in abdomen and pelvis they are no worse. It
# tells it of the effective diameter, by which Report 204 goes; by the water-equivalent one the thorax comes out better.
_LARGEST_ERROR = 0.20
_INTERVAL_SOURCE = (
    "AAPM Report 293 (2019), introduction: with the factors of Report 204, made for abdomen and pelvis, errors in the "
    "thorax were anticipated to be below 20 %"
)


class BodyPart(StrEnum):
    """The parts of the body for which the reports give factors of their own."""

    TRUNK = "trunk"
    HEAD = "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """f(D) = a exp(-b D) for one part of the body and one phantom, and the diameters for which the report gives it."""

    a: float
    b_per_cm: float
    lowest_mm: float
    highest_mm: float
    source: str

    def factor(self, diameter_mm: float) -> float:
        """Return the factor for a diameter, also beyond those of the report."""
        return self.a * exp(-self.b_per_cm * diameter_mm / _MM_PER_CM)

    def within(self, diameter_mm: float) -> float:
        """Return the diameter, or the nearest for which the report gives a factor."""
        return min(max(diameter_mm, self.lowest_mm), self.highest_mm)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedSlice:
    """The size of the patient at one position along the patient, and the CTDIvol there."""

    diameter_mm: float
    ctdi_vol_mgy: float
    z_mm: float = 0.0


def conversion(part: BodyPart, phantom_diameter_mm: int) -> Conversion | None:
    """Return the factors of a part of the body for a phantom, ``None`` where none that was checked exists."""
    return _conversions().get((part, phantom_diameter_mm))


def effective_diameter_mm(ap_mm: float, lateral_mm: float) -> float:
    """Return the diameter of the circle that an ellipse of these diameters equals in area. Source: AAPM Report 204."""
    return sqrt(ap_mm * lateral_mm)


def ssde_of_slices(slices: Sequence[SizedSlice], factors: Conversion) -> tuple[float, ...]:
    """Return SSDE(z) in mGy for each slice; a size beyond the report gets the factor of its nearest bound."""
    return tuple(one.ctdi_vol_mgy * factors.factor(factors.within(one.diameter_mm)) for one in slices)


def estimate_ssde(
    slices: Sequence[SizedSlice],
    *,
    part: BodyPart,
    phantom_diameter_mm: int | None,
    inputs: tuple[Input, ...],
    caveats: tuple[str, ...] = (),
) -> Estimate | NotComputable:
    """
    Return the SSDE of a scan in mGy: the mean of SSDE(z), each slice weighted with the length for which it stands.

    One slice stands for the whole scan. ``inputs`` and ``caveats`` are told with the estimate; they change nothing.
    """
    if phantom_diameter_mm is None:
        return NotComputable(
            missing=("CTDIw phantom type",),
            reason="CTDIvol is that of a phantom, and the factors of the two phantoms differ by about two",
        )
    factors = conversion(part, phantom_diameter_mm)
    if factors is None:
        return NotComputable(
            missing=(f"factors for a {part} and the phantom of {phantom_diameter_mm // 10} cm",),
            reason="AAPM Report 204 holds for trunks; no text was found that confirms the factors of Report 293",
        )
    slices = [one for one in slices if one.ctdi_vol_mgy > 0 and isfinite(one.ctdi_vol_mgy)]
    if not slices:
        return NotComputable(
            missing=("CTDIvol with the size of the patient",), reason="SSDE is CTDIvol times a factor for the size"
        )
    weights = lengths_mm([one.z_mm for one in slices])
    along = ssde_of_slices(slices, factors)
    value = _mean(along, weights)
    beyond = _mean([one.ctdi_vol_mgy * factors.factor(one.diameter_mm) for one in slices], weights)
    outside = sum(factors.within(one.diameter_mm) != one.diameter_mm for one in slices)
    return Estimate(
        value=value,
        unit="mGy",
        interval=Interval(
            low=min(value, beyond) * (1 - _LARGEST_ERROR),
            high=max(value, beyond) * (1 + _LARGEST_ERROR),
            coverage=None,
            source=_INTERVAL_SOURCE,
        ),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=(
            *inputs,
            Input(name="mean conversion factor", value=value / _mean_ctdi_vol_mgy(slices, weights)),
            *_spread(along),
        ),
        source=factors.source,
        caveats=(*caveats, *_beyond_the_table(outside, len(slices), factors)),
    )


def lengths_mm(z_mm: Sequence[float]) -> tuple[float, ...]:
    """
    Return for each slice half the way to both its neighbours along the patient; equal parts where all lie at one place.

    Slices at equal steps weigh the same, but for the two at the ends, which show half of what others do beyond them
    and so get the whole of their step.
    """
    places = sorted(set(z_mm))
    if len(places) < 2:  # noqa: PLR2004 - two make a length
        return (1.0,) * len(z_mm)
    steps = [after - before for before, after in pairwise(places)]
    length = {
        place: (before + after) / 2
        for place, before, after in zip(places, [steps[0], *steps], [*steps, steps[-1]], strict=True)
    }
    count = {place: z_mm.count(place) for place in places} if len(places) < len(z_mm) else {}
    return tuple(length[place] / count.get(place, 1) for place in z_mm)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _mean_ctdi_vol_mgy(slices: Sequence[SizedSlice], weights: Sequence[float]) -> float:
    return _mean([one.ctdi_vol_mgy for one in slices], weights)


def _spread(along: Sequence[float]) -> tuple[Input, ...]:
    """Return from where to where the SSDE goes along the scan."""
    if len(along) == 1:
        return ()
    return tuple(
        Input(name=f"{name} SSDE of {len(along)} slices", value=value, unit="mGy")
        for name, value in (("lowest", min(along)), ("highest", max(along)))
    )


def _beyond_the_table(outside: int, count: int, factors: Conversion) -> tuple[str, ...]:
    if not outside:
        return ()
    bounds = f"{factors.lowest_mm / _MM_PER_CM:g} to {factors.highest_mm / _MM_PER_CM:g} cm"
    return (
        f"{outside} of {count} sizes beyond the {bounds} of the report: factor of the nearest bound, wider interval",
    )


@cache
def _conversions() -> dict[tuple[BodyPart, int], Conversion]:
    return {
        (BodyPart(row["body_part"]), int(row["ctdi_phantom_mm"])): Conversion(
            a=float(row["a"]),
            b_per_cm=float(row["b_per_cm"]),
            lowest_mm=float(row["lowest_cm"]) * _MM_PER_CM,
            highest_mm=float(row["highest_cm"]) * _MM_PER_CM,
            source=row["source"],
        )
        for row in rows("ct_ssde_coefficients")
    }
