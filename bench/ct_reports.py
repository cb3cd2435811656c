"""
CT dose reports as long as scanners write them, each of another study; people, places and values are invented.

What stands in each acquisition, and how long it is, follows the reports that Siemens' scanners send: dose check
details, a comment with the inner parameters of the scan, and UIDs of fifty characters.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydicom.sr.codedict import codes

from tests.builders.ct_rdsr import (
    BODY,
    CHEST,
    HEAD,
    SPIRAL,
    accumulated,
    acquisition,
    ct_dose,
    ct_rdsr,
    dlp_total,
    event_count,
    parameters,
)
from tests.builders.dicom import part10
from tests.builders.sr import Concept, Item, code, container, date_time, num, text, uidref

ROOT = "1.2.826.0.1.3680043.8.498"  # pydicom's root for UIDs that mean nothing (PS3.5, 9)
_FIRST_DAY = datetime(2016, 1, 1, 7, 30)  # noqa: DTZ001 - scanners state local times
_DAYS = 3_650
_NO: Concept = ("373067005", "SCT", "No")
_YES: Concept = ("373066001", "SCT", "Yes")
_CONSTANT_ANGLE: Concept = ("113805", "DCM", "Constant Angle Acquisition")
_CONTEXT: Concept = ("399331006", "SCT", "CT without contrast")
_BRAIN: Concept = ("69536005", "SCT", "Head")
_ABDOMEN: Concept = ("818981001", "SCT", "Abdomen")
_PELVIS: Concept = ("12921003", "SCT", "Pelvis")
_BODY_SCANS = (("ThorRoutine", CHEST), ("AbdRoutine", _ABDOMEN), ("PelvisVenous", _PELVIS))
_HEAD_SCANS = (("HeadSeq", _BRAIN), ("HeadAngio", _BRAIN))
_SHARE_OF_HEADS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class CtReport:
    """One dose report, ready to be handed in."""

    sop_instance_uid: str
    study_instance_uid: str
    patient_id: str
    dicom: bytes


def ct_report(number: int, *, events: int = 4, exams_per_patient: int = 5, run: int = 0) -> CtReport:
    """Return the report of the study of this number; the same numbers and run give the same bytes."""
    chance = random.Random(f"{run} {number} {events}")  # noqa: S311 - invented values, no secret
    root = f"{ROOT}.{run}.{number}.{chance.randrange(10**12):012}"
    patient = number // exams_per_patient
    begun = _FIRST_DAY + timedelta(days=chance.randrange(_DAYS), minutes=chance.randrange(600))
    dicom = ct_report_bytes(
        root,
        begun,
        chance,
        events=events,
        scanner=chance.randrange(8),
        AccessionNumber=f"A{run}{number:09}",
        PatientName=f"Invented^Number {patient}",
        PatientID=f"INV{run}-{patient:08}",
        PatientBirthDate=f"{1930 + patient % 80}0{1 + patient % 9}1{patient % 10}",
        PatientSex="FM"[patient % 2],
    )
    return CtReport(
        sop_instance_uid=f"{root}.1",
        study_instance_uid=f"{root}.2",
        patient_id=f"INV{run}-{patient:08}",
        dicom=dicom,
    )


def ct_report_bytes(
    root: str,
    begun: datetime,
    chance: random.Random,
    *,
    events: int,
    scanner: int = 0,
    intent: Concept = codes.SCT.DiagnosticIntent,
    **header: object,
) -> bytes:
    """Return the file of a report whose UIDs stand below a root; header elements by keyword."""
    is_head = chance.random() < _SHARE_OF_HEADS
    scans = [_scan(chance, f"{root}.7.{n}", n, is_head=is_head) for n in range(events)]
    total = sum(dlp for _, dlp in scans)
    elements = {
        "SOPInstanceUID": f"{root}.1",
        "StudyInstanceUID": f"{root}.2",
        "SeriesInstanceUID": f"{root}.3",
        "StudyDate": f"{begun:%Y%m%d}",
        "StudyTime": f"{begun:%H%M%S}.641000",
        "ContentDate": f"{begun:%Y%m%d}",
        "ContentTime": f"{begun + timedelta(minutes=8):%H%M%S}.707000",
        "StudyDescription": "Thorax^ThoraxRoutine (Adult)",
        **_device(scanner),
        **header,
    }
    report = ct_rdsr(
        *_observer(elements),
        date_time(codes.DCM.StartOfXRayIrradiation, f"{begun:%Y%m%d%H%M%S}.083003"),
        date_time(codes.DCM.EndOfXRayIrradiation, f"{begun + timedelta(minutes=6):%Y%m%d%H%M%S}.822017"),
        accumulated(event_count(str(events)), dlp_total(f"{total:.2f}")),
        *(item for item, _ in scans),
        code(codes.DCM.SourceOfDoseInformation, codes.DCM.AutomatedDataCollection),
        **elements,
    )
    procedure = report["ContentSequence"][0]
    procedure["ContentSequence"] = [code(codes.SCT.HasIntent, intent, relationship="HAS CONCEPT MOD")]
    return part10(report)


def _device(scanner: int) -> dict[str, object]:
    return {
        "Manufacturer": "INVENTED SYSTEMS",
        "ManufacturerModelName": f"SCANNER Definition {scanner // 4}",
        "StationName": f"CTAWP{scanner:05}",
        "DeviceSerialNumber": f"9898{scanner:02}",
        "SoftwareVersions": "invented CT VA62A",
        "InstitutionName": "Invented Hospital",
        "PatientSize": None,
        "PatientWeight": None,
    }


def _observer(elements: dict[str, object]) -> list[Item]:
    context = "HAS OBS CONTEXT"
    serial, station = str(elements["DeviceSerialNumber"]), str(elements["StationName"])
    return [
        code(codes.DCM.ObserverType, ("121007", "DCM", "Device"), relationship=context),
        uidref(codes.DCM.DeviceObserverUID, f"{ROOT}.99.{serial}", relationship=context),
        text(codes.DCM.DeviceObserverName, station, relationship=context),
        text(codes.DCM.DeviceObserverManufacturer, str(elements["Manufacturer"]), relationship=context),
        text(codes.DCM.DeviceObserverModelName, str(elements["ManufacturerModelName"]), relationship=context),
        text(codes.DCM.DeviceObserverSerialNumber, serial, relationship=context),
    ]


def _scan(chance: random.Random, uid: str, number: int, *, is_head: bool) -> tuple[Item, float]:
    """Return one acquisition and its DLP in mGy·cm; the first of a study is the localiser."""
    protocol, region = chance.choice(_HEAD_SCANS if is_head else _BODY_SCANS)
    protocol = "Topogram" if number == 0 else protocol
    ctdi_mgy = 0.15 if number == 0 else round(chance.uniform(2, 20), 2)
    length_mm = chance.randrange(150, 700)
    dlp = round(ctdi_mgy * length_mm / 10, 2)
    ma = chance.randrange(20, 400)
    item = acquisition(
        text(codes.DCM.AcquisitionProtocol, protocol),
        code(codes.DCM.TargetRegion, region),
        code(codes.SCT.ProcedureContext, _CONTEXT),
        parameters(
            num(codes.DCM.ExposureTime, f"{length_mm / 46:.2f}", "s"),
            num(codes.DCM.ScanningLength, str(length_mm), "mm"),
            num(codes.DCM.ExposedRange, str(length_mm - 12), "mm"),
            num(codes.DCM.NominalSingleCollimationWidth, "0.6", "mm"),
            num(codes.DCM.NominalTotalCollimationWidth, "38.4", "mm"),
            *([] if number == 0 else [num(codes.DCM.PitchFactor, f"{chance.uniform(0.5, 1.5):.2f}", "{ratio}")]),
            num(codes.DCM.NumberOfXRaySources, "1", "{X-Ray sources}"),
            container(
                codes.DCM.CTXRaySourceParameters,
                text(codes.DCM.IdentificationOfTheXRaySource, "A"),
                num(codes.DCM.KVP, chance.choice(("100", "120")), "kV"),
                num(codes.DCM.MaximumXRayTubeCurrent, str(ma + chance.randrange(60)), "mA"),
                num(codes.DCM.XRayTubeCurrent, str(ma), "mA"),
                num(codes.DCM.ExposureTimePerRotation, "0.5", "s"),
            ),
        ),
        ct_dose(
            num(codes.DCM.MeanCtdivol, f"{ctdi_mgy}", "mGy"),
            code(codes.DCM.CtdiwPhantomType, HEAD if is_head else BODY),
            num(codes.DCM.DLP, f"{dlp:.2f}", "mGy.cm"),
            *_dose_check(),
        ),
        text(codes.DCM.XRayModulationType, "NONE" if number == 0 else "XYZ_EC"),
        text(
            codes.DCM.Comment,
            f"Internal technical scan parameters: Organ Characteristic = {protocol}, Body Size = Adult, "
            "Body Region = Body, X-ray Modulation Type = XYZ_EC, Sn Filter (Tube A) = no",
        ),
        uid=uid,
        kind=_CONSTANT_ANGLE if number == 0 else SPIRAL,
    )
    return item, dlp


def _dose_check() -> list[Item]:
    return [
        container(
            codes.DCM.DoseCheckAlertDetails,
            code(codes.DCM.DLPAlertValueConfigured, _NO),
            code(codes.DCM.CtdivolAlertValueConfigured, _YES),
            num(codes.DCM.CtdivolAlertValue, "1000", "mGy"),
        ),
        container(
            codes.DCM.DoseCheckNotificationDetails,
            code(codes.DCM.DLPNotificationValueConfigured, _NO),
            code(codes.DCM.CtdivolNotificationValueConfigured, _NO),
        ),
    ]
