"""
Which kind of X-ray or nuclear medicine a modality is, as orders and exams name it.

A RIS orders a radiograph and the device that makes it is CR or DX; so what is alike is compared as one kind.

Source: PS3.3, C.7.3.1.1.1 (modalities); HL7 v2.5.1, table 0074 (diagnostic service section, OBR-24).
"""

from collections.abc import Iterable
from enum import StrEnum


class ModalityKind(StrEnum):
    """Kinds of what irradiates."""

    CT = "ct"
    RADIOGRAPHY = "radiography"
    FLUOROSCOPY = "fluoroscopy"
    MAMMOGRAPHY = "mammography"
    NUCLEAR = "nuclear"


_KINDS = {
    "CT": ModalityKind.CT,
    "CR": ModalityKind.RADIOGRAPHY,
    "DR": ModalityKind.RADIOGRAPHY,  # not of DICOM; many RIS write it
    "DX": ModalityKind.RADIOGRAPHY,
    "RG": ModalityKind.RADIOGRAPHY,
    "RX": ModalityKind.RADIOGRAPHY,
    "XR": ModalityKind.RADIOGRAPHY,  # likewise
    "PX": ModalityKind.RADIOGRAPHY,
    "IO": ModalityKind.RADIOGRAPHY,
    "CTH": ModalityKind.FLUOROSCOPY,  # cardiac catheterization
    "RF": ModalityKind.FLUOROSCOPY,
    "XA": ModalityKind.FLUOROSCOPY,
    "XRC": ModalityKind.FLUOROSCOPY,  # cineradiograph
    "MG": ModalityKind.MAMMOGRAPHY,
    "NM": ModalityKind.NUCLEAR,
    "NMS": ModalityKind.NUCLEAR,  # nuclear medicine scan
    "PT": ModalityKind.NUCLEAR,
}
IRRADIATING = tuple(_KINDS)
_NO_DOSE = frozenset({"CUS", "MR", "NMR", "OUS", "RUS", "US", "VUS"})
_DEPARTMENT = frozenset({"IMG", "RAD"})
# Sections whose orders are never of imaging: laboratories, wards, therapies. PT is physical therapy or PET.
_NOT_IMAGING = frozenset(
    {"AU", "BG", "BLB", "CG", "CH", "CP", "EC", "EN", "GE", "HM", "ICU", "IMM", "LAB", "MB", "MCB", "MYC"}
    | {"NRS", "OSL", "OT", "PF", "PHR", "PHY", "RC", "SP", "SR", "TX", "VR"}
)


def kinds_of(names: Iterable[str]) -> frozenset[ModalityKind]:
    """Return the kinds of these modalities; those that do not irradiate, and unknown ones, have none."""
    return frozenset(_KINDS[name.upper()] for name in names if name.upper() in _KINDS)


def names_of(kind: ModalityKind) -> tuple[str, ...]:
    """Return the modalities of a kind, as orders and exams name them."""
    return tuple(name for name, its in _KINDS.items() if its is kind)


def modality_of(section: str) -> str | None:
    """Return the modality that a section (OBR-24) names, ``None`` if it names none."""
    return section.upper() if section.upper() in _KINDS or section.upper() in _NO_DOSE else None


def is_imaging(section: str) -> bool:
    """Tell if a section (OBR-24) is one of imaging for certain."""
    return modality_of(section) is not None or section.upper() in _DEPARTMENT


def is_not_imaging(section: str) -> bool:
    """Tell if a section (OBR-24) is none of imaging for certain; a word of a house may be either."""
    return section.upper() in _NOT_IMAGING
