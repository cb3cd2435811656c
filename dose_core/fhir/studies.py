"""
The study of an exam and what it was made for.

Source: HL7 FHIR R4, ImagingStudy, ServiceRequest; Radiation Dose Summary 1.0.0, IndicationObservation; International
Patient Summary 2.0.0, Observation-pregnancy-status-uv-ips.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from dose_core.fhir.elements import (
    Made,
    absent,
    absent_reason,
    clipped,
    coding,
    concept,
    dicom_uid,
    instant,
    made,
    present,
    reference,
    versioned,
)
from dose_core.fhir.summaries import Study, accession
from dose_core.fhir.terms import (
    DCM,
    INDICATION_PROFILE,
    INDICATIONS,
    LOINC,
    MODALITIES,
    PREGNANCY_PROFILE,
    PREGNANCY_STATUS,
    SNOMED,
    Json,
    Term,
)

# HL7 v2.5.1, table 0396, beside what senders write for them
_SCHEMES = MappingProxyType(
    {"SCT": SNOMED, "SNM3": SNOMED, "LN": LOINC, "DCM": DCM, "I10": "http://hl7.org/fhir/sid/icd-10"}
)
_STATUSES: Mapping[str | None, str] = MappingProxyType(
    {
        "ordered": "active",
        "scheduled": "active",
        "in_progress": "active",
        "completed": "completed",
        "cancelled": "revoked",
        None: "unknown",
    }
)
# IPS 2.0.0, value set pregnancy-status-uv-ips; None: it is stated that nobody knows
PREGNANCIES = MappingProxyType(
    {
        "pregnant": Term(SNOMED, "77386006", "Pregnant"),
        "not_pregnant": Term(SNOMED, "60001007", "Not pregnant"),
        "possibly_pregnant": Term(SNOMED, "146799005", "Possible pregnancy"),
        "unknown": None,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A coded entry as a message states it; text alone has neither code nor scheme."""

    code: str | None
    scheme: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An order that an exam was made for."""

    id: str
    patient_id: str
    status: str | None
    procedure: Worded | None
    indication: str | None
    reason: Worded | None
    accession_number: str | None


def imaging_study(study: Study) -> Json:
    """Return the study of an exam. Its series are the archive's to tell; DoseLedger knows that it was made."""
    return versioned(
        present(
            resourceType="ImagingStudy",
            id=study.id,
            identifier=[one for one in (dicom_uid(study.study_instance_uid), accession(study)) if one],
            status="available",
            modality=[coding(Term(DCM, name, MODALITIES[name])) for name in study.modalities if name in MODALITIES],
            subject=reference("Patient", study.patient_id),
            started=instant(study.started_at) if study.started_at else None,
            basedOn=[reference("ServiceRequest", study.order_id)] if study.order_id else [],
            description=clipped(study.description) if study.description else None,
        )
    )


def service_request(request: Request) -> Json:
    """Return an order."""
    number = accession(
        Study(
            id="",
            patient_id="",
            study_instance_uid="",
            accession_number=request.accession_number,
            started_at=None,
            modalities=(),
            description=None,
        )
    )
    reasons = [worded(request.reason)] if request.reason else []
    reasons += [{"text": clipped(request.indication)}] if request.indication else []
    return versioned(
        present(
            resourceType="ServiceRequest",
            id=request.id,
            identifier=[number] if number else [],
            status=_STATUSES.get(request.status, "unknown"),
            intent="order",
            code=worded(request.procedure) if request.procedure else None,
            subject=reference("Patient", request.patient_id),
            reasonCode=[one for one in reasons if one],
        )
    )


def indication(id_: str, patient_id: str, request: Request) -> Made | None:
    """Return why an exam was asked for, ``None`` if its order does not say."""
    if request.reason is not None and worded(request.reason):
        value: Json = {"valueCodeableConcept": worded(request.reason)}
    elif request.indication:
        value = {"valueString": clipped(request.indication)}
    else:
        return None
    return made(
        present(
            resourceType="Observation",
            id=id_,
            basedOn=[reference("ServiceRequest", request.id)],
            status="final",
            code=concept(INDICATIONS),
            subject=reference("Patient", patient_id),
            **value,
        ),
        INDICATION_PROFILE,
    )


def pregnancy(id_: str, patient_id: str, status: str, at: datetime | None) -> Made:
    """Return what is stated of a pregnancy; ``at`` is when it was observed."""
    term = PREGNANCIES[status]
    value: Json = {"valueCodeableConcept": concept(term)} if term else {"dataAbsentReason": absent_reason()}
    time: Json = {"effectiveDateTime": instant(at)} if at else {"_effectiveDateTime": absent()}
    return made(
        present(
            resourceType="Observation",
            id=id_,
            status="final",
            code=concept(PREGNANCY_STATUS),
            subject=reference("Patient", patient_id),
            **time,
            **value,
        ),
        PREGNANCY_PROFILE,
    )


def worded(one: Worded) -> Json:
    """Return a coded entry; a code of a scheme that FHIR has no name for is told by its words alone."""
    system = _SCHEMES.get((one.scheme or "").upper())
    codings = [present(system=system, code=one.code, display=one.text)] if system and one.code else []
    return present(coding=codings, text=clipped(one.text or one.code or ""))
