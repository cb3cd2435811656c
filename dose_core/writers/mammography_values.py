"""
What one mammography exposure states, by the concepts of TID 10003 with 10003A, 10003B, 10003C and 4007.

Source: PS3.16, these templates.
"""

from typing import Any

from pydicom.dataset import Dataset

from dose_core.ledger.exam import Counted
from dose_core.model import EventType, MammographyEvent, Plane
from dose_core.writers import concepts as c
from dose_core.writers.measured import measured, pulses
from dose_core.writers.projection_values import plane_code, reference_point
from dose_core.writers.templates.fill import Given, With
from dose_core.writers.templates.values import words
from dose_core.writers.valid import shown
from dose_core.writers.xray_report import event_comment

_NUMBERS = {
    "Half Value Layer": "hvl_mm_al",
    "Patient Equivalent Thickness": "equivalent_thickness_mm",
    "Entrance Exposure at RP": "entrance_dose_mgy",
    "Percent Fibroglandular Tissue": "glandularity_percent",
    "Exposure Index": "exposure_index",
    "Average Glandular Dose": "agd_mgy",
    "Number of Pulses": "pulse_count",
    "Irradiation Duration": "duration_s",
    "Exposure Time": "exposure_time_s",
    "Focal Spot Size": "focal_spot_mm",
    "Positioner Primary Angle": "primary_angle_deg",
    "Compression Thickness": "thickness_mm",
    "Compression Force": "force_n",
    "Compression Pressure": "pressure_kpa",
    "Compression Contact Area": "contact_area_cm2",
    "Distance Source to Detector": "source_to_detector_mm",
    "Distance Source to Reference Point": "source_to_reference_point_mm",
}
_SPECIMEN = "SPECIMEN"  # the view of what was taken out of a breast
# A tomosynthesis is a rotation of the tube, a 2D image a standing one (CID 10002).
_TYPES = {True: EventType.ROTATIONAL_ACQUISITION, False: EventType.STATIONARY_ACQUISITION}


def exposure_values(counted: Counted[MammographyEvent], device: Dataset) -> Given:
    """Return what a report states of one exposure; it must have passed ``xray_report.problems``."""
    event = counted.event
    kind = None if event.is_tomosynthesis is None else words("10002")[_TYPES[event.is_tomosynthesis].value]
    given: dict[str, Any] = {
        "Acquisition Plane": plane_code(Plane.SINGLE),  # there is one tube
        "Irradiation Event UID": counted.event_uid,
        "DateTime Started": event.started_at,
        "Irradiation Event Type": kind or c.UNKNOWN,
        "Device Role in Procedure": device,
        **measured(event, _NUMBERS),
        **_pulsed(event),
        **_place(event),
        **_beam(event),
        **reference_point(event.reference_point),
        **event_comment(counted, shown(event.comment)),
    }
    if shown(event.protocol):
        given["Acquisition Protocol"] = event.protocol
    return given


def _pulsed(event: MammographyEvent) -> dict[str, Any]:
    given: dict[str, Any] = {
        "KVP": pulses(event, "kv", "kv_per_pulse"),
        "X-Ray Tube Current": pulses(event, "ma", "ma_per_pulse"),
        "Pulse Width": pulses(event, "pulse_width_ms", "pulse_widths_ms"),
        "Exposure": list(measured(event, {"Exposure": "mas"}).values()) or pulses(event, "mas", "mas_per_pulse"),
    }
    if event.ma_per_pulse:
        given |= measured(event, {"Average X-Ray Tube Current": "ma"})
    return {name: value for name, value in given.items() if value}


def _place(event: MammographyEvent) -> dict[str, Any]:
    """Return the breast and how it was looked at; of a specimen nothing says where it lay."""
    given: dict[str, Any] = {"Target Region": c.UNKNOWN if event.view == _SPECIMEN else c.BREAST}
    side = words("244").get(event.laterality or "")
    if side and event.view != _SPECIMEN:
        given["Anatomical structure"] = With(value=c.BREAST, below={"Laterality": side})
    view = words("4014").get(event.view or "")
    if view:
        modifiers = [words("4015")[word] for word in event.view_modifiers if word in words("4015")]
        given["Image View"] = With(value=view, below={"Image View Modifier": modifiers})
    return given


def _beam(event: MammographyEvent) -> dict[str, Any]:
    anode = words("10016").get(event.anode or "")
    given: dict[str, Any] = {"Anode Target Material": anode} if anode else {}
    none = words("10007").get(event.filter or "")
    if none:
        given["X-Ray Filters"] = [With(below={"X-Ray Filter Type": none})]
    elif event.filter is not None or event.filter_min_mm is not None or event.filter_max_mm is not None:
        names = [words("10006")[word] for word in (event.filter or "").split(" + ") if word in words("10006")]
        numbers = {"X-Ray Filter Thickness Minimum": "filter_min_mm", "X-Ray Filter Thickness Maximum": "filter_max_mm"}
        thickness = measured(event, numbers) if len(names) < 2 else {}  # noqa: PLR2004  of which it would be is not known
        filters: list[dict[str, Any]] = [{"X-Ray Filter Material": name} for name in names] or [{}]
        given["X-Ray Filters"] = [With(below={**one, **thickness}) for one in filters if one or thickness]
    grids = [words("10017")[word] for word in (event.grid or "").split(", ") if word in words("10017")]
    return given | ({"X-Ray Grid": grids} if grids else {})
