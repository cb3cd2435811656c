"""
Values of a projection report that cannot be meant in the unit they are stated in.

A wrong unit shifts a value by a factor of ten or more, so the limits are wide: beyond what X-ray tubes,
generators (IEC 60601-2-43, 60601-2-54) and rooms allow. Nothing is converted; the value stays as stated.
"""

from typing import NamedTuple

from dose_core.model import PlaneTotals, ProjectionEvent
from dose_core.readers.projection import codes as xray
from dose_core.readers.sr.codes import Concept
from dose_core.readers.sr.tree import SrNode


class _Range(NamedTuple):
    field: str
    concept: Concept
    low: float
    high: float
    unit: str


_OF_EVENT = (
    _Range("dap_gy_cm2", xray.DAP, 0.0, 2_000.0, "Gy.cm2"),
    _Range("ka_r_mgy", xray.KA_R, 0.0, 20_000.0, "mGy"),
    _Range("kv", xray.KVP, 15.0, 200.0, "kV"),
    _Range("ma", xray.TUBE_CURRENT, 0.01, 3_000.0, "mA"),
    _Range("pulse_width_ms", xray.PULSE_WIDTH, 0.01, 10_000.0, "ms"),
    _Range("duration_s", xray.IRRADIATION_DURATION, 0.0, 7_200.0, "s"),
    _Range("exposure_time_s", xray.EXPOSURE_TIME, 0.0, 7_200.0, "s"),
    _Range("focal_spot_mm", xray.FOCAL_SPOT_SIZE, 0.05, 5.0, "mm"),  # IEC 60336: nominal values 0.1 to 3.0
    _Range("source_to_detector_mm", xray.SOURCE_TO_DETECTOR, 200.0, 5_000.0, "mm"),
    _Range("source_to_isocentre_mm", xray.SOURCE_TO_ISOCENTRE, 200.0, 2_500.0, "mm"),
    _Range("source_to_reference_point_mm", xray.SOURCE_TO_REFERENCE_POINT, 100.0, 5_000.0, "mm"),
)

# Dose-area product over air kerma at the reference point is the field there: from a dental to a stitched image.
_AREA_CM2 = (1.0, 10_000.0)
# Below these, rounding alone can move the quotient by a factor.
_LEAST_DAP_GY_CM2 = 0.01
_LEAST_KA_R_MGY = 0.1


def check_event(node: SrNode, event: ProjectionEvent) -> None:
    """Note what of an event is beyond the limits; zeros are no unit fault, some devices send them for unknown."""
    for row in _OF_EVENT:
        value: float | None = getattr(event, row.field)
        if value and not row.low <= value <= row.high:
            node.warn(row.concept, f"{value:g} {row.unit} is implausible")


def check_area(node: SrNode, totals: PlaneTotals) -> None:
    """Note where dose-area product and air kerma of a plane make no field, so that one is in another unit."""
    dap, ka_r = totals.dap_gy_cm2, totals.ka_r_mgy
    if dap is None or ka_r is None or dap < _LEAST_DAP_GY_CM2 or ka_r < _LEAST_KA_R_MGY:
        return
    area_cm2 = 1000.0 * dap / ka_r
    if not _AREA_CM2[0] <= area_cm2 <= _AREA_CM2[1]:
        problem = f"{dap:g} Gy.cm2 over {ka_r:g} mGy makes a field of {area_cm2:.3g} cm2; one of them is implausible"
        node.warn(xray.DAP_TOTAL, problem)
