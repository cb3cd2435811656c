"""
What every document of ours has around its content tree: patient, study, series, equipment and document.

Source: PS3.3, A.35.8 and the IODs after it (dose SRs have the same modules), and the modules named below.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import XRayRadiationDoseSRStorage

from dose_core.ledger.stand_in import uid_of
from dose_core.own import OUR_MANUFACTURER
from dose_core.writers.devices import Recorder
from dose_core.writers.offsets import state_zero_otherwise
from dose_core.writers.source_study import KEYWORDS, SourceStudy

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


def uids_of(kind: str, exam_id: UUID, revision: int) -> DocumentUids:
    """Return the UIDs of the report of a kind on this revision; each report has a series of its own."""
    return DocumentUids(
        sop_instance_uid=uid_of(kind, exam_id, revision),
        series_instance_uid=uid_of(f"{kind} series", exam_id, revision),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An object of which values were taken."""

    study_instance_uid: str
    series_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """
    Which report this is, and who makes it when.

    ``uids`` are made by ``uids_of``; ``made_at`` has an offset; ``predecessor`` is the report that this one replaces;
    ``evidence`` are the objects whose values it repeats.
    """

    uids: DocumentUids
    made_at: datetime
    recorder: Recorder
    predecessor: DocumentUids | None = None
    evidence: tuple[Evidence, ...] = ()


def document(
    tree: Dataset,
    source: SourceStudy,
    issue: Issue,
    *,
    tid: str,
    series_description: str,
    sop_class: str = XRayRadiationDoseSRStorage,
) -> Dataset:
    """Return the dose SR of this SOP Class that has this content tree. The same arguments give the same dataset."""
    state_zero_otherwise(tree, source.timezone_offset_from_utc)
    whole = framed(tree, source, issue, sop_class=sop_class, modality="SR", series_description=series_description)
    _document(whole, source, issue)
    _evidence(whole, source, issue.evidence)
    whole.ContentTemplateSequence = Items([template(tid)])
    return whole


def framed(
    tree: Dataset, source: SourceStudy, issue: Issue, *, sop_class: str, modality: str, series_description: str
) -> Dataset:
    """Return a content tree with what any document of ours has around it: patient, study, series and equipment."""
    whole = Dataset()
    whole.SpecificCharacterSet = "ISO_IR 192"
    whole.SOPClassUID = sop_class
    whole.SOPInstanceUID = issue.uids.sop_instance_uid
    _patient_and_study(whole, source)
    _equipment_and_series(whole, issue, modality, series_description)
    _times_and_request(whole, source, issue)
    whole.update(tree)
    return whole


def template(tid: str) -> Dataset:
    """Return the identification of a root template (PS3.3, C.18.8)."""
    item = Dataset()
    item.MappingResource = "DCMR"
    item.TemplateIdentifier = tid
    return item


def _patient_and_study(document: Dataset, source: SourceStudy) -> None:
    document.StudyInstanceUID = source.study_instance_uid
    for name in _ALWAYS_PRESENT:
        setattr(document, KEYWORDS[name], getattr(source, name) or "")
    for name in _IF_STATED:
        if getattr(source, name):
            setattr(document, KEYWORDS[name], getattr(source, name))


def _equipment_and_series(document: Dataset, issue: Issue, modality: str, series_description: str) -> None:
    """Enhanced General Equipment (PS3.3, C.7.5.2) is ours: we made the document, the scanner stands in the tree."""
    document.Modality = modality
    document.SeriesInstanceUID = issue.uids.series_instance_uid
    document.SeriesNumber = _SERIES_NUMBER
    document.SeriesDescription = series_description
    document.InstanceNumber = 1
    document.ReferencedPerformedProcedureStepSequence = Items([])
    document.Manufacturer = OUR_MANUFACTURER
    document.ManufacturerModelName = OUR_MANUFACTURER
    document.DeviceSerialNumber = issue.recorder.serial_number
    document.SoftwareVersions = issue.recorder.software_version


def _times_and_request(document: Dataset, source: SourceStudy, issue: Issue) -> None:
    local = issue.made_at.astimezone(_offset(source)) if source.timezone_offset_from_utc else issue.made_at
    date, time = local.strftime("%Y%m%d"), local.strftime("%H%M%S.%f")
    document.SeriesDate = document.ContentDate = document.InstanceCreationDate = date
    document.SeriesTime = document.ContentTime = document.InstanceCreationTime = time
    request = _request(source)
    if request:
        document.ReferencedRequestSequence = Items([request])


def _document(document: Dataset, source: SourceStudy, issue: Issue) -> None:
    """SR Document General (PS3.3, C.17.2)."""
    document.CompletionFlag = "COMPLETE"
    document.VerificationFlag = "UNVERIFIED"
    document.PreliminaryFlag = "FINAL"
    document.PerformedProcedureCodeSequence = Items([])
    if issue.predecessor:
        replaced = Evidence(
            study_instance_uid=source.study_instance_uid,
            series_instance_uid=issue.predecessor.series_instance_uid,
            sop_class_uid=document.SOPClassUID,
            sop_instance_uid=issue.predecessor.sop_instance_uid,
        )
        document.PredecessorDocumentsSequence = Items(references([replaced]))


def _evidence(document: Dataset, source: SourceStudy, evidence: Sequence[Evidence]) -> None:
    """Name the objects used: (0040,A375) those of the study, (0040,A385) others."""
    own = [one for one in evidence if one.study_instance_uid == source.study_instance_uid]
    others = [one for one in evidence if one.study_instance_uid != source.study_instance_uid]
    if own:
        document.CurrentRequestedProcedureEvidenceSequence = Items(references(own))
    if others:
        document.PertinentOtherEvidenceSequence = Items(references(others))


def references(objects: Iterable[Evidence]) -> list[Dataset]:
    """Return hierarchical references (PS3.3, table C.17-3), each study and series once, in the order given."""
    studies: dict[str, dict[str, dict[str, str]]] = {}
    for one in objects:
        series = studies.setdefault(one.study_instance_uid, {}).setdefault(one.series_instance_uid, {})
        series[one.sop_instance_uid] = one.sop_class_uid
    return [_study(uid, by_series) for uid, by_series in studies.items()]


def _study(study_instance_uid: str, by_series: dict[str, dict[str, str]]) -> Dataset:
    study = Dataset()
    study.StudyInstanceUID = study_instance_uid
    study.ReferencedSeriesSequence = Items([_series(uid, instances) for uid, instances in by_series.items()])
    return study


def _series(series_instance_uid: str, instances: dict[str, str]) -> Dataset:
    series = Dataset()
    series.SeriesInstanceUID = series_instance_uid
    series.ReferencedSOPSequence = Items([_instance(uid, sop_class) for uid, sop_class in instances.items()])
    return series


def _instance(sop_instance_uid: str, sop_class_uid: str) -> Dataset:
    instance = Dataset()
    instance.ReferencedSOPClassUID = sop_class_uid
    instance.ReferencedSOPInstanceUID = sop_instance_uid
    return instance


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
    item.ReferencedStudySequence = Items([])
    item.RequestedProcedureCodeSequence = Items([])
    for name in (
        "accession_number",
        "placer_order_number_imaging_service_request",
        "filler_order_number_imaging_service_request",
        "requested_procedure_id",
        "requested_procedure_description",
    ):
        setattr(item, KEYWORDS[name], getattr(source, name) or "")
    return item
