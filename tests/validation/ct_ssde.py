# ruff: noqa: E501, SIM905 - the lines of the page, and tables as they are printed
"""The conversion factors of the SSDE against the tables of AAPM Report 204, and estimates by hand."""

from collections.abc import Callable

from dose_core.dosimetry.ct_size.ssde import (
    METHOD_ID,
    METHOD_VERSION,
    BodyPart,
    SizedSlice,
    conversion,
    estimate_ssde,
)
from dose_core.dosimetry.estimate import Estimate, NotComputable
from tests.support.validation import REFUSED, Case, Record

# By the size from 8 cm on, and from 6 cm on.
TABLE_1D = (
    "2.76 2.66 2.57 2.47 2.38 2.30 2.22 2.14 2.06 1.98 1.91 1.84 1.78 1.71 1.65 1.59 1.53 1.48 1.43 1.37 1.32 1.28 1.23 "
    "1.19 1.14 1.10 1.06 1.02 0.99 0.95 0.92 0.88 0.85 0.82 0.79 0.76 0.74 0.71"
).split()
TABLE_2D = (
    "1.49 1.43 1.38 1.32 1.27 1.22 1.18 1.13 1.09 1.05 1.01 0.97 0.93 0.90 0.86 0.83 0.80 0.77 0.74 0.71 0.69 0.66 0.63 "
    "0.61 0.59 0.56 0.54 0.52 0.50 0.48 0.47 0.45 0.43 0.41 0.40 0.38 0.37 0.35 0.34 0.33 0.32 0.30 0.29 0.28 0.27 0.26 "
    "0.25 0.24 0.23 0.22"
).split()


def factor(size_cm: int, phantom_mm: int) -> Callable[[], str]:
    """Return what gives the factor as the report prints it."""

    def compute() -> str:
        factors = conversion(BodyPart.TRUNK, phantom_mm)
        return f"{factors.factor(size_cm * 10.0):.2f}" if factors else REFUSED

    return compute


def ssde(
    *slices: SizedSlice, phantom_mm: int | None = 320, part: BodyPart = BodyPart.TRUNK
) -> Callable[[], Estimate | NotComputable]:
    """Return what gives the SSDE of a scan."""
    return lambda: estimate_ssde(slices, part=part, phantom_diameter_mm=phantom_mm, inputs=())


def of(diameter_mm: float, ctdi_vol_mgy: float = 10.0, z_mm: float = 0.0) -> SizedSlice:
    """Return a slice."""
    return SizedSlice(diameter_mm=diameter_mm, ctdi_vol_mgy=ctdi_vol_mgy, z_mm=z_mm)


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="size-specific dose estimate of a CT scan",
    source="AAPM Report 204 (2011) and AAPM Report 220 (2014)",
    unit="mGy, or a factor",
    tolerance=0.005,
    tolerance_reason="the tables have three digits; factors must be those of the tables to the last digit",
    cases=[
        *(
            Case(
                name=f"factor, phantom of 32 cm, size {size} cm",
                expected=printed,
                expected_from="AAPM Report 204, table 1D",
                compute=factor(size, 320),
            )
            for size, printed in enumerate(TABLE_1D, start=8)
        ),
        *(
            Case(
                name=f"factor, phantom of 16 cm, size {size} cm",
                expected=printed,
                expected_from="AAPM Report 204, table 2D",
                compute=factor(size, 160),
            )
            for size, printed in enumerate(TABLE_2D, start=6)
        ),
        Case(
            name="10 mGy, 30 cm, phantom of 32 cm",
            expected=12.3,
            expected_from="by hand: 10 x 1.23 (table 1D)",
            compute=ssde(of(300)),
        ),
        Case(
            name="two slices: 10 mGy at 20 cm, 20 mGy at 40 cm",
            expected=17.4,
            expected_from="by hand: (10 x 1.78 + 20 x 0.85) / 2 (table 1D)",
            compute=ssde(of(200), of(400, 20.0, 5.0)),
        ),
        Case(
            name="three slices at 0, 10 and 40 mm: 10, 10 and 40 mGy at 20 cm",
            expected=44.5,
            expected_from="by hand: 1.78 x (10 x 10 + 10 x 20 + 40 x 30) / 60 (table 1D)",
            compute=ssde(of(200), of(200, 10.0, 10.0), of(200, 40.0, 40.0)),
        ),
        Case(
            name="10 mGy, 60 cm: beyond the table",
            expected=7.1,
            expected_from="by hand: 10 x 0.71, the last of table 1D",
            compute=ssde(of(600)),
        ),
        Case(
            name="phantom not stated",
            expected=REFUSED,
            expected_from="CTDIvol is that of a phantom",
            compute=ssde(of(300), phantom_mm=None),
        ),
        Case(
            name="a head",
            expected=REFUSED,
            expected_from="AAPM Report 293 replaces the factors for heads; no text confirms its digits",
            compute=ssde(of(160), phantom_mm=160, part=BodyPart.HEAD),
        ),
    ],
    about="""
## Method

    SSDE = mean over z of CTDIvol(z) x f(D(z)), each slice weighted with half the way to both its neighbours
    f(D) = 3.704369 exp(-0.03671937 D / cm) for the phantom of 32 cm, 1.874799 exp(-0.03871313 D / cm) for that of 16 cm

The two fits stand in several public programs. All 88 values of tables 1D and 2D, as the public repository `ckswilliams/medphunc`
keeps them (`misc/ssde.csv`), come out to the last digit.

## Interval

20 % to either side, without a coverage: the introduction of AAPM Report 293 (2019) says of the factors of Report 204, which were made
for abdomen and pelvis, that errors in the thorax were anticipated to be below 20 %. It says so of the effective diameter, by which
Report 204 goes, so that the interval holds for that too. Factors for one diameter alone (tables B and C) are not used: no uncertainty
of them was found. Beyond the sizes of the tables the factor is that of
the nearest bound, and the interval reaches to 20 % beyond what the fit gives there.

With the water-equivalent diameter SSDE differed from simulated organ doses by 6.4 % (kidneys, 82 scans of abdomen and pelvis) and 13.1 %
(lungs, 101 scans of the thorax), as a root mean square (Khatonabadi et al., AAPM annual meeting 2013, MO-D-134-4): well within.

## What it leaves out

* It is the mean dose to the middle of a scan of some length, not that of an organ.
* Uncertainty of CTDIvol itself, which may be 20 % wrong (IEC 60601-2-44).

See [CT size and SSDE](../reference/ct-size.md) for which events get one and which are refused.
""",
)
