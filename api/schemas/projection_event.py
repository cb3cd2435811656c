"""Bodies of projection X-ray events."""

from datetime import datetime
from typing import Literal

from api.schemas.base import BodyOut
from api.schemas.events import CodeOut, EventOut
from dose_core.model import EventType, Plane


class FilterOut(BodyOut):
    """One X-ray filter; the material ``none`` says that there is none."""

    material: str | None
    min_mm: float | None
    max_mm: float | None


class ShuttersOut(BodyOut):
    """Distances of the collimator blades from the centre of the beam, in the plane that the vendor defines."""

    left_mm: float | None
    right_mm: float | None
    top_mm: float | None
    bottom_mm: float | None


class ProjectionEventOut(EventOut):
    """One projection event in one plane; see ``docs/conformance/projection.md`` for where its values are read."""

    part: Literal["projection"]
    started_at: datetime | None
    ended_at: datetime | None
    plane: Plane | None
    source_id: str | None
    event_type: EventType | None
    protocol: str | None
    target_region: CodeOut | None
    anatomy: CodeOut | None
    body_part: str | None
    laterality: str | None
    view: str | None
    dap_gy_cm2: float | None
    ka_r_mgy: float | None
    entrance_dose_mgy: float | None
    output_air_kerma_mgy: float | None
    hvl_mm_al: float | None
    reference_point: CodeOut | str | None
    kv: float | None
    kv_per_pulse: list[float]
    ma: float | None
    ma_per_pulse: list[float]
    mas: float | None
    mas_per_pulse: list[float]
    duration_s: float | None
    scene_time_s: float | None
    exposure_time_s: float | None
    pulse_count: float | None
    pulse_width_ms: float | None
    pulse_widths_ms: list[float]
    pulse_rate_per_s: float | None
    frame_count: int | None
    fluoro_mode: str | None
    application: str | None
    fluoro_flavour: str | None
    focal_spot_mm: float | None
    grid: str | None
    filters: list[FilterOut]
    primary_angle_deg: float | None
    secondary_angle_deg: float | None
    primary_end_angle_deg: float | None
    secondary_end_angle_deg: float | None
    column_angulation_deg: float | None
    source_to_isocentre_mm: float | None
    source_to_detector_mm: float | None
    source_to_detector_end_mm: float | None
    source_to_reference_point_mm: float | None
    source_to_entrance_mm: float | None
    table_longitudinal_mm: float | None
    table_lateral_mm: float | None
    table_height_mm: float | None
    table_longitudinal_end_mm: float | None
    table_lateral_end_mm: float | None
    table_height_end_mm: float | None
    table_tilt_deg: float | None
    table_rotation_deg: float | None
    cradle_deg: float | None
    table_tilt_end_deg: float | None
    table_rotation_end_deg: float | None
    cradle_end_deg: float | None
    beam_longitudinal_mm: float | None
    beam_lateral_mm: float | None
    beam_angle_deg: float | None
    patient_position: str | None
    patient_orientation: CodeOut | None
    patient_orientation_modifier: CodeOut | None
    patient_table_relationship: CodeOut | None
    patient_thickness_mm: float | None
    shutters_mm: ShuttersOut | None
    field_area_cm2: float | None
    field_height_mm: float | None
    field_width_mm: float | None
    field_of_view_mm: float | None
    detector_x_mm: float | None
    detector_y_mm: float | None
    exposure_index: float | None
    exposure_index_scale: str | None
    sensitivity: float | None
    target_exposure_index: float | None
    deviation_index: float | None
    is_repeated: bool | None
    is_rejected: bool | None
    comment: str | None
