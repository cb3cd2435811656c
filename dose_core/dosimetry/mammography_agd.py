"""
Mean glandular dose by the method of Dance, as a check beside the one that a device states.

MGD = K g c s: incident air kerma without backscatter, a factor for a breast of 50 % glandularity, one for another
glandularity, one for the spectrum. The factors c were read nowhere, so that a breast is taken to have 50 %, as devices
and publications often do, and one that is stated to have another is refused. So are tomosynthesis (the factors t) and
what lies outside of the tables: nothing is extrapolated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from dose_core.dosimetry.estimate import Estimate, Input, Interval, NotComputable
from dose_core.dosimetry.factors import rows

METHOD_ID = "mammography-agd-by-dance"
METHOD_VERSION = "1"
_SOURCE = "Dance DR et al. Phys Med Biol 2000;45:3225-3240 and 2009;54:4361-4372; between the rows linear"
# Simple breast models overestimate by about 30 %; devices differ from a calculation at 50 % by 0.3 to 20.5 %.
_OVERESTIMATED = 1.3
_DISPLAYED = 0.205
_INTERVAL_SOURCE = (
    "low: Dance DR, Sechopoulos I, Phys Med Biol 2016;61:R271 doi:10.1088/0031-9155/61/19/R271, abstract (simple "
    "models overestimate by about 30 %); high: AAPM Annual Meeting 2021, abstract 55551 (displayed and computed dose "
    "of six systems differ by up to 20.5 % at 50 % glandularity)"
)
_STANDARD_PERCENT = 50.0
_ROUNDED_PERCENT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """
    One exposure of one breast, as stated.

    ``incident_air_kerma_mgy`` is that at the surface of this breast, ``None`` where it is stated for another point.
    ``anode`` and ``filter`` are the words of the standard in lower case. ``value_ids`` leads from a field to who
    states it.
    """

    incident_air_kerma_mgy: float | None
    thickness_mm: float | None
    hvl_mm_al: float | None
    anode: str | None
    filter: str | None
    filter_mm: float | None = None
    glandularity_percent: float | None = None
    is_tomosynthesis: bool | None = None
    value_ids: Mapping[str, str] = field(default_factory=dict)


def mean_glandular_dose(exposure: Exposure) -> Estimate | NotComputable:
    """Return the mean glandular dose in mGy of one contact exposure of a breast of 50 % glandularity."""
    kerma, thickness, hvl = exposure.incident_air_kerma_mgy, exposure.thickness_mm, exposure.hvl_mm_al
    if kerma is None or thickness is None or hvl is None or not kerma > 0:
        return _not_stated(exposure)
    if exposure.is_tomosynthesis is not False:
        return NotComputable(
            missing=("factors t of tomosynthesis (Dance 2011)",), reason="the factors hold for a single contact view"
        )
    percent = exposure.glandularity_percent
    if percent is not None and abs(percent - _STANDARD_PERCENT) > _ROUNDED_PERCENT:
        return NotComputable(
            missing=("factors c for the glandularity (Dance 2000)",),
            reason=f"the breast is stated to have {percent:g} % glandular tissue, the factors g are those of 50 %",
        )
    spectrum = _spectrum(exposure)
    if spectrum is None:
        return NotComputable(
            missing=(f"factor s of {exposure.anode or 'unknown'} with {exposure.filter or 'unknown'}",),
            reason="no factor for this anode and filter could be checked",
        )
    g = _g(thickness, hvl)
    if g is None:
        return NotComputable(
            missing=("factor g for this thickness and half-value layer",),
            reason="the checked table holds 20 to 80 mm and 0.30 to 0.60 mm Al",
        )
    value = kerma * g * spectrum
    return Estimate(
        value=value,
        unit="mGy",
        interval=Interval(
            low=value / _OVERESTIMATED, high=value * (1 + _DISPLAYED), coverage=None, source=_INTERVAL_SOURCE
        ),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=_inputs(exposure, g, spectrum),
        source=_SOURCE,
        caveats=("the breast is taken to have 50 % glandular tissue", "a check, never in place of the stated dose"),
    )


def disagrees(stated_mgy: float, computed: Estimate) -> bool:
    """Tell if a stated mean glandular dose lies farther from the computed one than published differences do."""
    return not computed.interval.low <= stated_mgy <= computed.interval.high


def _not_stated(exposure: Exposure) -> NotComputable:
    stated = {
        "entrance dose at the surface of this breast": exposure.incident_air_kerma_mgy,
        "compressed thickness": exposure.thickness_mm,
        "half-value layer": exposure.hvl_mm_al,
    }
    missing = tuple(name for name, value in stated.items() if value is None or not value > 0)
    return NotComputable(missing=missing, reason="the method needs them all, as a value above 0")


def _spectrum(exposure: Exposure) -> float | None:
    """Return the factor s; where it holds for a range of filter thickness, a stated one outside of it has none."""
    for row in rows("mammography_s"):
        if (row["anode"], row["filter"]) == (exposure.anode, exposure.filter):
            low, high, mm = row["filter_min_mm"], row["filter_max_mm"], exposure.filter_mm
            is_within = mm is None or not low or float(low) <= mm <= float(high)
            return float(row["s"]) if is_within else None
    return None


def _g(thickness_mm: float, hvl_mm_al: float) -> float | None:
    table = _table()
    thicknesses = sorted({thickness for thickness, _ in table})
    layers = sorted({layer for _, layer in table})
    lower, upper = _bracket(thicknesses, thickness_mm), _bracket(layers, hvl_mm_al)
    if lower is None or upper is None:
        return None
    (t0, t1), (h0, h1) = lower, upper
    thin = _between(hvl_mm_al, (h0, table[t0, h0]), (h1, table[t0, h1]))
    thick = _between(hvl_mm_al, (h0, table[t1, h0]), (h1, table[t1, h1]))
    return _between(thickness_mm, (t0, thin), (t1, thick))


@cache
def _table() -> dict[tuple[float, float], float]:
    return {(float(row["thickness_mm"]), float(row["hvl_mm_al"])): float(row["g"]) for row in rows("mammography_g")}


def _bracket(sorted_values: list[float], value: float) -> tuple[float, float] | None:
    return next(((low, high) for low, high in pairwise(sorted_values) if low <= value <= high), None)


def _between(at: float, one: tuple[float, float], other: tuple[float, float]) -> float:
    (x0, y0), (x1, y1) = one, other
    return y0 + (y1 - y0) * (at - x0) / (x1 - x0)


def _inputs(exposure: Exposure, g: float, s: float) -> tuple[Input, ...]:
    stated = (
        ("incident air kerma", "incident_air_kerma_mgy", "mGy"),
        ("compressed thickness", "thickness_mm", "mm"),
        ("half-value layer", "hvl_mm_al", "mm Al"),
        ("glandularity", "glandularity_percent", "%"),
    )
    return (
        *(
            Input(name=name, value=value, unit=unit, value_id=exposure.value_ids.get(of))
            for name, of, unit in stated
            if (value := getattr(exposure, of)) is not None
        ),
        Input(name="anode and filter", value=f"{exposure.anode} {exposure.filter}"),
        Input(name="g", value=g),
        Input(name="s", value=s),
    )
