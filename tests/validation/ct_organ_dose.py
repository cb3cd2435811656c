# ruff: noqa: E501 - the lines of the page
"""Organ doses of CT, against the table by hand and against doses of other programs."""

from collections.abc import Callable

from dose_core.dosimetry.ct_organ_dose import METHOD_ID, METHOD_VERSION, ScannedAdult, organ_doses
from dose_core.dosimetry.estimate import Estimate, NotComputable
from tests.support.validation import REFUSED, Case, Record

_TABLE = "by hand, PMC7393764, Table 4"
NORMAL = (170.0, 65.0)
OBESE_2 = (170.0, 105.0)


def dose(
    organ: str,
    *,
    region: str = "chest",
    sex: str = "F",
    body: tuple[float, float] = NORMAL,
    phantom_mm: int = 320,
    age_years: float = 50.0,
    dlp_mgy_cm: float = 1000.0,
) -> Callable[[], Estimate | NotComputable]:
    """Return what computes the dose of one organ."""
    scanned = ScannedAdult(
        dlp_mgy_cm=dlp_mgy_cm,
        phantom_mm=phantom_mm,
        region=region,
        age_years=age_years,
        sex=sex,
        size_cm=body[0],
        weight_kg=body[1],
    )

    def compute() -> Estimate | NotComputable:
        outcome = organ_doses(scanned)
        return outcome if isinstance(outcome, NotComputable) else outcome[organ]

    return compute


def highest(compute: Callable[[], Estimate | NotComputable]) -> Callable[[], float | NotComputable]:
    """Return what computes the upper end of the interval."""

    def of() -> float | NotComputable:
        outcome = compute()
        return outcome.interval.high if isinstance(outcome, Estimate) else outcome

    return of


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="organ doses of CT in adults",
    source="PMC7393764, Table 4: DLP times a coefficient of region, sex and size group",
    unit="mGy of 1000 mGy.cm",
    tolerance=1e-9,
    tolerance_reason="the method is a product; 60 % where the case is another program's, which is what Gao et al. (2017) name for organs in the field",
    cases=[
        Case(
            name="lungs, chest, woman of 65 kg and 170 cm", expected=34.0, expected_from=_TABLE, compute=dose("lungs")
        ),
        Case(
            name="lungs, chest, man of 105 kg and 170 cm",
            expected=21.0,
            expected_from=_TABLE,
            compute=dose("lungs", sex="M", body=OBESE_2),
        ),
        Case(
            name="liver, abdomen and pelvis, woman of 105 kg and 170 cm",
            expected=14.0,
            expected_from=_TABLE,
            compute=dose("liver", region="abdomen_pelvis", body=OBESE_2),
        ),
        Case(
            name="brain, head, man of 65 kg and 170 cm",
            expected=48.0,
            expected_from=_TABLE,
            compute=dose("brain", region="head", sex="M", phantom_mm=160),
        ),
        Case(
            name="upper end: lungs, in the field",
            expected=85.0,
            expected_from="by hand: 34 / (1 - 0.6)",
            compute=highest(dose("lungs")),
        ),
        Case(
            name="upper end: thyroid, beside the field",
            expected=205.0,
            expected_from="by hand: 41 x 5",
            compute=highest(dose("thyroid")),
        ),
        Case(
            name="thymus, chest of 32 cm",
            expected=1.7 * 1000.0 / 32.0,
            expected_from="Huda et al., PMC2826387, abstract: 1.7 times CTDIvol of a scan of 32 cm, 70 kg, another program",
            compute=dose("thymus", sex="M"),
            tolerance=0.6,
        ),
        Case(
            name="a child",
            expected=REFUSED,
            expected_from="the table is of adults",
            compute=dose("lungs", age_years=10.0),
        ),
        Case(
            name="abdomen and pelvis of obese class III",
            expected=REFUSED,
            expected_from="the table has no number there",
            compute=dose("liver", region="abdomen_pelvis", body=(170.0, 120.0)),
        ),
    ],
    about="""
What the method does, which rows it uses and which it refuses: [effective and organ dose](../reference/effective-and-organ-dose.md).
""",
)
