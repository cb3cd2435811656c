"""CT exams known from image headers, and the headers that their studies state. All people are invented."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dose_core.dosimetry.estimate import Estimate, Interval
from dose_core.ledger.exam import CtExam, Exam, ExamEvent
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import AcquisitionType, Code, CtEvent, DeviceStated, DlpSubTotal, PatientStated, XRaySource
from dose_core.writers.source_study import SourceStudy

STUDY_UID = "1.2.826.0.1.3680043.10.543.1"
EVENT_UID = "1.2.826.0.1.3680043.10.543.1.7"


def estimate(dlp_mgy_cm: float = 150.0) -> Estimate:
    """Return an estimate as the method for image headers gives it."""
    return Estimate(
        value=dlp_mgy_cm,
        unit="mGy.cm",
        method_id="ct-dlp-from-image-headers",
        method_version="1",
        interval=Interval(low=dlp_mgy_cm, high=dlp_mgy_cm + 29.0, coverage=None, source="a paper, invented"),
        inputs=(),
        source="a standard, invented",
        caveats=("over-ranging is not included",),
    )


def image_event(
    uid: str = EVENT_UID,
    *,
    dlp_mgy_cm: float | None = 150.0,
    stand_in: bool = False,
    **values: Any,  # noqa: ANN401  fields of CtEvent, of several types
) -> ExamEvent:
    """Return a spiral of the chest, 5 mGy on the 32 cm phantom; ``values`` replace those of its event."""
    event = CtEvent(
        event_uid=None if stand_in else uid,
        started_at=datetime(2026, 3, 4, 10, 15, 30),  # noqa: DTZ001  images rarely state an offset
        acquisition_type=AcquisitionType.SPIRAL,
        protocol="Thorax",
        target_region=Code(value="51185008", scheme="SCT", meaning="Chest"),
        ctdi_vol_mgy=5.0,
        phantom_diameter_mm=320,
        z_start_mm=-300.0,
        z_end_mm=0.0,
        total_collimation_mm=38.4,
        pitch=1.2,
        sources=(XRaySource(kv=120.0, ma_mean=180.0, ma_max=300.0, rotation_time_s=0.5),),
    )
    return ExamEvent(
        event_uid=uid,
        uid_is_stand_in=stand_in,
        source=Source.IMAGE_HEADER,
        statements=("a",),
        event=replace(event, **values),
        slice_count=60,
        dlp_estimate=None if dlp_mgy_cm is None else estimate(dlp_mgy_cm),
    )


def localizer(uid: str = f"{EVENT_UID}.1") -> ExamEvent:
    """Return a localizer: it irradiates, and states no dose."""
    return image_event(
        uid,
        dlp_mgy_cm=None,
        acquisition_type=AcquisitionType.CONSTANT_ANGLE,
        ctdi_vol_mgy=None,
        phantom_diameter_mm=None,
        pitch=None,
    )


def image_exam(*events: ExamEvent, device: DeviceStated | None = None, **values: Any) -> CtExam:  # noqa: ANN401  likewise
    """Return an exam of these events, or of one; totals follow from the events unless given."""
    counted = events or (image_event(),)
    doses = _doses(counted)
    phantoms: dict[int | None, float] = {}
    for event, dlp_mgy_cm in doses.items():
        phantoms[event.event.phantom_diameter_mm] = phantoms.get(event.event.phantom_diameter_mm, 0) + dlp_mgy_cm
    exam = CtExam(
        study_instance_uid=STUDY_UID,
        source=Source.IMAGE_HEADER,
        patient=PatientStated(id="P-0001"),
        device=device
        or DeviceStated(manufacturer="Example Imaging", model="CT One", serial_number="12345", station_name="CT1"),
        accession_number="ACC-1",
        study_description="CT chest",
        started_at=None,
        ended_at=None,
        physicians=(),
        events=tuple(counted),
        dlp_mgy_cm=sum(doses.values()) if doses else None,
        dlp_basis=Basis.ESTIMATE,
        dlp_sub_totals=_sub_totals(phantoms),
        ctdi_vol_max_mgy=max((e.event.ctdi_vol_mgy or 0 for e in counted), default=None),
        events_without_dlp=0,
    )
    return replace(exam, **values)


def whole(ct: CtExam) -> Exam:
    """Return the exam whose CT part this is, with its totals."""
    parts: dict[str | None, float | None] = {None: ct.dlp_mgy_cm}
    parts |= {str(one.phantom_diameter_mm): one.dlp_mgy_cm for one in ct.dlp_sub_totals}
    return Exam(
        study_instance_uid=ct.study_instance_uid,
        patients=(ct.patient,),
        devices=(ct.device,),
        modalities=("CT",),
        started_at=ct.started_at,
        ct=ct,
        totals=tuple(
            Total(
                quantity=Quantity.DLP,
                of=of,
                value=value,
                basis=ct.dlp_basis,
                source=ct.source,
                missing=ct.events_without_dlp,
            )
            for of, value in parts.items()
        ),
    )


def source_study(**values: str | None) -> SourceStudy:
    """Return what the headers of that study state."""
    stated: Mapping[str, str | None] = {
        "study_instance_uid": STUDY_UID,
        "study_date": "20260304",
        "study_time": "101000",
        "study_id": "S1",
        "study_description": "CT chest",
        "accession_number": "ACC-1",
        "patient_name": "Testesen^Tea",
        "patient_id": "P-0001",
        "patient_birth_date": "19700102",
        "patient_sex": "F",
        **values,
    }
    return SourceStudy(**stated)  # type: ignore[arg-type]  # the study's UID is stated above


def _doses(events: tuple[ExamEvent, ...]) -> dict[ExamEvent, float]:
    return {event: event.dlp_estimate.value for event in events if isinstance(event.dlp_estimate, Estimate)}


def _sub_totals(phantoms: Mapping[int | None, float]) -> tuple[DlpSubTotal, ...]:
    if len(phantoms) == 1:
        return ()
    by_size = sorted(phantoms.items(), key=lambda one: one[0] or 0)
    return tuple(DlpSubTotal(phantom_diameter_mm=mm, dlp_mgy_cm=dlp) for mm, dlp in by_size)
