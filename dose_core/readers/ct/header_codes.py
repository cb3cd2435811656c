"""
Codes of CT in headers: of images, and of the items of an Exposure Dose Sequence, which hold the same elements.

Source: PS3.3, C.8.15.3.2.1 (Acquisition Type), C.8.15.3.8 (CTDI Phantom Type Code Sequence).
"""

from dose_core.model import AcquisitionType
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import is_same
from dose_core.readers.sr.items import code_of

# Defined terms of Acquisition Type (0018,9302).
ACQUISITION_TYPES = {
    "SPIRAL": AcquisitionType.SPIRAL,
    "SEQUENCED": AcquisitionType.SEQUENCED,
    "CONSTANT_ANGLE": AcquisitionType.CONSTANT_ANGLE,
    "STATIONARY": AcquisitionType.STATIONARY,
    "FREE": AcquisitionType.FREE,
}


def phantom_diameter_mm(data_set: DataSet, within: str, field: str) -> int | None:
    """Return the diameter of the phantom that a CTDI is stated for, ``within`` being the path; another one is noted."""
    stated = code_of(data_set, Tag.CTDIPhantomTypeCodeSequence)
    if stated is None:
        return None
    known = next((mm for phantom, mm in codes.PHANTOM_DIAMETERS_MM if is_same(stated, phantom)), None)
    path = within + tag_text(Tag.CTDIPhantomTypeCodeSequence)
    if known is None:
        problem = f"no diameter is known for phantom {stated.value[:16]} of {stated.scheme[:16]}"
        data_set.log.add_warning(path, codes.PHANTOM_TYPE.meaning, problem)
    else:
        data_set.log.add_origin(field, path, stated.value, stated.scheme)
    return known
