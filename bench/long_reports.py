"""Long dose reports, made from short ones by repeating their events under new UIDs."""

from copy import deepcopy
from io import BytesIO
from itertools import count

from pydicom import Dataset, dcmread

from bench.reports import Report

# PS3.16: CT Acquisition, Irradiation Event X-Ray Data; each states its UID as 113769.
_EVENTS, _EVENT_UID = ("113819", "113706"), "113769"


def lengthened(report: Report, size: int) -> Report:
    """Return a report of about ``size`` bytes with the same events again and again."""
    dataset = dcmread(BytesIO(report.dicom))
    items = list(dataset.ContentSequence)
    events = [number for number, item in enumerate(items) if _name(item) in _EVENTS]
    if not events:
        msg = f"{report.name} has no event that could be repeated"
        raise ValueError(msg)
    once = len(report.dicom)
    rounds, numbers = max(2, -(-size // once)), count(1)
    repeated = [_renamed(items[event], next(numbers)) for _ in range(rounds) for event in events]
    dataset.ContentSequence = [
        *items[: events[0]],
        *repeated,
        *(item for item in items[events[0] :] if _name(item) not in _EVENTS),
    ]
    file = BytesIO()
    dataset.save_as(file)
    return Report(name=f"{report.name}, events x {rounds}", dicom=file.getvalue())


def event_count(report: Report) -> int:
    """Return how many irradiation events a report lists."""
    return sum(_name(item) in _EVENTS for item in dcmread(BytesIO(report.dicom)).ContentSequence)


def _renamed(event: Dataset, number: int) -> Dataset:
    again = deepcopy(event)
    for item in again.ContentSequence:
        if _name(item) == _EVENT_UID:
            item.UID = f"2.25.{number}"
    return again


def _name(item: Dataset) -> str:
    return str(item.ConceptNameCodeSequence[0].CodeValue) if "ConceptNameCodeSequence" in item else ""
