"""Read an object of which the test knows the modality."""

from typing import TypeVar

from dose_core.model import DoseReport
from dose_core.readers.registry import read_dose

ReportT = TypeVar("ReportT", bound=DoseReport)


def read_as(shape: type[ReportT], dicom: bytes) -> ReportT:
    """Return what the object states, which must have the given shape."""
    report = read_dose(dicom)
    assert type(report) is shape
    return report
