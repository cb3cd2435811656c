"""
Rejection notes (PS3.16, TID 2010; IHE RAD-66) as archives write them, for tests.

All people and places are invented.
"""

from typing import Any

from tests.builders.ct_rdsr import HEADER
from tests.builders.dicom import part10
from tests.builders.sr import Concept, Item, coded

KEY_OBJECT_CLASS = "1.2.840.10008.5.1.4.1.1.88.59"
QUALITY: Concept = ("113001", "DCM", "Rejected for Quality Reasons")
PATIENT_SAFETY: Concept = ("113037", "DCM", "Rejected for Patient Safety Reasons")
WRONG_WORKLIST_ENTRY: Concept = ("113038", "DCM", "Incorrect Modality Worklist Entry")
RETENTION: Concept = ("113039", "DCM", "Data Retention Policy Expired")
OF_INTEREST: Concept = ("113000", "DCM", "Of Interest")


def rejection_note_bytes(*sop_instance_uids: str, title: Concept = QUALITY, **header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
    """Return the file of a note that rejects these objects; with another title it is a selection of key images."""
    references = [_reference(uid) for uid in sop_instance_uids]
    study = header.get("StudyInstanceUID", HEADER["StudyInstanceUID"])
    series = {"SeriesInstanceUID": f"{study}.5", "ReferencedSOPSequence": references}
    return part10(
        {
            **HEADER,
            "SOPClassUID": KEY_OBJECT_CLASS,
            "SOPInstanceUID": f"{study}.59",
            "Modality": "KO",
            "Manufacturer": "Invented Archives",
            "ManufacturerModelName": "Vault",
            "ValueType": "CONTAINER",
            "ConceptNameCodeSequence": [coded(title)],
            "ContinuityOfContent": "SEPARATE",
            "CurrentRequestedProcedureEvidenceSequence": [
                {"StudyInstanceUID": study, "ReferencedSeriesSequence": [series]}
            ],
            "ContentSequence": [
                {"RelationshipType": "CONTAINS", "ValueType": "COMPOSITE", "ReferencedSOPSequence": [one]}
                for one in references
            ],
            **header,
        }
    )


def _reference(sop_instance_uid: str) -> Item:
    return {
        "ReferencedSOPClassUID": "1.2.840.10008.5.1.4.1.1.88.67",
        "ReferencedSOPInstanceUID": sop_instance_uid,
    }
