"""What a writer needs beside an exam, and exams that state all that templates ask for."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dose_core.ledger.exam import Exam
from dose_core.model import Code, EventType, Plane, PlaneTotals
from dose_core.writers.devices import Recorder
from dose_core.writers.document import Evidence, Issue, uids_of
from dose_core.writers.source_study import SourceStudy
from tests.builders import statements_study as of
from tests.builders.ct_exam import source_study
from tests.builders.statements import STUDY
from tests.builders.statements_projection import exam, report, run

EXAM_ID = UUID("0b7c2d2e-43a2-4b0e-9a53-0f53c1a6a001")
MADE_AT = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
RECORDER = Recorder(serial_number="DL-1", software_version="0.1.0")
IMAGE = Evidence(
    study_instance_uid=STUDY,
    series_instance_uid=f"{STUDY}.5",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.12.1",
    sop_instance_uid=f"{STUDY}.5.1",
)


def header(**values: str | None) -> SourceStudy:
    """Return what the headers of the invented study state."""
    return source_study(**{"study_instance_uid": STUDY, "study_description": "Invented study", **values})


def issue(kind: str, revision: int = 1, *evidence: Evidence) -> Issue:
    """Return the report of this kind on a revision; a later one replaces that of the revision before."""
    return Issue(
        uids=uids_of(kind, EXAM_ID, revision),
        made_at=MADE_AT,
        recorder=RECORDER,
        predecessor=uids_of(kind, EXAM_ID, revision - 1) if revision > 1 else None,
        evidence=evidence,
    )


def full_projection() -> Exam:
    """Return a biplane exam of a fluoroscopy and a rotation that states all that templates ask for."""
    point = Code(value="113860", scheme="DCM", meaning="15cm from Isocenter toward Source")
    stated: dict[str, Any] = {
        "target_region": Code(value="80891009", scheme="SCT", meaning="Heart"),
        "reference_point": point,
        "kv": 80.0,
        "ma": 12.0,
        "mas": 4.0,
        "exposure_time_s": 2.0,
        "duration_s": 4.0,
        "pulse_count": 60.0,
        "primary_angle_deg": -10.0,
        "secondary_angle_deg": 5.0,
        "patient_position": "HFS",
        "protocol": "Coronary",
    }
    fluoroscopy = run(1, plane=Plane.A, fluoro_mode="Pulsed", pulse_rate_per_s=15.0, **stated)
    rotation = run(2, plane=Plane.B, event_type=EventType.ROTATIONAL_ACQUISITION, primary_end_angle_deg=90.0, **stated)
    planes = tuple(
        PlaneTotals(
            plane=plane,
            dap_gy_cm2=2.0,
            ka_r_mgy=8.0,
            fluoro_dap_gy_cm2=fluoro,
            fluoro_ka_r_mgy=4 * fluoro,
            fluoro_time_s=2 * fluoro,
            acquisition_dap_gy_cm2=2.0 - fluoro,
            acquisition_ka_r_mgy=8.0 - 4 * fluoro,
            acquisition_time_s=4.0 - 2 * fluoro,
            reference_point=point,
        )
        for plane, fluoro in ((Plane.A, 2.0), (Plane.B, 0.0))
    )
    return replace(exam(report(1, fluoroscopy, rotation, planes=planes)), intents=("Diagnostic Intent",))


def full_mammography() -> Exam:
    """Return a tomosynthesis of the left and a 2D image of the right breast that state all that templates ask for."""
    stated: dict[str, Any] = {
        "kv": 28.0,
        "mas": 80.0,
        "exposure_time_s": 1.0,
        "pulse_count": 1.0,
        "entrance_dose_mgy": 5.0,
        "reference_point": Code(value="113865", scheme="DCM", meaning="4.2cm above Breast Support Surface"),
        "thickness_mm": 52.0,
        "anode": "tungsten",
        "exposure_index": 400.0,
        "primary_angle_deg": 10.0,
    }
    left = replace(of.view(1, laterality="L", agd_mgy=1.5), is_tomosynthesis=True, **stated)
    right = replace(of.view(2, laterality="R", agd_mgy=1.25), is_tomosynthesis=False, **stated)
    return replace(exam(of.mammography_report(1, [left, right])), intents=("Screening Intent",))
