"""
The factor from dose-length product to effective dose that fits a scan, and how far those lie apart that might.

A table knows few ages and voltages. The factor is that of the nearest; where the patient or the voltage lies between
two of them both count for the interval, and nothing is interpolated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from dose_core.dosimetry import ct_phantoms
from dose_core.dosimetry.ct_k_factors import ADULT_FROM_YEARS, KFactor, TissueWeights, factors, on_phantom
from dose_core.dosimetry.estimate import NotComputable

_REFERENCE_KV = 120.0
# E/DLP rises by about 25 % from 80 to 140 kV: Huda et al., Radiology 2008;248:995-1003, abstract.
_PER_VOLTAGE = 1.25
_VOLTAGE_SOURCE = "Huda et al., Radiology 2008;248:995-1003, abstract: about 25 % from 80 to 140 kV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The factor for a scan in mSv per mGy.cm, the least and the greatest that may be right, and what to know of it."""

    k_msv_per_mgy_cm: float
    least: float
    greatest: float
    source: str
    interval_sources: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


def choose(
    weights: TissueWeights,
    regions: Sequence[str],
    *,
    age_years: float,
    kvs: Sequence[float],
    phantom_mm: int,
) -> Chosen | NotComputable:
    """
    Return the factor of the first region; the other regions are those that it might be instead, and widen it.

    ``kvs`` holds the voltage of each tube, none if it is not known.
    """
    region = regions[0]
    own = [one for one in factors(weights) if one.region == region]
    by_age = _around(sorted({one.age_years for one in own}), min(age_years, ADULT_FROM_YEARS))
    if not by_age:
        told = " at this age" if own else ""
        return NotComputable(
            missing=(), reason=f"no checked factor with weights of {weights} for {_words(region)}{told}"
        )
    fitting = on_phantom([one for one in own if one.age_years in by_age], phantom_mm)
    if isinstance(fitting, NotComputable):
        return fitting
    leading, candidates, is_outside = _by_voltage([one for one in fitting if one.age_years == by_age[0]], fitting, kvs)
    others: list[KFactor] = []
    for name in regions[1:]:
        there = on_phantom(
            [one for one in factors(weights) if one.region == name and one.age_years in by_age], phantom_mm
        )
        others += [] if isinstance(there, NotComputable) else _by_voltage([], there, kvs)[1]
    every = (*candidates, *others)
    widened = _PER_VOLTAGE if is_outside else 1.0
    return Chosen(
        k_msv_per_mgy_cm=fmean(one.k_msv_per_mgy_cm for one in leading),
        least=min(one.least for one in every) / widened,
        greatest=max(one.greatest for one in every) * widened,
        source="; ".join(dict.fromkeys(one.source for one in leading)),
        interval_sources=(
            *([_VOLTAGE_SOURCE] if is_outside else []),
            *([ct_phantoms.SOURCE] if any(one.is_converted for one in every) else []),
        ),
        caveats=tuple(_caveats(leading, candidates, age_years=age_years, kvs=kvs, is_outside=is_outside)),
    )


def _by_voltage(
    nearest_age: Sequence[KFactor], fitting: Sequence[KFactor], kvs: Sequence[float]
) -> tuple[list[KFactor], list[KFactor], bool]:
    """Return the rows that give the value, those that count for the interval, and if a voltage lies outside of all."""
    known = sorted({one.kv for one in fitting if one.kv is not None})
    if not known:
        return list(nearest_age), list(fitting), False
    if not kvs:
        return [one for one in nearest_age if one.kv == _REFERENCE_KV], list(fitting), False
    around = [_around(known, min(max(kv, known[0]), known[-1])) for kv in kvs]
    leading = [one for near, *_ in around for one in nearest_age if one.kv == near]
    candidates = [one for one in fitting if any(one.kv in near for near in around)]
    return leading, candidates, min(kvs) < known[0] or max(kvs) > known[-1]


def _around(known: Sequence[float], wanted: float) -> tuple[float, ...]:
    """Return the values next to what is wanted, the nearest first (of two the smaller); none if it lies outside."""
    if not known or not known[0] <= wanted <= known[-1]:
        return ()
    around = {max(one for one in known if one <= wanted), min(one for one in known if one >= wanted)}
    return tuple(sorted(around, key=lambda one: (abs(one - wanted), one)))


def _caveats(
    leading: Sequence[KFactor],
    candidates: Sequence[KFactor],
    *,
    age_years: float,
    kvs: Sequence[float],
    is_outside: bool,
) -> list[str]:
    told = []
    if leading[0].is_converted:
        told.append("the factor refers to the other phantom than the DLP, and was converted")
    if age_years < ADULT_FROM_YEARS and leading[0].age_years != age_years:
        ages = " and ".join(dict.fromkeys(one.age for one in sorted(candidates, key=lambda one: one.age_years)))
        told.append(f"the factor is that of {leading[0].age}; the interval spans those of {ages}")
    voltages = sorted({one.kv for one in candidates if one.kv is not None})
    if voltages and not kvs:
        told.append(
            f"the tube voltage is not known: the factor is that of {_REFERENCE_KV:g} kV, the interval spans "
            f"{voltages[0]:g} to {voltages[-1]:g} kV"
        )
    if is_outside:
        told.append("the tube voltage lies outside the table: the factor is that of its nearest voltage")
    return told


def _words(name: str) -> str:
    return name.replace("_", " and ", 1) if name == "abdomen_pelvis" else name.replace("_", " ")
