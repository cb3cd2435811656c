"""What a mammography dose object states: dose reports and images, 2D and tomosynthesis."""

from dataclasses import dataclass
from datetime import datetime

from dose_core.model.common import Code, DoseReport, ImageStated


@dataclass(frozen=True, slots=True, kw_only=True)
class MammographyEvent:
    """
    One exposure of one breast (PS3.16, TID 10003 with mammography rows), or what an image states of it.

    Where a quantity is stated per pulse, the ``..._per_pulse`` field holds the list as stated and the plain
    field the mean of the pulses that are not zero, with a warning that says so. ``anode`` and ``filter`` are
    the words of the standard in lower case; several filters of one exposure are joined with `` + ``.
    """

    event_uid: str | None = None
    started_at: datetime | None = None  # aware if the object states an offset, else local and naive
    protocol: str | None = None
    laterality: str | None = None  # L, R or B
    view: str | None = None  # code value as the field speaks of it: CC, MLO, ML, LM, ...
    view_modifiers: tuple[str, ...] = ()
    agd_mgy: float | None = None
    entrance_dose_mgy: float | None = None
    reference_point: Code | str | None = None  # where the entrance dose stands for
    kv: float | None = None
    kv_per_pulse: tuple[float, ...] = ()
    ma: float | None = None
    ma_per_pulse: tuple[float, ...] = ()
    mas: float | None = None
    mas_per_pulse: tuple[float, ...] = ()
    exposure_time_s: float | None = None
    duration_s: float | None = None
    pulse_count: float | None = None
    pulse_width_ms: float | None = None
    pulse_widths_ms: tuple[float, ...] = ()
    anode: str | None = None
    filter: str | None = None
    filter_min_mm: float | None = None
    filter_max_mm: float | None = None
    focal_spot_mm: float | None = None
    grid: str | None = None
    thickness_mm: float | None = None  # compressed
    equivalent_thickness_mm: float | None = None  # Patient Equivalent Thickness, or GE's radiological thickness
    force_n: float | None = None
    pressure_kpa: float | None = None
    contact_area_cm2: float | None = None
    glandularity_percent: float | None = None
    hvl_mm_al: float | None = None
    is_tomosynthesis: bool | None = None
    primary_angle_deg: float | None = None
    source_to_detector_mm: float | None = None
    source_to_entrance_mm: float | None = None
    source_to_reference_point_mm: float | None = None
    exposure_control: str | None = None  # (0018,7060): AUTOMATIC or MANUAL
    exposure_control_detail: str | None = None  # (0018,7062), the vendor's own words
    exposure_index: float | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MammographyTotals:
    """Accumulated average glandular dose as stated (PS3.16, TID 10005)."""

    agd_left_mgy: float | None = None
    agd_right_mgy: float | None = None
    agd_both_mgy: float | None = None
    event_count: int | None = None  # only where the object states a number
    entrance_dose_mgy: float | None = None  # of the whole step: (0040,8302) of a performed procedure step


@dataclass(frozen=True, slots=True, kw_only=True)
class MammographyReport(DoseReport):
    """What one mammography dose object states; ``image`` is given for images only."""

    totals: MammographyTotals = MammographyTotals()
    events: tuple[MammographyEvent, ...] = ()
    image: ImageStated | None = None
