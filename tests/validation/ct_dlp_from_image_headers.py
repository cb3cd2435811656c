# ruff: noqa: E501 - the lines of the page
"""The DLP of a CT event from image headers, against the same computed by hand."""

from collections.abc import Callable

from dose_core.dosimetry.ct_dlp_from_images import METHOD_ID, METHOD_VERSION, SliceDose, estimate_dlp
from dose_core.dosimetry.ct_over_ranging import Scan
from dose_core.dosimetry.estimate import Estimate, NotComputable
from tests.support.validation import REFUSED, Case, Record

SPIRAL = Scan(is_spiral=True, total_collimation_mm=20.0, pitch=1.0)
WIDE = Scan(is_spiral=True, total_collimation_mm=80.0, pitch=1.4)


def slices(
    count: int, *, step_mm: float, thickness_mm: float, ctdi_vol_mgy: float | None, first_mm: float = 0.0
) -> list[SliceDose]:
    """Return equal slices at equal steps."""
    return [
        SliceDose(z_mm=first_mm + step_mm * number, thickness_mm=thickness_mm, ctdi_vol_mgy=ctdi_vol_mgy)
        for number in range(count)
    ]


CONTIGUOUS = slices(60, step_mm=5, thickness_mm=5, ctdi_vol_mgy=5)
WITH_GAPS = slices(3, step_mm=20, thickness_mm=10, ctdi_vol_mgy=10)
MODULATED = [SliceDose(z_mm=-5, thickness_mm=10, ctdi_vol_mgy=4), SliceDose(z_mm=5, thickness_mm=10, ctdi_vol_mgy=8)]
UNEQUAL = [SliceDose(z_mm=0, thickness_mm=2, ctdi_vol_mgy=6), SliceDose(z_mm=11, thickness_mm=20, ctdi_vol_mgy=6)]


def dlp(members: list[SliceDose], scan: Scan = SPIRAL) -> Callable[[], Estimate | NotComputable]:
    """Return what computes the DLP of these slices."""
    return lambda: estimate_dlp(members, scan)


def highest(members: list[SliceDose], scan: Scan) -> Callable[[], float | NotComputable]:
    """Return what computes the upper end of its interval."""

    def compute() -> float | NotComputable:
        outcome = estimate_dlp(members, scan)
        return outcome.interval.high if isinstance(outcome, Estimate) else outcome

    return compute


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="DLP of a CT event from image headers",
    source="IEC 60601-2-44, edition 3, 203.115, and AAPM Report 96 (2008): CTDIvol times the irradiated length",
    unit="mGy.cm",
    tolerance=1e-9,
    tolerance_reason="the method is a mean and a product, so that only the rounding of binary numbers may differ",
    cases=[
        Case(
            name="60 slices of 5 mm side by side, 5 mGy",
            expected=150.0,
            expected_from="by hand: 5 mGy x (59 x 5 + 5) mm",
            compute=dlp(CONTIGUOUS),
        ),
        Case(
            name="overlapping: 481 of 1.25 mm every 0.625 mm, 8 mGy",
            expected=241.0,
            expected_from="by hand: 8 mGy x (480 x 0.625 + 1.25) mm",
            compute=dlp(slices(481, step_mm=0.625, thickness_mm=1.25, ctdi_vol_mgy=8)),
        ),
        Case(
            name="with gaps: 3 of 10 mm every 20 mm, 10 mGy",
            expected=50.0,
            expected_from="by hand: 10 mGy x (2 x 20 + 10) mm",
            compute=dlp(WITH_GAPS),
        ),
        Case(
            name="modulated: 2 of 10 mm side by side, 4 and 8 mGy",
            expected=12.0,
            expected_from="by hand: 6 mGy x 20 mm",
            compute=dlp(MODULATED),
        ),
        Case(
            name="one slice of 10 mm, 10 mGy",
            expected=10.0,
            expected_from="by hand: 10 mGy x 10 mm",
            compute=dlp(slices(1, step_mm=0, thickness_mm=10, ctdi_vol_mgy=10)),
        ),
        Case(
            name="unequal: 2 mm at 0, 20 mm at 11 mm, 6 mGy",
            expected=13.2,
            expected_from="by hand: 6 mGy x (from -1 to 21) mm",
            compute=dlp(UNEQUAL),
        ),
        Case(
            name="the first case with positions that fall from -812.5 mm",
            expected=150.0,
            expected_from="the first case",
            compute=dlp(slices(60, step_mm=-5, thickness_mm=5, ctdi_vol_mgy=5, first_mm=-812.5)),
        ),
        Case(
            name="interval: the first case, collimation 20 mm, pitch 1",
            expected=190.4,
            expected_from="by hand: 150 + 5 mGy x 4.04 x 20 mm",
            compute=highest(CONTIGUOUS, SPIRAL),
        ),
        Case(
            name="interval: the first case, collimation 80 mm, pitch 1.4",
            expected=376.24,
            expected_from="by hand: 150 + 5 mGy x 4.04 x 112 mm",
            compute=highest(CONTIGUOUS, WIDE),
        ),
        Case(
            name="interval: the first case, collimation not stated",
            expected=183.0,
            expected_from="by hand: 150 + 5 mGy x 66 mm",
            compute=highest(CONTIGUOUS, Scan(is_spiral=True)),
        ),
        Case(
            name="interval: the case with gaps, sequenced",
            expected=60.0,
            expected_from="IEC 60601-2-44: 10 mGy x 3 rotations x 20 mm",
            compute=highest(WITH_GAPS, Scan(is_spiral=False)),
        ),
        Case(
            name="a slice without CTDIvol",
            expected=REFUSED,
            expected_from="one of its factors is missing",
            compute=dlp([*CONTIGUOUS, *slices(1, step_mm=0, thickness_mm=5, ctdi_vol_mgy=None, first_mm=300.0)]),
        ),
    ],
    about="""
## Method

    DLP = mean(CTDIvol over the slices) x (outer edge of the last slice - outer edge of the first slice) / 10 mm per cm

Inputs are, of each slice of one reconstruction: CTDIvol (0018,9345), Image Position (Patient) (0020,0032), Slice Thickness
(0018,0050). The irradiated length is not in an image header; the reconstructed length stands for it.

Which slices: those of one reconstruction of one irradiation event (0008,3010). `dose_core/ledger/from_slices.py` chooses the one that
shows most of the event, originals before derived ones, and takes one slice for each position. What other series of the same kind
show beyond it is added: chest and abdomen may be two series out of one spiral (`dose_core/ledger/reconstruction.py`).

## Interval

The lower end is the estimate itself: what the slices show was irradiated. The upper end adds what no slice shows:

| scan | length beyond the slices | from |
|---|---|---|
| spiral; collimation (0018,9307) and pitch (0018,9311) stated | 4.04 x pitch x collimation | van der Molen and Geleijns, Radiology 2007;242:208-216, abstract: on four scanners of 16 rows 1.99 to 4.04 rotations at the lowest pitch, 0.93 to 2.59 at the highest |
| spiral; one of them not stated | 66 mm | the longest measured length that was found, 6.6 cm on six rows ("The impact of overscan on patient dose with first generation multislice CT scanners", abstract); 3.2 to 5.8 cm on 16 rows (van der Molen and Geleijns) |
| no spiral | the widest gap between slices | IEC 60601-2-44: DLP counts each rotation with the distance to the next; there is no over-ranging |

A scan whose type is not stated is taken for a spiral. The upper end is a bound, not a likely value: most scanners need fewer rotations,
fewer with higher pitch, and collimators that close at the ends save up to half of it (Schilham et al., RadioGraphics 2010;30:1057-1067,
abstract). No measurement on more than 16 rows was found that says more than "much greater" (the same abstract); where collimation
or pitch is not stated the interval may therefore be too narrow, and a caveat of the estimate says so. No coverage is published.

## What it leaves out

* **Over-ranging** is in the interval, not in the value.
* **A reconstruction that is shorter than the scan** makes estimate and interval too low by the part that was not reconstructed.
* **Unevenly spaced slices with modulation**: the mean is over slices, not over length; slices at equal steps make no difference.

It has not been compared with dose reports of real scanners on the same studies; a site can do that, since DoseLedger keeps both where
a device sends both.

## When it refuses

If one slice states no CTDIvol, no position or no thickness, there is no estimate for the event; the reason names what is missing. A
slice that is not axial has no position along the patient. A localizer gets none.

Images do not tell how often a position was irradiated. So there is no estimate where

* one series holds several images at one position: a dynamic scan (perfusion, cine, shuttle) irradiates it many times, a gated scan
  shows one irradiation many times, and the headers of both look alike;
* two series of one event show the same positions at times that have nothing in common: a dynamic scan with a series for each pass.

Images without Irradiation Event UID are gathered by Acquisition Number (0020,0012), which some devices set to 1 in each series. There
is no estimate where the series under one number differ in time, or where one shows what another does not and no time tells that they
belong together; nor for a series that states neither and is not alone, for it may show another scan again.
""",
)
