"""The mean glandular dose by Dance, against hand calculation and what devices state."""

from collections.abc import Callable

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.mammography_agd import METHOD_ID, METHOD_VERSION, Exposure, mean_glandular_dose
from tests.support.validation import REFUSED, Case, Record

_ABOUT = """
## What it does

    MGD = K g s        of a breast of 50 % glandularity, for which c = 1

Between the rows of the table of g, thickness and half-value layer are interpolated linearly. The interval goes from the
dose divided by 1.3 (complex breast models, Dance and Sechopoulos 2016) to 20.5 % above it (displayed against computed
doses, AAPM 2021). A stated dose outside of it raises the finding `agd_disagrees`.

Which rows are used and what is refused: [nuclear medicine, mammography and
projection](../reference/nuclear-mammography-projection-estimates.md).
"""
_HAND = "by hand"


def _dose(
    kerma_mgy: float,
    thickness_mm: float,
    hvl_mm_al: float,
    anode: str = "molybdenum",
    filter_: str = "molybdenum",
    *,
    glandularity_percent: float | None = None,
    is_tomosynthesis: bool = False,
) -> Callable[[], Estimate | NotComputable]:
    return lambda: mean_glandular_dose(
        Exposure(
            incident_air_kerma_mgy=kerma_mgy,
            thickness_mm=thickness_mm,
            hvl_mm_al=hvl_mm_al,
            anode=anode,
            filter=filter_,
            glandularity_percent=glandularity_percent,
            is_tomosynthesis=is_tomosynthesis,
        )
    )


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="mean glandular dose by Dance, a check",
    source="Dance et al. 2000 and 2009",
    tolerance=1e-9,
    tolerance_reason="products and linear interpolation: only the rounding of binary numbers may differ",
    unit="mGy",
    cases=(
        Case(
            name="Mo/Mo, 5 mGy, 50 mm, 0.40 mm Al",
            expected=1.045,
            expected_from=f"{_HAND}: 5 x 0.209",
            compute=_dose(5, 50, 0.40),
        ),
        Case(
            name="Rh/Rh, 4 mGy, 60 mm, 0.45 mm Al",
            expected=0.814848,
            expected_from=f"{_HAND}: 4 x 0.192 x 1.061",
            compute=_dose(4, 60, 0.45, "rhodium", "rhodium"),
        ),
        Case(
            name="W/Rh, 3.65 mGy, 43 mm, 0.535 mm Al",
            expected=1.20549396800,
            expected_from=f"{_HAND}: 3.65 x 0.31696 x 1.042",
            compute=_dose(3.65, 43, 0.535, "tungsten", "rhodium"),
        ),
        Case(
            name="the same against the device",
            expected=1.30,
            expected_from="average glandular dose that a Hologic report of a public collection states for it",
            compute=_dose(3.65, 43, 0.535, "tungsten", "rhodium"),
            tolerance=0.205,
        ),
        Case(
            name="Mo/Mo, 5 mGy, 45 mm, 0.30 mm Al, stated to be 50 % glandular",
            expected=0.915,
            expected_from=f"{_HAND}: 5 x 0.183",
            compute=_dose(5, 45, 0.30, glandularity_percent=50),
        ),
        Case(
            name="80 % glandular",
            expected=REFUSED,
            expected_from="the factors c were not read",
            compute=_dose(5, 50, 0.40, glandularity_percent=80),
        ),
        Case(
            name="Rh/Ag",
            expected=REFUSED,
            expected_from="no factor s was read",
            compute=_dose(4.15, 46.1, 0.54, "rhodium", "silver"),
        ),
        Case(
            name="90 mm",
            expected=REFUSED,
            expected_from="the checked table ends at 80 mm",
            compute=_dose(5, 90, 0.40),
        ),
        Case(
            name="tomosynthesis",
            expected=REFUSED,
            expected_from="the factors t were not read",
            compute=_dose(5, 50, 0.40, is_tomosynthesis=True),
        ),
    ),
    about=_ABOUT,
)
