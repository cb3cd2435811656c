"""Envelopes as the plugin sends them, around objects of the invented hospital."""

from io import BytesIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from dose_core.contract import CopyOf, Envelope, Origin


def part10(dataset: Dataset) -> bytes:
    """Return a data set as a file (PS3.10, 7.1)."""
    buffer = BytesIO()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def whole(dataset: Dataset, *, copy_of: CopyOf | None = None) -> Envelope:
    """Return a whole object."""
    return Envelope(
        sop_instance_uid=dataset.SOPInstanceUID, dicom=part10(dataset), origin=Origin.DICOM, copy_of=copy_of
    )


def header(dataset: Dataset) -> Envelope:
    """Return an image without its pixels."""
    if "PixelData" in dataset:
        del dataset.PixelData
    return Envelope(sop_instance_uid=dataset.SOPInstanceUID, dicom=part10(dataset), is_header=True, origin=Origin.DICOM)
