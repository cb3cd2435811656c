"""CT slices of 34 KB with a header as long as scanners write it; each run gets a series of its own."""

from pydicom.uid import generate_uid

from tests.builders.dicom_files import ct_slice, file_of

# About what a scanner states beside the identifiers; none of it is a person's.
_STATED = {
    "SpecificCharacterSet": "ISO_IR 100",
    "SeriesDate": "20310102",
    "AcquisitionDate": "20310102",
    "ContentDate": "20310102",
    "SeriesTime": "030405",
    "AcquisitionTime": "030405",
    "ContentTime": "030405",
    "InstitutionName": "Invented Hospital",
    "ReferringPhysicianName": "Example^Referrer",
    "StationName": "CT1",
    "StudyDescription": "CT of an invented thorax",
    "SeriesDescription": "Thorax 1.0 B30f",
    "ManufacturerModelName": "Model 1",
    "IrradiationEventUID": "2.25.11",
    "PatientBirthDate": "19700101",
    "PatientSex": "O",
    "PatientAge": "061Y",
    "BodyPartExamined": "CHEST",
    "ScanOptions": "SPIRAL MODE",
    "SliceThickness": "1.0",
    "DataCollectionDiameter": "500",
    "DeviceSerialNumber": "12345",
    "SoftwareVersions": "invented 1.0",
    "ProtocolName": "Thorax routine",
    "ReconstructionDiameter": "350",
    "DistanceSourceToDetector": "1040",
    "DistanceSourceToPatient": "570",
    "GantryDetectorTilt": "0",
    "TableHeight": "150",
    "RotationDirection": "CW",
    "ExposureTime": "500",
    "XRayTubeCurrent": "210",
    "Exposure": "105",
    "FilterType": "WEDGE_2",
    "GeneratorPower": "42",
    "FocalSpots": "0.7",
    "DateOfLastCalibration": "20301231",
    "ConvolutionKernel": "B30f",
    "PatientPosition": "HFS",
    "SingleCollimationWidth": 0.6,
    "TotalCollimationWidth": 38.4,
    "TableSpeed": 46.0,
    "TableFeedPerRotation": 23.0,
    "SpiralPitchFactor": 0.6,
    "StudyID": "1",
    "SeriesNumber": 3,
    "AcquisitionNumber": 2,
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
    "FrameOfReferenceUID": "2.25.12",
    "PositionReferenceIndicator": "",
    "SliceLocation": "-120.5",
    "PixelSpacing": [0.68, 0.68],
    "SmallestImagePixelValue": 0,
    "LargestImagePixelValue": 0,
    "WindowCenter": "40",
    "WindowWidth": "400",
    "RescaleIntercept": "-1024",
    "RescaleSlope": "1",
    "RescaleType": "HU",
    "RequestedProcedureDescription": "CT thorax",
    "PerformedProcedureStepStartDate": "20310102",
    "PerformedProcedureStepStartTime": "030405",
    "PerformedProcedureStepID": "INV1",
}
_PRIVATE_ELEMENTS = 40


def series(count: int) -> list[bytes]:
    """Return the files of one new series of one new study."""
    dataset = ct_slice(**_STATED, StudyInstanceUID=_uid(), SeriesInstanceUID=_uid(), PatientID=f"BENCH{_uid()[-8:]}")
    block = dataset.private_block(0x0029, "INVENTED CT HEADER", create=True)
    for offset in range(_PRIVATE_ELEMENTS):
        block.add_new(offset, "LO", f"private value {offset}")
    dataset.SOPInstanceUID = template = _uid()
    file = file_of(dataset)
    return [file.replace(template.encode(), _uid().encode()) for _ in range(count)]


def _uid() -> str:
    return generate_uid(prefix="1.2.826.0.1.3680043.8.498.", entropy_srcs=None)[:40].rstrip(".").ljust(40, "1")
