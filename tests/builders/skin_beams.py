"""Beams for tests of skin dose: from below the table to above, unless said otherwise, one after the other."""

from collections.abc import Sequence

import numpy as np

from dose_core.dosimetry.skin.beam import Beams, Floats, Slab

LENGTH_MM = 1500.0  # of the bodies these beams aim at
ISOCENTRE_MM = (0.0, -100.0, -LENGTH_MM / 2)
_SOURCE_TO_ISOCENTRE_MM = 750.0
_EVENT = {"ka_r_mgy": 10.0, "kv": 80.0, "added_al_mm": 0.0, "added_cu_mm": 0.3, "reference_mm": 600.0}


def beams(
    angles_deg: Sequence[float] = (0.0,),
    *,
    isocentre_mm: tuple[float, float, float] = ISOCENTRE_MM,
    tan_u: tuple[float, float] = (-0.08, 0.08),
    tan_v: tuple[float, float] = (-0.08, 0.08),
    events: Sequence[int] | None = None,
    **stated: float,
) -> Beams:
    """
    Return a beam for each angle around the patient's long axis; 0 enters by the back, 90 by the patient's left.

    ``stated`` replaces what the events state: ``ka_r_mgy``, ``kv``, ``added_al_mm``, ``added_cu_mm``, ``reference_mm``.
    """
    angle = np.radians(np.asarray(angles_deg, dtype=np.float64))
    nothing, count = np.zeros(len(angle)), len(angle)
    axis = np.column_stack([-np.sin(angle), -np.cos(angle), nothing])
    each = {name: np.full(count, value) for name, value in (_EVENT | stated).items()}
    return Beams(
        event=np.arange(count) if events is None else np.asarray(events, dtype=np.intp),
        source_mm=np.asarray(isocentre_mm) - _SOURCE_TO_ISOCENTRE_MM * axis,
        axis=axis,
        u=np.column_stack([np.cos(angle), -np.sin(angle), nothing]),
        v=np.tile([0.0, 0.0, 1.0], (count, 1)),
        tan_u_min=np.full(count, tan_u[0]),
        tan_u_max=np.full(count, tan_u[1]),
        tan_v_min=np.full(count, tan_v[0]),
        tan_v_max=np.full(count, tan_v[1]),
        **each,
    )


def slab(**sizes: float) -> Slab:
    """Return a table of 500 x 2500 mm under the whole body, 50 mm of it and 40 mm of mattress unless said otherwise."""
    usual = {"y_mm": 0.0, "x_min_mm": -250.0, "x_max_mm": 250.0, "z_min_mm": -2000.0, "z_max_mm": 500.0}
    return Slab(**(usual | {"table_mm": 50.0, "mattress_mm": 40.0} | sizes))


def each_of(one: Beams, **arrays: Floats) -> Beams:
    """Return beams with some of their arrays replaced."""
    return Beams(**{name: arrays.get(name, getattr(one, name)) for name in Beams.__slots__})
