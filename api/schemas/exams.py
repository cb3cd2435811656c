"""Bodies about exams."""

from datetime import datetime
from typing import Self
from uuid import UUID

from api.schemas.base import BodyOut
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.ledger.exam import ExamEvent
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from dose_core.model import AcquisitionType, Kind
from dose_services.exams import ExamSummary
from dose_services.provenance import EventProvenance, SourceObject
from dose_services.viewing import ExplainedExam


class DeviceStatedOut(BodyOut):
    """The irradiating device as the objects name it."""

    manufacturer: str | None
    model: str | None
    station_name: str | None
    serial_number: str | None
    software_versions: list[str]
    institution: str | None


class ExamSummaryOut(BodyOut):
    """One line of a history. ``dlp_basis`` says how the DLP came about: stated, summed, or an estimate."""

    id: UUID
    patient_id: UUID
    study_instance_uid: str
    revision: int
    modality: str
    accession_number: str | None
    study_description: str | None
    protocols: list[str]
    device: DeviceStatedOut
    started_at: datetime | None
    started_local: str | None
    source: Source
    dlp_mgy_cm: float | None
    dlp_basis: Basis | None
    ctdi_vol_max_mgy: float | None
    events: int
    events_without_dlp: int

    @classmethod
    def of(cls, summary: ExamSummary) -> Self:
        """Return the body."""
        return cls.model_validate(summary)


class CodeOut(BodyOut):
    """A coded entry as stated."""

    value: str
    scheme: str
    meaning: str | None


class XRaySourceOut(BodyOut):
    """One X-ray source of an event."""

    kv: float | None
    ma_mean: float | None
    ma_max: float | None
    rotation_time_s: float | None


class StatedValueOut(BodyOut):
    """Where one field came from: its place in the object, and the text and unit that stand there."""

    field: str
    path: str
    text: str
    unit: str | None


class SourceObjectOut(BodyOut):
    """The object that values were read from."""

    sop_instance_uid: str
    kind: Kind
    reader_version: str
    evidence_id: UUID
    received_at: datetime


class EstimateOut(BodyOut):
    """A value that DoseLedger computed, never stated by an object: how, how sure, and what it leaves out."""

    value: float
    unit: str
    method_id: str
    method_version: str
    uncertainty: str
    caveats: list[str]


class NotComputableOut(BodyOut):
    """Why there is no estimate."""

    missing: list[str]
    reason: str


class CtEventOut(BodyOut):
    """One irradiation event, counted once. Values are as stated; ``dlp_estimate`` is ours."""

    event_uid: str
    uid_is_stand_in: bool
    source: Source
    started_at: datetime | None
    acquisition_type: AcquisitionType | None
    protocol: str | None
    target_region: CodeOut | None
    ctdi_vol_mgy: float | None
    dlp_mgy_cm: float | None
    phantom_diameter_mm: int | None
    ssde_mgy: float | None
    dw_mm: float | None
    z_start_mm: float | None
    z_end_mm: float | None
    modulation: str | None
    exposure_time_s: float | None
    scanning_length_mm: float | None
    total_collimation_mm: float | None
    pitch: float | None
    sources: list[XRaySourceOut]
    slice_count: int | None
    dlp_estimate: EstimateOut | None
    dlp_not_computable: NotComputableOut | None
    source_object: SourceObjectOut | None
    other_source_objects: int
    stated: list[StatedValueOut]

    @classmethod
    def of(cls, event: ExamEvent, provenance: EventProvenance | None) -> Self:
        """Return the body."""
        stated = event.event
        estimate = event.dlp_estimate
        return cls(
            event_uid=event.event_uid,
            uid_is_stand_in=event.uid_is_stand_in,
            source=event.source,
            started_at=stated.started_at,
            acquisition_type=stated.acquisition_type,
            protocol=stated.protocol,
            target_region=CodeOut.model_validate(stated.target_region) if stated.target_region else None,
            ctdi_vol_mgy=stated.ctdi_vol_mgy,
            dlp_mgy_cm=stated.dlp_mgy_cm,
            phantom_diameter_mm=stated.phantom_diameter_mm,
            ssde_mgy=stated.ssde_mgy,
            dw_mm=stated.dw_mm,
            z_start_mm=stated.z_start_mm,
            z_end_mm=stated.z_end_mm,
            modulation=stated.modulation,
            exposure_time_s=stated.exposure_time_s,
            scanning_length_mm=stated.scanning_length_mm,
            total_collimation_mm=stated.total_collimation_mm,
            pitch=stated.pitch,
            sources=[XRaySourceOut.model_validate(one) for one in stated.sources],
            slice_count=event.slice_count,
            dlp_estimate=EstimateOut.model_validate(estimate) if isinstance(estimate, Estimate) else None,
            dlp_not_computable=NotComputableOut.model_validate(estimate)
            if isinstance(estimate, NotComputable)
            else None,
            source_object=SourceObjectOut.model_validate(provenance.source) if provenance else None,
            other_source_objects=provenance.others if provenance else 0,
            stated=[StatedValueOut.model_validate(one) for one in provenance.stated] if provenance else [],
        )


class DlpSubTotalOut(BodyOut):
    """A part of the DLP that refers to one phantom."""

    phantom_diameter_mm: int | None
    dlp_mgy_cm: float | None


class NotCountedOut(BodyOut):
    """Something that looks like dose and was left out of the sums, and why."""

    event_uid: str | None
    reason: str
    objects: int


class ExamFindingOut(BodyOut):
    """Something about the exam that somebody should look at."""

    kind: str
    text: str
    raised_at: datetime


class TotalProvenanceOut(BodyOut):
    """The object and the place that state the total DLP."""

    source_object: SourceObjectOut
    stated: StatedValueOut

    @classmethod
    def of(cls, total: tuple[SourceObject, StatedValueOut]) -> Self:
        """Return the body."""
        return cls(source_object=SourceObjectOut.model_validate(total[0]), stated=total[1])


class ExamOut(BodyOut):
    """One exam with all values, each with its source, and what was estimated or left out."""

    summary: ExamSummaryOut
    ended_at: datetime | None
    dlp_sub_totals: list[DlpSubTotalOut]
    dlp_stated_in: TotalProvenanceOut | None
    events: list[CtEventOut]
    not_counted: list[NotCountedOut]
    conflicts: list[str]
    findings: list[ExamFindingOut]

    @classmethod
    def of(cls, explained: ExplainedExam) -> Self:
        """Return the body."""
        exam, where = explained.detail.exam, explained.provenance
        total = (where.total[0], StatedValueOut.model_validate(where.total[1])) if where.total else None
        return cls(
            summary=ExamSummaryOut.of(explained.detail.summary),
            ended_at=exam.ended_at,
            dlp_sub_totals=[DlpSubTotalOut.model_validate(one) for one in (exam.ct.dlp_sub_totals if exam.ct else ())],
            dlp_stated_in=TotalProvenanceOut.of(total) if total else None,
            events=[
                CtEventOut.of(event, where.events.get(event.event_uid)) for event in (exam.ct.events if exam.ct else ())
            ],
            not_counted=[
                NotCountedOut(event_uid=one.event_uid, reason=one.reason, objects=len(one.statements))
                for one in exam.not_counted
            ],
            conflicts=list(exam.conflicts),
            findings=[ExamFindingOut.model_validate(one) for one in explained.detail.findings],
        )
