"""Whole CT dose reports, each of a study and an event of its own. All people and places are invented."""

from typing import Any

from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.sr import Concept

Header = dict[str, Any]  # elements by keyword, None to leave one out

PATIENT = "P-1"
QUALITY_CONTROL: Concept = ("113680", "DCM", "Quality Control Intent")


def report(
    number: int,
    *,
    study: int | None = None,
    event: int | None = None,
    ctdi_mgy: str = "5",
    **header: Any,  # noqa: ANN401 - elements by keyword
) -> bytes:
    """Return report ``number``; of the study and with the event of another number where that is given."""
    elements: Header = {
        "StudyInstanceUID": study_uid(number if study is None else study),
        "SOPInstanceUID": f"2.25.8100.{number}",
        "PatientID": PATIENT,
        **header,
    }
    event_uid = f"2.25.8200.{number if event is None else event}"
    return chest_ct_report_bytes(event_uid=event_uid, ctdi_mgy=ctdi_mgy, **elements)


def of(patient: str) -> Header:
    """Return the header elements of a patient whose identifier names no authority."""
    return {"PatientID": patient, "IssuerOfPatientID": None}


def study_uid(number: int) -> str:
    """Return the Study Instance UID of a report's study."""
    return f"2.25.8000.{number}"
