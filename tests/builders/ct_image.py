"""CT image headers (PS3.3, A.3), for tests. All people and places are invented."""

from tests.builders.dicom import part10
from tests.builders.sr import Item, coded

BODY_PHANTOM = ("113691", "DCM", "IEC Body Dosimetry Phantom")
HEAD_PHANTOM = ("113690", "DCM", "IEC Head Dosimetry Phantom")


def ct_image(**elements: object) -> Item:
    """Return the header of an axial slice; an element given as None is left out."""
    header: Item = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
        "SOPInstanceUID": "2.25.3001",
        "StudyInstanceUID": "2.25.3002",
        "SeriesInstanceUID": "2.25.3003",
        "StudyDate": "20260301",
        "StudyTime": "101500",
        "AcquisitionDate": "20260301",
        "AcquisitionTime": "101600.5",
        "AccessionNumber": "ACC-2",
        "Modality": "CT",
        "Manufacturer": "ACME",
        "ManufacturerModelName": "CT2",
        "StationName": "CTROOM2",
        "DeviceSerialNumber": "SN2",
        "PatientName": "Beispiel^Bo",
        "PatientID": "P-2",
        "IrradiationEventUID": "2.25.4001",
        "SliceThickness": "5",
        "KVP": "120",
        "ProtocolName": "Abdomen",
        "ExposureTime": "500",
        "XRayTubeCurrent": "200",
        "TotalCollimationWidth": 38.4,
        "SpiralPitchFactor": 0.9,
        "RevolutionTime": 0.5,
        "CTDIvol": 7.5,
        "CTDIPhantomTypeCodeSequence": [coded(BODY_PHANTOM)],
        "SeriesNumber": "3",
        "AcquisitionNumber": "2",
        "InstanceNumber": "17",
        "ImagePositionPatient": ["-180", "-180", "-412.5"],
        "FrameOfReferenceUID": "2.25.3004",
        "Rows": 512,
    }
    header.update(elements)
    return {keyword: value for keyword, value in header.items() if value is not None}


def ct_image_bytes(**elements: object) -> bytes:
    """Return the file of such a slice without pixel data, as the plugin delivers it."""
    return part10(ct_image(**elements))
