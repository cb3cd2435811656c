"""
The dose summary of a share, by the profile radiation-dose-summary.

Source: Radiation Dose Summary 1.0.0, RadiationDoseSummary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dose_core.fhir.components import components_of
from dose_core.fhir.elements import (
    Made,
    absent,
    clipped,
    concept,
    dicom_uid,
    identifier,
    instant,
    made,
    present,
    reference,
)
from dose_core.fhir.people import PERFORMER, performer
from dose_core.fhir.shares import Share
from dose_core.fhir.terms import (
    DICOM_IDENTIFIER_TYPE,
    DOSE_SUMMARY,
    DOSE_SUMMARY_PROFILE,
    HL7_IDENTIFIER_TYPE,
    Json,
    Term,
)

NO_START = "no source states when the irradiation began"
ACCESSION_TYPE = Term(HL7_IDENTIFIER_TYPE, "ACSN", "Accession ID")
STUDY_UID_TYPE = Term(DICOM_IDENTIFIER_TYPE, "study-instance-uid", "Study Instance UID")
SR_UID_TYPE = Term(DICOM_IDENTIFIER_TYPE, "sop-instance-uid", "SOP Instance UID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The study of an exam, as the references of its resources name it; ``id`` is that of the exam."""

    id: str
    patient_id: str
    study_instance_uid: str
    accession_number: str | None
    started_at: datetime | None  # UTC
    modalities: tuple[str, ...]
    description: str | None
    order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarised:
    """A share with what stands around it; ``device`` is the id and name of its machine, where one is known."""

    share: Share
    study: Study
    sentence: str
    started_at: datetime | None  # an instant
    device: tuple[str, str | None] | None
    report_uids: Sequence[str] = ()
    is_amended: bool = False

    @property
    def id(self) -> str:
        """The id of the summary."""
        return f"{self.study.id}.{self.share.key}"


def dose_summary(one: Summarised) -> Made:
    """Return the summary of a share; without a start it does not meet the profile, and says so."""
    short = (*one.share.shortcomings, *((NO_START,) if one.started_at is None else ()))
    start = {"effectiveDateTime": instant(one.started_at)} if one.started_at else {"_effectiveDateTime": absent()}
    return made(
        present(
            resourceType="Observation",
            id=one.id,
            contained=[performer()],
            identifier=[dicom_uid(uid, concept(SR_UID_TYPE)) for uid in one.report_uids],
            basedOn=_request(one.study),
            partOf=[study_reference(one.study)],
            status="amended" if one.is_amended else "final",
            code=concept(DOSE_SUMMARY),
            subject=reference("Patient", one.study.patient_id),
            focus=[study_reference(one.study)],
            **start,
            performer=[{"reference": f"#{PERFORMER}", "type": "Practitioner"}],
            valueString=clipped(one.sentence),
            device=reference("Device", one.device[0], display=one.device[1]) if one.device else None,
            component=components_of(one.share),
        ),
        DOSE_SUMMARY_PROFILE,
        short,
    )


def study_reference(study: Study) -> Json:
    """Return a reference to the study of an exam, with its UID."""
    uid = dicom_uid(study.study_instance_uid, concept(STUDY_UID_TYPE))
    return reference("ImagingStudy", study.id, identifier=uid)


def accession(study: Study) -> Json | None:
    """Return the accession number of a study as an identifier."""
    return (
        identifier(clipped(study.accession_number), type_=concept(ACCESSION_TYPE)) if study.accession_number else None
    )


def _request(study: Study) -> list[Json]:
    """Return the order: by its accession number, which stands for it in the guide, and ours where one is known."""
    number = accession(study)
    if number is None:
        return []
    known = reference("ServiceRequest", study.order_id) if study.order_id else {"type": "ServiceRequest"}
    return [{**known, "identifier": number}]
