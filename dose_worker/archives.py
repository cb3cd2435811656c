"""Which adapter speaks to an archive."""

from dose_services.archive_values import DicomNode, StowNode
from dose_worker.archive import Archive
from dose_worker.dicom_archive import DicomArchive
from dose_worker.stow_archive import StowArchive


def archive_of(node: DicomNode | StowNode) -> Archive:
    """Return the archive at this place; nothing is asked of it yet."""
    return DicomArchive(node) if isinstance(node, DicomNode) else StowArchive(node)
