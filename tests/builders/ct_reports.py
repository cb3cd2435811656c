"""Whole CT dose reports, each of a study and an event of its own. All people and places are invented."""

from tests.builders.ct_rdsr import chest_ct_report_bytes

PATIENT = "P-1"


def report(number: int, *, study: int | None = None, event: int | None = None, **header: object) -> bytes:
    """Return report ``number``; of the study and with the event of another number where that is given."""
    elements = {
        "StudyInstanceUID": study_uid(number if study is None else study),
        "SOPInstanceUID": f"2.25.8100.{number}",
        "PatientID": PATIENT,
        **header,
    }
    return chest_ct_report_bytes(event_uid=f"2.25.8200.{number if event is None else event}", **elements)


def study_uid(number: int) -> str:
    """Return the Study Instance UID of a report's study."""
    return f"2.25.8000.{number}"
