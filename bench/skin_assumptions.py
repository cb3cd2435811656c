"""
What PySkinDose 25.1.1 assumes of a report, as beams for our kernel; for the comparison alone.

Its axes lie as ours do: x to the patient's left, y down, z to the head, for a patient on the back whose head is at the
end of the table that is its origin. The patient lies on a pad; a device that moves its table moves the patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dose_core.dosimetry.skin.beam import Beams, Floats, Slab
from dose_core.model import ProjectionEvent, Shutters

PAD_MM, TABLE_MM = 40.0, 50.0
_WIDTH_MM, _LENGTH_MM = 450.0, 2815.0
_REFERENCE_BEFORE_ISOCENTRE_MM = 150.0
_SHUTTERS_AT_MM = 1000.0

# It weakens a ray by one factor where it crosses the underside of the table, however thick that is.
UNDERSIDE = Slab(
    y_mm=PAD_MM + TABLE_MM,
    x_min_mm=-_WIDTH_MM / 2,
    x_max_mm=_WIDTH_MM / 2,
    z_min_mm=-_LENGTH_MM,
    z_max_mm=0.0,
    table_mm=1e-3,
    mattress_mm=0.0,
)
# The same table and pad as they are.
TABLE_AND_PAD = Slab(
    y_mm=0.0,
    x_min_mm=UNDERSIDE.x_min_mm,
    x_max_mm=UNDERSIDE.x_max_mm,
    z_min_mm=UNDERSIDE.z_min_mm,
    z_max_mm=UNDERSIDE.z_max_mm,
    table_mm=TABLE_MM,
    mattress_mm=PAD_MM,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalisation:
    """Offsets and signs of one maker's table and angles; ``by_shutters`` tells how the field is stated."""

    offset_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    height_sign: float = 1.0
    secondary_sign: float = 1.0
    by_shutters: bool = False


AXIOM_ARTIS = Normalisation()
ALLURA = Normalisation(offset_mm=(-3.0, 1055.0, -1733.5), height_sign=-1.0, secondary_sign=-1.0, by_shutters=True)


def assumed_beams(events: Sequence[ProjectionEvent], maker: Normalisation) -> Beams:
    """Return a beam for each event, its start alone; the reference point is 15 cm before the isocentre of its own."""
    primary = np.radians(_all(events, "primary_angle_deg"))
    secondary = np.radians(_all(events, "secondary_angle_deg")) * maker.secondary_sign
    to_isocentre = _all(events, "source_to_isocentre_mm")
    to_detector = np.array([event.source_to_detector_mm or event.source_to_detector_end_mm for event in events])
    turned = _turned(primary, secondary)
    table = np.column_stack(
        [
            _all(events, "table_longitudinal_mm"),
            _all(events, "table_height_mm") * maker.height_sign,
            _all(events, "table_lateral_mm"),
        ]
    ) + np.array(maker.offset_mm)
    across, along = _field(events, to_detector, maker)
    return Beams(
        event=np.arange(len(events)),
        source_mm=turned[:, :, 1] * to_isocentre[:, None] - table + np.array([0.0, PAD_MM, 0.0]),
        axis=-turned[:, :, 1],
        u=turned[:, :, 0],
        v=turned[:, :, 2],
        tan_u_min=-across,
        tan_u_max=across,
        tan_v_min=-along,
        tan_v_max=along,
        reference_mm=to_isocentre - _REFERENCE_BEFORE_ISOCENTRE_MM,
        ka_r_mgy=_all(events, "ka_r_mgy"),
        kv=_all(events, "kv"),
        added_al_mm=_filters(events, "aluminum"),
        added_cu_mm=_filters(events, "copper"),
    )


def _all(events: Sequence[ProjectionEvent], name: str) -> Floats:
    return np.array([getattr(event, name) for event in events], dtype=np.float64)


def _turned(primary: Floats, secondary: Floats) -> Floats:
    """Return (n, 3, 3): where the axes of an upright C-arm point after the second angle, then the first."""
    zero, one = np.zeros(len(primary)), np.ones(len(primary))
    sin, cos = np.sin(primary), np.cos(primary)
    about_z = np.stack([np.stack(row, axis=1) for row in ((cos, -sin, zero), (sin, cos, zero), (zero, zero, one))], 1)
    sin, cos = np.sin(secondary), np.cos(secondary)
    about_x = np.stack([np.stack(row, axis=1) for row in ((one, zero, zero), (zero, cos, -sin), (zero, sin, cos))], 1)
    turned: Floats = about_z @ about_x
    return turned


def _field(events: Sequence[ProjectionEvent], to_detector: Floats, maker: Normalisation) -> tuple[Floats, Floats]:
    """Return half of the field over the distance: a square of the stated area, or what the shutters leave open."""
    if not maker.by_shutters:
        half = np.sqrt(_all(events, "field_area_cm2")) * 10 / 2 / to_detector
        return half, half
    shutters = [event.shutters_mm or Shutters() for event in events]
    across = np.array([(each.left_mm or 0.0) + (each.right_mm or 0.0) for each in shutters])
    along = np.array([(each.top_mm or 0.0) + (each.bottom_mm or 0.0) for each in shutters])
    return across / 2 / _SHUTTERS_AT_MM, along / 2 / _SHUTTERS_AT_MM


def _filters(events: Sequence[ProjectionEvent], material: str) -> Floats:
    """Return the mean of the stated least and most of one material for each event; none stated is none."""
    means = [
        [((each.min_mm or 0.0) + (each.max_mm or 0.0)) / 2 for each in event.filters if each.material == material]
        for event in events
    ]
    return np.array([sum(found) for found in means])
