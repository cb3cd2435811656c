"""
Effective dose of a radiopharmaceutical: administered activity times the coefficient of agent and age.

The coefficients hold for a reference person with a common biokinetic behaviour; nothing of the patient goes in but
the age. Agents, ages and routes without a checked coefficient are refused: see ``factors/nm_effective_dose.csv``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from dose_core.dosimetry.age_groups import age_group
from dose_core.dosimetry.estimate import Estimate, Input, Interval, NotComputable
from dose_core.dosimetry.factors import rows

METHOD_ID = "nm-effective-dose"
METHOD_VERSION = "1"
_TABLE = "nm_effective_dose"
_UNIT = "mSv"
_SOURCE = "ICRP Publication 128: effective dose is administered activity times the coefficient of agent and age"
_RELATIVE = 0.5
_INTERVAL_SOURCE = (
    "Martin CJ, J Radiol Prot 2011;31:205-219 doi:10.1088/0952-4746/31/2/001, abstract: about +-50 % for a reference "
    "patient in nuclear medicine"
)
# The newer weights first; coefficients of children exist with those of 1990 alone.
_WEIGHTS = ("ICRP103", "ICRP60")


@dataclass(frozen=True, slots=True, kw_only=True)
class Administered:
    """
    One administration. ``nuclide`` and ``agent`` are those of the table, such as ``F-18`` and ``FDG``.

    ``extravasation_percent`` is what was estimated to have stayed at the injection site, ``None`` where not stated.
    """

    nuclide: str
    agent: str
    activity_mbq: float | None
    stated_agent: str | None = None  # in the words of the source
    extravasation_percent: float | None = None
    activity_value_id: str | None = None
    extravasation_value_id: str | None = None


def effective_dose(administered: Administered, age_years: float | None) -> Estimate | NotComputable:
    """
    Return the effective dose in mSv of one administration to a patient of this age.

    With the tissue weights of ICRP 103 where a coefficient exists, else with those of ICRP 60; its inputs say which.
    What stayed at the injection site lowers the lower end of the interval by its part, for nothing published tells
    how much of it reaches the body later.
    """
    group = age_group(age_years)
    refusal = _refusal(administered, age_years, group)
    if refusal is not None:
        return refusal
    found = {row["tissue_weights"]: row for row in _rows_of(administered) if row["age_group"] == group}
    weights = next((one for one in _WEIGHTS if one in found), None)
    activity_mbq = administered.activity_mbq
    if weights is None or activity_mbq is None or age_years is None:
        return _no_coefficient(administered, f"the age group {group}")
    row = found[weights]
    coefficient = float(row["msv_per_mbq"])
    value = activity_mbq * coefficient
    left = (administered.extravasation_percent or 0.0) / 100
    return Estimate(
        value=value,
        unit=_UNIT,
        interval=Interval(
            low=value * (1 - left) * (1 - _RELATIVE),
            high=value * (1 + _RELATIVE),
            coverage=None,
            source=_INTERVAL_SOURCE,
        ),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=(
            Input(
                name="administered activity",
                value=activity_mbq,
                unit="MBq",
                value_id=administered.activity_value_id,
            ),
            Input(name="agent", value=administered.stated_agent or administered.agent),
            Input(name="coefficient of", value=f"{administered.nuclide} {administered.agent}"),
            Input(name="age group", value=group or ""),
            Input(name="tissue weights", value=weights),
            Input(name="coefficient", value=coefficient, unit="mSv/MBq"),
            *_extravasated(administered),
        ),
        source=f"{_SOURCE}; coefficient: {row['source']}",
        caveats=_caveats(administered, weights),
    )


def total(parts: Sequence[Estimate | NotComputable]) -> Estimate | NotComputable:
    """
    Return the sum of several administrations; their intervals are added end by end, for their errors go together.

    One that cannot be computed refuses the sum: a part of it would look like the whole.
    """
    refused = [one for one in parts if isinstance(one, NotComputable)]
    if refused or not parts:
        missing = tuple(dict.fromkeys(name for one in refused for name in one.missing))
        return NotComputable(missing=missing, reason="an administration of the exam has no effective dose of its own")
    estimates = [one for one in parts if isinstance(one, Estimate)]
    return Estimate(
        value=sum(one.value for one in estimates),
        unit=_UNIT,
        interval=Interval(
            low=sum(one.interval.low for one in estimates),
            high=sum(one.interval.high for one in estimates),
            coverage=None,
            source=_INTERVAL_SOURCE,
        ),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=tuple(put for one in estimates for put in one.inputs),
        source="; ".join(dict.fromkeys(one.source for one in estimates)),
        caveats=tuple(dict.fromkeys(caveat for one in estimates for caveat in one.caveats)),
    )


def _refusal(administered: Administered, age_years: float | None, group: str | None) -> NotComputable | None:
    if (
        administered.activity_mbq is None
        or not administered.activity_mbq > 0
        or not isfinite(administered.activity_mbq)
    ):
        return NotComputable(missing=("administered activity",), reason="no activity above 0 is stated")
    if not 0 <= (administered.extravasation_percent or 0.0) <= 100:  # noqa: PLR2004 - percent
        return NotComputable(missing=("extravasation",), reason="the extravasated part is not between 0 and 100 %")
    if not _rows_of(administered):
        return _no_coefficient(administered, "any age")
    if age_years is None:
        return NotComputable(missing=("age at the exam",), reason="the coefficient depends on the age")
    return _no_coefficient(administered, f"the age of {age_years:g} years") if group is None else None


def _no_coefficient(administered: Administered, of: str) -> NotComputable:
    return NotComputable(
        missing=(f"a checked coefficient of {administered.nuclide} {administered.agent}",),
        reason=f"no coefficient for {of} could be checked against a public text",
    )


def _rows_of(administered: Administered) -> tuple[Mapping[str, str], ...]:
    named = (administered.nuclide, administered.agent)
    return tuple(row for row in rows(_TABLE) if (row["nuclide"], row["agent"]) == named)


def _extravasated(administered: Administered) -> tuple[Input, ...]:
    if administered.extravasation_percent is None:
        return ()
    return (
        Input(
            name="extravasation",
            value=administered.extravasation_percent,
            unit="%",
            value_id=administered.extravasation_value_id,
        ),
    )


def _caveats(administered: Administered, weights: str) -> tuple[str, ...]:
    return (
        "for a reference person, not for this patient",
        "the common biokinetic behaviour of the agent is presumed",
        *(("tissue weights of 1990 (ICRP 60)",) if weights == "ICRP60" else ()),
        *(("a part stayed at the injection site",) if administered.extravasation_percent else ()),
    )
