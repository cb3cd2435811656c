"""Sizes of patients that were measured in CT images, and how the localisers of CT devices attenuate."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import answer
from api.auth.principals import DeviceReaderDep, LocaliserCalibratorDep, PatientReaderDep
from api.deps import NowDep, SessionDep, UnitOfWorkDep
from api.schemas.ct_sizes import CtSizesOut
from api.schemas.localiser_calibration import DeviceLocalisersOut, LocaliserCalibrationsIn
from db.retry import in_unit_of_work
from dose_services import ct_size_views, localiser_calibrations

router = APIRouter(prefix="/api/v1", tags=["sizes"])


@router.get("/exams/{exam_id}/ct-sizes", summary="Sizes measured in CT images", response_model=CtSizesOut)
def read_sizes(exam_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> Response:
    """
    Return how large the patient was in each CT event, as measured in its slices or its localiser, and why not more.

    The worker measures where a site has switched that on; until then ``state`` is ``not_looked``.
    """
    return answer(CtSizesOut.of(ct_size_views.look(session, exam_id, looker=principal.looker, now=now)))


@router.get("/devices/{device_id}/localiser-calibration", summary="How the localisers of a device attenuate")
def read_calibration(device_id: UUID, principal: DeviceReaderDep, session: SessionDep) -> DeviceLocalisersOut:
    """Return what the site calibrated, the newest version first."""
    return DeviceLocalisersOut.of(localiser_calibrations.read(session, device_id, reach=principal.looker.reach))


@router.put("/devices/{device_id}/localiser-calibration", summary="Calibrate the localisers of a device")
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
