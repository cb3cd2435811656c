"""Enhanced CT images (PS3.3, A.38) and converted ones (A.70), for tests. All people and places are invented."""

from tests.builders.ct_image import BODY_PHANTOM
from tests.builders.dicom import part10
from tests.builders.sr import Item, coded

ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
CONVERTED_CT = "1.2.840.10008.5.1.4.1.1.2.2"


def enhanced_ct(frames: list[Item], shared: Item | None = None, **elements: object) -> Item:
    """Return the header of an image with these frames; an element given as None is left out."""
    header: Item = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
        "SOPClassUID": ENHANCED_CT,
        "SOPInstanceUID": "2.25.6001",
        "StudyInstanceUID": "2.25.6002",
        "SeriesInstanceUID": "2.25.6003",
        "StudyDate": "20260301",
        "StudyTime": "101500",
        "AcquisitionDateTime": "20260301101600",
        "AccessionNumber": "ACC-6",
        "Modality": "CT",
        "Manufacturer": "ACME",
        "ManufacturerModelName": "CT6",
        "PatientName": "Beispiel^Dora",
        "PatientID": "P-6",
        "ProtocolName": "Thorax",
        "FrameOfReferenceUID": "2.25.6004",
        "InstanceNumber": "1",
        "NumberOfFrames": str(len(frames)),
        "SharedFunctionalGroupsSequence": [exposed() if shared is None else shared],
        "PerFrameFunctionalGroupsSequence": frames,
    }
    header.update(elements)
    return {keyword: value for keyword, value in header.items() if value is not None}


def exposed(**groups: object) -> Item:
    """Return the groups that all frames share: a spiral of 100 mAs; one given as None is left out."""
    shared: Item = {
        "PixelMeasuresSequence": [{"SliceThickness": "5"}],
        "PlaneOrientationSequence": [{"ImageOrientationPatient": ["1", "0", "0", "0", "1", "0"]}],
        "IrradiationEventIdentificationSequence": [{"IrradiationEventUID": "2.25.6100"}],
        "CTImageFrameTypeSequence": [{"FrameType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]}],
        "CTAcquisitionTypeSequence": [{"AcquisitionType": "SPIRAL"}],
        "CTAcquisitionDetailsSequence": [
            {"RevolutionTime": 0.5, "SingleCollimationWidth": 0.6, "TotalCollimationWidth": 38.4}
        ],
        "CTTableDynamicsSequence": [{"SpiralPitchFactor": 0.9}],
        "CTXRayDetailsSequence": [{"KVP": "120"}],
        "CTExposureSequence": [
            {
                "ExposureTimeInms": 500.0,
                "XRayTubeCurrentInmA": 200.0,
                "ExposureInmAs": 100.0,
                "ExposureModulationType": "ANGULAR",
                "CTDIvol": 8.0,
                "CTDIPhantomTypeCodeSequence": [coded(BODY_PHANTOM)],
            }
        ],
    }
    shared.update(groups)
    return {keyword: value for keyword, value in shared.items() if value is not None}


def frame(z_mm: float, *, acquisition: int = 1, acquired: str | None = None, **groups: object) -> Item:
    """Return the groups of one frame: where it lies, and what it states beyond the shared ones."""
    content: Item = {"FrameAcquisitionNumber": acquisition}
    if acquired is not None:
        content["FrameAcquisitionDateTime"] = acquired
    return {
        "FrameContentSequence": [content],
        "PlanePositionSequence": [{"ImagePositionPatient": ["-180", "-180", str(z_mm)]}],
        **groups,
    }


def enhanced_ct_bytes(frames: list[Item], shared: Item | None = None, **elements: object) -> bytes:
    """Return the file of such an image without pixel data, as the plugin delivers it."""
    return part10(enhanced_ct(frames, shared, **elements))
