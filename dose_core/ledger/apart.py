"""
Which statements of a study speak of one device, when several irradiated.

A report of one device does not cover what another one did: the images of that other one count beside it. To call two
devices different that are one would count a dose twice. So they are apart only if they name nothing in common and at
least two things that differ, and only by objects that name irradiation events: an image without event UID may come from
a detector that carries another name than the generator whose report lists its exposure.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from dose_core.ledger.exam import Statement
from dose_core.ledger.merged import ReportT
from dose_core.ledger.precedence import source_of
from dose_core.ledger.source import Source
from dose_core.model import CtReport, DeviceStated

# More devices than any study saw are noise in their names, and are not told apart.
_MOST_DEVICES = 16
_LEAST_DIFFERENCES = 2


def by_device(statements: Sequence[Statement[ReportT]]) -> list[list[Statement[ReportT]]]:
    """Return the statements of each device together, in one list unless devices surely differ."""
    if not statements:
        return []
    if len({statement.report.device for statement in statements}) == 1:
        return [list(statements)]
    events = {s.key: frozenset(_event_uids(s.report)) for s in statements}
    telling = [s for s in statements if events[s.key] or source_of(s) is Source.RDSR]
    devices = sorted({s.report.device for s in telling}, key=repr)
    if not 1 < len(devices) <= _MOST_DEVICES:
        return [list(statements)]
    group_of = {device: number for number, device in enumerate(devices)}
    for one, other in combinations(devices, 2):
        if not are_apart(one, other):
            _join(group_of, one, other)
    named_by: dict[str, DeviceStated] = {}
    for statement in telling:
        for uid in events[statement.key]:
            _join(group_of, statement.report.device, named_by.setdefault(uid, statement.report.device))
    groups: dict[int, list[Statement[ReportT]]] = {}
    for statement in statements:
        device = statement.report.device
        known = device if device in group_of else max(devices, key=lambda one: _closeness(one, device))
        groups.setdefault(group_of[known], []).append(statement)
    return [groups[number] for number in sorted(groups)]


def are_apart(one: DeviceStated, other: DeviceStated) -> bool:
    """Test if two devices are surely different."""
    agreeing, differing = _compared(one, other)
    return not agreeing and differing >= _LEAST_DIFFERENCES


def _closeness(one: DeviceStated, other: DeviceStated) -> tuple[int, int]:
    agreeing, differing = _compared(one, other)
    return agreeing, -differing


def _compared(one: DeviceStated, other: DeviceStated) -> tuple[int, int]:
    """Return in how many names two devices agree, and in how many they differ."""
    both = [(mine, others) for mine, others in zip(_names(one), _names(other), strict=True) if mine and others]
    # "Biograph64_Vision 600" and "Biograph64_Vision 600-1208"
    agreeing = sum(mine in others or others in mine for mine, others in both)
    return agreeing, len(both) - agreeing


def _join(group_of: dict[DeviceStated, int], one: DeviceStated, other: DeviceStated) -> None:
    kept, lost = sorted((group_of[one], group_of[other]))
    if kept != lost:
        group_of.update({device: kept for device, group in group_of.items() if group == lost})


def _names(device: DeviceStated) -> tuple[str, ...]:
    stated = (device.observer_uid, device.serial_number, device.station_name, device.model)
    return tuple("".join(letter for letter in (text or "").casefold() if letter.isalnum()) for text in stated)


def _event_uids(report: ReportT) -> Iterable[str]:
    yield from (event.event_uid for event in report.events if event.event_uid)
    if isinstance(report, CtReport):
        yield from (uid for image in report.slices for uid in image.event_uids)
    elif report.image:
        yield from report.image.event_uids
