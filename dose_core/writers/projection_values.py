"""
What one projection event states, by the concepts of TID 10003 with 10003A, 10003B and 10003C.

Source: PS3.16, these templates; Patient Position: PS3.3, C.7.3.1.1.2.
"""

from typing import Any

from pydicom.dataset import Dataset

from dose_core.ledger.exam import Counted
from dose_core.model import Code, Filter, Plane, ProjectionEvent
from dose_core.writers import concepts as c
from dose_core.writers.measured import measured, pulses
from dose_core.writers.templates.fill import Given, With
from dose_core.writers.templates.values import members, words
from dose_core.writers.valid import shown, writable
from dose_core.writers.xray_report import event_comment

_NUMBERS = {
    "Dose Area Product": "dap_gy_cm2",
    "Half Value Layer": "hvl_mm_al",
    "Patient Equivalent Thickness": "patient_thickness_mm",
    "Entrance Exposure at RP": "entrance_dose_mgy",
    "Target Exposure Index": "target_exposure_index",
    "Deviation Index": "deviation_index",
    "Dose (RP)": "ka_r_mgy",
    "Pulse Rate": "pulse_rate_per_s",
    "Number of Pulses": "pulse_count",
    "Irradiation Duration": "duration_s",
    "Exposure Time": "exposure_time_s",
    "Focal Spot Size": "focal_spot_mm",
    "Collimated Field Area": "field_area_cm2",
    "Collimated Field Height": "field_height_mm",
    "Collimated Field Width": "field_width_mm",
    "Positioner Primary Angle": "primary_angle_deg",
    "Positioner Secondary Angle": "secondary_angle_deg",
    "Positioner Primary End Angle": "primary_end_angle_deg",
    "Positioner Secondary End Angle": "secondary_end_angle_deg",
    "Column Angulation": "column_angulation_deg",
    "Distance Source to Isocenter": "source_to_isocentre_mm",
    "Distance Source to Detector": "source_to_detector_mm",
    "Distance Source to Reference Point": "source_to_reference_point_mm",
    "Table Longitudinal Position": "table_longitudinal_mm",
    "Table Lateral Position": "table_lateral_mm",
    "Table Height Position": "table_height_mm",
    "Table Longitudinal End Position": "table_longitudinal_end_mm",
    "Table Lateral End Position": "table_lateral_end_mm",
    "Table Height End Position": "table_height_end_mm",
    "Table Head Tilt Angle": "table_tilt_deg",
    "Table Horizontal Rotation Angle": "table_rotation_deg",
    "Table Cradle Tilt Angle": "cradle_deg",
    "Table Head Tilt End Angle": "table_tilt_end_deg",
    "Table Horizontal Rotation End Angle": "table_rotation_end_deg",
    "Table Cradle Tilt End Angle": "cradle_end_deg",
}
_IEC = "iec"  # Exposure Index (113845) is that of IEC 62494-1; a maker's own has no row
# Patient Position as the codes of CID 21 and CID 20 that make it.
_FIRST = {"HF": "102540008", "FF": "102541007"}
_LYING = {"S": "40199007", "P": "1240000", "DL": "102536004", "DR": "102535000"}
_RECUMBENT = "102538003"


def plane_code(plane: Plane | None) -> Code:
    """Return the plane (CID 10003); images do not tell it, and then it is unknown."""
    return words("10003")[plane.value] if plane else c.UNKNOWN


def event_values(counted: Counted[ProjectionEvent], device: Dataset) -> Given:
    """Return what a report states of one event; the event must have passed ``xray_report.problems``."""
    event = counted.event
    given: dict[str, Any] = {
        "Acquisition Plane": plane_code(event.plane),
        "Irradiation Event UID": counted.event_uid,
        "DateTime Started": event.started_at,
        "Irradiation Event Type": words("10002")[event.event_type.value] if event.event_type else c.UNKNOWN,
        "Device Role in Procedure": device,
        **measured(event, _NUMBERS),
        **_pulsed(event),
        **_place(event),
        **_position(event),
        **reference_point(event.reference_point),
        **event_comment(counted, shown(event.comment)),
    }
    if event.exposure_index is not None and event.exposure_index_scale == _IEC:
        given |= measured(event, {"Exposure Index": "exposure_index"})
    if shown(event.protocol):
        given["Acquisition Protocol"] = event.protocol
    mode = words("10004").get(event.fluoro_mode or "")
    if mode:
        given["Fluoro Mode"] = mode
    grids = [words("10017")[word] for word in (event.grid or "").split(", ") if word in words("10017")]
    filters = [With(below=_filter(one)) for one in event.filters]
    return given | ({"X-Ray Grid": grids} if grids else {}) | ({"X-Ray Filters": filters} if filters else {})


def reference_point(stated: Code | str | None) -> Given:
    """Return where air kerma stands for; where a dose needs it and nobody states it, the template has it unknown."""
    point = shown(stated) if isinstance(stated, str) else writable(stated)
    return {"Reference Point Definition": point} if point else {}


def _pulsed(event: ProjectionEvent) -> dict[str, Any]:
    """Return what may be stated for each pulse; the mean current stands beside its pulses."""
    given: dict[str, Any] = {
        "KVP": pulses(event, "kv", "kv_per_pulse"),
        "X-Ray Tube Current": pulses(event, "ma", "ma_per_pulse"),
        "Pulse Width": pulses(event, "pulse_width_ms", "pulse_widths_ms"),
    }
    if event.ma_per_pulse:
        given |= measured(event, {"Average X-Ray Tube Current": "ma"})
    # The pulses of an exposure add up, so that its total and its pulses cannot stand in one row.
    given["Exposure"] = list(measured(event, {"Exposure": "mas"}).values()) or pulses(event, "mas", "mas_per_pulse")
    return {name: value for name, value in given.items() if value}


def _place(event: ProjectionEvent) -> dict[str, Any]:
    side = words("244").get(event.laterality or "")
    below = {"Laterality": side} if side else {}
    anatomy, region = writable(event.anatomy), writable(event.target_region) or c.UNKNOWN
    if anatomy is None:
        return {"Target Region": With(value=region, below=below)}
    return {"Target Region": region, "Anatomical structure": With(value=anatomy, below=below)}


def _position(event: ProjectionEvent) -> dict[str, Any]:
    """Return how the patient lay: as coded, else by the codes that make the stated Patient Position."""
    orientation, modifier = writable(event.patient_orientation), writable(event.patient_orientation_modifier)
    relationship = writable(event.patient_table_relationship)
    position = event.patient_position or ""
    if orientation is None and position[:2] in _FIRST and position[2:] in _LYING:
        orientation = _member("19", _RECUMBENT)
        modifier = _member("20", _LYING[position[2:]])
        relationship = _member("21", _FIRST[position[:2]])
    given: dict[str, Any] = {"Patient Table Relationship": relationship} if relationship else {}
    if orientation:
        below = {"Patient Orientation Modifier": modifier or c.UNKNOWN}
        given["Patient Orientation"] = With(value=orientation, below=below)
    return given


def _filter(one: Filter) -> Given:
    kind = words("10007").get(one.material or "")
    if kind:
        return {"X-Ray Filter Type": kind}
    material = words("10006").get(one.material or "")
    numbers = {"X-Ray Filter Thickness Minimum": "min_mm", "X-Ray Filter Thickness Maximum": "max_mm"}
    return {**({"X-Ray Filter Material": material} if material else {}), **measured(one, numbers)}


def _member(group: str, value: str) -> Code:
    return next(member.code for member in members(group) if member.code.value == value)
