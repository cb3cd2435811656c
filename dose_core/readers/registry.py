"""
Which reader reads which object.

A structured report is told by its document title, since real dose reports arrive in other SR
classes and other reports in theirs; an image by its SOP Class.
"""

from dose_core.model import Code, DoseReport
from dose_core.readers import codes
from dose_core.readers.codes import is_same
from dose_core.readers.ct_image import read_ct_image
from dose_core.readers.ct_rdsr import is_ct, read_ct_rdsr
from dose_core.readers.data_set import DataSet
from dose_core.readers.errors import NoReaderError, NotDoseError, UnreadableError
from dose_core.readers.part10 import parse_part10
from dose_core.readers.sr_items import build_items, code_of
from dose_core.readers.sr_tree import SrNode
from dose_core.readers.tags import Tag

# Names what the readers can do; evidence read by an older one may be read again.
READER_VERSION = "1"

_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"

# PS3.4, B.5. Storage classes whose objects state dose by their very purpose.
_DOSE_REPORT_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.88.67": "X-Ray Radiation Dose SR",
    "1.2.840.10008.5.1.4.1.1.88.68": "Radiopharmaceutical Radiation Dose SR",
    "1.2.840.10008.5.1.4.1.1.88.73": "Patient Radiation Dose SR",
    "1.2.840.10008.5.1.4.1.1.88.76": "Enhanced X-Ray Radiation Dose SR",
}

# Images that state dose in their headers and have no reader in this version.
_DOSE_IMAGE_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.2.1": "Enhanced CT Image",
    "1.2.840.10008.5.1.4.1.1.2.2": "Legacy Converted Enhanced CT Image",
    "1.2.840.10008.5.1.4.1.1.1": "Computed Radiography Image",
    "1.2.840.10008.5.1.4.1.1.1.1": "Digital X-Ray Image",
    "1.2.840.10008.5.1.4.1.1.1.2": "Digital Mammography X-Ray Image",
    "1.2.840.10008.5.1.4.1.1.1.3": "Digital Intra-Oral X-Ray Image",
    "1.2.840.10008.5.1.4.1.1.12.1": "X-Ray Angiographic Image",
    "1.2.840.10008.5.1.4.1.1.12.1.1": "Enhanced XA Image",
    "1.2.840.10008.5.1.4.1.1.12.2": "X-Ray Radiofluoroscopic Image",
    "1.2.840.10008.5.1.4.1.1.12.2.1": "Enhanced XRF Image",
    "1.2.840.10008.5.1.4.1.1.13.1.1": "X-Ray 3D Angiographic Image",
    "1.2.840.10008.5.1.4.1.1.13.1.2": "X-Ray 3D Craniofacial Image",
    "1.2.840.10008.5.1.4.1.1.13.1.3": "Breast Tomosynthesis Image",
    "1.2.840.10008.5.1.4.1.1.20": "Nuclear Medicine Image",
    "1.2.840.10008.5.1.4.1.1.128": "Positron Emission Tomography Image",
    "1.2.840.10008.5.1.4.1.1.130": "Enhanced PET Image",
}

_TITLES_WITHOUT_READER = (
    codes.RADIOPHARMACEUTICAL_DOSE_REPORT,
    codes.PATIENT_DOSE_REPORT,
    codes.SIEMENS_DOSE_SUMMARY,
)


def read_dose(dicom: bytes) -> DoseReport:
    """
    Return what a DICOM object states about dose. It may lack preamble, meta information and pixel data.

    Raises:
        NotDoseError: a sound object that states no dose.
        NoReaderError: it is about dose, but this version has no reader for its kind.
        UnreadableError: damaged, hostile or beyond the limits.
    """
    data_set = parse_part10(dicom).data_set
    if Tag.ConceptNameCodeSequence in data_set or Tag.ContentSequence in data_set:
        return _read_report(data_set)
    sop_class = data_set.text(Tag.SOPClassUID)
    if sop_class == _CT_IMAGE:
        return read_ct_image(data_set)
    if sop_class in _DOSE_REPORT_CLASSES:
        msg = f"the {_DOSE_REPORT_CLASSES[sop_class]} has no content"
        raise UnreadableError(msg)
    if sop_class in _DOSE_IMAGE_CLASSES:
        msg = f"no reader for this kind yet: {_DOSE_IMAGE_CLASSES[sop_class]}"
        raise NoReaderError(msg)
    msg = (
        "no dose is read from objects of this class" if sop_class else "the object names no SOP Class and is no report"
    )
    raise NotDoseError(msg)


def _read_report(data_set: DataSet) -> DoseReport:
    title = code_of(data_set, Tag.ConceptNameCodeSequence)
    if is_same(title, codes.XRAY_DOSE_REPORT):
        document = build_items(data_set)
        root = SrNode(document, data_set.log)
        if is_ct(root):
            return read_ct_rdsr(data_set, document)
        if not _is_projection(root):
            raise UnreadableError("the X-ray dose report holds neither CT nor projection data in codes that we know")
        raise NoReaderError("no reader for this kind yet: projection X-ray dose report")
    for concept in _TITLES_WITHOUT_READER:
        if is_same(title, concept):
            msg = f"no reader for this kind yet: {concept.meaning}"
            raise NoReaderError(msg)
    dose_class = _DOSE_REPORT_CLASSES.get(data_set.text(Tag.SOPClassUID) or "")
    if dose_class is not None:
        msg = f"the {dose_class} has {_named(title)}, so that its kind is unknown"
        raise UnreadableError(msg)
    msg = f"a structured report with {_named(title)} is no dose report"
    raise NotDoseError(msg)


def _is_projection(root: SrNode) -> bool:
    """Test if an X-Ray Radiation Dose Report is about projection X-ray or mammography (TID 10001)."""
    return any(root.first(concept) is not None for concept in codes.PROJECTION_CONTENT)


def _named(title: Code | None) -> str:
    # Value and scheme only: a meaning is free text of the sender.
    return f"the document title {title.value[:16]!r} of {title.scheme[:16]!r}" if title else "no document title"
