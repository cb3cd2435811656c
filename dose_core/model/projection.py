"""What a projection X-ray dose object states: XA, RF, DX, CR; reports, images, performed procedure steps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dose_core.model.common import Code, DoseReport, ImageStated


class Plane(StrEnum):
    """Acquisition planes (PS3.16, CID 10003)."""

    SINGLE = "single"
    A = "a"
    B = "b"
    BOTH = "both"  # one item for both planes of a biplane device


class EventType(StrEnum):
    """Irradiation event types (PS3.16, CID 10002)."""

    FLUOROSCOPY = "fluoroscopy"
    STATIONARY_ACQUISITION = "stationary_acquisition"
    STEPPING_ACQUISITION = "stepping_acquisition"
    ROTATIONAL_ACQUISITION = "rotational_acquisition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One X-ray filter (PS3.16, TID 10003B). ``material`` None: not stated; ``"none"``: stated that there is none."""

    material: str | None = None
    min_mm: float | None = None
    max_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutters:
    """Distances of the collimator blades from the centre of the beam, in the plane that the vendor defines."""

    left_mm: float | None = None
    right_mm: float | None = None
    top_mm: float | None = None
    bottom_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionEvent:
    """
    One projection irradiation event in one plane (PS3.16, TID 10003 with 10003A, B, C), or what an image states of it.

    Where a quantity is stated per pulse, the ``..._per_pulse`` field holds the list as stated and the plain
    field the mean of the pulses that are not zero, with a warning that says so.
    """

    event_uid: str | None = None
    started_at: datetime | None = None  # aware if the object states an offset, else local and naive
    ended_at: datetime | None = None
    plane: Plane | None = None
    source_id: str | None = None  # Identification of the X-Ray Source (TID 10042), free text
    event_type: EventType | None = None
    protocol: str | None = None
    target_region: Code | None = None
    anatomy: Code | None = None  # Anatomical structure, Procedure context or the header's region
    body_part: str | None = None  # (0018,0015) of an image, as stated: CHEST, ABDOMEN, ...
    laterality: str | None = None  # L, R, B or U
    view: str | None = None
    # dose
    dap_gy_cm2: float | None = None
    ka_r_mgy: float | None = None
    entrance_dose_mgy: float | None = None
    output_air_kerma_mgy: float | None = None  # at the output measurement point (TID 10048), not the reference point
    hvl_mm_al: float | None = None
    reference_point: Code | str | None = None
    # technique
    kv: float | None = None
    kv_per_pulse: tuple[float, ...] = ()
    ma: float | None = None
    ma_per_pulse: tuple[float, ...] = ()
    mas: float | None = None
    mas_per_pulse: tuple[float, ...] = ()
    duration_s: float | None = None  # Irradiation Duration
    scene_time_s: float | None = None  # what Siemens states in its place, in whole seconds
    exposure_time_s: float | None = None
    pulse_count: float | None = None
    pulse_width_ms: float | None = None
    pulse_widths_ms: tuple[float, ...] = ()
    pulse_rate_per_s: float | None = None
    frame_count: int | None = None
    fluoro_mode: str | None = None
    application: str | None = None  # name of the clinical programme where the maker states one beside the protocol
    fluoro_flavour: str | None = None  # the maker's own name of the fluoroscopy setting
    focal_spot_mm: float | None = None
    grid: str | None = None
    filters: tuple[Filter, ...] = ()
    # geometry
    primary_angle_deg: float | None = None
    secondary_angle_deg: float | None = None
    primary_end_angle_deg: float | None = None
    secondary_end_angle_deg: float | None = None
    column_angulation_deg: float | None = None
    source_to_isocentre_mm: float | None = None
    source_to_detector_mm: float | None = None
    source_to_detector_end_mm: float | None = None
    source_to_reference_point_mm: float | None = None
    source_to_entrance_mm: float | None = None
    table_longitudinal_mm: float | None = None
    table_lateral_mm: float | None = None
    table_height_mm: float | None = None
    table_longitudinal_end_mm: float | None = None
    table_lateral_end_mm: float | None = None
    table_height_end_mm: float | None = None
    table_tilt_deg: float | None = None
    table_rotation_deg: float | None = None
    cradle_deg: float | None = None
    table_tilt_end_deg: float | None = None
    table_rotation_end_deg: float | None = None
    cradle_end_deg: float | None = None
    beam_longitudinal_mm: float | None = None  # position of the beam along and across the table, as the maker defines
    beam_lateral_mm: float | None = None
    beam_angle_deg: float | None = None
    patient_position: str | None = None  # HFS, HFP, FFS, FFP, HFDL, ...: only if the object states all of it
    patient_orientation: Code | None = None
    patient_orientation_modifier: Code | None = None
    patient_table_relationship: Code | None = None
    patient_thickness_mm: float | None = None
    shutters_mm: Shutters | None = None
    field_area_cm2: float | None = None  # collimated field at the detector
    field_height_mm: float | None = None
    field_width_mm: float | None = None
    field_of_view_mm: float | None = None  # image intensifier size or detector zoom, as stated
    detector_x_mm: float | None = None  # sides of the part of the detector that is read out
    detector_y_mm: float | None = None
    # image quality
    exposure_index: float | None = None  # IEC 62494-1, or the maker's own, see exposure_index_scale
    exposure_index_scale: str | None = None  # "iec", or the maker's name for its own scale
    sensitivity: float | None = None  # (0018,6000) of an image, on the maker's own scale
    target_exposure_index: float | None = None
    deviation_index: float | None = None
    is_repeated: bool | None = None
    is_rejected: bool | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneTotals:
    """Accumulated dose of one plane as stated (PS3.16, TID 10002 with 10004 and 10007)."""

    plane: Plane | None = None
    source_id: str | None = None  # Identification of the X-Ray Source (TID 10041), free text
    dap_gy_cm2: float | None = None
    ka_r_mgy: float | None = None
    fluoro_dap_gy_cm2: float | None = None
    fluoro_ka_r_mgy: float | None = None
    fluoro_time_s: float | None = None
    acquisition_dap_gy_cm2: float | None = None
    acquisition_ka_r_mgy: float | None = None
    acquisition_time_s: float | None = None
    frame_count: float | None = None
    reference_point: Code | str | None = None
    source_to_reference_point_mm: float | None = None
    source_to_isocentre_mm: float | None = None
    entrance_dose_mgy: float | None = None  # at the skin, of the whole step: (0040,8302) of a performed procedure step
    system_height_mm: float | None = None  # Height of System (Philips)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionTotals:
    """
    Accumulated dose of a projection object.

    ``dap_gy_cm2`` is the sum over the planes, known only if each plane states its own; air kerma at
    the reference point is never added over planes.
    """

    planes: tuple[PlaneTotals, ...] = ()
    dap_gy_cm2: float | None = None
    event_count: int | None = None  # only where the object states a number
    exposure_count: int | None = None  # (0040,0301) of a performed procedure step: without fluoroscopy


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionReport(DoseReport):
    """What one projection dose object states; ``image`` is given for images only."""

    device_type: str | None = None  # Acquisition Device Type, CID 10032, by its standard meaning
    totals: ProjectionTotals = ProjectionTotals()
    events: tuple[ProjectionEvent, ...] = ()
    image: ImageStated | None = None
