"""Headers of projection X-ray images (PS3.3, A.26, A.14, A.47, A.53), for tests. All people and places are invented."""

from tests.builders.dicom import part10
from tests.builders.sr import Item, coded

DX = "1.2.840.10008.5.1.4.1.1.1.1"
CR = "1.2.840.10008.5.1.4.1.1.1"
XA = "1.2.840.10008.5.1.4.1.1.12.1"
RF = "1.2.840.10008.5.1.4.1.1.12.2"
ENHANCED_XA = "1.2.840.10008.5.1.4.1.1.12.1.1"
XRAY_3D = "1.2.840.10008.5.1.4.1.1.13.1.1"

_COMMON: Item = {
    "SpecificCharacterSet": "ISO_IR 192",
    "SOPInstanceUID": "2.25.5001",
    "StudyInstanceUID": "2.25.5002",
    "SeriesInstanceUID": "2.25.5003",
    "StudyDate": "20260301",
    "StudyTime": "101500",
    "SeriesDate": "20260301",
    "SeriesTime": "101510",
    "ContentDate": "20260301",
    "ContentTime": "101630",
    "AcquisitionDate": "20260301",
    "AcquisitionTime": "101600",
    "AccessionNumber": "ACC-5",
    "Manufacturer": "ACME",
    "ManufacturerModelName": "XR5",
    "PatientName": "Beispiel^Cara",
    "PatientID": "P-5",
    "InstanceNumber": "1",
}


def dx_image(**elements: object) -> Item:
    """Return the header of a chest radiograph; an element given as None is left out."""
    return _header(
        {
            "ImageType": ["ORIGINAL", "PRIMARY"],
            "SOPClassUID": DX,
            "Modality": "DX",
            "PresentationIntentType": "FOR PRESENTATION",
            "KVP": "117",
            "XRayTubeCurrent": "303",
            "ExposureTime": "6",
            "Exposure": "2",
            "ExposureInuAs": "1700",
            "ImageAndFluoroscopyAreaDoseProduct": "0.472",
            "EntranceDoseInmGy": "0.11",
            "DistanceSourceToDetector": "1800",
            "ProtocolName": "Chest p.a.",
            "BodyPartExamined": "CHEST",
            "ViewPosition": "PA",
            "ImageLaterality": "U",
            "Grid": "FOCUSED",
            "FocalSpots": "1.2",
        },
        elements,
    )


def xa_image(**elements: object) -> Item:
    """Return the header of an angiographic run."""
    return _header(
        {
            "ImageType": ["ORIGINAL", "PRIMARY", "SINGLE PLANE"],
            "SOPClassUID": XA,
            "Modality": "XA",
            "KVP": "75",
            "XRayTubeCurrent": "500",
            "ExposureTime": "900",
            "RadiationSetting": "GR",
            "RadiationMode": "PULSED",
            "AveragePulseWidth": "6",
            "PositionerMotion": "STATIC",
            "PositionerPrimaryAngle": "-30",
            "PositionerSecondaryAngle": "20",
            "DistanceSourceToDetector": "1100",
            "DistanceSourceToPatient": "780",
            "ImageAndFluoroscopyAreaDoseProduct": "35",
            "NumberOfFrames": "3",
        },
        elements,
    )


def enhanced_xa(frames: list[Item], shared: Item | None = None, **elements: object) -> Item:
    """Return an Enhanced XA Image with the functional groups of its frames."""
    return _header(
        {
            "ImageType": ["ORIGINAL", "PRIMARY"],
            "SOPClassUID": ENHANCED_XA,
            "Modality": "XA",
            "KVP": "80",
            "XRayTubeCurrentInmA": 450.0,
            "ExposureTimeInms": 120.0,
            "ExposureInmAs": 54.0,
            "RadiationSetting": "GR",
            "PositionerMotion": "DYNAMIC",
            "PlaneIdentification": "PLANE B",
            "AcquisitionProtocolName": "Rotational run",
            "NumberOfFrames": str(len(frames)),
            "SharedFunctionalGroupsSequence": [shared or {}],
            "PerFrameFunctionalGroupsSequence": frames,
        },
        elements,
    )


def positioned(primary_deg: float, secondary_deg: float, *, kv: float | None = None) -> Item:
    """Return the groups of one frame: where the C-arm stood, and with which voltage."""
    frame: Item = {
        "PositionerPositionSequence": [
            {"PositionerPrimaryAngle": str(primary_deg), "PositionerSecondaryAngle": str(secondary_deg)}
        ]
    }
    if kv is not None:
        frame["FrameAcquisitionSequence"] = [{"KVP": str(kv), "XRayTubeCurrentInmA": 10 * kv}]
    return frame


def image_bytes(header: Item) -> bytes:
    """Return the file of such an image without pixel data, as the plugin delivers it."""
    return part10(header)


def dx_bytes(**elements: object) -> bytes:
    """Return the file of a radiograph."""
    return image_bytes(dx_image(**elements))


def code_item(value: str, scheme: str, meaning: str) -> list[Item]:
    """Return a code sequence of one item."""
    return [coded((value, scheme, meaning))]


def _header(defaults: Item, elements: Item) -> Item:
    merged = {**_COMMON, **defaults, **elements}
    return {keyword: value for keyword, value in merged.items() if value is not None}
