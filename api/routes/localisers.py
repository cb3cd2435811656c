"""How the localisers of CT devices attenuate."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter

from api.auth.principals import DeviceReaderDep, LocaliserCalibratorDep
from api.deps import NowDep, SessionDep, UnitOfWorkDep
from api.schemas.localiser_calibration import DeviceLocalisersOut, LocaliserCalibrationsIn
from db.retry import in_unit_of_work
from dose_services import localiser_calibrations

router = APIRouter(prefix="/api/v1/devices", tags=["devices"])


@router.get("/{device_id}/localiser-calibration", summary="How the localisers of a device attenuate")
def read_calibration(device_id: UUID, _: DeviceReaderDep, session: SessionDep) -> DeviceLocalisersOut:
    """Return what the site calibrated, the newest version first."""
    return DeviceLocalisersOut.of(localiser_calibrations.read(session, device_id))


@router.put("/{device_id}/localiser-calibration", summary="Calibrate the localisers of a device")
def calibrate(
    device_id: UUID,
    body: LocaliserCalibrationsIn,
    principal: LocaliserCalibratorDep,
    unit_of_work: UnitOfWorkDep,
    now: NowDep,
) -> DeviceLocalisersOut:
    """
    Keep all calibrations of a device's localisers as a new version, for physicists; none at all takes them back.

    They count for exams whose images are looked at from then on.
    """
    keep = partial(
        localiser_calibrations.calibrate,
        device_id=device_id,
        calibrations=[one.as_calibration() for one in body.calibrations],
        reason=body.reason,
        looker=principal.looker,
        now=now,
    )
    return DeviceLocalisersOut.of(in_unit_of_work(unit_of_work, keep))
