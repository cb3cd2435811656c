"""One invented patient with an examination of every kind, for tests of answers and pages."""

from dataclasses import dataclass
from typing import Any

from pydicom.sr.codedict import codes

from tests.builders import ct_rdsr, mammography, nuclear
from tests.builders.ct_study import ct_slices
from tests.builders.mpps import request, step, step_file
from tests.builders.projection_image import dx_bytes, image_bytes, xa_image
from tests.builders.projection_rdsr import (
    PLANE_A,
    PLANE_B,
    STATIONARY,
    copper_filter,
    dose,
    event,
    observer,
    projection_rdsr_bytes,
    totals,
)
from tests.builders.sr import Concept, Item, code, date_time, num, text

PATIENT = "P-8"
NAME = "Exempel^Hilda"
HEAD: Concept = ("69536005", "SCT", "Head")


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One examination: its objects by SOP Instance UID in the order in which they come."""

    uid: str
    day: str  # YYYYMMDD
    description: str
    objects: dict[str, bytes]


def long_history() -> list[Study]:
    """Return the examinations, oldest first."""
    return [
        _mammography("20190604"),
        _radiograph("20211112"),
        _run_without_dose("20220120"),
        _angiography("20220121"),
        _pet_ct("20240311"),
        _ct_of_images("20250516"),
        _ct_continued("20260301"),
    ]


def _header(day: str, description: str, **more: Any) -> Item:  # noqa: ANN401 - any DICOM value
    return {
        "StudyInstanceUID": f"2.25.81.{day}",
        "StudyDate": day,
        "StudyDescription": description,
        "AccessionNumber": f"H-{day}",
        "PatientName": NAME,
        "PatientID": PATIENT,
        "IssuerOfPatientID": None,
        "PatientBirthDate": "19530217",
        "PatientSex": "F",
        **more,
    }


def _study(day: str, description: str, **objects: Any) -> Study:  # noqa: ANN401 - makers, called with their header
    made = {}
    for number, make in enumerate(objects.values()):
        uid = f"2.25.81.{day}.{number}"
        made[uid] = make(**_header(day, description, SOPInstanceUID=uid, SeriesInstanceUID=f"{uid}.1"))
    return Study(uid=f"2.25.81.{day}", day=day, description=description, objects=made)


def _ct_continued(day: str) -> Study:
    """A report after the first scan, and one after the second that repeats it."""
    head = ct_rdsr.acquisition(
        text(codes.DCM.AcquisitionProtocol, "Head"),
        code(codes.DCM.TargetRegion, HEAD),
        ct_rdsr.parameters(num(codes.DCM.ScanningLength, "16", "cm"), ct_rdsr.source(kv="100")),
        ct_rdsr.dose("48.5", "776", ct_rdsr.HEAD),
        uid=f"2.25.82.{day}.2",
    )
    chest = ct_rdsr.chest_ct(f"2.25.82.{day}.1", ctdi_mgy="5", dlp_mgy_cm="150")
    localizer = ct_rdsr.acquisition(
        text(codes.DCM.AcquisitionProtocol, "Topogram"), uid=f"2.25.82.{day}.0", kind=codes.DCM.ConstantAngleAcquisition
    )

    def first(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        return ct_rdsr.ct_rdsr_bytes(
            *ct_rdsr.irradiated(), ct_rdsr.accumulated(ct_rdsr.dlp_total("150")), chest, **header
        )

    def second(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        both = ct_rdsr.accumulated(ct_rdsr.dlp_total("0.00926", "Gy.m"))
        return ct_rdsr.ct_rdsr_bytes(
            *ct_rdsr.irradiated(), both, localizer, chest, head, **{**header, "ContentTime": "104500"}
        )

    return _study(day, "CT head and chest", first=first, second=second)


def _ct_of_images(day: str) -> Study:
    header = _header(day, "CT abdomen", AcquisitionDate=day, IrradiationEventUID=f"2.25.82.{day}")
    slices = ct_slices(6, **header)
    return Study(
        uid=f"2.25.81.{day}",
        day=day,
        description="CT abdomen",
        objects={f"2.25.3100.{number}": one for number, one in enumerate(slices)},
    )


def _pet_ct(day: str) -> Study:
    def given(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        doses = (nuclear.organ_dose(nuclear.LIVER, "7.4"), nuclear.effective_dose("7.0"))
        return nuclear.rrdsr_bytes(nuclear.administration(*doses, start=f"{day}090000"), **header)

    def ct(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        return ct_rdsr.chest_ct_report_bytes(dlp_mgy_cm="212.5", event_uid=f"2.25.82.{day}", **header)

    def image(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        agent = nuclear.radiopharmaceutical(RadiopharmaceuticalStartDateTime=f"{day}090000")
        return nuclear.pet_image_bytes(agent, **{**header, "AcquisitionDate": day})

    return _study(day, "PET/CT whole body", given=given, ct=ct, image=image)


def _angiography(day: str) -> Study:
    """A biplane device; the second plane states a voltage for each pulse. Its step states another product."""
    plane_a = event(
        text(codes.DCM.AcquisitionProtocol, "Coronary left"),
        *dose("0.0012", "0.085"),
        num(codes.DCM.KVP, "77", "kV"),
        copper_filter(),
        num(codes.DCM.IrradiationDuration, "92", "s"),
        uid=f"2.25.82.{day}.1",
        plane=PLANE_A,
        start=f"{day}101600",
    )
    plane_b = event(
        text(codes.DCM.AcquisitionProtocol, "Coronary left"),
        *dose("0.0004", "0.031"),
        *(num(codes.DCM.KVP, value, "kV") for value in ("70", "74", "78")),
        num(codes.DCM.IrradiationDuration, "4.5", "s"),
        uid=f"2.25.82.{day}.2",
        kind=STATIONARY,
        plane=PLANE_B,
        start=f"{day}101900",
    )

    def report(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        planes = (totals("0.0012", "0.085", plane=PLANE_A), totals("0.0004", "0.031", plane=PLANE_B))
        return projection_rdsr_bytes(*observer(), *planes, plane_a, plane_b, **{**header, "ContentDate": day})

    def performed(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        named = {name: header[name] for name in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")}
        of_study = {**request(), "StudyInstanceUID": header["StudyInstanceUID"], "AccessionNumber": f"H-{day}"}
        stated = step(
            **named,
            Modality="XA",
            ScheduledStepAttributesSequence=[of_study],
            ImageAndFluoroscopyAreaDoseProduct="171",
            PerformedProcedureStepStartDate=day,
            PerformedProcedureStepEndDate=day,
        )
        return step_file(stated, sop_instance_uid=header["SOPInstanceUID"])

    return _study(day, "Coronary angiography", report=report, performed=performed)


def _radiograph(day: str) -> Study:
    def chest(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        return dx_bytes(**{**header, "AcquisitionDate": day})

    return _study(day, "Chest X-ray", chest=chest)


def _run_without_dose(day: str) -> Study:
    def run(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        left_out = {"ImageAndFluoroscopyAreaDoseProduct": None, "EntranceDoseInmGy": None}
        return image_bytes(xa_image(**{**header, **left_out, "AcquisitionDate": day}))

    return _study(day, "Angiography, images alone", run=run)


def _mammography(day: str) -> Study:
    sides = ((mammography.LEFT, "1.30"), (mammography.RIGHT, "1.52"))
    exposures = [
        mammography.event(
            date_time(codes.DCM.DatetimeStarted, f"{day}10174{number}", relationship="CONTAINS"),
            text(codes.DCM.AcquisitionProtocol, "Routine"),
            mammography.anatomy(side),
            code(codes.DCM.ImageView, mammography.CC),
            mammography.agd(agd_mgy),
            num(codes.DCM.KVP, "28", "kV"),
            num(codes.DCM.Exposure, "90200", "uA.s"),
            num(codes.DCM.CompressionThickness, "4.3", "cm"),
            uid=f"2.25.82.{day}.{number}",
        )
        for number, (side, agd_mgy) in enumerate(sides, start=1)
    ]

    def report(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        accumulated = (mammography.agd_total(agd_mgy, side) for side, agd_mgy in sides)
        return mammography.mammography_rdsr_bytes(mammography.accumulated(*accumulated), *exposures, **header)

    def image(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
        return mammography.mammography_image_bytes(
            **{**header, "AcquisitionDate": day, "IrradiationEventUID": f"2.25.82.{day}.1"}
        )

    return _study(day, "Mammography", report=report, image=image)
