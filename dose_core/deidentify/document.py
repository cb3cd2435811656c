"""De-identify a dose SR as a file."""

import zlib
from dataclasses import dataclass, field
from io import BytesIO

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from dose_core.deidentify.errors import NotDeidentifiableError
from dose_core.deidentify.header import clean_document
from dose_core.deidentify.policy import Policy
from dose_core.deidentify.replacing import Replacing
from dose_core.writers.part10 import to_part10

# What pydicom raises of files that are none; their texts may quote the file.
_UNREADABLE = (
    InvalidDicomError,
    ValueError,
    NotImplementedError,
    EOFError,
    OSError,
    RecursionError,
    KeyError,
    AttributeError,
    TypeError,
    zlib.error,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deidentified:
    """An object that may leave; ``sop_instance_uid`` is its new one, by which a file of it may be called."""

    sop_instance_uid: str
    dicom: bytes = field(repr=False)


def deidentified(dicom: bytes, policy: Policy, *, subject: str) -> Deidentified:
    """
    Return a dose SR without who was irradiated, as a DICOM file: the same bytes for the same object and policy.

    ``subject`` tells people apart, as a patient's surrogate id does; it is not written. Nothing is taken over from
    the object but what the tables of this package name, neither from its preamble nor its file meta information.

    Raises:
        NotDeidentifiableError: it is no readable DICOM file, no dose report whose parts are known, or what is left of
            it cannot be written.
    """
    try:
        made = clean_document(dcmread(BytesIO(dicom)), Replacing.of(policy, subject))
    except _UNREADABLE as error:
        msg = f"it is no readable DICOM file ({type(error).__name__})"
        raise NotDeidentifiableError(msg) from None
    try:
        return Deidentified(sop_instance_uid=str(made.SOPInstanceUID), dicom=to_part10(made))
    except _UNREADABLE as error:
        msg = f"what is left of it cannot be written as a DICOM file ({type(error).__name__})"
        raise NotDeidentifiableError(msg) from None
