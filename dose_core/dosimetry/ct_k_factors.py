"""Factors from dose-length product to effective dose, as published, and for the phantom of a DLP."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from dose_core.dosimetry import ct_phantoms
from dose_core.dosimetry.estimate import NotComputable
from dose_core.dosimetry.factors import rows

# "Adult (typically considered over 20 years)": NCICT User Manual, National Cancer Institute, patient characteristics.
ADULT_FROM_YEARS = 20.0
_ADULT = "adult"


class TissueWeights(StrEnum):
    """The recommendation whose tissue weighting factors a factor was computed with."""

    ICRP60 = "ICRP60"
    ICRP103 = "ICRP103"


@dataclass(frozen=True, slots=True, kw_only=True)
class KFactor:
    """One row: mSv per mGy.cm for a region, an age and a voltage; ``None`` for any voltage, or an unread phantom."""

    region: str
    age_years: float
    kv: float | None
    phantom_mm: int | None
    k_msv_per_mgy_cm: float
    source: str
    least: float
    greatest: float
    is_converted: bool = False  # to the phantom of the DLP

    @property
    def age(self) -> str:
        """The age as the table names it."""
        if self.age_years >= ADULT_FROM_YEARS:
            return "adults"
        return {0: "newborns", 1: "1 year"}.get(int(self.age_years), f"{self.age_years:g} years")


@cache
def factors(weights: TissueWeights) -> tuple[KFactor, ...]:
    """Return the rows with these tissue weights whose digits were checked."""
    return tuple(
        KFactor(
            region=row["region"],
            age_years=ADULT_FROM_YEARS if row["age_or_group"] == _ADULT else float(row["age_or_group"]),
            kv=None if row["kvp"] == "all" else float(row["kvp"]),
            phantom_mm=int(row["ctdi_phantom_cm"]) * 10 if row["ctdi_phantom_cm"] else None,
            k_msv_per_mgy_cm=float(row["k_msv_per_mgy_cm"]),
            least=float(row["k_msv_per_mgy_cm"]),
            greatest=float(row["k_msv_per_mgy_cm"]),
            source=row["source"],
        )
        for row in rows("ct_dlp_k_factors")
        if row["tissue_weights"] == weights
    )


def on_phantom(fitting: Sequence[KFactor], phantom_mm: int) -> list[KFactor] | NotComputable:
    """Return the factors for a DLP on this phantom."""
    if any(one.phantom_mm is None for one in fitting):
        return NotComputable(
            missing=(), reason="it is not known here which phantom the factors of children's bodies refer to"
        )
    differ = [one for one in fitting if one.phantom_mm != phantom_mm]
    if differ and phantom_mm not in ct_phantoms.PHANTOMS_MM:
        return NotComputable(missing=("CTDIw phantom",), reason="the DLP refers to no phantom of IEC 60601-2-44")
    if any(one.region not in ct_phantoms.TRUNK for one in differ):
        return NotComputable(
            missing=(),
            reason=f"the DLP refers to the {phantom_mm // 10} cm phantom, the factor to the other, and no conversion "
            "with a published uncertainty was found for heads and necks",
        )
    return [_converted(one, phantom_mm) for one in fitting]


def _converted(one: KFactor, phantom_mm: int) -> KFactor:
    if one.phantom_mm is None or one.phantom_mm == phantom_mm:
        return one
    ratio = ct_phantoms.ratio(phantom_mm, one.phantom_mm)
    return replace(
        one,
        phantom_mm=phantom_mm,
        k_msv_per_mgy_cm=one.k_msv_per_mgy_cm * ratio.value,
        least=one.least * ratio.least,
        greatest=one.greatest * ratio.greatest,
        is_converted=True,
    )
