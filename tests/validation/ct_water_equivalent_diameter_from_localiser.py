# ruff: noqa: E501 - the lines of the page
"""The water-equivalent diameter from localisers, against bodies whose size is known by their geometry."""

from collections.abc import Callable
from dataclasses import replace

from dose_core.dosimetry.ct_size.localiser import METHOD_ID, METHOD_VERSION, SOURCE, calibration_for, dw_mm_at
from tests.builders.ct_localisers import CALIBRATION, Part, dw_mm, localiser
from tests.support.validation import REFUSED, Case, Record

TRUNK: tuple[Part, ...] = ((340, 220, 0, 1), (110, 150, -85, -0.85), (110, 150, 85, -0.85))


def dw_of(*parts: Part, noise: float = 3, kv: float | None = 120.0) -> Callable[[], float | str]:
    """Return what measures a computed localiser in its middle."""

    def compute() -> float | str:
        scout = localiser(*parts, noise=noise, kv=kv)
        fitting = calibration_for(scout, [CALIBRATION])
        return dw_mm_at(scout, fitting, [1.0])[0] or REFUSED if fitting else REFUSED

    return compute


def wrongly_calibrated() -> float:
    """Return the size of a cylinder of 300 mm by a slope that is 2 % too large."""
    steeper = replace(CALIBRATION, slope_mm=CALIBRATION.slope_mm * 1.02, intercept_mm=CALIBRATION.intercept_mm * 1.02)
    return dw_mm_at(localiser((300, 300, 0, 1)), steeper, [1.0])[0] or 0.0


def cylinder(diameter_mm: float, place_mm: float = 0) -> Case:
    """Return the case of a cylinder of water."""
    return Case(
        name=f"water, {diameter_mm:g} mm, {place_mm:g} mm off the centre",
        expected=diameter_mm,
        expected_from="its diameter",
        compute=dw_of((diameter_mm, diameter_mm, place_mm, 1)),
    )


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="water-equivalent diameter from a CT localiser",
    source=SOURCE,
    unit="mm",
    tolerance=0.01,
    tolerance_reason="the bar of the project for cylinders of water",
    cases=[
        cylinder(60.0),
        cylinder(160.0),
        cylinder(160.0, 80.0),
        cylinder(320.0),
        cylinder(450.0),
        Case(
            name="trunk of 340 x 220 mm with two lungs of 110 x 150 mm at -850 HU",
            expected=dw_mm(*TRUNK),
            expected_from="geometry: root of the sum of width x depth x density",
            compute=dw_of(*TRUNK),
        ),
        Case(
            name="water, 300 mm, slope and intercept 2 % too large",
            expected=303.0,
            expected_from="by hand: 300 x root of 1.02 = 302.99",
            compute=wrongly_calibrated,
        ),
        Case(
            name="a voltage without calibration",
            expected=REFUSED,
            expected_from="a calibration holds for one voltage",
            compute=dw_of((300, 300, 0, 1), kv=100.0),
        ),
        Case(name="air alone", expected=REFUSED, expected_from="there is no patient", compute=dw_of(noise=0)),
    ],
    about="""
## Method

    Aw(z) = (slope x mean pixel value of the line + intercept) x width of the line
    Dw(z) = 2 sqrt(Aw(z) / pi)

Slope and intercept are those that a physicist found for the device ([how](../how-to/calibrate-localisers.md)). The localisers of the cases
are computed: the water along parallel rays, as whole pixel values of an invented device, with noise.

## Interval

None: no uncertainty of diameters from localisers was found published in a text that could be read, but that line and area go linearly
together on three makers' scanners (R2 over 0.998). The diameter is shown as a measured size; an SSDE is not made of it.

## What it leaves out

* A patient off the isocentre appears wider or narrower (AAPM Report 220, figure 3). The rays of the cases are parallel, so that they do not
  show it.
* It has not been compared with localisers of real devices, whose calibrations are the sites' own.
""",
)
