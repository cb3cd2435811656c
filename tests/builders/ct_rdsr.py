"""CT dose reports (PS3.16, TID 10011 to 10014), for tests. All people and places are invented."""

from typing import Any

from pydicom.sr.codedict import codes

from tests.builders.dicom import part10
from tests.builders.sr import Concept, Item, code, coded, container, date_time, num, text, uidref

HEADER: Item = {
    "SpecificCharacterSet": "ISO_IR 192",
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.67",
    "SOPInstanceUID": "2.25.1001",
    "StudyInstanceUID": "2.25.1002",
    "SeriesInstanceUID": "2.25.1003",
    "Modality": "SR",
    "StudyDate": "20260301",
    "StudyTime": "101500",
    "ContentDate": "20260301",
    "ContentTime": "102000",
    "AccessionNumber": "ACC-1",
    "PatientName": "Muster^Mara",
    "PatientID": "P-1",
    "IssuerOfPatientID": "HILLTOP",
    "PatientBirthDate": "19700102",
    "PatientSex": "F",
    "PatientSize": "1.65",
    "PatientWeight": "62.5",
    "Manufacturer": "ACME",
    "ManufacturerModelName": "CT1",
    "StationName": "CTROOM1",
    "DeviceSerialNumber": "SN1",
    "SoftwareVersions": ["V1", "V2"],
    "InstitutionName": "Hilltop Hospital",
    "CompletionFlag": "COMPLETE",
}

TITLE: Concept = ("113701", "DCM", "X-Ray Radiation Dose Report")
CT: Concept = ("77477000", "SCT", "Computed Tomography X-Ray")
SPIRAL: Concept = ("116152004", "SCT", "Spiral Acquisition")
CHEST: Concept = ("51185008", "SCT", "Chest")
BODY = codes.DCM.IECBodyDosimetryPhantom
HEAD = codes.DCM.IECHeadDosimetryPhantom


def ct_rdsr(*content: Item, **header: object) -> Item:
    """
    Return a report with the content items given, after Procedure Reported; a header value of None leaves it out.

    ``intent`` among the header values is the intent of the procedure, a diagnostic one if it is not given.
    """
    intent: Any = header.pop("intent", codes.SCT.DiagnosticIntent)
    procedure = code(
        codes.DCM.ProcedureReported,
        CT,
        code(codes.SCT.HasIntent, intent, relationship="HAS CONCEPT MOD"),
        relationship="HAS CONCEPT MOD",
    )
    elements = {
        **HEADER,
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": [coded(TITLE)],
        "ContinuityOfContent": "SEPARATE",
        "ContentSequence": [procedure, *content],
        **header,
    }
    return {keyword: value for keyword, value in elements.items() if value is not None}


def ct_rdsr_bytes(*content: Item, **header: object) -> bytes:
    """Return the file of such a report."""
    return part10(ct_rdsr(*content, **header))


def irradiated(start: str = "20260301101600", end: str = "20260301101700") -> list[Item]:
    """Return start and end of the irradiation."""
    return [
        date_time(codes.DCM.StartOfXRayIrradiation, start),
        date_time(codes.DCM.EndOfXRayIrradiation, end),
    ]


def accumulated(*content: Item) -> Item:
    """Return CT Accumulated Dose Data (TID 10012)."""
    return container(codes.DCM.CTAccumulatedDoseData, *content)


def dlp_total(value: str, unit: str = "mGy.cm") -> Item:
    """Return the DLP total of a report."""
    return num(codes.DCM.CTDoseLengthProductTotal, value, unit)


def sub_total(value: str, phantom: Concept) -> Item:
    """Return the DLP of all events with one phantom (TID 10012, row 3a)."""
    return num(codes.DCM.CTDoseLengthProductSubTotal, value, "mGy.cm", code(codes.DCM.CtdiwPhantomType, phantom))


def event_count(value: str) -> Item:
    """Return the stated number of events."""
    return num(codes.DCM.TotalNumberOfIrradiationEvents, value, "{events}")


def acquisition(*content: Item, uid: str = "2.25.2001", kind: Concept | None = SPIRAL) -> Item:
    """Return CT Acquisition (TID 10013) with an event UID, a type and the content given."""
    stated_kind = [code(codes.DCM.CTAcquisitionType, kind)] if kind else []
    return container(codes.DCM.CTAcquisition, *stated_kind, uidref(codes.DCM.IrradiationEventUID, uid), *content)


def parameters(*content: Item) -> Item:
    """Return CT Acquisition Parameters."""
    return container(codes.DCM.CTAcquisitionParameters, *content)


def scan_of(length_mm: str, *more: Item) -> Item:
    """Return the parameters of a scan of this length."""
    return parameters(num(codes.DCM.ScanningLength, length_mm, "mm"), *more)


def source(kv: str = "120", ma_mean: str = "180", ma_max: str = "300", rotation_s: str | None = "0.5") -> Item:
    """Return CT X-Ray Source Parameters."""
    rotation = [num(codes.DCM.ExposureTimePerRotation, rotation_s, "s")] if rotation_s else []
    return container(
        codes.DCM.CTXRaySourceParameters,
        num(codes.DCM.KVP, kv, "kV"),
        num(codes.DCM.MaximumXRayTubeCurrent, ma_max, "mA"),
        num(codes.DCM.XRayTubeCurrent, ma_mean, "mA"),
        *rotation,
    )


def ct_dose(*content: Item) -> Item:
    """Return CT Dose."""
    return container(codes.DCM.CTDose, *content)


def body_phantom() -> Item:
    """Return the statement that a dose stands for the phantom of 32 cm."""
    return code(codes.DCM.CtdiwPhantomType, BODY)


def dose(ctdi_mgy: str = "5", dlp_mgy_cm: str = "150", phantom: Concept | None = BODY) -> Item:
    """Return CT Dose with its three mandatory values."""
    stated_phantom = [code(codes.DCM.CtdiwPhantomType, phantom)] if phantom else []
    return ct_dose(
        num(codes.DCM.MeanCtdivol, ctdi_mgy, "mGy"), *stated_phantom, num(codes.DCM.DLP, dlp_mgy_cm, "mGy.cm")
    )


def chest_ct(uid: str = "2.25.2001", *, ctdi_mgy: str = "5", dlp_mgy_cm: str = "150") -> Item:
    """Return a spiral acquisition of the chest in which nothing is missing."""
    return acquisition(
        text(codes.DCM.AcquisitionProtocol, "Thorax"),
        code(codes.DCM.TargetRegion, CHEST),
        parameters(
            num(codes.DCM.ExposureTime, "5.2", "s"),
            num(codes.DCM.ScanningLength, "300", "mm"),
            num(codes.DCM.NominalTotalCollimationWidth, "38.4", "mm"),
            num(codes.DCM.PitchFactor, "1.2", "{ratio}"),
            num(codes.DCM.NumberOfXRaySources, "1", "{X-Ray sources}"),
            source(),
        ),
        dose(ctdi_mgy, dlp_mgy_cm),
        uid=uid,
    )


def chest_ct_report_bytes(
    *, ctdi_mgy: str = "5", dlp_mgy_cm: str = "150", event_uid: str = "2.25.2001", **header: object
) -> bytes:
    """Return the file of a whole and consistent report with one event; header elements by keyword."""
    return ct_rdsr_bytes(
        *irradiated(),
        accumulated(event_count("1"), dlp_total(dlp_mgy_cm)),
        chest_ct(event_uid, ctdi_mgy=ctdi_mgy, dlp_mgy_cm=dlp_mgy_cm),
        **header,
    )
