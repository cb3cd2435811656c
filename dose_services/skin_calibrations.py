"""How the devices of a site state their geometry: what is known of their makers', and what a physicist measured."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import skin_mapping
from db.mapping import storable
from db.reaching import Reach
from db.repositories import skin_calibrations, skin_maps
from db.session import Session, lock_key
from db.tables.skin import SkinCalibrationRow
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.geometry.vendors import of_maker
from dose_core.dosimetry.skin.physics import Physics
from dose_core.retention.wording import reason_of
from dose_services.audit import Action, Looker, record_look
from dose_services.devices import rows_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCalibration:
    """One version of a calibration, by whom and why."""

    version: int
    conventions: Conventions
    tube: Physics
    is_validated: bool
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceGeometry:
    """
    What counts for the skin doses of a machine: the newest of ``calibrations``, else ``of_maker``, else nothing.

    Without either, no skin dose of it is computed.
    """

    device_id: UUID
    of_maker: Conventions | None
    calibrations: tuple[KeptCalibration, ...]  # newest first


def read(session: Session, device_id: UUID, *, reach: Reach | None = None) -> DeviceGeometry:
    """
    Return what counts for a device, and what counted before.

    Raises:
        UnknownDeviceError: no device has this id.
    """
    rows = rows_of(session, device_id, reach=reach)
    known = skin_calibrations.all_of(session, [row.id for row in rows])
    return DeviceGeometry(
        device_id=rows[0].id,
        of_maker=of_maker(rows[0].manufacturer or None, rows[0].model or None),
        calibrations=tuple(map(_kept, known)),
    )


def calibrate(
    session: Session,
    device_id: UUID,
    conventions: Conventions,
    tube: Physics,
    *,
    is_validated: bool,
    reason: str,
    looker: Looker,
    now: datetime,
) -> DeviceGeometry:
    """
    Keep a calibration of a device, and have the skin doses of its exams computed anew.

    Raises:
        UnknownDeviceError: no device has this id.
        NoReasonError: the reason is none.
    """
    why = storable(reason_of(reason))
    rows = rows_of(session, device_id, reach=looker.reach)
    lock_key(session, f"skin calibration of {rows[0].id}")
    ids = [row.id for row in rows]
    before = skin_calibrations.all_of(session, ids)
    values = {
        "device_id": rows[0].id,
        "version": max((one.version for one in before), default=0) + 1,
        "conventions": skin_mapping.conventions_to_json(conventions),
        "tube": skin_mapping.tube_to_json(tube),
        "is_validated": is_validated,
        "reason": why,
        "decided_by": looker.subject,
        "decided_at": now,
    }
    skin_calibrations.add(session, values)
    skin_maps.wake_device(session, ids, now=now)
    record_look(session, looker, Action.CALIBRATE_SKIN_DOSE, now=now, reason=why)
    return read(session, device_id)


def _kept(row: SkinCalibrationRow) -> KeptCalibration:
    return KeptCalibration(
        version=row.version,
        conventions=skin_mapping.calibration_of(row).conventions,
        tube=skin_mapping.tube_of(row),
        is_validated=row.is_validated,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
