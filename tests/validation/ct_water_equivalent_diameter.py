# ruff: noqa: E501 - the lines of the page
"""The water-equivalent diameter of CT slices, against bodies whose size is known by their geometry."""

from collections.abc import Callable
from math import sqrt

from dose_core.dosimetry.ct_size.water_equivalent import METHOD_ID, METHOD_VERSION, SOURCE, CtPixels, slice_size
from tests.builders.ct_phantoms import (
    LUNG_HU,
    Shape,
    barrel,
    box,
    curved_table,
    ellipse,
    hollow_table,
    painted,
    scanned,
)
from tests.support.validation import REFUSED, Case, Record

LUNGS = [(ellipse(110, 150, x_mm=x), LUNG_HU) for x in (-85, 85)]
TRUNK: list[tuple[Shape, float]] = [(ellipse(340, 220), 0), *LUNGS]
TRUNK_DW_MM = sqrt(340 * 220 - 2 * 110 * 150 * 0.85)
BY_GEOMETRY = "geometry: 340 x 220 mm of water with two lungs of 110 x 150 mm at -850 HU"
FLAT = [(skin, 0.0) for skin in hollow_table(top_mm=110)]


def dw_of(*bodies: tuple[Shape, float], spacing_mm: float = 0.8, noise_hu: float = 20) -> Callable[[], float | str]:
    """Return what measures a computed slice."""

    def compute() -> float | str:
        image = painted(*bodies, spacing_mm=spacing_mm)
        return _dw(scanned(image, spacing_mm=spacing_mm, noise_hu=noise_hu))

    return compute


def _dw(pixels: CtPixels) -> float | str:
    size = slice_size(pixels)
    return REFUSED if size is None else size.dw_mm


def effective_of(*bodies: tuple[Shape, float], spacing_mm: float = 0.7) -> Callable[[], float | str]:
    """Return what measures the effective diameter of a computed slice that the field of view may cut off."""

    def compute() -> float | str:
        size = slice_size(scanned(painted(*bodies, spacing_mm=spacing_mm), spacing_mm=spacing_mm, noise_hu=20))
        return size.whole_diameter_mm or REFUSED if size else REFUSED

    return compute


def cylinder(diameter_mm: float, spacing_mm: float, *, x_mm: float = 0, noise_hu: float = 20) -> Case:
    """Return the case of a cylinder of water."""
    return Case(
        name=f"water, {diameter_mm:g} mm, pixels of {spacing_mm:g} mm, {x_mm:g} mm off the centre, noise {noise_hu:g} HU",
        expected=float(diameter_mm),
        expected_from="its diameter",
        compute=dw_of((ellipse(diameter_mm, diameter_mm, x_mm=x_mm), 0), spacing_mm=spacing_mm, noise_hu=noise_hu),
    )


def trunk(name: str, *more: tuple[Shape, float], tolerance: float | None = None) -> Case:
    """Return the case of the trunk on or beside something."""
    return Case(
        name=f"trunk {name}",
        expected=TRUNK_DW_MM,
        expected_from=BY_GEOMETRY,
        compute=dw_of(*TRUNK, *more),
        tolerance=tolerance,
    )


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="water-equivalent diameter of a CT slice",
    source=SOURCE,
    unit="mm",
    tolerance=0.01,
    tolerance_reason="the bar of the project for cylinders of water",
    cases=[
        cylinder(50, 0.2),
        cylinder(50, 0.98),
        cylinder(100, 0.5),
        cylinder(160, 0.7, x_mm=60),
        cylinder(200, 0.8, noise_hu=0),
        cylinder(200, 0.8, noise_hu=100),
        cylinder(320, 0.8),
        cylinder(400, 0.98, x_mm=-30),
        cylinder(500, 1.2),
        Case(
            name="acrylic, 160 mm, 120 HU",
            expected=160 * sqrt(1.12),
            expected_from="its diameter times the root of 1.12",
            compute=dw_of((ellipse(160, 160), 120)),
        ),
        Case(
            name="two legs of 130 x 140 mm, 30 HU",
            expected=sqrt(2 * 130 * 140 * 1.03),
            expected_from="geometry",
            compute=dw_of((ellipse(130, 140, x_mm=-90), 30), (ellipse(130, 140, x_mm=90), 30)),
        ),
        trunk("alone"),
        trunk("that touches a flat table with skins of 3 mm", *FLAT),
        trunk("2 mm above a curved table", (curved_table(lowest_mm=112), 0)),
        trunk("that touches a curved table over 200 mm", (curved_table(lowest_mm=110), 0), tolerance=0.015),
        trunk("on a thick board", (box(-200, 200, 115, 155), -100)),
        Case(
            name="chest of a newborn, its wall 4 mm thick",
            expected=sqrt(100 * 85 - 2 * 38 * 60 * 0.8),
            expected_from="geometry: 100 x 85 mm of water with two lungs of 38 x 60 mm at -800 HU",
            compute=dw_of(
                (ellipse(100, 85), 0), *((ellipse(38, 60, x_mm=x), -800.0) for x in (-27, 27)), spacing_mm=0.35
            ),
        ),
        Case(
            name="effective diameter, trunk of 340 x 220 mm with its lungs",
            expected=sqrt(340 * 220),
            expected_from="AAPM Report 204: root of AP x lateral",
            compute=effective_of(*TRUNK),
        ),
        Case(
            name="effective diameter, 300 x 300 mm, almost a square, whose corners the field of view of 358 mm cuts off",
            expected=300.0,
            expected_from="AAPM Report 204: root of AP x lateral, both seen",
            compute=effective_of((barrel(300, 300), 0)),
        ),
        Case(
            name="effective diameter, 440 x 300 mm in a field of view of 358 mm",
            expected=REFUSED,
            expected_from="left and right are not seen",
            compute=effective_of((ellipse(440, 300), 0)),
        ),
        Case(name="air alone", expected=REFUSED, expected_from="there is no patient", compute=dw_of()),
        Case(name="a table alone", expected=REFUSED, expected_from="there is no patient", compute=dw_of(*FLAT)),
    ],
    about="""
## Method

    Dw = 2 sqrt((mean HU / 1000 + 1) x area / pi), over the pixels of the patient

Where the field of view cuts off too much, the effective diameter of AAPM Report 204 stands in, if all four sides of the patient are seen.
How the patient is told from table and clothes stands in [CT size and SSDE](../reference/ct-size.md).

## What it leaves out

* What touches the patient and is as dense, such as the skin of a curved table along the back: it cannot be told from the patient,
  and makes Dw about 1 % larger in the case above. A solid board of 20 mm on which the patient lies makes it 8 % larger; the tables of
  scanners are hollow or filled with foam.
* What the field of view cuts off: such slices are flagged with the share of the outline that lies at its edge.
* An interval: Dw goes into the SSDE, whose interval holds for the whole method.

It has not been compared with bodies of known size on real scanners. On slices of real patients that are public (heads in holders of
three makers, an abdomen below its table, spines and a head that are cut off) the outline was looked at, and its widths agree within 3 %
with those that a ruler gives (`tests/corpus/test_ct_sizes.py`).
""",
)
