"""The effective dose of administrations, against published doses and hand calculation."""

from collections.abc import Callable

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.nm_effective_dose import (
    METHOD_ID,
    METHOD_VERSION,
    Administered,
    effective_dose,
    total,
)
from tests.support.validation import REFUSED, Case, Record

_JNM = "J Nucl Med, Table 1 of common pediatric procedures (highwire markup 68489), rounded to 0.1 mSv there"
_SNMMI = "SNMMI guideline, J Nucl Med Technol 42/3/163, first table, rounded to 0.1 mSv there"
_ABOUT = """
## What it does

    E = administered activity x coefficient of agent and age group

Age groups in completed years: 1 to 2, 3 to 7, 8 to 12, 13 to 17, adults from 18. Nothing is interpolated. The
interval is 50 % to both sides (Martin 2011, for a reference patient); what stayed at the injection site lowers its
lower end by its part. Several administrations add up end by end.

The published doses were computed by their authors from activities that are scaled by body mass; the activity of a
case is that scaled one, so that the rounding of the table is the only difference.

Which coefficients are used and which are refused: [nuclear medicine, mammography and
projection](../reference/nuclear-mammography-projection-estimates.md).
"""


def _dose(nuclide: str, agent: str, mbq: float, age_years: float | None) -> Callable[[], Estimate | NotComputable]:
    return lambda: effective_dose(Administered(nuclide=nuclide, agent=agent, activity_mbq=mbq), age_years)


def _two() -> Estimate | NotComputable:
    parts = (_dose("Tc-99m", "sestamibi at rest", 250, 60)(), _dose("Tc-99m", "sestamibi at rest", 750, 60)())
    return total(parts)


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="effective dose of radiopharmaceuticals",
    source="ICRP Publications 80, 106 and 128; Andersson et al. 2014 with the erratum of 2015",
    tolerance=0.025,
    tolerance_reason="the published doses are rounded to 0.1 mSv, and the coefficients to two figures",
    unit="mSv",
    cases=(
        Case(
            name="MDP, 5 years, 740 x 19.8/70 MBq",
            expected=2.9,
            expected_from=_JNM,
            compute=_dose("Tc-99m", "MDP", 740 * 19.8 / 70, 5),
        ),
        Case(
            name="MDP, adult, 740 MBq",
            expected=3.626,
            expected_from="by hand: 740 x 0.0049 of ICRP 128 (the table above: 4.2, with that of ICRP 80)",
            compute=_dose("Tc-99m", "MDP", 740, 40),
            tolerance=1e-9,
        ),
        Case(
            name="ECD, 15 years, 740 x 56.8/70 MBq",
            expected=5.9,
            expected_from=_JNM,
            compute=_dose("Tc-99m", "ECD", 740 * 56.8 / 70, 15),
        ),
        Case(
            name="sestamibi, 1 year, 740 x 9.7/70 MBq",
            expected=5.4,
            expected_from=_JNM,
            compute=_dose("Tc-99m", "sestamibi at rest", 740 * 9.7 / 70, 1),
        ),
        Case(
            name="MIBG, adult, 370 MBq",
            expected=4.8,
            expected_from=_JNM,
            compute=_dose("I-123", "MIBG", 370, 40),
        ),
        Case(
            name="pertechnetate, adult, 296 MBq",
            expected=3.8,
            expected_from=_SNMMI,
            compute=_dose("Tc-99m", "pertechnetate, no blocking", 296, 40),
        ),
        Case(
            name="pertechnetate, adult, 444 MBq",
            expected=5.7,
            expected_from=_SNMMI,
            compute=_dose("Tc-99m", "pertechnetate, no blocking", 444, 40),
        ),
        Case(
            name="FDG, adult, 394 MBq",
            expected=6.7374,
            expected_from="by hand: 394 x 0.0171",
            compute=_dose("F-18", "FDG", 394, 60),
            tolerance=1e-9,
        ),
        Case(
            name="FDG, 10 years, 100 MBq",
            expected=3.7,
            expected_from="by hand: 100 x 0.037",
            compute=_dose("F-18", "FDG", 100, 10),
            tolerance=1e-9,
        ),
        Case(
            name="rest and stress, 250 and 750 MBq of sestamibi",
            expected=9.0,
            expected_from="by hand: 1000 x 0.009",
            compute=_two,
            tolerance=1e-9,
        ),
        Case(
            name="tetrofosmin, adult",
            expected=REFUSED,
            expected_from="no coefficient could be checked: editions differ, and one text alone prints each",
            compute=_dose("Tc-99m", "tetrofosmin at rest", 400, 40),
        ),
        Case(
            name="MAG3, 5 years, 370 x 19.8/70 MBq",
            expected=1.3,
            expected_from=_JNM + "; its coefficients of MAG3 are 3 to 7 % higher",
            compute=_dose("Tc-99m", "MAG3", 370 * 19.8 / 70, 5),
            tolerance=0.04,
        ),
        Case(
            name="MIBG, 10 years, 370 x 33.2/70 MBq",
            expected=4.5,
            expected_from=_JNM,
            compute=_dose("I-123", "MIBG", 370 * 33.2 / 70, 10),
        ),
        Case(
            name="FDG, half a year old",
            expected=REFUSED,
            expected_from="ICRP 128 has no coefficient below one year",
            compute=_dose("F-18", "FDG", 20, 0.5),
        ),
        Case(
            name="FDG, no age",
            expected=REFUSED,
            expected_from="the coefficient depends on the age",
            compute=_dose("F-18", "FDG", 200, None),
        ),
    ),
    about=_ABOUT,
)
