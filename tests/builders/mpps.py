"""Data sets of performed procedure steps (PS3.4, F.7.2), for tests. All people and places are invented."""

from tests.builders.dicom import IMPLICIT_LITTLE, encode, meta
from tests.builders.sr import Item

MPPS_CLASS = "1.2.840.10008.3.1.2.3.3"


def step(**elements: object) -> Item:
    """Return a completed step of a fluoroscopy room, with all that both messages state; None leaves an element out."""
    stated: Item = {
        "Modality": "RF",
        "PatientName": "Beispiel^Cy",
        "PatientID": "P-3",
        "PerformedStationAETitle": "RFROOM3",
        "PerformedStationName": "Room 3",
        "PerformedProcedureStepStartDate": "20260301",
        "PerformedProcedureStepStartTime": "101500",
        "PerformedProcedureStepEndDate": "20260301",
        "PerformedProcedureStepEndTime": "104000",
        "PerformedProcedureStepStatus": "COMPLETED",
        "ScheduledStepAttributesSequence": [request()],
        "ImageAndFluoroscopyAreaDoseProduct": "1520.75",
        "TotalTimeOfFluoroscopy": 754,
        "TotalNumberOfExposures": 2,
        "EntranceDoseInmGy": "12.5",
        "ExposureDoseSequence": [
            {"RadiationMode": "PULSED", "KVP": "80", "XRayTubeCurrentInuA": "5500.5", "ExposureTime": "120"},
            {"KVP": "81", "FilterMaterial": "COPPER"},
        ],
        "PerformedSeriesSequence": [series()],
    }
    stated.update(elements)
    return {keyword: value for keyword, value in stated.items() if value is not None}


def request(number: int = 1) -> Item:
    """Return one of the requests that a step answers."""
    return {
        "StudyInstanceUID": f"2.25.60{number}",
        "AccessionNumber": f"ACC-6{number}",
        "RequestedProcedureDescription": f"Swallowing {number}",
    }


def series(protocol: str = "Swallow", *, image_class: str | None = None) -> Item:
    """Return one series of a step, with an image of a class."""
    images = [{"ReferencedSOPClassUID": image_class, "ReferencedSOPInstanceUID": "2.25.6100"}] if image_class else []
    return {"ProtocolName": protocol, "PerformingPhysicianName": "Example^Performs", "ReferencedImageSequence": images}


def step_file(elements: Item, *, sop_class_uid: str = MPPS_CLASS, sop_instance_uid: str = "2.25.6001") -> bytes:
    """Return the data set as a file: class and instance stand in its meta information only, as in the message."""
    named = {"SOPClassUID": sop_class_uid, "SOPInstanceUID": sop_instance_uid}
    return meta(named, IMPLICIT_LITTLE) + encode(elements, explicit=False)
