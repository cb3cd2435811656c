"""
Invented studies: first what irradiated, then the objects that devices make of it.

The truth is known before any object exists, so that tests can compare an exam with it rather than with our own sums.
All doses are quarters, which floats add without an error, and every total is the sum that its report covers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import fsum
from typing import Any

from dose_core.ledger.exam import Statement
from dose_core.model import (
    Administration,
    CtEvent,
    CtReport,
    CtTotals,
    DeviceStated,
    DlpSubTotal,
    DoseReport,
    EventType,
    ImageStated,
    Kind,
    MammographyEvent,
    MammographyReport,
    MammographyTotals,
    NuclearReport,
    Plane,
    PlaneTotals,
    ProjectionEvent,
    ProjectionReport,
    ProjectionTotals,
)
from tests.builders.statements import PATIENT, STARTED, STUDY

AnyStatement = Statement[DoseReport]
_DOSES = ("dlp_mgy_cm", "ctdi_vol_mgy", "dap_gy_cm2", "ka_r_mgy", "agd_mgy")

CT = DeviceStated(manufacturer="Invented Scanners", model="Spiral", serial_number="710001", station_name="CT1")
C_ARM = DeviceStated(manufacturer="Invented Arms", model="Biplane", serial_number="820002", station_name="XA1")
MAMMO = DeviceStated(manufacturer="Invented Breasts", model="Tomo", serial_number="930003", station_name="MG1")
PET = DeviceStated(manufacturer="Invented Rings", model="Petra", serial_number="640004", station_name="PT1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What irradiated in one study."""

    ct: tuple[CtEvent, ...] = ()
    projection: tuple[ProjectionEvent, ...] = ()
    mammography: tuple[MammographyEvent, ...] = ()
    nuclear: tuple[Administration, ...] = ()


def scan(number: int, *, dlp_mgy_cm: float, phantom_diameter_mm: int) -> CtEvent:
    """Return the CT event with this number."""
    return CtEvent(
        event_uid=f"{STUDY}.21.{number}",
        started_at=STARTED + timedelta(minutes=number),
        protocol=f"Protocol {number}",
        ctdi_vol_mgy=dlp_mgy_cm / 8,
        dlp_mgy_cm=dlp_mgy_cm,
        phantom_diameter_mm=phantom_diameter_mm,
    )


def run(
    number: int, *, plane: Plane, event_type: EventType, dap_gy_cm2: float | None, ka_r_mgy: float | None
) -> ProjectionEvent:
    """Return the projection event with this number; it may have another plane."""
    return ProjectionEvent(
        event_uid=f"{STUDY}.22.{number}",
        started_at=STARTED + timedelta(minutes=number),
        plane=plane,
        event_type=event_type,
        dap_gy_cm2=dap_gy_cm2,
        ka_r_mgy=ka_r_mgy,
    )


def view(number: int, *, laterality: str, agd_mgy: float | None) -> MammographyEvent:
    """Return the mammographic exposure with this number."""
    return MammographyEvent(
        event_uid=f"{STUDY}.23.{number}",
        started_at=STARTED + timedelta(minutes=number),
        laterality=laterality,
        view="CC",
        kv=28.0,
        agd_mgy=agd_mgy,
    )


def injection(number: int, *, agent: str, activity_mbq: float) -> Administration:
    """Return the administration with this number; they lie two hours apart, so that no clock mixes them up."""
    return Administration(
        event_uid=f"{STUDY}.24.{number}",
        agent=agent,
        radionuclide="F-18",
        administered_activity_mbq=activity_mbq,
        start=STARTED + timedelta(hours=2 * number),
    )


def nameless(truth: Truth) -> Truth:
    """Return the same study from devices that state no irradiation event UID."""
    return Truth(
        ct=tuple(replace(event, event_uid=None) for event in truth.ct),
        projection=tuple(replace(event, event_uid=None) for event in truth.projection),
        mammography=tuple(replace(event, event_uid=None) for event in truth.mammography),
        nuclear=truth.nuclear,
    )


def added(values: Sequence[float | None]) -> float | None:
    """Return a sum, unknown if one of its parts is."""
    known = [value for value in values if value is not None]
    return fsum(known) if len(known) == len(values) else None


def ct_report(number: int, events: Sequence[CtEvent]) -> AnyStatement:
    """Return the report with this number over these events, with a sub-total for each phantom."""
    phantoms = sorted({event.phantom_diameter_mm for event in events if event.phantom_diameter_mm})
    split = [
        DlpSubTotal(
            phantom_diameter_mm=phantom,
            dlp_mgy_cm=added([e.dlp_mgy_cm for e in events if e.phantom_diameter_mm == phantom]),
        )
        for phantom in phantoms
    ]
    return _statement(
        CtReport(
            kind=Kind.CT_RDSR,
            sop_instance_uid=f"{STUDY}.31.{number}",
            device=CT,
            events=tuple(events),
            totals=CtTotals(
                dlp_mgy_cm=added([event.dlp_mgy_cm for event in events]),
                dlp_sub_totals=tuple(split) if len(split) > 1 else (),
            ),
        ),
        number,
    )


def projection_report(number: int, events: Sequence[ProjectionEvent]) -> AnyStatement:
    """Return the report with this number over these events, with the totals of each plane."""
    planes = tuple(_plane_totals(plane, events) for plane in sorted({e.plane for e in events if e.plane}))
    return _statement(
        ProjectionReport(
            kind=Kind.PROJECTION_RDSR,
            sop_instance_uid=f"{STUDY}.32.{number}",
            modality="SR",
            device=C_ARM,
            events=tuple(events),
            totals=ProjectionTotals(planes=planes, dap_gy_cm2=added([plane.dap_gy_cm2 for plane in planes])),
        ),
        number,
    )


def mammography_report(number: int, events: Sequence[MammographyEvent]) -> AnyStatement:
    """Return the report with this number over these events, with the total of each breast that they irradiated."""
    doses = {side: [e.agd_mgy for e in events if e.laterality == side] for side in "LR"}
    return _statement(
        MammographyReport(
            kind=Kind.MAMMOGRAPHY_RDSR,
            sop_instance_uid=f"{STUDY}.33.{number}",
            device=MAMMO,
            events=tuple(events),
            totals=MammographyTotals(
                agd_left_mgy=added(doses["L"]) if doses["L"] else None,
                agd_right_mgy=added(doses["R"]) if doses["R"] else None,
            ),
        ),
        number,
    )


def nuclear_report(number: int, events: Sequence[Administration]) -> AnyStatement:
    """Return the radiopharmaceutical report with this number."""
    report = NuclearReport(
        kind=Kind.RADIOPHARMACEUTICAL_RDSR,
        sop_instance_uid=f"{STUDY}.34.{number}",
        device=PET,
        events=tuple(events),
    )
    return _statement(report, number)


def angiogram(number: int, event: ProjectionEvent, *, is_twin: bool = False) -> AnyStatement:
    """Return an image of a run, or the same in the other presentation."""
    form = "FOR PRESENTATION" if is_twin else "FOR PROCESSING"
    return _statement(
        ProjectionReport(
            kind=Kind.PROJECTION_IMAGE,
            sop_instance_uid=f"{STUDY}.42.{number}.{int(is_twin)}",
            sop_class_uid=f"1.2.840.10008.5.1.4.1.1.1.1{'' if is_twin else '.1'}",
            modality="DX",
            device=C_ARM,
            events=(replace(event, event_type=None, ka_r_mgy=None),),
            image=ImageStated(event_uids=(event.event_uid,) if event.event_uid else (), presentation_intent=form),
        ),
        number,
    )


def mammogram(number: int, event: MammographyEvent, *, is_twin: bool = False) -> AnyStatement:
    """Return an image of a view, or the same in the other presentation."""
    form = "FOR PRESENTATION" if is_twin else "FOR PROCESSING"
    return _statement(
        MammographyReport(
            kind=Kind.MAMMOGRAPHY_IMAGE,
            sop_instance_uid=f"{STUDY}.43.{number}.{int(is_twin)}",
            sop_class_uid=f"1.2.840.10008.5.1.4.1.1.1.2{'' if is_twin else '.1'}",
            modality="MG",
            device=MAMMO,
            events=(event,),
            image=ImageStated(event_uids=(event.event_uid,) if event.event_uid else (), presentation_intent=form),
        ),
        number,
    )


def pet_image(number: int, event: Administration) -> AnyStatement:
    """Return a PET slice that shows an administration, under an event UID that is wrong."""
    report = NuclearReport(
        kind=Kind.NUCLEAR_IMAGE,
        sop_instance_uid=f"{STUDY}.44.{number}",
        modality="PT",
        device=PET,
        events=(replace(event, event_uid=f"{STUDY}.99.{number}"),),
        image=ImageStated(),
    )
    return _statement(report, number)


def projection_step(events: Sequence[ProjectionEvent]) -> list[AnyStatement]:
    """Return the two messages of a step that states the dose-area product of all events."""
    step = ProjectionReport(
        kind=Kind.MPPS, sop_instance_uid=f"{STUDY}.52", modality="XA", device=C_ARM, completion="IN PROGRESS"
    )
    plane = PlaneTotals(dap_gy_cm2=added([event.dap_gy_cm2 for event in events]))
    last = replace(
        step,
        modality=None,
        completion="COMPLETED",
        totals=ProjectionTotals(planes=(plane,), dap_gy_cm2=plane.dap_gy_cm2, exposure_count=len(events)),
    )
    return [_statement(step, 1, key="step-create"), _statement(last, 2, key="step-set")]


def copies(statement: AnyStatement) -> AnyStatement:
    """Return the same report as it is sent again, under another SOP Instance UID."""
    report = statement.report
    return replace(
        statement,
        key=f"{statement.key}-again",
        report=replace(report, sop_instance_uid=f"{report.sop_instance_uid}.9"),
    )


def cut_short(statement: AnyStatement) -> AnyStatement:
    """Return what came of a report whose transfer broke off within its last event, behind its totals."""
    report: Any = statement.report
    broken = replace(report.events[-1], **{name: None for name in _DOSES if hasattr(report.events[-1], name)})
    return replace(
        statement,
        key=f"{statement.key}-cut",
        report=replace(
            report,
            sop_instance_uid=f"{report.sop_instance_uid}.8",
            is_cut_short=True,
            events=(*report.events[:-1], broken),
        ),
    )


def our_own(statement: AnyStatement) -> AnyStatement:
    """Return a report that DoseLedger wrote back, with another number of doses."""
    report: Any = statement.report
    return replace(
        statement,
        key=f"{statement.key}-own",
        report=replace(
            report,
            sop_instance_uid=f"2.25.{len(statement.key)}",
            our_own=True,
            events=tuple(replace(event, event_uid=f"{event.event_uid}.7") for event in report.events),
        ),
    )


def _plane_totals(plane: Plane, events: Sequence[ProjectionEvent]) -> PlaneTotals:
    its = [event for event in events if event.plane is plane]
    fluoroscopy = [event for event in its if event.event_type is EventType.FLUOROSCOPY]
    acquisitions = [event for event in its if event.event_type is not EventType.FLUOROSCOPY]
    return PlaneTotals(
        plane=plane,
        dap_gy_cm2=added([event.dap_gy_cm2 for event in its]),
        ka_r_mgy=added([event.ka_r_mgy for event in its]),
        fluoro_dap_gy_cm2=added([event.dap_gy_cm2 for event in fluoroscopy]),
        acquisition_dap_gy_cm2=added([event.dap_gy_cm2 for event in acquisitions]),
    )


def _statement(report: DoseReport, number: int, *, key: str | None = None) -> AnyStatement:
    made = replace(
        report,
        study_instance_uid=STUDY,
        patient=PATIENT,
        content_at=STARTED + timedelta(hours=12, minutes=number),
    )
    return Statement(key=key or made.sop_instance_uid, report=made)
