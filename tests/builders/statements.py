"""Statements about a CT study, as values: reports with events, and slices of acquisitions."""

from datetime import datetime, timedelta

from dose_core.ledger.exam import CtStatement, Statement
from dose_core.model import (
    AcquisitionType,
    CtEvent,
    CtReport,
    CtSlice,
    CtTotals,
    DeviceStated,
    Kind,
    PatientStated,
    XRaySource,
)

STUDY = "1.2.826.0.1.3680043.10.999.1"
DEVICE = DeviceStated(manufacturer="Invented Scanners", model="One", serial_number="7")
PATIENT = PatientStated(id="P-1", name="Example^Eva")
STARTED = datetime(2026, 3, 2, 10, 15)  # noqa: DTZ001  local, as devices state it


def event(number: int, *, dlp_mgy_cm: float | None = 100.0, uid: str | None = "") -> CtEvent:
    """Return the event with this number; its UID is made from the number unless one is given."""
    return CtEvent(
        event_uid=f"{STUDY}.7.{number}" if uid == "" else uid,
        started_at=STARTED + timedelta(minutes=number),
        acquisition_type=AcquisitionType.SPIRAL,
        protocol="Chest",
        ctdi_vol_mgy=10.0,
        dlp_mgy_cm=dlp_mgy_cm,
        phantom_diameter_mm=320,
    )


def report(number: int, *events: CtEvent, total_mgy_cm: float | None = None, our_own: bool = False) -> CtStatement:
    """Return the report with this number over these events."""
    return Statement(
        key=f"report-{number}",
        report=CtReport(
            kind=Kind.CT_RDSR,
            sop_instance_uid=f"{STUDY}.8.{number}",
            study_instance_uid=STUDY,
            content_at=STARTED + timedelta(hours=1, minutes=number),
            our_own=our_own,
            patient=PATIENT,
            device=DEVICE,
            totals=CtTotals(dlp_mgy_cm=total_mgy_cm, event_count=len(events)),
            events=events,
        ),
    )


def image(
    number: int,
    *,
    z_mm: float,
    event_uids: tuple[str, ...] = (f"{STUDY}.7.1",),
    series: str = "1",
    image_type: tuple[str, ...] = ("ORIGINAL", "PRIMARY", "AXIAL"),
    acquisition: int | None = 1,
    ctdi_vol_mgy: float | None = 8.0,
    phantom_diameter_mm: int | None = 320,
) -> CtStatement:
    """Return one slice of 5 mm."""
    stated = CtEvent(
        event_uid=event_uids[0] if len(event_uids) == 1 else None,
        started_at=STARTED,
        acquisition_type=AcquisitionType.CONSTANT_ANGLE if "LOCALIZER" in image_type else None,
        ctdi_vol_mgy=ctdi_vol_mgy,
        phantom_diameter_mm=phantom_diameter_mm,
        sources=(XRaySource(kv=120.0, ma_mean=100.0 + number),),
    )
    return Statement(
        key=f"image-{series}-{number}",
        report=CtReport(
            kind=Kind.CT_IMAGE,
            sop_instance_uid=f"{STUDY}.9.{series}.{number}",
            study_instance_uid=STUDY,
            patient=PATIENT,
            device=DEVICE,
            events=(stated,),
            slices=(
                CtSlice(
                    series_instance_uid=f"{STUDY}.{series}",
                    instance_number=number,
                    acquisition_number=acquisition,
                    image_type=image_type,
                    event_uids=event_uids,
                    z_mm=z_mm,
                    thickness_mm=5.0,
                ),
            ),
        ),
    )


def volume(count: int, *, series: str = "1", first_mm: float = 0.0, **traits: object) -> list[CtStatement]:
    """Return contiguous slices of one reconstruction."""
    return [image(n, z_mm=first_mm + 5.0 * n, series=series, **traits) for n in range(count)]  # type: ignore[arg-type]  # passed on
