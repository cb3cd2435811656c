"""
Patient Radiation Dose reports (PS3.16, TID 10030 to 10034), for tests. All people and places are invented.

No report of a real device was at hand; the rows of TID 10031 follow the codes of PS3.16 and the form of TID 10023.
"""

from tests.builders.ct_rdsr import HEADER
from tests.builders.dicom import part10
from tests.builders.sr import Concept, Item, code, coded, container, num, text, uidref

PATIENT_RDSR_CLASS = "1.2.840.10008.5.1.4.1.1.88.73"
TITLE: Concept = ("128401", "DCM", "Patient Radiation Dose Report")
FINDING_SITE: Concept = ("363698007", "SCT", "Finding Site")
LATERALITY: Concept = ("272741003", "SCT", "Laterality")
SKIN: Concept = ("39937001", "SCT", "Skin")
LUNG: Concept = ("39607008", "SCT", "Lung")
LIVER: Concept = ("10200004", "SCT", "Liver")
LEFT: Concept = ("7771000", "SCT", "Left")
MAXIMUM_ABSORBED: Concept = ("128531", "DCM", "Maximum Absorbed Radiation Dose")
MEAN_ABSORBED: Concept = ("128533", "DCM", "Mean Absorbed Radiation Dose")
MEAN_EQUIVALENT: Concept = ("128537", "DCM", "Mean Equivalent Radiation Dose")
EFFECTIVE: Concept = ("113839", "DCM", "Effective Dose")


def patient_rdsr_bytes(*content: Item, **header: object) -> bytes:
    """Return the file of a report with the content given."""
    elements = {
        **HEADER,
        "SOPClassUID": PATIENT_RDSR_CLASS,
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": [coded(TITLE)],
        "ContinuityOfContent": "SEPARATE",
        "ContentSequence": list(content),
        **header,
    }
    return part10(elements)


def estimate(*content: Item) -> Item:
    """Return Radiation Dose Estimate (TID 10031)."""
    return container(
        ("128402", "DCM", "Radiation Dose Estimate"),
        text(("128403", "DCM", "Radiation Dose Estimate Name"), "After the procedure"),
        *content,
    )


def dose(concept: Concept, value: str | None, unit: str, *below: Item) -> Item:
    """Return a dose with what stands below it."""
    return num(concept, value, unit, *below)


def organ(site: Concept, *below: Item) -> Item:
    """Return the organ, with its side or its doses below it."""
    return code(FINDING_SITE, site, *below)


def side(value: Concept) -> Item:
    """Return the laterality of an organ."""
    return code(LATERALITY, value)


def methodology(*events_used: str, parameters: tuple[Item, ...] = ()) -> Item:
    """Return Radiation Dose Estimate Methodology (TID 10033): a voxel model, Monte Carlo."""
    used = [uidref(("128429", "DCM", "Event UID Used"), uid) for uid in events_used]
    return container(
        ("128415", "DCM", "Radiation Dose Estimate Methodology"),
        container(("128416", "DCM", "SR Instance Used"), *used),
        container(
            ("128500", "DCM", "Patient Radiation Dose Model"),
            code(("128417", "DCM", "Patient Model Type"), ("128404", "DCM", "Anthropomorphic Model")),
            code(
                ("128420", "DCM", "Radiation Transport Model Type"),
                ("128422", "DCM", "Voxelized Radiation Transport Model"),
            ),
            text(("128426", "DCM", "Patient Radiation Dose Model Reference"), "ICRP 110"),
        ),
        container(
            ("128476", "DCM", "Radiation Dose Estimate Method"),
            code(("128477", "DCM", "Radiation Dose Estimate Method Type"), ("D009010", "MSH", "Monte Carlo Method")),
        ),
        *parameters,
    )
