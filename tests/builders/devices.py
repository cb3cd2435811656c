"""Devices as objects state them, and the keys they are known by. The makers are invented."""

from dose_core.ledger.device_identity import Keys, identity_keys
from dose_core.model import DeviceStated

SCANNER = DeviceStated(
    manufacturer="Invented Scanners",
    model="One",
    serial_number="AW1001",
    station_name="CT1",
    institution="House",
    software_versions=("1.0",),
)


def keys_of(stated: DeviceStated, *, site: str = "") -> Keys:
    """Return the keys of a device that appears in no particular study."""
    return identity_keys(stated, site=site, study_instance_uid=None)


def appearances(*stated: DeviceStated) -> list[Keys]:
    """Return the keys of each of several devices."""
    return [keys_of(one) for one in stated]
