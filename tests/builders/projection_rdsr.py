"""Projection dose reports (PS3.16, TID 10001 to 10004, 10007), for tests. All people and places are invented."""

from pydicom.sr.codedict import codes

from tests.builders.ct_rdsr import HEADER, TITLE
from tests.builders.dicom import part10
from tests.builders.sr import Concept, Item, code, coded, container, date_time, num, text, uidref

PROJECTION: Concept = ("113704", "DCM", "Projection X-Ray")
FLUOROSCOPY: Concept = ("44491008", "SCT", "Fluoroscopy")
STATIONARY = codes.DCM.StationaryAcquisition
ROTATIONAL = codes.DCM.RotationalAcquisition
SINGLE, PLANE_A, PLANE_B = codes.DCM.SinglePlane, codes.DCM.PlaneA, codes.DCM.PlaneB
COPPER: Concept = ("66925006", "SCT", "Copper")
RECUMBENT: Concept = ("102538003", "SCT", "recumbent")
SUPINE: Concept = ("40199007", "SCT", "supine")
HEADFIRST: Concept = ("102540008", "SCT", "headfirst")

_CARM: Item = {"Manufacturer": "ACME", "ManufacturerModelName": "XA1", "StationName": "XAROOM1"}


def projection_rdsr_bytes(*content: Item, procedure: Concept | None = PROJECTION, **header: object) -> bytes:
    """Return the file of a report with the content items given; a header value of None leaves it out."""
    named = [code(codes.DCM.ProcedureReported, procedure, relationship="HAS CONCEPT MOD")] if procedure else []
    elements = {
        **HEADER,
        **_CARM,
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": [coded(TITLE)],
        "ContinuityOfContent": "SEPARATE",
        "ContentSequence": [*named, *content],
        **header,
    }
    return part10({keyword: value for keyword, value in elements.items() if value is not None})


def observer(uid: str = "2.25.7001", *, manufacturer: str = "ACME", model: str = "XA1") -> list[Item]:
    """Return a device observer (TID 1002, 1004) without a role."""
    return [
        code(codes.DCM.ObserverType, ("121007", "DCM", "Device"), relationship="HAS OBS CONTEXT"),
        uidref(codes.DCM.DeviceObserverUID, uid, relationship="HAS OBS CONTEXT"),
        text(codes.DCM.DeviceObserverManufacturer, manufacturer, relationship="HAS OBS CONTEXT"),
        text(codes.DCM.DeviceObserverModelName, model, relationship="HAS OBS CONTEXT"),
    ]


def accumulated(*content: Item, plane: Concept | None = SINGLE) -> Item:
    """Return Accumulated X-Ray Dose Data (TID 10002) of a plane."""
    return container(codes.DCM.AccumulatedXRayDoseData, *_plane(plane), *content)


def totals(dap_gy_m2: str = "0.0002", ka_r_gy: str = "0.01", *, plane: Concept | None = SINGLE) -> Item:
    """Return the accumulated dose of a plane with the totals of dose-area product and air kerma."""
    return accumulated(
        num(codes.DCM.DoseAreaProductTotal, dap_gy_m2, "Gy.m2"),
        num(codes.DCM.DoseRPTotal, ka_r_gy, "Gy"),
        plane=plane,
    )


def event(
    *content: Item,
    uid: str | None = "2.25.3001",
    kind: Concept | None = FLUOROSCOPY,
    plane: Concept | None = SINGLE,
    start: str | None = "20260301101600",
) -> Item:
    """Return Irradiation Event X-Ray Data (TID 10003) with the content given."""
    return container(
        codes.DCM.IrradiationEventXRayData,
        *_plane(plane),
        *([date_time(codes.DCM.DatetimeStarted, start, relationship="CONTAINS")] if start else []),
        *([code(codes.DCM.IrradiationEventType, kind)] if kind else []),
        *([uidref(codes.DCM.IrradiationEventUID, uid)] if uid else []),
        *content,
    )


def dose(dap_gy_m2: str = "0.0002", ka_r_gy: str = "0.01") -> list[Item]:
    """Return dose-area product and air kerma of an event."""
    return [num(codes.DCM.DoseAreaProduct, dap_gy_m2, "Gy.m2"), num(codes.DCM.DoseRP, ka_r_gy, "Gy")]


def copper_filter(minimum_mm: str | None = "0.1", maximum_mm: str | None = "0.1") -> Item:
    """Return X-Ray Filters of copper."""
    limits = ((codes.DCM.XRayFilterThicknessMinimum, minimum_mm), (codes.DCM.XRayFilterThicknessMaximum, maximum_mm))
    return container(
        codes.DCM.XRayFilters,
        code(codes.DCM.XRayFilterType, codes.DCM.StripFilter),
        code(codes.DCM.XRayFilterMaterial, COPPER),
        *(num(concept, value, "mm") for concept, value in limits if value is not None),
    )


def whole_fluoroscopy(uid: str = "2.25.3001") -> Item:
    """Return a fluoroscopy event in which nothing is missing."""
    return event(
        text(codes.DCM.AcquisitionProtocol, "FL - low"),
        code(codes.DCM.TargetRegion, ("51185008", "SCT", "Chest")),
        code(codes.DCM.ReferencePointDefinition, ("113860", "DCM", "15cm from Isocenter toward Source")),
        *dose(),
        num(codes.DCM.PositionerPrimaryAngle, "-30", "deg"),
        num(codes.DCM.PositionerSecondaryAngle, "15", "deg"),
        copper_filter(),
        code(codes.DCM.FluoroMode, codes.DCM.Pulsed),
        num(codes.DCM.PulseRate, "7.5", "{pulse}/s"),
        num(codes.DCM.NumberOfPulses, "75", "1"),
        num(codes.DCM.KVP, "77", "kV"),
        num(codes.DCM.XRayTubeCurrent, "95", "mA"),
        num(codes.DCM.ExposureTime, "300", "ms"),
        num(codes.DCM.PulseWidth, "4", "ms"),
        num(codes.DCM.Exposure, "28500", "uA.s"),
        num(codes.DCM.FocalSpotSize, "0.6", "mm"),
        num(codes.DCM.IrradiationDuration, "10", "s"),
        num(codes.DCM.DistanceSourceToDetector, "1100", "mm"),
        num(codes.DCM.DistanceSourceToIsocenter, "785", "mm"),
        num(codes.DCM.TableLongitudinalPosition, "-20", "mm"),
        num(codes.DCM.TableLateralPosition, "500", "mm"),
        num(codes.DCM.TableHeightPosition, "150", "mm"),
        num(codes.DCM.CollimatedFieldArea, "0.05", "m2"),
        code(codes.DCM.XRayGrid, codes.DCM.FocusedGrid),
        *lying(),
        uid=uid,
    )


def lying(modifier: Concept = SUPINE, first: Concept = HEADFIRST) -> list[Item]:
    """Return how the patient lay, in the three items that make a Patient Position."""
    return [
        code(codes.DCM.PatientTableRelationship, first),
        code(
            codes.DCM.PatientOrientation,
            RECUMBENT,
            code(codes.DCM.PatientOrientationModifier, modifier, relationship="HAS CONCEPT MOD"),
        ),
    ]


def fluoroscopy_report_bytes(**header: object) -> bytes:
    """Return the file of a whole and consistent report with one event; header elements by keyword."""
    return projection_rdsr_bytes(*observer(), totals(), whole_fluoroscopy(), procedure=PROJECTION, **header)


def philips(value: str, meaning: str) -> Concept:
    """Return a concept of the scheme of Philips angiography."""
    return value, "99PHI-IXR-XPER", meaning


def _plane(plane: Concept | None) -> list[Item]:
    return [code(codes.DCM.AcquisitionPlane, plane, relationship="HAS CONCEPT MOD")] if plane else []
