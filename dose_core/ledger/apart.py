"""
Which statements of a study speak of one device, when several irradiated.

A report of one device does not cover what another one did: images and steps of that other one count beside it. To call
two devices different that are one would count a dose twice, so that they are apart only if they name nothing in common
and at least two things that differ; images of an event that a report names are always of its device.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from dose_core.ledger.exam import Statement
from dose_core.ledger.merged import ReportT
from dose_core.model import CtReport, DeviceStated

# More devices than any study saw are noise in their names, and are not told apart.
_MOST_DEVICES = 16
_LEAST_DIFFERENCES = 2


def by_device(statements: Sequence[Statement[ReportT]]) -> list[list[Statement[ReportT]]]:
    """Return the statements of each device together; of one list unless devices surely differ."""
    devices = list(dict.fromkeys(statement.report.device for statement in statements))
    if not 1 < len(devices) <= _MOST_DEVICES:
        return [list(statements)] if statements else []
    group_of = dict(zip(devices, range(len(devices)), strict=True))
    for one, other in combinations(devices, 2):
        if not _are_apart(one, other):
            _join(group_of, group_of[one], group_of[other])
    device_of: dict[str, DeviceStated] = {}
    for statement in statements:
        for uid in _event_uids(statement.report):
            other = device_of.setdefault(uid, statement.report.device)
            _join(group_of, group_of[statement.report.device], group_of[other])
    groups: dict[int, list[Statement[ReportT]]] = {}
    for statement in statements:
        groups.setdefault(group_of[statement.report.device], []).append(statement)
    return sorted(groups.values(), key=lambda its: min((s.report.sop_instance_uid, s.key) for s in its))


def _join(group_of: dict[DeviceStated, int], one: int, other: int) -> None:
    if one != other:
        for device, group in group_of.items():
            if group == other:
                group_of[device] = one


def _are_apart(one: DeviceStated, other: DeviceStated) -> bool:
    differing = 0
    for mine, others in zip(_names(one), _names(other), strict=True):
        if not mine or not others:
            continue
        if mine in others or others in mine:  # "Biograph64_Vision 600" and "Biograph64_Vision 600-1208"
            return False
        differing += 1
    return differing >= _LEAST_DIFFERENCES


def _names(device: DeviceStated) -> tuple[str, ...]:
    stated = (device.observer_uid, device.serial_number, device.station_name, device.model)
    return tuple("".join(letter for letter in (text or "").casefold() if letter.isalnum()) for text in stated)


def _event_uids(report: ReportT) -> Iterable[str]:
    yield from (event.event_uid for event in report.events if event.event_uid)
    if isinstance(report, CtReport):
        yield from (uid for image in report.slices for uid in image.event_uids)
    elif report.image:
        yield from report.image.event_uids
