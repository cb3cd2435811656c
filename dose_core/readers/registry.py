"""
Which reader reads which object.

A structured report is told by its document title and content, since real dose reports arrive in other
SR classes and other reports in theirs; an image by its SOP Class and what its header states.
"""

from collections.abc import Sequence

from dose_core.model import Code, DoseReport
from dose_core.readers.ct.image import CtImageReader
from dose_core.readers.ct.image_enhanced import EnhancedCtImageReader
from dose_core.readers.ct.rdsr import CtReportReader
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.dicom_object import DicomObject, Reader
from dose_core.readers.errors import NotDoseError, UnreadableError
from dose_core.readers.mammography.image import MammographyImageReader
from dose_core.readers.mammography.rdsr import MammographyReportReader
from dose_core.readers.nuclear.image import NuclearImageReader
from dose_core.readers.nuclear.rdsr import RadiopharmaceuticalReportReader
from dose_core.readers.patient_rdsr import PatientDoseReportReader
from dose_core.readers.projection.enhanced_rdsr import EnhancedReportReader
from dose_core.readers.projection.image import ProjectionImageReader
from dose_core.readers.projection.rdsr import ProjectionReportReader
from dose_core.readers.projection.siemens_arcadis import ArcadisReader
from dose_core.readers.rejection_note import RejectionNoteReader
from dose_core.readers.screens.dose_screen import DoseScreenReader
from dose_core.readers.steps.mpps import MppsReader

# Names what the readers can do; evidence read by an older one may be read again.
READER_VERSION = "2"

# The first one that accepts an object reads it.
READERS: tuple[Reader, ...] = (
    EnhancedReportReader(),  # before the plain ones, whose title it has
    CtReportReader(),
    MammographyReportReader(),  # before projection, whose templates it shares
    ProjectionReportReader(),
    ArcadisReader(),
    RadiopharmaceuticalReportReader(),
    PatientDoseReportReader(),
    MammographyImageReader(),  # before projection, whose classes hold mammograms too
    CtImageReader(),
    EnhancedCtImageReader(),
    ProjectionImageReader(),
    NuclearImageReader(),
    DoseScreenReader(),
    MppsReader(),
    RejectionNoteReader(),
)

# PS3.4, B.5. Storage classes whose objects state dose by their very purpose.
_DOSE_REPORT_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.88.67": "X-Ray Radiation Dose SR",
    "1.2.840.10008.5.1.4.1.1.88.68": "Radiopharmaceutical Radiation Dose SR",
    "1.2.840.10008.5.1.4.1.1.88.73": "Patient Radiation Dose SR",
    "1.2.840.10008.5.1.4.1.1.88.76": "Enhanced X-Ray Radiation Dose SR",
}


def read_dose(dicom: bytes, *, more_readers: Sequence[Reader] = ()) -> DoseReport:
    """
    Return what a DICOM object states about dose. It may lack preamble, meta information and pixel data.

    ``more_readers`` are asked before our own, so that a site can have a device read in its own way.

    Raises:
        NotDoseError: a sound object that states no dose.
        UnreadableError: damaged, hostile or beyond the limits.
    """
    file = parse_part10(dicom)
    source = DicomObject(
        file.data_set,
        media_storage_sop_class_uid=file.media_storage_sop_class_uid,
        media_storage_sop_instance_uid=file.media_storage_sop_instance_uid,
    )
    for reader in (*more_readers, *READERS):
        if reader.accepts(source):
            return reader.read(source)
    raise _no_dose(source)


def _no_dose(source: DicomObject) -> NotDoseError | UnreadableError:
    """Say why no reader wanted the object; a dose report that holds nothing known is no sound object."""
    dose_class = _DOSE_REPORT_CLASSES.get(source.sop_class_uid)
    if source.data_set.is_cut_short and (dose_class or source.is_document or not source.sop_class_uid):
        return UnreadableError("the object is cut short before it states any dose; send it again")
    if source.is_document:
        if dose_class is not None:
            return UnreadableError(f"the {dose_class} has {_named(source.title)} and no content that we know")
        return NotDoseError(f"a structured report with {_named(source.title)} is no dose report")
    if dose_class is not None:
        return UnreadableError(f"the {dose_class} has no content")
    if source.sop_class_uid:
        return NotDoseError("no dose is read from objects of this class")
    return NotDoseError("the object names no SOP Class and is no report")


def _named(title: Code | None) -> str:
    # Value and scheme only: a meaning is free text of the sender.
    return f"the document title {title.value[:16]!r} of {title.scheme[:16]!r}" if title else "no document title"
