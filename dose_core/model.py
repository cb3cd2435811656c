"""
What a dose object states, as frozen values.

The unit is part of each name; ``None`` means that the object does not state the value, never zero.
Lists keep the order of the object. The shapes follow the contract of ``doseledger read``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of dose object that have a reader."""

    CT_RDSR = "ct_rdsr"
    CT_IMAGE = "ct_image"


class AcquisitionType(StrEnum):
    """CT acquisition types (PS3.16, CID 10013)."""

    SPIRAL = "spiral"
    SEQUENCED = "sequenced"
    CONSTANT_ANGLE = "constant_angle"
    STATIONARY = "stationary"
    FREE = "free"
    CONE_BEAM = "cone_beam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A coded entry as stated; compare with ``dose_core.readers.codes``, never by meaning."""

    value: str
    scheme: str
    meaning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWarning:
    """
    A value that is present but could not be used, or that contradicts another.

    ``path`` is the place in the object: content item numbers from 1 joined by dots for an SR
    (``"1.12.3"``), a tag ``"(0018,9345)"`` for a header. ``problem`` holds no patient data.
    """

    path: str
    concept: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedValue:
    """Where one field came from: its path in the object, and the text and unit that stand there."""

    field: str  # such as "totals.dlp_mgy_cm" or "events[2].sources[0].kv"
    path: str
    text: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStated:
    """The patient as the object names them."""

    id: str | None = None
    issuer: str | None = None
    name: str | None = None  # PN with all its component groups, "family^given=ideographic=phonetic"
    birth_date: date | None = None
    sex: str | None = None
    size_cm: float | None = None
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStated:
    """The irradiating device as the object names it."""

    manufacturer: str | None = None
    model: str | None = None
    station_name: str | None = None
    serial_number: str | None = None
    software_versions: tuple[str, ...] = ()
    institution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class XRaySource:
    """One X-ray source of a CT event (PS3.16, TID 10013, CT X-Ray Source Parameters)."""

    kv: float | None = None
    ma_mean: float | None = None
    ma_max: float | None = None
    rotation_time_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CtEvent:
    """One CT irradiation event (PS3.16, TID 10013), or what one slice states of it."""

    event_uid: str | None = None
    started_at: datetime | None = None  # aware if the object states an offset, else local and naive
    acquisition_type: AcquisitionType | None = None
    protocol: str | None = None
    target_region: Code | None = None
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
    total_collimation_mm: float | None = None
    pitch: float | None = None
    sources: tuple[XRaySource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DlpSubTotal:
    """A DLP sub-total for one phantom size (PS3.16, TID 10012, row 3a)."""

    phantom_diameter_mm: int | None
    dlp_mgy_cm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CtTotals:
    """Accumulated dose of a CT report as stated (PS3.16, TID 10012)."""

    dlp_mgy_cm: float | None = None
    dlp_sub_totals: tuple[DlpSubTotal, ...] = ()
    event_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CtSlice:
    """What one CT image states beyond its event: how it was made and where it lies."""

    series_instance_uid: str | None = None
    series_number: int | None = None
    series_description: str | None = None
    instance_number: int | None = None
    acquisition_number: int | None = None
    image_type: tuple[str, ...] = ()
    event_uids: tuple[str, ...] = ()  # (0008,3010) may name several
    z_mm: float | None = None  # slice centre along the patient axis, from (0020,0032)
    thickness_mm: float | None = None
    frame_of_reference_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseReport:
    """
    What one dose object states.

    ``slice`` is given for ``Kind.CT_IMAGE`` only. ``sop_class_uid`` and ``our_own`` are for the
    ledger: ``our_own`` tells that DoseLedger wrote the object itself.
    """

    kind: Kind
    sop_instance_uid: str
    study_instance_uid: str | None = None
    sop_class_uid: str | None = None
    accession_number: str | None = None
    study_description: str | None = None
    study_started_at: datetime | None = None  # study date and time as stated; for objects without irradiation times
    started_at: datetime | None = None
    ended_at: datetime | None = None
    scope: str | None = None
    completion: str | None = None
    intent: str | None = None
    source_of_dose: tuple[str, ...] = ()
    physicians: tuple[str, ...] = ()
    comment: str | None = None
    content_at: datetime | None = None  # (0008,0023) and (0008,0033): when the document was made
    timezone_offset: str | None = None  # (0008,0201) as stated
    our_own: bool = False
    patient_identity_removed: bool = False  # (0012,0062) is YES: a copy, never an exam of its own
    patient: PatientStated = PatientStated()
    device: DeviceStated = DeviceStated()
    totals: CtTotals = CtTotals()
    events: tuple[CtEvent, ...] = ()
    slice: CtSlice | None = None
    warnings: tuple[ReadWarning, ...] = ()
    stated: tuple[StatedValue, ...] = ()
