# ruff: noqa: E501 - the lines of the page
"""Maps of skin dose from beams, against numbers by hand and publications that the tables do not stem from."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from dose_core.dosimetry.skin import quality, transmission
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.peak_interval import peak_interval
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.physics import Physics
from dose_core.dosimetry.skin.simple_phantoms import plane
from dose_core.estimating.skin_dose import METHOD_ID, METHOD_VERSION
from tests.builders.skin_beams import LENGTH_MM, beams, slab
from tests.builders.skin_physics import FreeInAir
from tests.support.validation import Case, Record

TUBE = Physics(inherent_al_mm=3.0, anode_deg=10.0, table_system=transmission.MEASURED)
HALF = 50 / 650  # a field of 10 cm at 650 mm from the source
BY_HAND_MGY = 10 * (600 / 650) ** 2 * 1.43741 * 1.031
_HAND = "by hand: 10 mGy (600/650)^2, 6.407 mm Al (SpekPy), 1.43741 (polynomial), 1.031"
_TABLE_2011 = "Benmakhlouf et al. 2011, table of backscatter factors"
_NIST = "NIST SRD 126 over the primary spectrum by SpekPy; scatter from the body is softer and lowers it by up to 0.4 %"
_OTHER_SPEKPY = "another run of SpekPy, in PySkinDose 25.1.1"
_MEASURED = "measured at the Royal Free Hospital 2016, in openSkin"
_ABOUT = """
## What is made

Dose is the air kerma at the reference point times the inverse square of the distance, backscatter, the ratio of the
mass energy-absorption coefficients, and what table and mattress let through; [physics of skin
dose](../reference/skin-dose.md). How events become beams, and bodies phantoms, is told [elsewhere](../reference/skin-phantoms.md).

PySkinDose 25.1.1 is wrong where a beam meets three cells, fails where it meets one or two, at 1,080 events, and for
filters that its tables do not list; the cases by hand are of that kind. [Against PySkinDose](skin-dose.md) tells of
whole reports.
"""


def cells(count: int) -> Phantom:
    """Return so many cells in one place, 650 mm from the source of the beams."""
    whole = plane(width_mm=2.0 * count, length_mm=2, cell_mm=2)
    same = {name: getattr(whole, name) for name in Phantom.__slots__}
    return Phantom(**same | {"cells_mm": np.tile([0.0, 0.0, -LENGTH_MM / 2], (count, 1))})


def _dose(count: int, *, events: int = 1, tables: int = 0) -> float:
    beam = beams((0.0,) * events, tan_u=(-HALF, HALF), tan_v=(-HALF, HALF), ka_r_mgy=10.0)
    found = skin_map(beam, cells(count), slab() if tables else None, TUBE)
    return float(found.dose_mgy.min())


def _weakened(angle_deg: float) -> float:
    """Return what table and mattress let through of a ray that comes by an angle."""
    beam = beams((angle_deg,), isocentre_mm=(0.0, 0.0, -LENGTH_MM / 2))
    wide = slab(x_min_mm=-2000, x_max_mm=2000)
    there, not_there = (skin_map(beam, cells(1), layers, TUBE).dose_mgy[0] for layers in (wide, None))
    return float(there / not_there)


def _free_in_air(y_mm: float) -> float:
    body = cells(1)
    moved = {name: getattr(body, name) for name in Phantom.__slots__}
    body = Phantom(**moved | {"cells_mm": body.cells_mm + np.array([0.0, y_mm, 0.0])})
    return float(skin_map(beams(ka_r_mgy=10.0), body, None, FreeInAir()).dose_mgy[0])


def _kerma_area_product() -> float:
    """Return the air kerma over a plane at right angles to the beam, as mGy mm2 on a sphere around the source."""
    body = plane(width_mm=300, length_mm=300, cell_mm=0.5)
    beam = beams(isocentre_mm=(0.0, 0.0, -150.0), tan_u=(-0.08, 0.08), tan_v=(-0.08, 0.08), ka_r_mgy=10.0)
    way = body.cells_mm - beam.source_mm
    crosswise = np.abs(way[:, 1]) / np.linalg.norm(way, axis=1)
    return float(np.sum(skin_map(beam, body, None, FreeInAir()).dose_mgy * body.areas_mm2 * crosswise))


def _layer(kv: float, al_mm: float, cu_mm: float, anode_deg: float) -> float:
    return float(quality.hvl_mm_al(np.array([kv]), np.array([al_mm]), np.array([cu_mm]), anode_deg)[0])


def _scatter(kv: float, layer: float, field: int) -> float:
    return float(quality.backscatter(np.array([kv]), np.array([layer]))[0, field])


def _ratio(kv: float, layer: float) -> float:
    return float(quality.mu_en_ratio(np.array([kv]), np.array([layer]))[0, 0])


def _through(kv: float, cu_mm: float) -> float:
    table, mattress = transmission.exponents(np.array([kv]), np.array([cu_mm]))
    return float(np.exp(-table - mattress)[0])


def _case(name: str, expected: float, expected_from: str, compute: Callable[[], float], tolerance: float) -> Case:
    return Case(name=name, expected=expected, expected_from=expected_from, compute=compute, tolerance=tolerance)


_SCATTER = (
    (50, 1.99, (1.204, 1.256, None, None, 1.286)),
    (60, 4.28, (1.280, 1.390, None, None, 1.480)),
    (80, 7.88, (1.300, 1.458, 1.589, 1.617, 1.639)),
    (100, 7.81, (1.287, 1.437, None, None, 1.614)),
    (120, 7.18, (1.274, 1.412, None, None, 1.575)),
    (150, 5.52, (1.248, 1.363, None, None, 1.496)),
)

RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="map of skin dose",
    source="inverse square; Benmakhlouf et al., Phys Med Biol 2013;58:247 (backscatter) and 2011;56:7179 (coefficients); SpekPy 2.5.4 (half-value layers); openSkin (table and mattress of an Artis zeego); interval: Krajinovic et al., Radiat Prot Dosimetry 2021;195:129",
    unit="mGy, mm Al, or a factor",
    tolerance=0.01,
    tolerance_reason="most cases have a tighter one of their own; the interval of a peak is 28 or 61 %",
    cases=[
        *(
            _case(f"a beam that meets {count} cells", BY_HAND_MGY, _HAND, partial(_dose, count), 1e-5)
            for count in (1, 2, 3, 4)
        ),
        _case("1,080 events on 3 cells", 1080 * BY_HAND_MGY, _HAND, partial(_dose, 3, events=1080), 1e-5),
        _case(
            "through table and mattress",
            0.79 * BY_HAND_MGY,
            f"{_HAND}; 0.79, {_MEASURED}",
            partial(_dose, 1, tables=1),
            1e-5,
        ),
        _case(
            "through table and mattress, angle 40 degrees",
            0.79 ** (1 / math.cos(math.radians(40))),
            "by hand: 0.79 to the power of the secant",
            partial(_weakened, 40.0),
            1e-9,
        ),
        *(
            _case(
                f"inverse square, cell {650 - y_mm:.0f} mm from the source",
                10 * (600 / (650 - y_mm)) ** 2,
                "by hand",
                partial(_free_in_air, y_mm),
                1e-9,
            )
            for y_mm in (-250.0, 0.0, 250.0)
        ),
        _case(
            "air kerma over a plane, mGy mm2",
            10 * 600**2 * 4 * math.asin(0.08**2 / (1 + 0.08**2)),
            "10 mGy at 600 mm times the solid angle of a pyramid (Lambert)",
            _kerma_area_product,
            0.01,
        ),
        *(
            _case(
                f"backscatter, {kv} kV, {layer} mm Al, {quality.FIELD_SIDES_MM[field] / 10:.0f} cm",
                factor,
                _TABLE_2011,
                partial(_scatter, kv, layer, field),
                0.005,
            )
            for kv, layer, factors in _SCATTER
            for field, factor in enumerate(factors)
            if factor is not None
        ),
        *(
            _case(f"coefficients, {kv} kV, {layer} mm Al, 5 cm", ratio, _NIST, partial(_ratio, kv, layer), 0.005)
            for kv, layer, ratio in (
                (50, 1.78, 1.0173),
                (60, 3.51, 1.0195),
                (80, 6.47, 1.0353),
                (100, 9.30, 1.0542),
                (120, 11.21, 1.0681),
            )
        ),
        _case(
            "half-value layer, 80 kV, 3.1 mm Al, 8 degrees", 3.26, _OTHER_SPEKPY, partial(_layer, 80, 3.1, 0, 8), 0.005
        ),
        _case(
            "half-value layer, 80 kV, 3.1 mm Al, 11 degrees",
            3.12,
            _OTHER_SPEKPY,
            partial(_layer, 80, 3.1, 0, 11),
            0.005,
        ),
        *(
            _case(
                f"half-value layer, {kv} kV, {al} mm Al, {cu} mm Cu",
                layer,
                "Benmakhlouf et al. 2011, another model of the tube",
                partial(_layer, kv, al, cu, 12),
                0.03,
            )
            for kv, al, cu, layer in (
                (50, 3.1, 0.0, 1.99),
                (80, 3.1, 0.6, 7.88),
                (100, 4.1, 0.1, 6.17),
                (120, 2.5, 0.3, 8.73),
                (150, 2.5, 0.9, 12.44),
            )
        ),
        *(
            _case(f"table and mattress, {kv} kV, {cu} mm Cu", factor, _MEASURED, partial(_through, kv, cu), 1e-9)
            for kv, cu, factor in ((60, 0.0, 0.66), (80, 0.1, 0.75), (110, 0.3, 0.83), (125, 0.9, 0.86))
        ),
        _case(
            "upper end of the interval of 1,000 mGy, nothing controlled",
            1610.0,
            "Krajinovic et al. 2021, abstract: 61 %, k = 2",
            lambda: peak_interval(1000.0, is_controlled=False).high,
            1e-9,
        ),
        _case(
            "lower end of the interval of 1,000 mGy, reasonably controlled",
            720.0,
            "Krajinovic et al. 2021, abstract: 28 %, k = 2",
            lambda: peak_interval(1000.0, is_controlled=True).low,
            1e-9,
        ),
    ],
    about=_ABOUT,
)
