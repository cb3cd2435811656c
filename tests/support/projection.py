"""Look at one projection image as the reader sees it."""

from dose_core.model import ProjectionEvent, ProjectionReport
from dose_core.readers.registry import read_dose
from tests.support.read_as import read_as


def the_event(dicom: bytes) -> ProjectionEvent:
    """Return the only event of a projection image."""
    (event,) = read_as(ProjectionReport, dicom).events
    return event


def problems(dicom: bytes) -> list[tuple[str, str]]:
    """Return what the reader noted: the element and the problem."""
    return [(warning.concept, warning.problem) for warning in read_dose(dicom).warnings]
