"""
Organ doses of CT in adults: dose-length product times a coefficient of region, sex and size of the body.

Source: PMC7393764, Table 4 (``factors/ct_organ_dose_per_dlp.csv``). Its groups have the names of the classes of the
World Health Organization by body mass index (Technical Report Series 894, 2000).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dose_core.dosimetry.ct_k_factors import ADULT_FROM_YEARS
from dose_core.dosimetry.estimate import Estimate, Input, Interval, NotComputable
from dose_core.dosimetry.factors import rows

METHOD_ID = "ct-organ-dose"
METHOD_VERSION = "1"
# The least body mass index of each class in kg/m2, the heaviest first.
_GROUPS = ((40.0, "obese3"), (35.0, "obese2"), (30.0, "obese1"), (25.0, "overweight"), (18.5, "normal"))
# "In-field organs see less than 60% difference in dose between dose estimators. For organs outside scan range or
# distributed organs, a five times' difference can occur": of which of two estimators 60 % are counted it does not say.
_IN_FIELD = 1 / (1 - 0.6)
_OUT_OF_FIELD = 5.0
_INTERVAL_SOURCE = "Gao et al., BMC Med Imaging 2017;17:28, abstract: "
_SAYS_IN_FIELD = "less than 60 % between estimators for organs in the field"
_SAYS_OUT_OF_FIELD = "up to five times for organs outside of the field or spread over the body"
_CM_PER_M = 100.0
# No body has a mass index near this; a height in metres, or one that is no height, has far more.
_NO_BODY = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedAdult:
    """One irradiation event; ``region`` names a row of the table, ``value_ids`` leads to what states an input."""

    dlp_mgy_cm: float | None
    phantom_mm: int | None
    region: str | None
    age_years: float | None
    sex: str | None
    size_cm: float | None
    weight_kg: float | None
    dlp_interval: Interval | None = None
    caveats: tuple[str, ...] = ()
    value_ids: Mapping[str, str] = field(default_factory=dict)


def organ_doses(scanned: ScannedAdult) -> dict[str, Estimate] | NotComputable:
    """
    Return the mean absorbed dose of each organ of the table in mGy, by organ.

    It is refused for anybody below 20 years, without DLP, phantom, region, sex, height and weight, and where the table
    has no column for the body, as for underweight.
    """
    missing = _missing(scanned)
    if missing:
        return NotComputable(missing=missing, reason="the coefficient or what it multiplies is unknown")
    if (scanned.age_years or 0.0) < ADULT_FROM_YEARS:
        return NotComputable(missing=(), reason="the coefficients are those of adults")
    group = size_group(scanned.size_cm or 0.0, scanned.weight_kg or 0.0)
    if group is None:
        return NotComputable(missing=("height", "weight"), reason="height and weight together are those of no body")
    fitting = [
        row
        for row in rows("ct_organ_dose_per_dlp")
        if (row["region"], row["sex"], row["size_group"]) == (scanned.region, scanned.sex, group)
    ]
    if not fitting:
        return NotComputable(
            missing=(), reason=f"no coefficient was read for the {scanned.region} of a body of the group {group}"
        )
    if any(int(row["ctdi_phantom_cm"]) * 10 != scanned.phantom_mm for row in fitting):
        return NotComputable(missing=(), reason="the DLP refers to another phantom than the coefficients")
    return {row["organ"]: _dose(scanned, row) for row in fitting}


def size_group(size_cm: float, weight_kg: float) -> str | None:
    """
    Return the group of a body as the table names it, ``None`` where the numbers are those of no body.

    ``underweight`` is none of its columns.
    """
    square_m2 = (size_cm / _CM_PER_M) ** 2
    if weight_kg > _NO_BODY * square_m2:
        return None
    return next((name for least, name in _GROUPS if weight_kg >= least * square_m2), "underweight")


def _dose(scanned: ScannedAdult, row: Mapping[str, str]) -> Estimate:
    dlp_mgy_cm = scanned.dlp_mgy_cm or 0.0
    coefficient = float(row["korg_mgy_per_mgy_cm"])
    is_in_field = row["is_in_field"] == "yes"
    times = _IN_FIELD if is_in_field else _OUT_OF_FIELD
    bounds = scanned.dlp_interval
    sources = [
        _INTERVAL_SOURCE + (_SAYS_IN_FIELD if is_in_field else _SAYS_OUT_OF_FIELD),
        *([bounds.source] if bounds else []),
    ]
    return Estimate(
        value=dlp_mgy_cm * coefficient,
        unit="mGy",
        interval=Interval(
            low=(bounds.low if bounds else dlp_mgy_cm) * coefficient / times,
            high=(bounds.high if bounds else dlp_mgy_cm) * coefficient * times,
            coverage=None,
            source="; ".join(sources),
        ),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=_inputs(scanned, row["size_group"], coefficient),
        source=f"DLP times a coefficient: {row['source']}",
        caveats=(*scanned.caveats, "the organ is that of a phantom of the patient's size group, not the patient's"),
    )


def _missing(scanned: ScannedAdult) -> tuple[str, ...]:
    return tuple(
        name
        for name, is_absent in (
            ("DLP", scanned.dlp_mgy_cm is None),
            ("CTDIw phantom", scanned.phantom_mm is None),
            ("region: head, chest, or abdomen and pelvis", scanned.region is None),
            ("age", scanned.age_years is None),
            ("sex", scanned.sex not in {"F", "M"}),
            ("height", not scanned.size_cm),
            ("weight", not scanned.weight_kg),
        )
        if is_absent
    )


def _inputs(scanned: ScannedAdult, group: str, coefficient: float) -> tuple[Input, ...]:
    named: list[tuple[str, float | str | None, str | None]] = [
        ("DLP", scanned.dlp_mgy_cm, "mGy.cm"),
        ("CTDIw phantom", scanned.phantom_mm, "mm"),
        ("region", scanned.region, None),
        ("sex", scanned.sex, None),
        ("size group", group, None),
        ("coefficient", coefficient, "mGy/(mGy.cm)"),
    ]
    return tuple(
        Input(name=name, value=value, unit=unit, value_id=scanned.value_ids.get(name))
        for name, value, unit in named
        if value is not None
    )
