"""The irradiating devices, and what the site knows of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import devices
from db.session import Session
from db.tables.device import DeviceRow
from dose_core.errors import DoseError


class UnknownDeviceError(DoseError):
    """No device has this id; see ``GET /api/v1/devices``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One irradiating device; a part that its objects do not state is ``None``."""

    id: UUID
    manufacturer: str | None
    model: str | None
    serial_number: str | None
    station_name: str | None
    institution: str | None
    sends_no_rdsr: bool
    first_seen_at: datetime


def list_devices(session: Session) -> list[Device]:
    """Return all devices that an object named."""
    return [_device(row) for row in devices.every(session)]


def set_sends_no_rdsr(session: Session, device_id: UUID, *, sends_no_rdsr: bool) -> Device:
    """
    Mark whether a device sends no dose SR of its own, so that DoseLedger writes one.

    Raises:
        UnknownDeviceError: no device has this id.
    """
    row = devices.get(session, device_id)
    if row is None:
        msg = f"no device has the id {device_id}"
        raise UnknownDeviceError(msg)
    row.sends_no_rdsr = sends_no_rdsr
    session.flush()
    return _device(row)


def _device(row: DeviceRow) -> Device:
    return Device(
        id=row.id,
        manufacturer=row.manufacturer or None,
        model=row.model or None,
        serial_number=row.serial_number or None,
        station_name=row.station_name or None,
        institution=row.institution or None,
        sends_no_rdsr=row.sends_no_rdsr,
        first_seen_at=row.first_seen_at,
    )
