# ruff: noqa: E501 - the lines of the page
"""Effective dose of CT with the weights of ICRP 60, against examples from the report and other publications."""

from collections.abc import Callable

from dose_core.dosimetry.ct_effective_dose import METHOD_IDS, METHOD_VERSION, Exposure, effective_dose
from dose_core.dosimetry.ct_k_factors import TissueWeights
from dose_core.dosimetry.estimate import Estimate, NotComputable
from tests.support.validation import REFUSED, Case, Record

# A dose converter's review of 2026 computed these from the printed table, with the phantoms that it names.
_ANCHOR = "AAPM 96, Table 3, computed from the printed page in a public review of another program"
_HUDA = "Huda et al., Radiology 2008;248:995-1003, abstract, at 120 kV: another program and phantom"
_PUBLISHED = 0.4  # Martin 2007: what two ways of reckoning may differ by


def dose(
    region: str, *, age_years: float, phantom_mm: int, dlp_mgy_cm: float = 100.0, kvs: tuple[float, ...] = (120.0,)
) -> Callable[[], Estimate | NotComputable]:
    """Return what computes the effective dose of one event."""
    exposure = Exposure(dlp_mgy_cm=dlp_mgy_cm, phantom_mm=phantom_mm, regions=(region,), kvs=kvs)
    return lambda: effective_dose(exposure, age_years=age_years, weights=TissueWeights.ICRP60)


def highest(compute: Callable[[], Estimate | NotComputable]) -> Callable[[], float | NotComputable]:
    """Return what computes the upper end of the interval."""

    def of() -> float | NotComputable:
        outcome = compute()
        return outcome.interval.high if isinstance(outcome, Estimate) else outcome

    return of


RECORD = Record(
    method_id=METHOD_IDS[TissueWeights.ICRP60],
    method_version=METHOD_VERSION,
    title="effective dose of CT, tissue weights of ICRP 60",
    source="AAPM Report 96 (2008), eq. 12 and Table 3 (Shrimpton et al. 2005): DLP times a factor of region, age and phantom",
    unit="mSv",
    tolerance=1e-9,
    tolerance_reason="the method is a product; 40 % where the case is another publication's reckoning, which is the uncertainty that Martin (2007) names",
    cases=[
        Case(
            name="head of a newborn, 100 mGy.cm on 16 cm",
            expected=1.1,
            expected_from=_ANCHOR,
            compute=dose("head", age_years=0, phantom_mm=160),
        ),
        Case(
            name="head of an adult, 100 mGy.cm on 16 cm",
            expected=0.21,
            expected_from=_ANCHOR,
            compute=dose("head", age_years=40, phantom_mm=160),
        ),
        Case(
            name="chest of a newborn, 100 mGy.cm on 16 cm",
            expected=3.9,
            expected_from=_ANCHOR,
            compute=dose("chest", age_years=0, phantom_mm=160),
        ),
        Case(
            name="chest of a child of 10 years, 100 mGy.cm on 16 cm",
            expected=1.3,
            expected_from=_ANCHOR,
            compute=dose("chest", age_years=10, phantom_mm=160),
        ),
        Case(
            name="chest of an adult, 100 mGy.cm on 32 cm",
            expected=1.4,
            expected_from=_ANCHOR,
            compute=dose("chest", age_years=40, phantom_mm=320),
        ),
        Case(
            name="neck of an adult, 100 mGy.cm on 16 cm",
            expected=0.59,
            expected_from="by hand: 100 x 0.0059",
            compute=dose("neck", age_years=40, phantom_mm=160),
        ),
        Case(
            name="abdomen and pelvis, 6 years, 200 mGy.cm on 16 cm: the row of 5 years",
            expected=4.0,
            expected_from="by hand: 200 x 0.020",
            compute=dose("abdomen_pelvis", age_years=6, phantom_mm=160, dlp_mgy_cm=200.0),
        ),
        Case(
            name="upper end: the same, widened to the row of 10 years and by 40 %",
            expected=5.6,
            expected_from="by hand: 200 x 0.020 x 1.4",
            compute=highest(dose("abdomen_pelvis", age_years=6, phantom_mm=160, dlp_mgy_cm=200.0)),
        ),
        Case(
            name="head of an adult, 100 mGy.cm",
            expected=0.22,
            expected_from=_HUDA,
            compute=dose("head", age_years=40, phantom_mm=160),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="neck of an adult, 100 mGy.cm",
            expected=0.54,
            expected_from=f"{_HUDA}; cervical spine",
            compute=dose("neck", age_years=40, phantom_mm=160),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="trunk of an adult, 100 mGy.cm",
            expected=1.8,
            expected_from=_HUDA,
            compute=dose("trunk", age_years=40, phantom_mm=320),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="chest of a child of 5 years, 100 mGy.cm on 32 cm, the factor for 16 cm",
            expected=3.7495,
            expected_from="by hand: 1.8 x 2.0831, the ratio of AAPM 204's factors",
            compute=dose("chest", age_years=5, phantom_mm=320),
            tolerance=1e-4,
        ),
        Case(
            name="head of a child of 5 years, DLP on 32 cm",
            expected=REFUSED,
            expected_from="AAPM 204 holds for trunks",
            compute=dose("head", age_years=5, phantom_mm=320),
        ),
        Case(
            name="heart",
            expected=REFUSED,
            expected_from="the table has no such row",
            compute=dose("heart", age_years=40, phantom_mm=320),
        ),
    ],
    about="""
What the method does, which rows it uses and which it refuses: [effective and organ dose](../reference/effective-and-organ-dose.md).
""",
)
