"""Small synthetic DICOM files, as bytes."""

from io import BytesIO
from typing import Any

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    XRayRadiationDoseSRStorage,
    generate_uid,
)

SIDE = 128  # 128 x 128 x 2 bytes: an instance of 34 KB with its header


def file_of(dataset: Dataset, *, transfer_syntax: str = ExplicitVRLittleEndian) -> bytes:
    """Return the dataset as a DICOM file."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(transfer_syntax)
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def instance(sop_class_uid: str, **values: Any) -> Dataset:  # noqa: ANN401 - any DICOM value
    """Return a dataset with the identifiers of an instance; the patient is invented."""
    dataset = Dataset()
    dataset.SOPClassUID = sop_class_uid
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyDate = "20310102"
    dataset.StudyTime = "030405"
    dataset.AccessionNumber = "INV-1"
    dataset.Manufacturer = "Invented Scanners"
    dataset.PatientName = "Example^Invented"
    dataset.PatientID = "INVENTED-1"
    dataset.StudyInstanceUID = generate_uid()
    dataset.SeriesInstanceUID = generate_uid()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def ct_slice(**values: Any) -> Dataset:  # noqa: ANN401 - any DICOM value
    """Return one CT slice with 32 KB of pixels."""
    dataset = instance(CTImageStorage, Modality="CT", KVP="120", CTDIvol=8.25, InstanceNumber=1)
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.ImagePositionPatient = [0, 0, 1]
    dataset.Rows = dataset.Columns = SIDE
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 0
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.PixelData = bytes(SIDE * SIDE * 2)
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def ct_series(count: int) -> list[Dataset]:
    """Return the slices of one series."""
    first = ct_slice()
    same = {"StudyInstanceUID": first.StudyInstanceUID, "SeriesInstanceUID": first.SeriesInstanceUID}
    return [ct_slice(**same, InstanceNumber=number + 1, ImagePositionPatient=[0, 0, number]) for number in range(count)]


def dose_report(**values: Any) -> Dataset:  # noqa: ANN401 - any DICOM value
    """Return an X-Ray Radiation Dose SR that names itself and no more."""
    return instance(XRayRadiationDoseSRStorage, Modality="SR", **values)


def mr_slice() -> Dataset:
    """Return an instance without radiation."""
    return instance(MRImageStorage, Modality="MR")
