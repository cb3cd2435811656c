"""Skin dose of an exam, and how devices state the geometry that it needs."""

from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.answers import answer
from api.auth.principals import DeviceReaderDep, PatientReaderDep, SkinCalibratorDep, StaterDep
from api.deps import NowDep, SessionDep, SiteDep, UnitOfWorkDep
from api.pictures import PngResponse
from api.schemas.skin import PlaceIn, SkinMapOut, SkinSumOut
from api.schemas.skin_calibration import CalibrationIn, DeviceGeometryOut
from db.retry import in_unit_of_work
from dose_services import skin_calibrations, skin_places, skin_sums, skin_views
from dose_services.cumulative_dose import period_of

Moment = date | datetime


router = APIRouter(prefix="/api/v1", tags=["skin"])


@router.get("/exams/{exam_id}/skin-map", summary="The skin dose of an exam", response_model=SkinMapOut)
def read_skin_map(exam_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> Response:
    """
    Return the peak skin dose with its interval and method, where it lies, and all that bears on it; or what is missing.

    The worker computes it after the exam; until then ``state`` is ``pending``. With ``indicative`` nobody at the site
    has compared maps of the device with a measurement.
    """
    return answer(SkinMapOut.of(skin_views.look(session, exam_id, looker=principal.looker, now=now)))


@router.get("/exams/{exam_id}/skin-map.png", summary="The map of skin dose as a picture", response_class=PngResponse)
def draw_skin_map(exam_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> PngResponse:
    """Return the skin laid flat with its doses, sides labelled, the peak marked; it names no patient."""
    return PngResponse(skin_views.picture(session, exam_id, looker=principal.looker, now=now))


@router.post("/exams/{exam_id}/skin-map", summary="Say where the patient lay", response_model=SkinMapOut)
def place_patient(
    exam_id: UUID, body: PlaceIn, principal: StaterDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> Response:
    """
    Keep where the patient lay on the table, for physicists; the skin dose is computed anew, and ``pending`` until then.

    It stays on record with its reason, so that the same map can be had again; a new one counts instead.
    """
    place = partial(
        skin_places.place,
        exam_id=exam_id,
        choice=body.choice(),
        reason=body.reason,
        looker=principal.looker,
        now=now,
    )
    return answer(SkinMapOut.of(in_unit_of_work(unit_of_work, place)))


@router.get("/patients/{patient_id}/skin-map", summary="Skin doses of a patient, added up", response_model=SkinSumOut)
def read_skin_sum(
    patient_id: UUID,
    principal: PatientReaderDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    from_: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
) -> Response:
    """
    Return the skin dose of the exams that began at ``from`` or later and before ``to``, added up on one body.

    It is the sum at each place of the skin, so that exams from different sides do not add up to what no skin got.
    Exams that give nothing are named with the reason.
    """
    period = period_of(from_, until, site.timezone)
    return answer(SkinSumOut.of(skin_sums.look(session, patient_id, period, looker=principal.looker, now=now)))


@router.get("/devices/{device_id}/skin-calibration", summary="How a device states its geometry")
def read_calibration(device_id: UUID, principal: DeviceReaderDep, session: SessionDep) -> DeviceGeometryOut:
    """Return what is known of the maker's devices, and what the site calibrated, the newest first."""
    return DeviceGeometryOut.of(skin_calibrations.read(session, device_id, reach=principal.looker.reach))


@router.put("/devices/{device_id}/skin-calibration", summary="Calibrate a device for skin dose")
def calibrate(
    device_id: UUID, body: CalibrationIn, principal: SkinCalibratorDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> DeviceGeometryOut:
    """
    Keep a calibration as a new version, for physicists; the skin doses of the device's exams are computed anew.

    With ``is_validated`` its maps count as validated, not indicative.
    """
    by = principal.looker.subject
    keep = partial(
        skin_calibrations.calibrate,
        device_id=device_id,
        conventions=body.as_conventions(by),
        tube=body.as_tube(),
        is_validated=body.is_validated,
        reason=body.reason,
        looker=principal.looker,
        now=now,
    )
    return DeviceGeometryOut.of(in_unit_of_work(unit_of_work, keep))
