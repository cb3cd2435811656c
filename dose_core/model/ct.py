"""What a CT dose object states: a dose report, images, a dose screen, a performed procedure step."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dose_core.model.common import Code, DoseReport, ImageStated


class AcquisitionType(StrEnum):
    """CT acquisition types (PS3.16, CID 10013)."""

    SPIRAL = "spiral"
    SEQUENCED = "sequenced"
    CONSTANT_ANGLE = "constant_angle"
    STATIONARY = "stationary"
    FREE = "free"
    CONE_BEAM = "cone_beam"


@dataclass(frozen=True, slots=True, kw_only=True)
class XRaySource:
    """One X-ray source of a CT event (PS3.16, TID 10013, CT X-Ray Source Parameters)."""

    kv: float | None = None
    ma_mean: float | None = None
    ma_max: float | None = None
    rotation_time_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCheck:
    """One value of the Dose Check of an event (PS3.16, TID 10015; NEMA XR 25): what was configured and foreseen."""

    level: str  # "alert" (accumulated, whole exam) or "notification" (this scan)
    is_configured: bool | None = None
    dlp_limit_mgy_cm: float | None = None
    dlp_forward_mgy_cm: float | None = None
    ctdi_vol_limit_mgy: float | None = None
    ctdi_vol_forward_mgy: float | None = None
    reason: str | None = None
    authorized_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CtEvent:
    """One CT irradiation event (PS3.16, TID 10013), or what one slice states of it."""

    event_uid: str | None = None
    started_at: datetime | None = None  # aware if the object states an offset, else local and naive
    acquisition_type: AcquisitionType | None = None
    protocol: str | None = None
    target_region: Code | None = None
    body_part: str | None = None  # (0018,0015) as stated: CHEST, ABDOMEN, ...
    ctdi_vol_mgy: float | None = None
    dlp_mgy_cm: float | None = None
    phantom_diameter_mm: int | None = None  # 160 or 320 (IEC 60601-2-44)
    ssde_mgy: float | None = None
    dw_mm: float | None = None
    z_start_mm: float | None = None
    z_end_mm: float | None = None
    modulation: str | None = None
    exposure_time_s: float | None = None
    scanning_length_mm: float | None = None
    single_collimation_mm: float | None = None
    total_collimation_mm: float | None = None
    pitch: float | None = None
    mas: float | None = None  # of the slice, for images: (0018,1152) and its finer forms
    sources: tuple[XRaySource, ...] = ()
    dose_checks: tuple[DoseCheck, ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DlpSubTotal:
    """A DLP sub-total for one phantom size (PS3.16, TID 10012, row 3a)."""

    phantom_diameter_mm: int | None
    dlp_mgy_cm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CtTotals:
    """Accumulated dose of a CT object as stated (PS3.16, TID 10012)."""

    dlp_mgy_cm: float | None = None
    dlp_sub_totals: tuple[DlpSubTotal, ...] = ()
    event_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyThickness:
    """Thickness of the body over the images of an exam, as Toshiba's private Patient Body Parameters state it."""

    mean_mm: float | None = None
    min_mm: float | None = None
    max_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CtSlice(ImageStated):
    """What one CT slice states beyond its event: how it was made and where it lies."""

    z_mm: float | None = None  # slice centre along the patient axis, from (0020,0032)
    thickness_mm: float | None = None
    frame_of_reference_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CtReport(DoseReport):
    """
    What one CT dose object states.

    ``slices`` is given for ``Kind.CT_IMAGE`` only, one for each event and in the same order: a classic
    image has one of each, an enhanced multi-frame image one for each frame.
    """

    totals: CtTotals = CtTotals()
    events: tuple[CtEvent, ...] = ()
    slices: tuple[CtSlice, ...] = ()
    body_thickness: BodyThickness | None = None
