"""
Tell from a few header values what of an instance states dose: the whole object, its header, or nothing.

Standard library only: the plugin runs it inside Orthanc for every stored instance.
"""

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


def classify(sop_class_uid: str | None, *, manufacturer: str | None = None) -> ObjectKind | None:
    """
    Return what of an instance may state dose, ``None`` for nothing.

    ``manufacturer`` is (0008,0070) as stated. A report that DoseLedger wrote itself is nothing new: sent on, it
    would come back as a source of what it was made from.
    """
    uid = _trimmed(sop_class_uid)
    if uid in DOSE_REPORT_SOP_CLASSES:
        return None if _trimmed(manufacturer) == OUR_MANUFACTURER else ObjectKind.WHOLE
    return ObjectKind.HEADER if uid in DOSE_IMAGE_SOP_CLASSES else None


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
