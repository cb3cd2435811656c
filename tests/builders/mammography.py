"""
Mammography dose reports (PS3.16, TID 10001 with TID 10005) and images (PS3.3, A.27 and A.55), for tests.

All people and places are invented.
"""

from typing import Any

from pydicom.sr.codedict import codes

from tests.builders.dicom import EXPLICIT_LITTLE, part10
from tests.builders.sr import Concept, Item, code, coded, container, date_time, num, text, uidref

HEADER: Item = {
    "SpecificCharacterSet": "ISO_IR 192",
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.67",
    "SOPInstanceUID": "2.25.5001",
    "StudyInstanceUID": "2.25.5002",
    "SeriesInstanceUID": "2.25.5003",
    "Modality": "SR",
    "StudyDate": "20260301",
    "StudyTime": "101500",
    "AccessionNumber": "ACC-5",
    "PatientName": "Beispiel^Berta",
    "PatientID": "P-5",
    "Manufacturer": "ACME",
    "ManufacturerModelName": "MG1",
    "DeviceSerialNumber": "SN5",
    "CompletionFlag": "COMPLETE",
}

TITLE: Concept = ("113701", "DCM", "X-Ray Radiation Dose Report")
MAMMOGRAPHY: Concept = ("71651007", "SCT", "Mammography")
LATERALITY: Concept = ("272741003", "SCT", "Laterality")
LEFT: Concept = ("7771000", "SCT", "Left")
RIGHT: Concept = ("24028007", "SCT", "Right")
LEFT_BREAST: Concept = ("80248007", "SCT", "Left breast")
RIGHT_BREAST: Concept = ("73056007", "SCT", "Right breast")
BOTH_BREASTS: Concept = ("63762007", "SCT", "Both breasts")
BREAST: Concept = ("76752008", "SCT", "Breast")
ANATOMICAL_STRUCTURE: Concept = ("91723000", "SCT", "Anatomical structure")
STATIONARY: Concept = ("113611", "DCM", "Stationary Acquisition")
ROTATIONAL: Concept = ("113613", "DCM", "Rotational Acquisition")
CC: Concept = ("399162004", "SCT", "cranio-caudal")
RHODIUM: Concept = ("59801003", "SCT", "Rhodium")
TUNGSTEN: Concept = ("26194003", "SCT", "Tungsten")
ALUMINUM: Concept = ("12503006", "SCT", "Aluminum")

MAMMOGRAPHY_IMAGE = "1.2.840.10008.5.1.4.1.1.1.2"
MAMMOGRAPHY_IMAGE_FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.2.1"
BREAST_TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
BREAST_PROJECTION = "1.2.840.10008.5.1.4.1.1.13.1.4"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


def mammography_rdsr(*content: Item, procedure: Concept | None = MAMMOGRAPHY, **header: object) -> Item:
    """Return a report with the content items given, after Procedure Reported where there is one."""
    reported = [code(codes.DCM.ProcedureReported, procedure, relationship="HAS CONCEPT MOD")] if procedure else []
    elements = {
        **HEADER,
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": [coded(TITLE)],
        "ContinuityOfContent": "SEPARATE",
        "ContentSequence": [*reported, *content],
        **header,
    }
    return {keyword: value for keyword, value in elements.items() if value is not None}


def mammography_rdsr_bytes(
    *content: Item, procedure: Concept | None = MAMMOGRAPHY, transfer_syntax: str = EXPLICIT_LITTLE, **header: object
) -> bytes:
    """Return the file of such a report."""
    return part10(mammography_rdsr(*content, procedure=procedure, **header), transfer_syntax=transfer_syntax)


def accumulated(*content: Item) -> Item:
    """Return Accumulated X-Ray Dose Data (TID 10002)."""
    return container(codes.DCM.AccumulatedXRayDoseData, *content)


def agd_total(value: str | None, breast: Concept | None, unit: str | None = "mGy") -> Item:
    """Return the accumulated average glandular dose of a breast (TID 10005)."""
    side = [code(LATERALITY, breast, relationship="HAS CONCEPT MOD")] if breast else []
    return num(codes.DCM.AccumulatedAverageGlandularDose, value, unit, *side)


def event(*content: Item, uid: str = "2.25.6001") -> Item:
    """Return Irradiation Event X-Ray Data (TID 10003) with an event UID and the content given."""
    return container(codes.DCM.IrradiationEventXRayData, uidref(codes.DCM.IrradiationEventUID, uid), *content)


def anatomy(side: Concept | None = LEFT, *, concept: Concept = ANATOMICAL_STRUCTURE) -> Item:
    """Return where the event irradiated: the breast, with its side."""
    children = [code(LATERALITY, side, relationship="HAS CONCEPT MOD")] if side else []
    return code(concept, BREAST, *children)


def agd(value: str | None, unit: str | None = "mGy") -> Item:
    """Return the average glandular dose of an event."""
    return num(codes.DCM.AverageGlandularDose, value, unit)


def xray_filter(material: Concept, minimum_mm: str | None = None, maximum_mm: str | None = None) -> Item:
    """Return X-Ray Filters (TID 10003B)."""
    thickness = [
        *([num(codes.DCM.XRayFilterThicknessMinimum, minimum_mm, "mm")] if minimum_mm else []),
        *([num(codes.DCM.XRayFilterThicknessMaximum, maximum_mm, "mm")] if maximum_mm else []),
    ]
    return container(codes.DCM.XRayFilters, code(codes.DCM.XRayFilterMaterial, material), *thickness)


def left_cc(uid: str = "2.25.6001", *more: Item, agd_mgy: str = "1.30", side: Concept = LEFT) -> Item:
    """Return a 2D exposure in which nothing is missing but the point that its entrance dose stands for."""
    return event(
        date_time(codes.DCM.DatetimeStarted, "20260301101745"),
        code(codes.DCM.IrradiationEventType, STATIONARY),
        text(codes.DCM.AcquisitionProtocol, "Routine"),
        anatomy(side),
        code(codes.DCM.ImageView, CC),
        num(codes.DCM.HalfValueLayer, "0.535", "mm"),
        num(codes.DCM.EntranceExposureAtRP, "3.65", "mGy"),
        agd(agd_mgy),
        num(codes.DCM.KVP, "28", "kV"),
        num(codes.DCM.XRayTubeCurrent, "100", "mA"),
        num(codes.DCM.ExposureTime, "854", "ms"),
        num(codes.DCM.Exposure, "90200", "uA.s"),
        num(codes.DCM.FocalSpotSize, "0.3", "mm"),
        code(codes.DCM.AnodeTargetMaterial, TUNGSTEN),
        xray_filter(RHODIUM, "0.05", "0.05"),
        num(codes.DCM.CompressionThickness, "43", "mm"),
        num(codes.DCM.CompressionForce, "101", "N"),
        num(codes.DCM.CompressionPressure, "10.5", "kPa"),
        num(codes.DCM.CompressionContactArea, "9600", "mm2"),
        num(codes.DCM.DistanceSourceToDetector, "700", "mm"),
        *more,
        uid=uid,
    )


def mammography_image(**elements: object) -> Item:
    """Return the header of a mammogram; an element given as None is left out."""
    header: Item = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "SOPClassUID": MAMMOGRAPHY_IMAGE,
        "SOPInstanceUID": "2.25.7001",
        "StudyInstanceUID": "2.25.5002",
        "SeriesInstanceUID": "2.25.7003",
        "StudyDate": "20260301",
        "StudyTime": "101500",
        "AcquisitionDate": "20260301",
        "AcquisitionTime": "101745",
        "Modality": "MG",
        "PresentationIntentType": "FOR PRESENTATION",
        "Manufacturer": "ACME",
        "ManufacturerModelName": "MG1",
        "PatientName": "Beispiel^Berta",
        "PatientID": "P-5",
        "KVP": "28",
        "ExposureTime": "854",
        "XRayTubeCurrent": "100",
        "Exposure": "90",
        "ExposureInuAs": "90200",
        "AnodeTargetMaterial": "TUNGSTEN",
        "FilterMaterial": "RHODIUM",
        "FilterThicknessMinimum": "0.05",
        "FilterThicknessMaximum": "0.05",
        "FocalSpots": "0.3",
        "BodyPartThickness": "43",
        "CompressionForce": "101",
        "Grid": "NONE",
        "ExposureControlMode": "AUTOMATIC",
        "PositionerPrimaryAngle": "0",
        "DistanceSourceToDetector": "700",
        "DistanceSourceToEntrance": "657",
        "ImageLaterality": "L",
        "ViewPosition": "CC",
        "EntranceDose": 0,
        "EntranceDoseInmGy": "3.65",
        "OrganDose": "0.0130",
        "HalfValueLayer": "0.535",
        "IrradiationEventUID": "2.25.6001",
    }
    header.update(elements)
    return {keyword: value for keyword, value in header.items() if value is not None}


def mammography_image_bytes(*, transfer_syntax: str = EXPLICIT_LITTLE, **elements: Any) -> bytes:  # noqa: ANN401  any element value
    """Return the file of such an image without pixel data."""
    return part10(mammography_image(**elements), transfer_syntax=transfer_syntax)
