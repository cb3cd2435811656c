"""How the localisers of a site's CT devices attenuate, as its physicists found; without that none is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from db.mapping import storable
from db.reaching import Reach
from db.repositories import localisers
from db.session import Session, lock_key
from db.tables.localiser import LocaliserCalibrationRow
from dose_core.dosimetry.ct_size.localiser import LocaliserCalibration
from dose_core.retention.wording import reason_of
from dose_services.audit import Action, Looker, record_look
from dose_services.devices import rows_of

_CALIBRATIONS = TypeAdapter(tuple[LocaliserCalibration, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLocaliserCalibration:
    """One version of a device's calibrations, by whom, when, and from what."""

    version: int
    calibrations: tuple[LocaliserCalibration, ...]
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLocalisers:
    """All versions of a machine's calibrations, the newest first: that one counts."""

    device_id: UUID
    versions: tuple[KeptLocaliserCalibration, ...]


def read(session: Session, device_id: UUID, *, reach: Reach | None = None) -> DeviceLocalisers:
    """
    Return what counts for a device, and what counted before.

    Raises:
        UnknownDeviceError: no device has this id.
    """
    rows = rows_of(session, device_id, reach=reach)
    known = localisers.calibrations(session, [row.id for row in rows])
    return DeviceLocalisers(device_id=rows[0].id, versions=tuple(map(_kept, known)))


def calibrate(
    session: Session,
    device_id: UUID,
    calibrations: Sequence[LocaliserCalibration],
    *,
    reason: str,
    looker: Looker,
    now: datetime,
) -> DeviceLocalisers:
    """
    Keep the calibrations of a device as a new version, in place of all of the one before.

    They count for exams whose images are looked at from then on. None at all takes them back.

    Raises:
        UnknownDeviceError: no device has this id.
        NoReasonError: the reason is none.
    """
    why = storable(reason_of(reason))
    rows = rows_of(session, device_id, reach=looker.reach)
    lock_key(session, f"localiser calibration of {rows[0].id}")
    before = localisers.calibrations(session, [row.id for row in rows])
    content: list[Any] = _CALIBRATIONS.dump_python(tuple(calibrations), mode="json")
    values = {
        "device_id": rows[0].id,
        "version": max((one.version for one in before), default=0) + 1,
        "calibrations": content,
        "reason": why,
        "decided_by": looker.subject,
        "decided_at": now,
    }
    localisers.add_calibration(session, values)
    record_look(session, looker, Action.CALIBRATE_LOCALISERS, now=now, reason=why)
    return read(session, device_id)


def _kept(row: LocaliserCalibrationRow) -> KeptLocaliserCalibration:
    return KeptLocaliserCalibration(
        version=row.version,
        calibrations=_CALIBRATIONS.validate_python(row.calibrations),
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
