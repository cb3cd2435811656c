"""Patient, study and request of a study of which no image is kept: as a procedure step or a person states them."""

from dose_core.model import DoseReport
from dose_core.writers.source_study import SourceStudy


def source_study_from_report(report: DoseReport) -> SourceStudy | None:
    """
    Return what a report states of its patient, study and request; ``None`` if it names no study.

    A referring physician is not among it: the people whom it names are others.
    """
    if report.study_instance_uid is None:
        return None
    began = report.study_started_at or report.started_at
    patient = report.patient
    return SourceStudy(
        study_instance_uid=report.study_instance_uid,
        study_date=began.strftime("%Y%m%d") if began else None,
        study_time=began.strftime("%H%M%S") if began else None,
        study_description=report.study_description,
        accession_number=report.accession_number,
        patient_name=patient.name,
        patient_id=patient.id,
        issuer_of_patient_id=patient.issuer,
        patient_birth_date=patient.birth_date.strftime("%Y%m%d") if patient.birth_date else None,
        patient_sex=patient.sex,
        patient_size=f"{patient.size_cm / 100:.6g}" if patient.size_cm is not None else None,  # (0010,1020) is in m
        patient_weight=f"{patient.weight_kg:.6g}" if patient.weight_kg is not None else None,
        timezone_offset_from_utc=report.timezone_offset,
    )
