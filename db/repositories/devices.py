"""Queries on devices."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.mapping import storable
from db.session import Session
from db.tables.device import DeviceRow
from dose_core.model import DeviceStated


def ensure(session: Session, stated: DeviceStated, *, now: datetime) -> DeviceRow:
    """Return the device that an object names, made known if it is new."""
    key = {
        "manufacturer": storable(stated.manufacturer or ""),
        "model": storable(stated.model or ""),
        "serial_number": storable(stated.serial_number or ""),
        "station_name": storable(stated.station_name or ""),
        "institution": storable(stated.institution or ""),
    }
    known = session.scalars(select(DeviceRow).filter_by(**key)).one_or_none()
    if known is not None:
        return known
    values = {**key, "id": uuid4(), "sends_no_rdsr": False, "first_seen_at": now}
    session.execute(insert(DeviceRow).values(values).on_conflict_do_nothing())
    return session.scalars(select(DeviceRow).filter_by(**key)).one()


def get(session: Session, device_id: UUID) -> DeviceRow | None:
    """Return a device by our id."""
    return session.get(DeviceRow, device_id)


def every(session: Session) -> list[DeviceRow]:
    """Return all devices in the order of their names."""
    query = select(DeviceRow).order_by(DeviceRow.manufacturer, DeviceRow.model, DeviceRow.serial_number, DeviceRow.id)
    return list(session.scalars(query))
