"""CT exams as methods of estimation see them. All people are invented."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from dose_core.dosimetry.estimate import Estimate
from dose_core.estimating.case import Case, Subject
from dose_core.ledger.exam import CtExam, Exam, ExamEvent, Place
from dose_core.ledger.regions import RegionStated, region_of
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from dose_core.model import AcquisitionType, Code, CtEvent, DeviceStated, PatientStated, XRaySource

STUDY_UID = "1.2.826.0.1.3680043.10.543.9"
STATEMENT = "018f2d7a-0000-7000-8000-00000000c7a1"
REVISION = UUID("018f2d7a-0000-7000-8000-00000000c7a2")
HEAD = Code(value="69536005", scheme="SCT", meaning="Head")
CHEST = Code(value="51185008", scheme="SCT", meaning="Chest")
HEART = Code(value="80891009", scheme="SCT", meaning="Heart")
ABDOMEN = Code(value="818981001", scheme="SCT", meaning="Abdomen")
LUMBAR_SPINE = Code(value="122496007", scheme="SCT", meaning="Lumbar spine")
ADULT = Subject(age_years=50.0, sex="F", size_cm=170.0, weight_kg=65.0)


def scan(number: int = 1, *, estimate: Estimate | None = None, **values: Any) -> ExamEvent:  # noqa: ANN401  fields of CtEvent
    """Return event ``number`` of a dose report: a spiral of the chest at 120 kV, 100 mGy.cm on the 32 cm phantom."""
    event = CtEvent(
        event_uid=f"{STUDY_UID}.{number}",
        acquisition_type=AcquisitionType.SPIRAL,
        target_region=CHEST,
        dlp_mgy_cm=100.0,
        phantom_diameter_mm=320,
        sources=(XRaySource(kv=120.0),),
    )
    return ExamEvent(
        event_uid=f"{STUDY_UID}.{number}",
        uid_is_stand_in=False,
        source=Source.RDSR,
        statements=(STATEMENT,),
        event=replace(event, **values),
        places=(Place(statement=STATEMENT, index=number - 1),),
        slice_count=None if estimate is None else 60,
        dlp_estimate=estimate,
    )


def head_scan(number: int = 1, **values: Any) -> ExamEvent:  # noqa: ANN401  likewise
    """Return a spiral of the head at 120 kV, 1000 mGy.cm on the 16 cm phantom."""
    stated: dict[str, Any] = {"target_region": HEAD, "phantom_diameter_mm": 160, "dlp_mgy_cm": 1000.0, **values}
    return scan(number, **stated)


def localiser(number: int = 9, *, dlp_mgy_cm: float | None = None) -> ExamEvent:
    """Return what planned the scan; a few makers state a dose-length product of it."""
    return scan(
        number, acquisition_type=AcquisitionType.CONSTANT_ANGLE, dlp_mgy_cm=dlp_mgy_cm, phantom_diameter_mm=None
    )


def ct_case(*events: ExamEvent, subject: Subject = ADULT, dlp_mgy_cm: float | None = None) -> Case:
    """Return the case of an exam of these events; its DLP is their sum unless it is given."""
    doses = [one.event.dlp_mgy_cm for one in events if one.event.dlp_mgy_cm is not None]
    ct = CtExam(
        study_instance_uid=STUDY_UID,
        source=Source.RDSR,
        patient=PatientStated(),
        device=DeviceStated(),
        accession_number=None,
        study_description=None,
        started_at=None,
        ended_at=None,
        physicians=(),
        events=events,
        dlp_mgy_cm=dlp_mgy_cm if dlp_mgy_cm is not None else sum(doses) if doses else None,
        dlp_basis=Basis.SUM_OF_EVENTS,
        dlp_sub_totals=(),
        ctdi_vol_max_mgy=None,
        events_without_dlp=0,
    )
    stated = (RegionStated(target_region=e.event.target_region, body_part=e.event.body_part) for e in events)
    exam = Exam(
        study_instance_uid=STUDY_UID, patients=(), devices=(), modalities=("CT",), region=region_of(stated), ct=ct
    )
    return Case(exam=exam, revision_id=REVISION, subject=subject)
