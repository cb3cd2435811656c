"""
The report about an exam, by the profile radiation-summary-report.

Source: Radiation Dose Summary 1.0.0, RadiationSummaryReport; HL7 FHIR R4, Composition.
"""

from collections.abc import Sequence
from datetime import datetime

from dose_core.fhir.elements import Made, concept, instant, made, present, reference
from dose_core.fhir.terms import DOSE_SUMMARY, INDICATIONS, PREGNANCY_STATUS, REPORT_PROFILE, Json, Term
from dose_core.own import OUR_MANUFACTURER

TITLE = "Radiation exposure and protection information"
NO_SUMMARY = "nothing of this exam can be summarised"
_AUTHOR = "author"  # id within the resource that contains it


def report(
    exam_id: str,
    patient_id: str,
    *,
    at: datetime,
    is_amended: bool,
    summaries: Sequence[Made],
    pregnancies: Sequence[Made],
    indications: Sequence[Made],
) -> Made:
    """Return the report of an exam, written ``at`` by DoseLedger, with references to what it holds."""
    short = tuple(dict.fromkeys(reason for one in summaries for reason in one.shortcomings))
    sections = [
        _section(DOSE_SUMMARY, summaries),
        *([_section(PREGNANCY_STATUS, pregnancies)] if pregnancies else []),
        *([_section(INDICATIONS, indications)] if indications else []),
    ]
    return made(
        present(
            resourceType="Composition",
            id=exam_id,
            contained=[
                {
                    "resourceType": "Device",
                    "id": _AUTHOR,
                    "deviceName": [{"name": OUR_MANUFACTURER, "type": "model-name"}],
                }
            ],
            status="amended" if is_amended else "final",
            type=concept(DOSE_SUMMARY),
            subject=reference("Patient", patient_id),
            date=instant(at),
            author=[{"reference": f"#{_AUTHOR}", "type": "Device"}],
            title=TITLE,
            section=sections,
        ),
        REPORT_PROFILE,
        short or (() if summaries else (NO_SUMMARY,)),
    )


def _section(term: Term, entries: Sequence[Made]) -> Json:
    return present(
        title=term.display,
        code=concept(term),
        entry=[reference("Observation", one.resource["id"]) for one in entries],
    )
