"""
The two devices of a dose SR of ours: the scanner that irradiates, and DoseLedger that records.

Source: PS3.16, TID 1004 (Device Observer Identifying Attributes), TID 1021 (Device Participant).
"""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from dose_core.ledger.stand_in import uid_of
from dose_core.model import DeviceStated
from dose_core.own import OUR_MANUFACTURER
from dose_core.writers import concepts as c
from dose_core.writers.items import HAS_OBS_CONTEXT, HAS_PROPERTIES, coded, text, uid_ref
from dose_core.writers.valid import shown

# TID 1021 makes maker, model and serial number mandatory, and TEXT cannot be empty.
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """The DoseLedger that writes the report: its serial number tells installations apart."""

    serial_number: str
    software_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IrradiatingDevice:
    """The scanner. ``device_uid`` is its Device UID (0018,1002) if the images state one."""

    stated: DeviceStated
    device_uid: str | None


def observer(recorder: Recorder) -> list[Dataset]:
    """Return DoseLedger as observer with the role Recording (TID 1002, TID 1004)."""
    return [
        coded(c.OBSERVER_TYPE, c.DEVICE, HAS_OBS_CONTEXT),
        uid_ref(c.DEVICE_OBSERVER_UID, uid_of("recorder", recorder.serial_number), HAS_OBS_CONTEXT),
        text(c.DEVICE_OBSERVER_NAME, OUR_MANUFACTURER, HAS_OBS_CONTEXT),
        text(c.DEVICE_OBSERVER_MANUFACTURER, OUR_MANUFACTURER, HAS_OBS_CONTEXT),
        text(c.DEVICE_OBSERVER_MODEL_NAME, OUR_MANUFACTURER, HAS_OBS_CONTEXT),
        text(c.DEVICE_OBSERVER_SERIAL_NUMBER, recorder.serial_number, HAS_OBS_CONTEXT),
        coded(c.DEVICE_ROLE_IN_PROCEDURE, c.RECORDING, HAS_OBS_CONTEXT),
    ]


def irradiating_device(scanner: IrradiatingDevice) -> Dataset:
    """Return the scanner as Irradiating Device (TID 1021), under a stable UID where it states none."""
    stated = scanner.stated
    identity = (stated.manufacturer, stated.model, stated.serial_number, stated.station_name, stated.institution)
    return coded(
        c.DEVICE_ROLE_IN_PROCEDURE,
        c.IRRADIATING_DEVICE,
        children=[
            text(c.DEVICE_MANUFACTURER, shown(stated.manufacturer) or NOT_STATED, HAS_PROPERTIES),
            text(c.DEVICE_MODEL_NAME, shown(stated.model) or NOT_STATED, HAS_PROPERTIES),
            text(c.DEVICE_SERIAL_NUMBER, shown(stated.serial_number) or NOT_STATED, HAS_PROPERTIES),
            uid_ref(c.DEVICE_OBSERVER_UID, scanner.device_uid or uid_of("scanner", *identity), HAS_PROPERTIES),
        ],
    )
