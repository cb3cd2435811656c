"""What every dose object states, whatever irradiated: who, when, by which device, and where each value stood."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of dose object, by what they are rather than by their SOP Class."""

    CT_RDSR = "ct_rdsr"
    PROJECTION_RDSR = "projection_rdsr"
    MAMMOGRAPHY_RDSR = "mammography_rdsr"
    RADIOPHARMACEUTICAL_RDSR = "radiopharmaceutical_rdsr"
    ENHANCED_RDSR = "enhanced_rdsr"
    PATIENT_RDSR = "patient_rdsr"
    CT_IMAGE = "ct_image"
    PROJECTION_IMAGE = "projection_image"
    MAMMOGRAPHY_IMAGE = "mammography_image"
    NUCLEAR_IMAGE = "nuclear_image"
    DOSE_SCREEN = "dose_screen"
    MPPS = "mpps"
    LEGACY_DOSE_SR = "legacy_dose_sr"
    REJECTION_NOTE = "rejection_note"  # takes other objects back; states no dose
    MANUAL = "manual"  # typed in by a person; no object of a device


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A coded entry as stated; compare with ``dose_core.readers.sr.codes``, never by meaning."""

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


@dataclass(frozen=True, slots=True, init=False)
class StatedValue:
    """Where one field came from: its path in the object, and the text and unit that stand there."""

    field: str  # such as "totals.dlp_mgy_cm" or "events[2].sources[0].kv"
    path: str
    text: str
    unit: str | None = None

    # A long report has ten thousand of these, and the generated __init__ of a frozen class takes four times as long.
    def __init__(self, field: str, path: str, text: str, unit: str | None = None) -> None:
        _set_field(self, field)
        _set_path(self, path)
        _set_text(self, text)
        _set_unit(self, unit)


_set_field, _set_path, _set_text, _set_unit = (
    vars(StatedValue)[slot].__set__ for slot in ("field", "path", "text", "unit")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedEstimate:
    """
    What the source itself computed rather than measured, with the method it names.

    ``quantity`` is ``effective_dose``, ``ssde``, ``organ_dose``, ``equivalent_dose``, ``skin_dose`` or the
    meaning of the source's own concept; ``unit`` one of ``dose_core.units``. It is never summed or used as input.
    """

    quantity: str
    value: float
    unit: str
    path: str
    organ: str | None = None
    laterality: str | None = None
    statistic: str | None = None  # minimum, maximum, mean, median or mode over the organ, where the source names one
    method: str | None = None
    event_uid: str | None = None  # None: it stands for the whole object


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherId:
    """A further identifier of a patient, with the issuer that makes it one."""

    id: str
    issuer: str


class PregnancyStatus(StrEnum):
    """What an object states of a pregnancy, (0010,21C0): PS3.3, C.2.4."""

    NOT_PREGNANT = "not_pregnant"
    POSSIBLY_PREGNANT = "possibly_pregnant"
    PREGNANT = "pregnant"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStated:
    """The patient as the object names them; ``other_ids`` (0010,1002) are those that name their issuer."""

    id: str | None = None
    issuer: str | None = None
    name: str | None = None  # PN with all its component groups, "family^given=ideographic=phonetic"
    birth_date: date | None = None
    sex: str | None = None
    size_cm: float | None = None
    weight_kg: float | None = None
    other_ids: tuple[OtherId, ...] = ()
    pregnancy_status: PregnancyStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStated:
    """The irradiating device as the object names it."""

    manufacturer: str | None = None
    model: str | None = None
    station_name: str | None = None
    serial_number: str | None = None
    software_versions: tuple[str, ...] = ()
    institution: str | None = None
    department: str | None = None
    ae_title: str | None = None  # Performed Station AE Title of a performed procedure step
    observer_uid: str | None = None  # Device Observer UID of a report: survives a software upgrade


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageStated:
    """How an image was made and to which exposure it belongs, so that one exposure is counted once."""

    series_instance_uid: str | None = None
    series_number: int | None = None
    series_description: str | None = None
    instance_number: int | None = None
    acquisition_number: int | None = None
    image_type: tuple[str, ...] = ()
    event_uids: tuple[str, ...] = ()  # (0008,3010) may name several
    presentation_intent: str | None = None  # (0008,0068): FOR PROCESSING or FOR PRESENTATION


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseReport:
    """
    What one dose object states; a subclass for each modality adds its totals and events.

    ``sop_class_uid`` and ``our_own`` are for the ledger: ``our_own`` tells that DoseLedger wrote the
    object itself. ``admission_id`` is the number of the visit or account during which it was made.
    """

    kind: Kind
    sop_instance_uid: str
    study_instance_uid: str | None = None
    sop_class_uid: str | None = None
    modality: str | None = None  # (0008,0060)
    accession_number: str | None = None
    accession_issuer: str | None = None  # who gives the accession number, so that two may give the same
    admission_id: str | None = None
    admission_issuer: str | None = None
    study_description: str | None = None
    requested_procedure: str | None = None
    study_started_at: datetime | None = None  # study date and time as stated; for objects without irradiation times
    started_at: datetime | None = None  # aware if the object states an offset, else local and naive
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
    is_cut_short: bool = False  # less was delivered than the object declares
    patient_identity_removed: bool = False  # (0012,0062) is YES: a copy, never an exam of its own
    patient: PatientStated = PatientStated()
    device: DeviceStated = DeviceStated()
    estimates: tuple[StatedEstimate, ...] = ()
    warnings: tuple[ReadWarning, ...] = ()
    stated: tuple[StatedValue, ...] = ()
