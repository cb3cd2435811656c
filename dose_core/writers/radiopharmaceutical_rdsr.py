"""
Write a Radiopharmaceutical Radiation Dose SR, whatever the administration was known from.

Source: PS3.3, A.35.14 (Radiopharmaceutical Radiation Dose SR IOD); PS3.16, TID 10021 with 10022 to 10024.
"""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import RadiopharmaceuticalRadiationDoseSRStorage

from dose_core.ledger.exam import Counted, Exam
from dose_core.ledger.radiopharmaceuticals import activity
from dose_core.model import Administration
from dose_core.units import CM, KG
from dose_core.writers import concepts as c
from dose_core.writers.document import Issue, document
from dose_core.writers.errors import NotWritableError
from dose_core.writers.radiopharmaceutical_values import administration_values
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.templates.conditions import Facts
from dose_core.writers.templates.fill import Given, Measured, With, filled
from dose_core.writers.templates.values import words
from dose_core.writers.valid import is_dose, is_finite, is_uid, source_problems
from dose_core.writers.xray_report import SERIES_DESCRIPTION, comment_of, intent_of

KIND = "radiopharmaceutical rdsr"

_CM_PER_M = 100.0


def write_radiopharmaceutical_rdsr(
    exam: Exam, source: SourceStudy, issue: Issue, *, event_uid: str | None = None
) -> Dataset:
    """
    Return a valid dose SR of one administration of an exam. The same arguments give the same dataset.

    Such a report holds one administration (TID 10021, row 4); a study with several has several reports.

    Args:
        exam: the exam; of one with several kinds of irradiation the nuclear medicine part is written.
        source: the study's own header values, which the report repeats.
        issue: which report this is; ``uids_of(KIND, exam id, revision)`` gives its UIDs.
        event_uid: which administration, if the exam has several.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    chosen = [one for one in exam.nuclear if event_uid in {None, one.event_uid}]
    missing = tuple(dict.fromkeys([*_problems(chosen), *source_problems(exam.study_instance_uid, source)]))
    if missing:
        raise NotWritableError(exam.study_instance_uid, missing)
    (administration,) = chosen
    given: dict[str, Any] = {
        "Language of Content Item and Descendants": c.ENGLISH,
        # Which procedure was performed is kept of no exam in a code.
        "Associated Procedure": With(value=c.UNKNOWN, below={"Has Intent": intent_of(exam)}),
        "Radiopharmaceutical Administration": With(below=administration_values(administration)),
        "Comment": comment_of({administration.source}, (), unlisted=0),
        **_characteristics(source),
    }
    return document(
        filled("10021", given, Facts()),
        source,
        issue,
        tid="10021",
        series_description=SERIES_DESCRIPTION,
        sop_class=RadiopharmaceuticalRadiationDoseSRStorage,
    )


def _problems(chosen: list[Counted[Administration]]) -> Iterator[str]:
    if not chosen:
        yield "an administration of a radiopharmaceutical"
    if len(chosen) > 1:
        yield "one administration (a report is about one: PS3.16, TID 10021, row 4)"
    for one in chosen:
        if not is_uid(one.event_uid):
            yield "a valid Radiopharmaceutical Administration Event UID"
        if one.event.start is None:
            yield "Radiopharmaceutical Start DateTime"
        if not is_dose(activity(one.event)):
            yield "an administered activity"
        if not is_finite(one.event):
            yield "finite numbers in the administration"


def _characteristics(source: SourceStudy) -> Given:
    """Return what TID 10024 tells of the patient, as the header states it."""
    below: dict[str, Any] = {}
    sex = words("7455").get(source.patient_sex or "")
    height_m, weight_kg = _number(source.patient_size), _number(source.patient_weight)
    if sex:
        below["Subject Sex"] = sex
    if height_m:
        below["Patient Height"] = Measured(value=height_m * _CM_PER_M, unit=CM)
    if weight_kg:
        below["Patient Weight"] = Measured(value=weight_kg, unit=KG)
    return {"Patient Characteristics": With(below=below)} if below else {}


def _number(text: str | None) -> float | None:
    """Return a decimal string of a header (DS) as a number above zero, ``None`` if it is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) and value > 0 else None
