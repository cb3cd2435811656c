"""The irradiating devices."""

from uuid import UUID

from fastapi import APIRouter

from api.auth.principals import DeviceReaderDep, DeviceSetterDep
from api.deps import SessionDep
from api.schemas.operation import DeviceChangeIn, DeviceOut, DevicesOut
from dose_services import devices

router = APIRouter(prefix="/api/v1/devices", tags=["operation"])


@router.get("", summary="All devices")
def read_devices(_: DeviceReaderDep, session: SessionDep) -> DevicesOut:
    """Return all devices that an object named."""
    return DevicesOut(devices=[DeviceOut.model_validate(device) for device in devices.list_devices(session)])


@router.patch("/{device_id}", summary="Tell what a device does not do itself")
def change_device(device_id: UUID, change: DeviceChangeIn, _: DeviceSetterDep, session: SessionDep) -> DeviceOut:
    """Mark whether a device sends no dose SR, so that DoseLedger writes one; for physicists and administrators."""
    changed = devices.set_sends_no_rdsr(session, device_id, sends_no_rdsr=change.sends_no_rdsr)
    return DeviceOut.model_validate(changed)
