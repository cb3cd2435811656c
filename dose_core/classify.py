"""
Tell from a few header values what of an instance states dose: the whole object, its header, or nothing.

Standard library only: the plugin runs it inside Orthanc for every stored instance.
"""

from dataclasses import dataclass
from enum import StrEnum

from dose_core.contract import CopyOf
from dose_core.own import OUR_MANUFACTURER


class ObjectKind(StrEnum):
    """What the plugin sends of an instance."""

    WHOLE = "whole"
    HEADER = "header"


# PS3.6, Annex A (Registry of DICOM Unique Identifiers); the IODs stand in PS3.3, Annex A.
_SOP_CLASS = "1.2.840.10008.5.1.4.1.1."

DOSE_REPORT_SOP_CLASSES = frozenset(
    _SOP_CLASS + suffix
    for suffix in (
        "88.67",  # X-Ray Radiation Dose SR
        "88.68",  # Radiopharmaceutical Radiation Dose SR
        "88.73",  # Patient Radiation Dose SR
        "88.76",  # Enhanced X-Ray Radiation Dose SR
        "88.22",  # Enhanced SR: older devices send dose reports so; the reader tells by the root concept
        "88.33",  # Comprehensive SR: likewise
    )
)

DOSE_IMAGE_SOP_CLASSES = frozenset(
    _SOP_CLASS + suffix
    for suffix in (
        "1",  # Computed Radiography
        "1.1",  # Digital X-Ray, for presentation
        "1.1.1",  # Digital X-Ray, for processing
        "1.2",  # Digital Mammography, for presentation
        "1.2.1",  # Digital Mammography, for processing
        "1.3",  # Digital Intra-Oral X-Ray, for presentation
        "1.3.1",  # Digital Intra-Oral X-Ray, for processing
        "2",  # CT
        "2.1",  # Enhanced CT
        "2.2",  # Legacy Converted Enhanced CT
        "12.1",  # X-Ray Angiographic
        "12.1.1",  # Enhanced XA
        "12.2",  # X-Ray Radiofluoroscopic
        "12.2.1",  # Enhanced XRF
        "13.1.1",  # X-Ray 3D Angiographic
        "13.1.2",  # X-Ray 3D Craniofacial
        "13.1.3",  # Breast Tomosynthesis
        "13.1.4",  # Breast Projection X-Ray, for presentation
        "13.1.5",  # Breast Projection X-Ray, for processing
        "20",  # Nuclear Medicine
        "128",  # Positron Emission Tomography
        "128.1",  # Legacy Converted Enhanced PET
        "130",  # Enhanced PET
    )
)


# Whatever a workstation captured, by the thousand; and the few screens and projections whose header states dose.
SECONDARY_CAPTURE_SOP_CLASSES = frozenset(
    _SOP_CLASS + suffix
    for suffix in (
        "7",  # Secondary Capture
        "7.1",  # Multi-frame Single Bit
        "7.2",  # Multi-frame Grayscale Byte
        "7.3",  # Multi-frame Grayscale Word
        "7.4",  # Multi-frame True Color
    )
)

# Philips writes "Dose Info", GE "Dose Report" in the language of the site, Siemens "Patient Protocol".
_DOSE_DESCRIPTIONS = ("dose", "dosi", "patient protocol")
_DOSE_IMAGE_TYPES = frozenset(("DOSE_INFO", "DOSEINFO"))  # value 3 or 4 of Image Type, Philips and Toshiba
# The dose screens of these makers lack the third value of Image Type, their other captures do not.
_TWO_VALUED_MAKERS, _TWO_VALUES = ("TOSHIBA", "CANON"), ["DERIVED", "SECONDARY"]


# A Key Object Selection Document states no dose, but with one of these titles it takes objects back (IHE RAD TF, RAD-66
# Rejection Note Stored; the codes: PS3.16, CID 7010).
KEY_OBJECT_SOP_CLASS = _SOP_CLASS + "88.59"
REJECTION_TITLES = frozenset(("113001", "113037", "113038", "113039"))
_DEFLATED_SYNTAX = b"1.2.840.10008.1.2.1.99"
_META_BYTES = 1024  # what stands before the data set has some two hundred


# Modality (0008,0060) of series in which nothing of the above can stand: made without ionising radiation, or no picture
# at all (PS3.3, C.7.3.1.1.1). What names no modality, or one that is not here, is looked at.
MODALITIES_WITHOUT_DOSE = frozenset(
    (
        *("MR", "US", "IVUS", "BI", "DG", "LS", "TG"),
        *("ES", "GM", "SM", "XC", "OP", "OPM", "OPT", "OPTBSV", "OPTENF", "OPV", "OCT", "IVOCT", "OAM", "OSS"),
        *("AR", "KER", "LEN", "SRF", "VA", "ECG", "EPS", "HD", "EEG", "EMG", "EOG", "RESP", "AU"),
        *(
            "SEG",
            "PR",
            "REG",
            "FID",
            "RWV",
            "SMR",
            "DOC",
            "M3D",
            "PLAN",
            "RTDOSE",
            "RTPLAN",
            "RTRECORD",
            "RTSTRUCT",
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenCues:
    """What of a secondary capture tells that its header may state dose, each value as stated."""

    modality: str | None = None  # (0008,0060)
    image_type: str | None = None  # (0008,0008), its values joined by backslashes
    manufacturer: str | None = None  # (0008,0070)
    series_description: str | None = None  # (0008,103E)
    dose_comment: str | None = None  # (0040,0310), which no picture has but one about dose


def may_state_dose(sop_class_uid: str | None) -> bool:
    """Tell by the SOP class alone if an instance deserves a look at its header."""
    uid = _trimmed(sop_class_uid)
    return (
        uid in DOSE_IMAGE_SOP_CLASSES
        or uid in DOSE_REPORT_SOP_CLASSES
        or uid in SECONDARY_CAPTURE_SOP_CLASSES
        or uid == KEY_OBJECT_SOP_CLASS
    )


def may_reject(dicom: bytes) -> bool:
    """
    Tell if a key object selection may have a title that rejects; its reader tells for sure.

    Looked for by its bytes: such documents are small, and most name key images. Of a deflated one nothing can be seen.
    """
    is_hidden = _DEFLATED_SYNTAX in dicom[:_META_BYTES]
    return is_hidden or any(title.encode() in dicom for title in REJECTION_TITLES)


def classify(
    sop_class_uid: str | None,
    *,
    manufacturer: str | None = None,
    cues: ScreenCues | None = None,
    is_rejection: bool = False,
) -> ObjectKind | None:
    """
    Return what of an instance states dose or takes a dose back, ``None`` for nothing.

    ``manufacturer`` is (0008,0070) as stated. A report that DoseLedger wrote itself goes too, so that it is known to
    have come to the archive; it is never a source of dose (``dose_core.ledger.admitted``). A rejection note of its own
    says nothing new. A secondary capture is nothing without ``cues``, a key object selection nothing unless it rejects.
    """
    uid = _trimmed(sop_class_uid)
    if uid == KEY_OBJECT_SOP_CLASS:
        return ObjectKind.WHOLE if is_rejection and _trimmed(manufacturer) != OUR_MANUFACTURER else None
    if uid in DOSE_IMAGE_SOP_CLASSES:
        return ObjectKind.HEADER
    if uid in DOSE_REPORT_SOP_CLASSES:
        return ObjectKind.WHOLE
    if cues is None or uid not in SECONDARY_CAPTURE_SOP_CLASSES:
        return None
    return ObjectKind.HEADER if is_dose_screen(cues) or is_mammography_projection(cues) else None


def is_dose_screen(cues: ScreenCues) -> bool:
    """Tell if a secondary capture of a CT is a screen about dose, whether its numbers stand in the header or not."""
    if _trimmed(cues.modality) != "CT":
        return False
    image_type = [value.strip() for value in _trimmed(cues.image_type).upper().split("\\")]
    description = _trimmed(cues.series_description).lower()
    is_two_valued = image_type == _TWO_VALUES and _trimmed(cues.manufacturer).upper().startswith(_TWO_VALUED_MAKERS)
    return (
        bool(_trimmed(cues.dose_comment))
        or is_two_valued
        or not _DOSE_IMAGE_TYPES.isdisjoint(image_type)
        or any(word in description for word in _DOSE_DESCRIPTIONS)
    )


def is_mammography_projection(cues: ScreenCues) -> bool:
    """
    Tell if a secondary capture is an exposure: Hologic stores the projections of tomosynthesis so.

    All other secondary captures of mammography devices are derived.
    """
    return _trimmed(cues.modality) == "MG" and _trimmed(cues.image_type).upper().split("\\")[0].strip() == "ORIGINAL"


def copy_made_by_orthanc(
    *, is_anonymized: bool, is_modified: bool, patient_identity_removed: str | None
) -> CopyOf | None:
    """
    Return which kind of copy an instance is, ``None`` for an original.

    ``is_anonymized`` and ``is_modified`` tell whether Orthanc holds the metadata AnonymizedFrom or ModifiedFrom;
    ``patient_identity_removed`` is (0012,0062) as stated (PS3.3, C.7.1.1: YES or NO).
    """
    if is_anonymized or _trimmed(patient_identity_removed).upper() == "YES":
        return CopyOf.ANONYMIZED
    return CopyOf.MODIFIED if is_modified else None


def _trimmed(value: str | None) -> str:
    # UIDs are padded with NUL, text with spaces (PS3.5, 6.2)
    return (value or "").strip("\0 ")
