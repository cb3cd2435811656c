"""What the headers of a study state that our dose SR must repeat, so that it lies in the same study."""

from dataclasses import dataclass, fields
from io import BytesIO

from pydicom import dcmread
from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from dose_core.writers.errors import UnusableHeaderError

_ESCAPE = 0x1B
_TEXT_VRS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})  # the VRs that (0008,0005) governs, PS3.5, 6.1.2.3
_PN_DELIMITERS = {0x5E, 0x3D}  # "^" and "=" reset the code elements, PS3.5, 6.1.2.5.3


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStudy:
    """
    Patient, study and request as one image of the study states them; ``None`` where it states nothing.

    Text is decoded by the image's Specific Character Set (0008,0005). Dates, times and numbers stay as
    stated. Each field is named after the DICOM attribute that it repeats.
    """

    study_instance_uid: str
    study_date: str | None = None
    study_time: str | None = None
    study_id: str | None = None
    study_description: str | None = None
    accession_number: str | None = None
    referring_physician_name: str | None = None
    patient_name: str | None = None
    patient_id: str | None = None
    issuer_of_patient_id: str | None = None
    patient_birth_date: str | None = None
    patient_sex: str | None = None
    patient_age: str | None = None
    patient_size: str | None = None
    patient_weight: str | None = None
    timezone_offset_from_utc: str | None = None
    device_uid: str | None = None
    placer_order_number_imaging_service_request: str | None = None
    filler_order_number_imaging_service_request: str | None = None
    requested_procedure_id: str | None = None
    requested_procedure_description: str | None = None


# Attributes whose keyword is not the field's name in capitals.
_KEYWORDS = {
    "study_instance_uid": "StudyInstanceUID",
    "study_id": "StudyID",
    "patient_id": "PatientID",
    "issuer_of_patient_id": "IssuerOfPatientID",
    "timezone_offset_from_utc": "TimezoneOffsetFromUTC",
    "device_uid": "DeviceUID",
    "requested_procedure_id": "RequestedProcedureID",
}
KEYWORDS = {field.name: _KEYWORDS.get(field.name, field.name.title().replace("_", "")) for field in fields(SourceStudy)}
# These two stand in the Request Attributes Sequence (0040,0275) of an image as well as at its top.
_OF_REQUEST = ("requested_procedure_id", "requested_procedure_description")


def source_study_from_header(dicom: bytes) -> SourceStudy:
    """
    Return what an image's header states of its patient, study and request.

    Raises:
        UnusableHeaderError: it is no DICOM file, names no study, or its text cannot be decoded.
    """
    try:
        header = dcmread(BytesIO(dicom), stop_before_pixels=True)
    except (InvalidDicomError, ValueError, NotImplementedError, EOFError, OSError) as error:
        msg = f"the kept header is no readable DICOM file ({type(error).__name__})"
        raise UnusableHeaderError(msg) from error
    terms = _terms(header)
    stated = {name: _value(header, keyword, terms) for name, keyword in KEYWORDS.items()}
    requests = header.get("RequestAttributesSequence") or []
    for name in _OF_REQUEST:
        if stated[name] is None and len(requests) == 1:
            stated[name] = _value(requests[0], KEYWORDS[name], _terms(requests[0]) or terms)
    uid = stated.pop("study_instance_uid")
    if uid is None:
        msg = "the kept header names no Study Instance UID (0020,000D)"
        raise UnusableHeaderError(msg)
    return SourceStudy(study_instance_uid=uid, **stated)


def _terms(dataset: Dataset) -> list[str]:
    stated = dataset.get("SpecificCharacterSet") or []
    return [stated] if isinstance(stated, str) else [str(term) for term in stated]


def _value(dataset: Dataset, keyword: str, terms: list[str]) -> str | None:
    """Return one attribute as text. Read raw: pydicom's own conversion logs values it finds odd, names too."""
    raw = _raw(dataset, keyword)
    vr = dictionary_VR(keyword)
    if raw.isascii() and _ESCAPE not in raw:
        text = raw.decode("ascii")
    elif vr in _TEXT_VRS and terms and all(term in python_encoding for term in terms):
        text = _decoded(raw, convert_encodings(terms), keyword, _PN_DELIMITERS if vr == "PN" else set())
    else:
        msg = f"{keyword} holds bytes that its Specific Character Set (0008,0005) does not explain"
        raise UnusableHeaderError(msg)
    return text.strip(" \0") or None


def _decoded(raw: bytes, encodings: list[str], keyword: str, delimiters: set[int]) -> str:
    try:
        text = decode_bytes(raw, encodings, delimiters) if _ESCAPE in raw else raw.decode(encodings[0])
    except (UnicodeError, LookupError):
        text = "\N{REPLACEMENT CHARACTER}"
    if "\N{REPLACEMENT CHARACTER}" in text:
        msg = f"{keyword} cannot be decoded by its Specific Character Set (0008,0005)"
        raise UnusableHeaderError(msg)
    return text


def _raw(dataset: Dataset, keyword: str) -> bytes:
    tag = tag_for_keyword(keyword)
    if tag is None or tag not in dataset:
        return b""
    value = dataset.get_item(tag).value
    if isinstance(value, bytes):
        return value
    return str(value).encode("ascii", "replace") if value else b""
