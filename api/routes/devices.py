"""The irradiating devices."""

from datetime import timedelta
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.principals import DeviceReaderDep, DeviceSetterDep
from api.deps import NowDep, SessionDep, SiteDep, UnitOfWorkDep
from api.schemas.devices import (
    DeviceChangeIn,
    DeviceDetailOut,
    DeviceMergeIn,
    DeviceOut,
    DevicesOut,
    DeviceSplitIn,
    TrustOut,
    WithdrawIn,
)
from db.retry import in_unit_of_work
from dose_services import device_desk, device_trust, devices

router = APIRouter(prefix="/api/v1/devices", tags=["operation"])


@router.get("", summary="All devices")
def read_devices(principal: DeviceReaderDep, session: SessionDep) -> DevicesOut:
    """Return all machines that an object named, with the time of the newest object of each."""
    found = devices.list_devices(session, reach=principal.looker.reach)
    return DevicesOut(devices=[DeviceOut.model_validate(device) for device in found])


@router.get("/{device_id}", summary="One device")
def read_device(device_id: UUID, principal: DeviceReaderDep, session: SessionDep) -> DeviceDetailOut:
    """Return one machine: how objects state it, since when it has which software, and what was decided about it."""
    return DeviceDetailOut.model_validate(devices.device_detail(session, device_id, reach=principal.looker.reach))


@router.get("/{device_id}/trust", summary="How far the exams of a device can be trusted")
def read_trust(
    device_id: UUID,
    principal: DeviceReaderDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    days: Annotated[int, Query(ge=1, le=3660, description="the period, up to now")] = 90,
) -> TrustOut:
    """Return the share of its exams that are complete, conformant, plausible and on time, a grade, and its reasons."""
    period = timedelta(days=days)
    devices.rows_of(session, device_id, reach=principal.looker.reach)
    return TrustOut.model_validate(device_trust.trust_of(session, device_id, period=period, now=now, site=site))


@router.patch("/{device_id}", summary="Set what a device is and does")
def change_device(
    device_id: UUID, change: DeviceChangeIn, principal: DeviceSetterDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> DeviceOut:
    """
    Mark whether a device sends no dose SR, so that DoseLedger writes one, and how its projection exams are classed.

    For physicists and administrators. With another class the exams of the device are made anew.
    """
    apply = partial(
        devices.change_device,
        device_id=device_id,
        sends_no_rdsr=change.sends_no_rdsr,
        classed_as=change.classed_as,
        reach=principal.looker.reach,
        now=now,
    )
    return DeviceOut.model_validate(in_unit_of_work(unit_of_work, apply))


@router.post("/{device_id}/merge", summary="Two devices are one machine")
def merge_devices(
    device_id: UUID, body: DeviceMergeIn, principal: DeviceSetterDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> DeviceDetailOut:
    """Record that two devices of a site are one machine, and return it; for physicists and administrators."""
    by, reach, other = principal.looker.subject, principal.looker.reach, body.other_id
    merge = partial(
        device_desk.merge, device_id=device_id, other_id=other, by=by, comment=body.comment, reach=reach, now=now
    )
    return DeviceDetailOut.model_validate(in_unit_of_work(unit_of_work, merge))


@router.post("/{device_id}/split", summary="Some appearances of a device are another machine")
def split_device(
    device_id: UUID, body: DeviceSplitIn, principal: DeviceSetterDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> DeviceDetailOut:
    """Record that some appearances are another machine, and return that one; for physicists and administrators."""
    by, reach, ids = principal.looker.subject, principal.looker.reach, body.appearance_ids
    split = partial(
        device_desk.split, device_id=device_id, appearance_ids=ids, by=by, comment=body.comment, reach=reach, now=now
    )
    return DeviceDetailOut.model_validate(in_unit_of_work(unit_of_work, split))


@router.post("/decisions/{number}/withdraw", summary="Take a merge or a split back")
def withdraw_decision(
    number: int, body: WithdrawIn, principal: DeviceSetterDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> DeviceDetailOut:
    """Take a merge or a split back, and return the machine of the first appearance that it named."""
    by, reach = principal.looker.subject, principal.looker.reach
    withdraw = partial(device_desk.withdraw, number=number, by=by, comment=body.comment, reach=reach, now=now)
    return DeviceDetailOut.model_validate(in_unit_of_work(unit_of_work, withdraw))
