"""
What the device observer of a projection report adds to the device that the header names.

In these reports the observer is the irradiating device itself, with or without saying so. Some exports
leave manufacturer and model of the header empty (Philips Allura), and the observer alone names them.

Source: PS3.16, TID 1002 and 1004 (Observer Context, Device), as TID 10001 includes them.
"""

from dataclasses import replace

from dose_core.model import DeviceStated
from dose_core.readers.dicom.values import MAX_UID_LENGTH
from dose_core.readers.projection import codes as xray
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import is_same
from dose_core.readers.sr.tree import SrNode


def observed_device(root: SrNode, device: DeviceStated, study_instance_uid: str | None) -> DeviceStated:
    """
    Return the device with its observer UID, and with its empty parts filled from the one device observer.

    The UID comes as UIDREF or as TEXT (GE surgery); one that is the study's own names no device (GE OEC Fluorostar).
    """
    observers = [node for node in root.all(codes.OBSERVER_TYPE) if is_same(node.coded_value, codes.OBSERVER_DEVICE)]
    if len(observers) != 1:
        return device
    node = root.first(xray.DEVICE_OBSERVER_UID)
    uid = node.text_value if node else None
    if uid is not None and (uid == study_instance_uid or len(uid) > MAX_UID_LENGTH):
        uid = None
    if uid is not None and node is not None:
        node.add_origin("device.observer_uid", uid)
    return replace(
        device,
        manufacturer=device.manufacturer or root.text(codes.OBSERVER_MANUFACTURER, field="device.manufacturer"),
        model=device.model or root.text(codes.OBSERVER_MODEL, field="device.model"),
        station_name=device.station_name or root.text(codes.OBSERVER_NAME, field="device.station_name"),
        serial_number=device.serial_number or root.text(codes.OBSERVER_SERIAL, field="device.serial_number"),
        observer_uid=device.observer_uid or uid,
    )
