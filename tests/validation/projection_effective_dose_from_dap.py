"""The effective dose of projection exams, against published doses and hand calculation."""

from collections.abc import Callable, Sequence

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.projection_effective_dose import (
    METHOD_ID,
    METHOD_VERSION,
    Beam,
    Procedure,
    effective_dose,
)
from tests.support.validation import REFUSED, Case, Record

_ABOUT = """
## What it does

    E = dose-area product of the exam x factor of procedure, age and copper

The factor of an adult's heart is the mean of those of its events by their copper, weighted with their dose-area
products. Where that of an event has none, the factor of an exam by the copper of all its cine runs stands for it, and
where they have none, the mean of nine studies (Brambilla 2022). The interval is 40 % to both sides (Martin 2007, for a
reference patient).

The two published cases are of other hospitals and other factors (Brambilla 2017: 0.30 and 0.33 mSv/(Gy.cm2), copper not
told): they show what the choice of a publication is worth, within the interval.

Which factors are used and what is refused: [nuclear medicine, mammography and
projection](../reference/nuclear-mammography-projection-estimates.md).
"""
_BRAMBILLA = "Brambilla et al. 2017, abstract: median dose of the median dose-area product"


def _beam(dap: float | None, copper: float | None, *, is_acquisition: bool = True, below: bool = True) -> Beam:
    return Beam(dap_gy_cm2=dap, copper_mm=copper, is_acquisition=is_acquisition, is_under_couch=below)


def _dose(
    dap: float, beams: Sequence[Beam], *, procedure: Procedure = Procedure.CARDIAC, age_years: float = 60
) -> Callable[[], Estimate | NotComputable]:
    return lambda: effective_dose(procedure, dap_gy_cm2=dap, beams=beams, age_years=age_years)


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="effective dose of projection exams",
    source="Vano et al. (added filtration); Brambilla et al. 2022; Karambatsakidou et al. 2009; Smans et al. 2008",
    tolerance=1e-9,
    tolerance_reason="products and weighted means; the published cases have the tolerance of the interval",
    unit="mSv",
    cases=(
        Case(
            name="heart, cine without copper 20 Gy.cm2, fluoroscopy with 0.9 mm 10 Gy.cm2",
            expected=7.2,
            expected_from="by hand: 20 x 0.16 + 10 x 0.40",
            compute=_dose(30, [_beam(20, 0), _beam(10, 0.9, is_acquisition=False)]),
        ),
        Case(
            name="heart, cine with 0.4 mm, fluoroscopy with 0.6 mm, 30 Gy.cm2",
            expected=8.7,
            expected_from="by hand: 30 x 0.29",
            compute=_dose(30, [_beam(20, 0.4), _beam(10, 0.6, is_acquisition=False)]),
        ),
        Case(
            name="heart, coronary angiography, 23.2 Gy.cm2",
            expected=6.9,
            expected_from=_BRAMBILLA,
            compute=_dose(23.2, [_beam(None, 0.4)]),
            tolerance=0.4,
        ),
        Case(
            name="heart, percutaneous intervention, 56.8 Gy.cm2",
            expected=20.0,
            expected_from=_BRAMBILLA,
            compute=_dose(56.8, [_beam(None, 0.4)]),
            tolerance=0.4,
        ),
        Case(
            name="heart of a child of 5 years, 6.4 Gy.cm2",
            expected=6.4,
            expected_from="by hand: 6.4 x 1.0",
            compute=_dose(6.4, [_beam(6.4, None)], age_years=5),
        ),
        Case(
            name="legs, 30 Gy.cm2",
            expected=1.95,
            expected_from="by hand: 30 x 0.065",
            compute=_dose(30, [_beam(30, 0)], procedure=Procedure.LOWER_LIMBS),
        ),
        Case(
            name="heart, cine with 0.2 mm, 30 Gy.cm2",
            expected=7.2,
            expected_from="by hand: 30 x 0.24",
            compute=_dose(30, [_beam(30, 0.2)]),
        ),
        Case(
            name="legs, tube above",
            expected=REFUSED,
            expected_from="the factor is that of an under-couch tube",
            compute=_dose(30, [_beam(30, 0, below=False)], procedure=Procedure.LOWER_LIMBS),
        ),
    ),
    about=_ABOUT,
)
