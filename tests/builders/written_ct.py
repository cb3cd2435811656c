"""CT exams from each kind of source, as the ledger makes them of statements. All people are invented."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.model import (
    AcquisitionType,
    Code,
    CtEvent,
    CtReport,
    CtTotals,
    DeviceStated,
    DlpSubTotal,
    DoseCheck,
    DoseReport,
    Kind,
    XRaySource,
)
from tests.builders.statements import DEVICE, PATIENT, STARTED, STUDY

ENDED = STARTED + timedelta(minutes=20)
CHEST = Code(value="51185008", scheme="SCT", meaning="Chest")


def scan(number: int = 1, *, dlp_mgy_cm: float | None = 100.0, **fields: Any) -> CtEvent:  # noqa: ANN401  of the event
    """Return a spiral of the chest, 10 mGy on the 32 cm phantom."""
    spiral = CtEvent(
        event_uid=f"{STUDY}.7.{number}",
        started_at=STARTED + timedelta(minutes=number),
        acquisition_type=AcquisitionType.SPIRAL,
        protocol="Chest",
        target_region=CHEST,
        ctdi_vol_mgy=10.0,
        dlp_mgy_cm=dlp_mgy_cm,
        phantom_diameter_mm=320,
        pitch=1.2,
        sources=(XRaySource(kv=120.0, ma_mean=180.0, ma_max=300.0, rotation_time_s=0.5),),
    )
    return replace(spiral, **fields)


def said(
    kind: Kind,
    *events: CtEvent,
    dlp_mgy_cm: float | None = None,
    **fields: Any,  # noqa: ANN401  of the report
) -> Statement[DoseReport]:
    """Return what a source of a kind says of a CT."""
    totals = CtTotals(dlp_mgy_cm=dlp_mgy_cm)
    number = list(Kind).index(kind)
    stated = CtReport(
        kind=kind,
        sop_instance_uid=f"{STUDY}.90.{number}",
        study_instance_uid=STUDY,
        patient=PATIENT,
        device=DEVICE,
        started_at=STARTED,
        totals=totals,
        events=events,
    )
    return Statement(key=f"said-{number}", report=replace(stated, **fields))


def typed(dlp_mgy_cm: float | None = None, **by_phantom: float) -> Statement[DoseReport]:
    """Return what a person typed: the DLP of the whole, or ``mm160`` and ``mm320``."""
    parts = tuple(
        DlpSubTotal(phantom_diameter_mm=int(phantom.removeprefix("mm")), dlp_mgy_cm=dlp)
        for phantom, dlp in by_phantom.items()
    )
    return said(Kind.MANUAL, totals=CtTotals(dlp_mgy_cm=dlp_mgy_cm, dlp_sub_totals=parts))


def exam(*statements: Statement[DoseReport]) -> Exam:
    """Return the exam that these statements add up to."""
    return exam_of(STUDY, statements)


def device_report(*events: CtEvent, **fields: Any) -> Statement[DoseReport]:  # noqa: ANN401  of the report
    """Return the report of the device over these events."""
    return said(Kind.CT_RDSR, *events, totals=_totals(events), ended_at=ENDED, **fields)


def other_scanner(number: int) -> DeviceStated:
    """Return a scanner of another model and serial number."""
    return replace(DEVICE, model=f"Two-{number}", serial_number=f"88{number}")


def full_ct() -> Exam:
    """Return a localizer, a spiral of the body with two tubes and a sequence of the head that state all they can."""
    shared: dict[str, Any] = {
        "exposure_time_s": 5.0,
        "total_collimation_mm": 38.4,
        "single_collimation_mm": 0.6,
        "comment": "Breath held",
    }
    tubes = tuple(XRaySource(kv=kv, ma_mean=180.0, ma_max=300.0, rotation_time_s=0.5) for kv in (100.0, 140.0))
    localizer = scan(
        1,
        dlp_mgy_cm=2.0,
        ctdi_vol_mgy=0.05,
        acquisition_type=AcquisitionType.CONSTANT_ANGLE,
        pitch=None,
        scanning_length_mm=400.0,
        sources=(XRaySource(kv=120.0, ma_mean=35.0, ma_max=35.0),),
        **shared,
    )
    spiral = scan(
        2,
        dlp_mgy_cm=200.0,
        scanning_length_mm=200.0,
        sources=tubes,
        modulation="XYZ_EC",
        ssde_mgy=12.5,
        dose_checks=(alert(), notification()),
        **shared,
    )
    sequence = scan(
        3,
        dlp_mgy_cm=50.0,
        phantom_diameter_mm=160,
        acquisition_type=AcquisitionType.SEQUENCED,
        pitch=1.0,
        scanning_length_mm=50.0,
        **shared,
    )
    return exam(device_report(localizer, spiral, sequence, intent="Diagnostic Intent"))


def alert(**fields: Any) -> DoseCheck:  # noqa: ANN401  of the check
    """Return an alert that was exceeded, with the reason and the person that went on."""
    check = DoseCheck(
        level="alert",
        is_configured=True,
        dlp_limit_mgy_cm=900.0,
        dlp_forward_mgy_cm=1000.0,
        ctdi_vol_limit_mgy=8.0,
        ctdi_vol_forward_mgy=9.0,
        reason="Large patient",
        authorized_by="Beispiel^Berta",
    )
    return replace(check, **fields)


def notification(**fields: Any) -> DoseCheck:  # noqa: ANN401  likewise
    """Return a notification that was exceeded, about which nobody says more."""
    return alert(**{"level": "notification", "reason": None, "authorized_by": None, **fields})


def _totals(events: Sequence[CtEvent]) -> CtTotals:
    """Return the sums over events that all state a DLP, with a sub-total for each phantom if there are several."""
    by_phantom: dict[int | None, list[float | None]] = {}
    for one in events:
        by_phantom.setdefault(one.phantom_diameter_mm, []).append(one.dlp_mgy_cm)
    split = tuple(DlpSubTotal(phantom_diameter_mm=mm, dlp_mgy_cm=_sum(dlps)) for mm, dlps in by_phantom.items())
    whole = _sum([one.dlp_mgy_cm for one in events])
    return CtTotals(dlp_mgy_cm=whole, dlp_sub_totals=split if len(split) > 1 else (), event_count=len(events))


def _sum(dlps: Sequence[float | None]) -> float | None:
    known = [dlp for dlp in dlps if dlp is not None]
    return sum(known) if len(known) == len(dlps) else None
