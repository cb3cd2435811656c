"""What a reader says about an object."""

from dose_core.readers.registry import read_dose


def problems(dicom: bytes) -> list[str]:
    """Return the problems that reading an object noted, in reading order."""
    return [warning.problem for warning in read_dose(dicom).warnings]
