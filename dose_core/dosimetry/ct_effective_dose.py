"""
Effective dose of CT: dose-length product times a factor of region, age, tube voltage and phantom.

Source: AAPM Report 96 (2008), eq. 12 and Table 3; the factors of each set stand in ``factors/ct_dlp_k_factors.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dose_core.dosimetry.ct_k_choice import Chosen, choose
from dose_core.dosimetry.ct_k_factors import TissueWeights
from dose_core.dosimetry.estimate import Estimate, Input, Interval, NotComputable

METHOD_IDS: Mapping[TissueWeights, str] = {
    TissueWeights.ICRP60: "ct-effective-dose-icrp60",
    TissueWeights.ICRP103: "ct-effective-dose-icrp103",
}
METHOD_VERSION = "1"
# "The relative uncertainty in estimated values of E for medical exposures for a reference patient is ... about ±40%".
_RELATIVE = 0.4
_RELATIVE_SOURCE = "Martin, Br J Radiol 2007;80:639-647, abstract: about ±40 % for a reference patient"
_UNIT = "mSv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """
    One irradiation event.

    ``regions`` names rows of the table: that of the region, then those that it might be instead. ``dlp_interval`` is
    given where the DLP is an estimate itself. ``value_ids`` leads from the names of inputs to what states them.
    """

    dlp_mgy_cm: float | None
    phantom_mm: int | None
    regions: tuple[str, ...]
    kvs: tuple[float, ...] = ()
    dlp_interval: Interval | None = None
    caveats: tuple[str, ...] = ()
    value_ids: Mapping[str, str] = field(default_factory=dict)


def effective_dose(exposure: Exposure, *, age_years: float | None, weights: TissueWeights) -> Estimate | NotComputable:
    """
    Return the effective dose of one event in mSv, of a reference person of the patient's age.

    It is refused without DLP, phantom, region or age, where no checked factor fits, and where the factor refers to
    another phantom than the DLP which nothing turns into the other.
    """
    dlp_mgy_cm, phantom_mm = exposure.dlp_mgy_cm, exposure.phantom_mm
    if dlp_mgy_cm is None or phantom_mm is None or age_years is None or not exposure.regions:
        return NotComputable(
            missing=_missing(exposure, age_years), reason="the factor or what it multiplies is unknown"
        )
    chosen = choose(weights, exposure.regions, age_years=age_years, kvs=exposure.kvs, phantom_mm=phantom_mm)
    if isinstance(chosen, NotComputable):
        return chosen
    low, high = (exposure.dlp_interval.low, exposure.dlp_interval.high) if exposure.dlp_interval else (dlp_mgy_cm,) * 2
    dlp_sources = (exposure.dlp_interval.source,) if exposure.dlp_interval else ()
    return Estimate(
        value=dlp_mgy_cm * chosen.k_msv_per_mgy_cm,
        unit=_UNIT,
        interval=Interval(
            low=low * chosen.least * (1 - _RELATIVE),
            high=high * chosen.greatest * (1 + _RELATIVE),
            coverage=None,
            source="; ".join((_RELATIVE_SOURCE, *chosen.interval_sources, *dlp_sources)),
        ),
        method_id=METHOD_IDS[weights],
        method_version=METHOD_VERSION,
        inputs=_inputs(exposure, dlp_mgy_cm, phantom_mm, age_years, chosen),
        source=f"AAPM Report 96 (2008), eq. 12: DLP times a factor; the factor: {chosen.source}",
        caveats=(*exposure.caveats, *chosen.caveats),
    )


def _missing(exposure: Exposure, age_years: float | None) -> tuple[str, ...]:
    return tuple(
        name
        for name, is_absent in (
            ("DLP", exposure.dlp_mgy_cm is None),
            ("CTDIw phantom", exposure.phantom_mm is None),
            ("region", not exposure.regions),
            ("age", age_years is None),
        )
        if is_absent
    )


def _inputs(
    exposure: Exposure, dlp_mgy_cm: float, phantom_mm: int, age_years: float, chosen: Chosen
) -> tuple[Input, ...]:
    named: list[tuple[str, float | str, str | None]] = [
        ("DLP", dlp_mgy_cm, "mGy.cm"),
        ("CTDIw phantom", phantom_mm, "mm"),
        ("region", exposure.regions[0], None),
        ("age", age_years, "years"),
        *((f"tube voltage {n}", kv, "kV") for n, kv in enumerate(exposure.kvs, start=1)),
        ("factor", chosen.k_msv_per_mgy_cm, "mSv/(mGy.cm)"),
    ]
    return tuple(
        Input(name=name, value=value, unit=unit, value_id=exposure.value_ids.get(name)) for name, value, unit in named
    )
