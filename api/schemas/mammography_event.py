"""Bodies of mammography exposures."""

from datetime import datetime
from typing import Literal

from api.schemas.events import CodeOut, EventOut


class MammographyEventOut(EventOut):
    """One exposure of one breast; see ``docs/conformance/mammography.md`` for where its values are read."""

    part: Literal["mammography"]
    started_at: datetime | None
    protocol: str | None
    laterality: str | None
    view: str | None
    view_modifiers: list[str]
    agd_mgy: float | None
    entrance_dose_mgy: float | None
    reference_point: CodeOut | str | None
    kv: float | None
    kv_per_pulse: list[float]
    ma: float | None
    ma_per_pulse: list[float]
    mas: float | None
    mas_per_pulse: list[float]
    exposure_time_s: float | None
    duration_s: float | None
    pulse_count: float | None
    pulse_width_ms: float | None
    pulse_widths_ms: list[float]
    anode: str | None
    filter: str | None
    filter_min_mm: float | None
    filter_max_mm: float | None
    focal_spot_mm: float | None
    grid: str | None
    thickness_mm: float | None
    equivalent_thickness_mm: float | None
    force_n: float | None
    pressure_kpa: float | None
    contact_area_cm2: float | None
    glandularity_percent: float | None
    hvl_mm_al: float | None
    is_tomosynthesis: bool | None
    primary_angle_deg: float | None
    source_to_detector_mm: float | None
    source_to_entrance_mm: float | None
    source_to_reference_point_mm: float | None
    exposure_control: str | None
    exposure_control_detail: str | None
    exposure_index: float | None
    comment: str | None
