# ruff: noqa: E501 - the lines of the page
"""Effective dose of CT with the weights of ICRP 103, against a nationwide survey and cardiac factors of others."""

from collections.abc import Callable

from dose_core.dosimetry.ct_effective_dose import METHOD_IDS, METHOD_VERSION, Exposure, effective_dose
from dose_core.dosimetry.ct_k_factors import TissueWeights
from dose_core.dosimetry.estimate import Estimate, NotComputable
from tests.support.validation import REFUSED, Case, Record

_KOREA = "nationwide survey in Korea, PMC7554984, abstract: other patients and scan ranges"
_LEE = "by hand, Lee et al. 2012, Table XII"
_PUBLISHED = 0.4  # Martin 2007: what two ways of reckoning may differ by


def dose(
    region: str, *, age_years: float, phantom_mm: int, kvs: tuple[float, ...] = (120.0,)
) -> Callable[[], Estimate | NotComputable]:
    """Return what computes the effective dose of 1000 mGy.cm."""
    exposure = Exposure(dlp_mgy_cm=1000.0, phantom_mm=phantom_mm, regions=(region,), kvs=kvs)
    return lambda: effective_dose(exposure, age_years=age_years, weights=TissueWeights.ICRP103)


def lowest(compute: Callable[[], Estimate | NotComputable]) -> Callable[[], float | NotComputable]:
    """Return what computes the lower end of the interval."""

    def of() -> float | NotComputable:
        outcome = compute()
        return outcome.interval.low if isinstance(outcome, Estimate) else outcome

    return of


RECORD = Record(
    method_id=METHOD_IDS[TissueWeights.ICRP103],
    method_version=METHOD_VERSION,
    title="effective dose of CT, tissue weights of ICRP 103",
    source="AAPM Report 96 (2008), eq. 12: DLP times a factor; the factors: Lee et al., Med Phys 2012;39:2129-2146, Table XII; of the heart: PMC7554984, abstract",
    unit="mSv of 1000 mGy.cm",
    tolerance=1e-9,
    tolerance_reason="the method is a product; 40 % where the case is another publication's reckoning, which is the uncertainty that Martin (2007) names",
    cases=[
        Case(
            name="chest of an adult, 100 kV",
            expected=20.3,
            expected_from=_LEE,
            compute=dose("chest", age_years=40, phantom_mm=320, kvs=(100.0,)),
        ),
        Case(
            name="lower end: chest of an adult, 90 kV",
            expected=11.46,
            expected_from="by hand: the row of 80 kV, 19.1 x 0.6",
            compute=lowest(dose("chest", age_years=40, phantom_mm=320, kvs=(90.0,))),
        ),
        Case(
            name="lower end: chest of an adult, 70 kV, outside the table",
            expected=9.168,
            expected_from="by hand: 19.1 x 0.6 / 1.25 (Huda et al. 2008: 25 % from 80 to 140 kV)",
            compute=lowest(dose("chest", age_years=40, phantom_mm=320, kvs=(70.0,))),
        ),
        Case(
            name="brain of an adult",
            expected=1.72,
            expected_from=_KOREA,
            compute=dose("head", age_years=40, phantom_mm=160),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="chest of an adult",
            expected=25.32,
            expected_from=_KOREA,
            compute=dose("chest", age_years=40, phantom_mm=320),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="abdomen and pelvis of an adult",
            expected=17.94,
            expected_from=_KOREA,
            compute=dose("abdomen_pelvis", age_years=40, phantom_mm=320),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="brain of a child of 1 year",
            expected=6.26,
            expected_from=f"{_KOREA}; below 2 years",
            compute=dose("head", age_years=1, phantom_mm=160),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="brain of a child of 5 years",
            expected=4.58,
            expected_from=f"{_KOREA}; 4 to 6 years",
            compute=dose("head", age_years=5, phantom_mm=160),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="brain of a child of 10 years",
            expected=3.08,
            expected_from=f"{_KOREA}; 9 to 11 years",
            compute=dose("head", age_years=10, phantom_mm=160),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="brain of a child of 14 years",
            expected=2.33,
            expected_from=f"{_KOREA}; 13 to 15 years",
            compute=dose("head", age_years=14, phantom_mm=160),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="heart of an adult, prospective helical",
            expected=24.6,
            expected_from="JACC Cardiovasc Imaging 2018;11(1):64, Table 4: mean over scanners and voltages",
            compute=dose("heart", age_years=40, phantom_mm=320),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="heart of an adult, retrospective helical",
            expected=25.3,
            expected_from="JACC Cardiovasc Imaging 2018;11(1):64, Table 4: mean over scanners and voltages",
            compute=dose("heart", age_years=40, phantom_mm=320),
            tolerance=_PUBLISHED,
        ),
        Case(
            name="chest of a child of 5 years, DLP on 16 cm",
            expected=REFUSED,
            expected_from="the phantom of these rows was not read",
            compute=dose("chest", age_years=5, phantom_mm=160),
        ),
        Case(
            name="head of an adult, DLP on 32 cm",
            expected=REFUSED,
            expected_from="the factor is for 16 cm",
            compute=dose("head", age_years=40, phantom_mm=320),
        ),
    ],
    about="""
What the method does, which rows it uses and which it refuses: [effective and organ dose](../reference/effective-and-organ-dose.md).
""",
)
