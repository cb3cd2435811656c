"""Projection events with all that a skin dose needs, and a body of known size."""

from dataclasses import replace
from typing import Any

import numpy as np

from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.model import Code, EventType, Filter, Plane, ProjectionEvent

BEFORE_ISOCENTRE = Code(value="113860", scheme="DCM", meaning="15cm from Isocenter toward Source")
# A tube 785 mm below the isocentre; the tabletop 150 mm below it; the table's head end 500 mm towards the head.
_EVENT = ProjectionEvent(
    event_uid="1.2.3",
    plane=Plane.SINGLE,
    event_type=EventType.FLUOROSCOPY,
    dap_gy_cm2=1.0,
    ka_r_mgy=10.0,
    kv=80.0,
    filters=(Filter(material="copper", min_mm=0.1, max_mm=0.3), Filter(material="aluminum", min_mm=1.0, max_mm=1.0)),
    reference_point=BEFORE_ISOCENTRE,
    primary_angle_deg=0.0,
    secondary_angle_deg=0.0,
    source_to_isocentre_mm=785.0,
    source_to_detector_mm=1100.0,
    table_longitudinal_mm=0.0,
    table_lateral_mm=500.0,
    table_height_mm=150.0,
    patient_position="HFS",
)


def aimed_event(**fields: Any) -> ProjectionEvent:  # noqa: ANN401  of the event
    """Return an event with tube, table, patient and field stated, changed by ``fields``."""
    return replace(_EVENT, **fields)


def block_of_a_body(*, half_width_mm: float = 200.0, depth_mm: float = 200.0, length_mm: float = 1700.0) -> Phantom:
    """Return the eight corners of a body, with normals that point outwards."""
    corners = np.array(
        [(x, y, z) for x in (-half_width_mm, half_width_mm) for y in (-depth_mm, 0.0) for z in (-length_mm, 0.0)]
    )
    away = corners - corners.mean(axis=0)
    return Phantom(
        name="block",
        cells_mm=corners,
        normals=away / np.linalg.norm(away, axis=1)[:, None],
        areas_mm2=np.full(8, 100.0),
        regions=("body",),
        region=np.zeros(8, dtype=np.intp),
        unrolled_mm=corners[:, ::2],
    )
