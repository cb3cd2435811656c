"""Datasets of ours as DICOM files."""

from io import BytesIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian

from dose_core.ledger.stand_in import uid_of
from dose_core.own import OUR_MANUFACTURER

_IMPLEMENTATION_CLASS_UID = UID(uid_of("implementation class", OUR_MANUFACTURER))  # (0002,0012), PS3.7, D.3.3.2


def to_part10(dataset: Dataset) -> bytes:
    """
    Return a DICOM file: preamble of zeros, explicit VR little endian. The same dataset gives the same bytes.

    Source: PS3.10, 7.1.
    """
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION_CLASS_UID
    meta.ImplementationVersionName = OUR_MANUFACTURER.upper()
    whole = Dataset(dataset)
    whole.file_meta = meta
    buffer = BytesIO()
    dcmwrite(buffer, whole, enforce_file_format=True)
    return buffer.getvalue()
