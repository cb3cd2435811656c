"""
Write a CT X-Ray Radiation Dose SR from an exam that is known from image headers only.

Source: PS3.3, A.35.8 (X-Ray Radiation Dose SR IOD), PS3.16, TID 10011.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import XRayRadiationDoseSRStorage

from dose_core.ledger.exam import CtExam
from dose_core.ledger.stand_in import uid_of
from dose_core.own import OUR_MANUFACTURER
from dose_core.writers.ct_requirements import require
from dose_core.writers.ct_tree import content_tree
from dose_core.writers.devices import IrradiatingDevice, Recorder
from dose_core.writers.source_study import KEYWORDS, SourceStudy

SERIES_DESCRIPTION = "Radiation dose, computed from image headers"
_SERIES_NUMBER = 9901  # high, so that viewers list it behind the images; no identity hangs on it

# Type 2 in this IOD (PS3.3, C.7.1.1, C.7.2.1): present, empty if unknown.
_ALWAYS_PRESENT = (
    "study_date",
    "study_time",
    "study_id",
    "accession_number",
    "referring_physician_name",
    "patient_name",
    "patient_id",
    "patient_birth_date",
    "patient_sex",
)
_IF_STATED = (
    "study_description",
    "issuer_of_patient_id",
    "patient_age",
    "patient_size",
    "patient_weight",
    "timezone_offset_from_utc",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUids:
    """The identity of one of our reports: always the same for one revision of one exam."""

    sop_instance_uid: str
    series_instance_uid: str


def document_uids(exam_id: UUID, revision: int) -> DocumentUids:
    """Return the UIDs of the report on this revision; each report has a series of its own."""
    return DocumentUids(
        sop_instance_uid=uid_of("ct rdsr", exam_id, revision),
        series_instance_uid=uid_of("ct rdsr series", exam_id, revision),
    )


def write_ct_rdsr(
    exam: CtExam,
    source: SourceStudy,
    *,
    exam_id: UUID,
    revision: int,
    made_at: datetime,
    recorder: Recorder,
    predecessor: DocumentUids | None = None,
) -> Dataset:
    """
    Return a valid CT dose SR. The same arguments give the same dataset.

    Args:
        exam: what the image headers add up to.
        source: the study's own header values, which the report repeats.
        exam_id: our id of the exam; with ``revision`` it makes the UIDs.
        revision: which revision of the exam this is.
        made_at: when the report is made, with an offset.
        recorder: the DoseLedger that writes.
        predecessor: the report that this one replaces.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    require(exam, source)
    uids = document_uids(exam_id, revision)
    document = Dataset()
    document.SpecificCharacterSet = "ISO_IR 192"
    document.SOPClassUID = XRayRadiationDoseSRStorage
    document.SOPInstanceUID = uids.sop_instance_uid
    _patient_and_study(document, source)
    _equipment_and_series(document, uids, recorder)
    _document(document, source, made_at, predecessor)
    tree = content_tree(exam, IrradiatingDevice(stated=exam.device, device_uid=source.device_uid), recorder)
    document.update(tree)
    return document


def _patient_and_study(document: Dataset, source: SourceStudy) -> None:
    document.StudyInstanceUID = source.study_instance_uid
    for name in _ALWAYS_PRESENT:
        setattr(document, KEYWORDS[name], getattr(source, name) or "")
    for name in _IF_STATED:
        if getattr(source, name):
            setattr(document, KEYWORDS[name], getattr(source, name))


def _equipment_and_series(document: Dataset, uids: DocumentUids, recorder: Recorder) -> None:
    """Enhanced General Equipment (PS3.3, C.7.5.2) is ours: we made the document, the scanner stands in the tree."""
    document.Modality = "SR"
    document.SeriesInstanceUID = uids.series_instance_uid
    document.SeriesNumber = _SERIES_NUMBER
    document.SeriesDescription = SERIES_DESCRIPTION
    document.InstanceNumber = 1
    document.ReferencedPerformedProcedureStepSequence = Sequence([])
    document.Manufacturer = OUR_MANUFACTURER
    document.ManufacturerModelName = OUR_MANUFACTURER
    document.DeviceSerialNumber = recorder.serial_number
    document.SoftwareVersions = recorder.software_version


def _document(document: Dataset, source: SourceStudy, made_at: datetime, predecessor: DocumentUids | None) -> None:
    """SR Document General (PS3.3, C.17.2) and the identification of the root template (C.18.8)."""
    local = made_at.astimezone(_offset(source)) if source.timezone_offset_from_utc else made_at
    date, time = local.strftime("%Y%m%d"), local.strftime("%H%M%S.%f")
    document.SeriesDate = document.ContentDate = document.InstanceCreationDate = date
    document.SeriesTime = document.ContentTime = document.InstanceCreationTime = time
    document.CompletionFlag = "COMPLETE"
    document.VerificationFlag = "UNVERIFIED"
    document.PreliminaryFlag = "FINAL"
    document.PerformedProcedureCodeSequence = Sequence([])
    request = _request(source)
    if request:
        document.ReferencedRequestSequence = Sequence([request])
    if predecessor:
        document.PredecessorDocumentsSequence = Sequence([_reference(source.study_instance_uid, predecessor)])
    template = Dataset()
    template.MappingResource = "DCMR"
    template.TemplateIdentifier = "10011"
    document.ContentTemplateSequence = Sequence([template])


def _offset(source: SourceStudy) -> tzinfo:
    """Return the study's offset, which then holds for all times of the document (0008,0201)."""
    parsed = datetime.strptime(source.timezone_offset_from_utc or "+0000", "%z").tzinfo
    return parsed or UTC


def _request(source: SourceStudy) -> Dataset | None:
    """Return the request that the study fulfils (0040,A370), if the headers name one."""
    if not source.accession_number and not source.requested_procedure_id:
        return None
    item = Dataset()
    item.StudyInstanceUID = source.study_instance_uid
    item.ReferencedStudySequence = Sequence([])
    item.RequestedProcedureCodeSequence = Sequence([])
    for name in (
        "accession_number",
        "placer_order_number_imaging_service_request",
        "filler_order_number_imaging_service_request",
        "requested_procedure_id",
        "requested_procedure_description",
    ):
        setattr(item, KEYWORDS[name], getattr(source, name) or "")
    return item


def _reference(study_instance_uid: str, uids: DocumentUids) -> Dataset:
    """Return a hierarchical reference (PS3.3, table C.17-3)."""
    sop = Dataset()
    sop.ReferencedSOPClassUID = XRayRadiationDoseSRStorage
    sop.ReferencedSOPInstanceUID = uids.sop_instance_uid
    series = Dataset()
    series.SeriesInstanceUID = uids.series_instance_uid
    series.ReferencedSOPSequence = Sequence([sop])
    study = Dataset()
    study.StudyInstanceUID = study_instance_uid
    study.ReferencedSeriesSequence = Sequence([series])
    return study
