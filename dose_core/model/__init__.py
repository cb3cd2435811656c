"""
What a dose object states, as frozen values.

The unit is part of each name; ``None`` means that the object does not state the value, never zero.
Lists keep the order of the object. The shapes follow the contract of ``doseledger read``.
"""

from dose_core.model.common import (
    Code,
    DeviceStated,
    DoseReport,
    ImageStated,
    Kind,
    OtherId,
    PatientStated,
    PregnancyStatus,
    ReadWarning,
    StatedEstimate,
    StatedValue,
)
from dose_core.model.ct import (
    AcquisitionType,
    BodyThickness,
    CtEvent,
    CtReport,
    CtSlice,
    CtTotals,
    DlpSubTotal,
    DoseCheck,
    XRaySource,
)
from dose_core.model.mammography import MammographyEvent, MammographyReport, MammographyTotals
from dose_core.model.nuclear import Administration, NuclearReport, OrganDose
from dose_core.model.projection import (
    EventType,
    Filter,
    Plane,
    PlaneTotals,
    ProjectionEvent,
    ProjectionReport,
    ProjectionTotals,
    Shutters,
)
from dose_core.model.rejection import RejectionNote

__all__ = [
    "AcquisitionType",
    "Administration",
    "BodyThickness",
    "Code",
    "CtEvent",
    "CtReport",
    "CtSlice",
    "CtTotals",
    "DeviceStated",
    "DlpSubTotal",
    "DoseCheck",
    "DoseReport",
    "EventType",
    "Filter",
    "ImageStated",
    "Kind",
    "MammographyEvent",
    "MammographyReport",
    "MammographyTotals",
    "NuclearReport",
    "OrganDose",
    "OtherId",
    "PatientStated",
    "Plane",
    "PlaneTotals",
    "PregnancyStatus",
    "ProjectionEvent",
    "ProjectionReport",
    "ProjectionTotals",
    "ReadWarning",
    "RejectionNote",
    "Shutters",
    "StatedEstimate",
    "StatedValue",
    "XRaySource",
]
