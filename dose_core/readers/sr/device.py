"""
Which device irradiated, according to the content tree of a dose report.

The General Equipment Module names what made the report, and that may be a workstation or we. The tree
names the irradiating device: per event or total as TID 1021, or as a device observer with that role.

Source: PS3.16, TID 1021 (Device Participant), TID 1002 and 1004 (Observer Context, Device).
"""

from collections.abc import Iterator
from dataclasses import replace

from dose_core.model import DeviceStated
from dose_core.readers.read_log import ReadLog
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import is_same
from dose_core.readers.sr.tree import SrNode


def irradiating_device(root: SrNode, equipment: DeviceStated, log: ReadLog) -> DeviceStated:
    """
    Return the irradiating device; where tree and equipment module differ, the tree counts.

    Station name and software belong to the equipment module's device, so they are left out when the
    tree names another manufacturer or model. The institution is that of the report in any case.
    """
    named = _named_in_tree(root, log)
    if named is None:
        return equipment
    is_other = _differ(named.manufacturer, equipment.manufacturer) or _differ(named.model, equipment.model)
    if is_other:
        return replace(named, institution=equipment.institution)
    return DeviceStated(
        manufacturer=named.manufacturer or equipment.manufacturer,
        model=named.model or equipment.model,
        station_name=equipment.station_name or named.station_name,
        serial_number=named.serial_number or equipment.serial_number,
        software_versions=equipment.software_versions,
        institution=equipment.institution,
    )


def _named_in_tree(root: SrNode, log: ReadLog) -> DeviceStated | None:
    participants = [*_participants(root), *_observers(root)]
    # A device without manufacturer, model and serial number says nothing that could correct the header.
    named = [device for device in participants if device.manufacturer or device.model or device.serial_number]
    if not named:
        return None
    if any(_differ(device.serial_number, named[0].serial_number) for device in named):
        log.add_warning(root.path, codes.IRRADIATING_DEVICE.meaning, "several devices are named; the first one is used")
    return named[0]


def _participants(root: SrNode) -> Iterator[DeviceStated]:
    for part in root.children:  # TID 1021 stands in the containers of totals and events
        for role in part.all(codes.DEVICE_ROLE):
            if is_same(role.coded_value, codes.IRRADIATING_DEVICE):
                yield DeviceStated(
                    manufacturer=role.text(codes.DEVICE_MANUFACTURER),
                    model=role.text(codes.DEVICE_MODEL),
                    station_name=role.text(codes.DEVICE_NAME),
                    serial_number=role.text(codes.DEVICE_SERIAL),
                )


def _observers(root: SrNode) -> Iterator[DeviceStated]:
    """Yield the device observers in the role; each begins with its Observer Type, all as siblings."""
    group: list[SrNode] = []
    for node in root.children:
        if is_same(node.concept, codes.OBSERVER_TYPE):
            yield from _observer(group)
            group = []
        group.append(node)
    yield from _observer(group)


def _observer(group: list[SrNode]) -> Iterator[DeviceStated]:
    if not group or not is_same(group[0].coded_value, codes.OBSERVER_DEVICE):
        return
    if any(
        is_same(node.concept, codes.DEVICE_ROLE) and is_same(node.coded_value, codes.IRRADIATING_DEVICE)
        for node in group
    ):
        yield DeviceStated(
            manufacturer=_text_of(group, codes.OBSERVER_MANUFACTURER),
            model=_text_of(group, codes.OBSERVER_MODEL),
            station_name=_text_of(group, codes.OBSERVER_NAME),
            serial_number=_text_of(group, codes.OBSERVER_SERIAL),
        )


def _text_of(group: list[SrNode], concept: codes.Concept) -> str | None:
    return next((node.text_value for node in group if is_same(node.concept, concept)), None)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() != other.casefold()
