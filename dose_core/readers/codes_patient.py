"""
The coded concepts of Patient Radiation Dose reports.

Source: PS3.16, TID 10030 and 10033, CID 10061 (Absorbed Radiation Dose Type), CID 10062 (Equivalent Radiation Dose
Type), CID 10070 (Radiation Dose Type), CID 10071 (Radiation Dose Unit: Gy, Sv).
"""

from dataclasses import dataclass

from dose_core.model import Code
from dose_core.readers.nuclear.codes import EFFECTIVE_DOSE, FINDING_SITE, ORGAN_DOSE
from dose_core.readers.sr.codes import SSDE, Concept, dcm, is_same, snomed
from dose_core.units import MGY, MSV

# TID 10031
ESTIMATE = dcm("128402", "Radiation Dose Estimate")

# TID 10033
METHODOLOGY = dcm("128415", "Radiation Dose Estimate Methodology")
SR_INSTANCE_USED = dcm("128416", "SR Instance Used")
EVENT_UID_USED = dcm("128429", "Event UID Used")
PATIENT_MODEL = dcm("128500", "Patient Radiation Dose Model")
PATIENT_MODEL_TYPE = dcm("128417", "Patient Model Type")
TRANSPORT_MODEL_TYPE = dcm("128420", "Radiation Transport Model Type")
PATIENT_MODEL_REFERENCE = dcm("128426", "Patient Radiation Dose Model Reference")
METHOD = dcm("128476", "Radiation Dose Estimate Method")
METHOD_TYPE = dcm("128477", "Radiation Dose Estimate Method Type")
METHOD_REFERENCE = dcm("128482", "Radiation Dose Estimate Method Reference")

# What goes into an estimate, TID 10033 and 10034: numbers below these are no result.
INPUTS = (
    METHODOLOGY,
    dcm("128434", "Radiation Dose Estimate Parameters"),
    dcm("128436", "Radiation Dose Composite Parameters"),
)

# What names the organ or region of a dose: that of TID 10023, and those of the dose reports.
ORGAN_NAMES = (
    FINDING_SITE,
    snomed("91723000", "T-D0005", "Anatomical structure"),
    dcm("123014", "Target Region"),
)
SKIN = Concept(  # the skin, and the entire skin (as Siemens codes it)
    "Skin", frozenset({("39937001", "SCT"), ("T-01000", "SRT"), ("181469002", "SCT"), ("T-00009", "SRT")})
)


@dataclass(frozen=True, slots=True)
class DoseRow:
    """A concept that a dose is stated under, with our unit of it and what it tells."""

    concept: Concept
    unit: str
    quantity: str | None = None  # None: an absorbed dose, named by its organ
    statistic: str | None = None


DOSES = (
    DoseRow(dcm("128513", "Absorbed Dose"), MGY),
    DoseRow(dcm("128531", "Maximum Absorbed Radiation Dose"), MGY, None, "maximum"),
    DoseRow(dcm("128532", "Minimum Absorbed Radiation Dose"), MGY, None, "minimum"),
    DoseRow(dcm("128533", "Mean Absorbed Radiation Dose"), MGY, None, "mean"),
    DoseRow(dcm("128534", "Mode Absorbed Radiation Dose"), MGY, None, "mode"),
    DoseRow(dcm("128539", "Median Absorbed Radiation Dose"), MGY, None, "median"),
    DoseRow(ORGAN_DOSE, MGY),
    DoseRow(dcm("128512", "Equivalent Dose"), MSV, "equivalent_dose"),
    DoseRow(dcm("128535", "Maximum Equivalent Radiation Dose"), MSV, "equivalent_dose", "maximum"),
    DoseRow(dcm("128536", "Minimum Equivalent Radiation Dose"), MSV, "equivalent_dose", "minimum"),
    DoseRow(dcm("128537", "Mean Equivalent Radiation Dose"), MSV, "equivalent_dose", "mean"),
    DoseRow(dcm("128538", "Mode Equivalent Radiation Dose"), MSV, "equivalent_dose", "mode"),
    DoseRow(dcm("128540", "Median Equivalent Radiation Dose"), MSV, "equivalent_dose", "median"),
    DoseRow(EFFECTIVE_DOSE, MSV, "effective_dose"),
    DoseRow(SSDE, MGY, "ssde"),
)


def dose_of(stated: Code | None) -> DoseRow | None:
    """Return the row of a stated concept, ``None`` if it is no dose."""
    return next((row for row in DOSES if is_same(stated, row.concept)), None)


def quantity_of(row: DoseRow, organ: Code | None) -> str:
    """Return what a dose is: an absorbed dose is one of the skin, of another organ, or only what its concept says."""
    if row.quantity is not None:
        return row.quantity
    if organ is None:
        return row.concept.meaning
    return "skin_dose" if is_same(organ, SKIN) else "organ_dose"
