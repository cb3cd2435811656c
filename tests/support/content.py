"""Look into the content tree of a written report, and let validators that are not ours judge it."""

from io import BytesIO
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset

from dose_core.writers.part10 import to_part10
from dose_core.writers.templates.check import broken_rows
from tests.support.dciodvfy import dciodvfy_errors, dsr2xml_complaints, dsrdump_complaints


def judged(dataset: Dataset, folder: Path) -> Dataset:
    """Return a written report as a file has it, once dciodvfy, DCMTK and our table of templates find nothing wrong."""
    dicom = to_part10(dataset)
    assert dciodvfy_errors(dicom, folder) == []
    assert dsrdump_complaints(dicom, folder) == []
    assert dsr2xml_complaints(dicom, folder) == []
    read = dcmread(BytesIO(dicom))
    assert broken_rows(read) == ()
    return read


def items(dataset: Dataset, value: str) -> list[Dataset]:
    """Return all content items of the tree whose concept has this code value."""
    found = []
    for item in dataset.get("ContentSequence", []):
        names = item.get("ConceptNameCodeSequence")
        if names and names[0].CodeValue == value:
            found.append(item)
        found += items(item, value)
    return found


def numbers(dataset: Dataset, value: str) -> list[float | None]:
    """Return the numbers under one concept, ``None`` for those that are unknown."""
    measured = (item.MeasuredValueSequence for item in items(dataset, value))
    return [float(seq[0].NumericValue) if seq else None for seq in measured]


def coded(dataset: Dataset, value: str) -> list[str]:
    """Return the code values of the items under one concept."""
    return [item.ConceptCodeSequence[0].CodeValue for item in items(dataset, value)]


def texts(dataset: Dataset, value: str) -> list[str]:
    """Return the texts of the items under one concept."""
    return [item.TextValue for item in items(dataset, value)]
