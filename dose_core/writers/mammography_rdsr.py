"""
Write an X-Ray Radiation Dose SR of mammography, whatever the exam was known from.

Source: PS3.16, TID 10001 with 10002, 10003, 10003A to 10003C and 10005.
"""

from dataclasses import replace
from typing import Any

from pydicom.dataset import Dataset

from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import Plane
from dose_core.writers import concepts as c
from dose_core.writers import xray_report as xray
from dose_core.writers.document import Issue, document
from dose_core.writers.errors import NotWritableError
from dose_core.writers.mammography_values import exposure_values
from dose_core.writers.measured import unit_of
from dose_core.writers.projection_values import plane_code
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.templates.conditions import MAMMOGRAPHY, Facts
from dose_core.writers.templates.fill import Given, Measured, With
from dose_core.writers.templates.values import words

KIND = "mammography rdsr"

_OURS = frozenset({Quantity.AGD, Quantity.ENTRANCE_DOSE})
_BREASTS = ("L", "R")
_BOTH = "B"


def write_mammography_rdsr(exam: Exam, source: SourceStudy, issue: Issue) -> Dataset:
    """
    Return a valid dose SR of what an exam holds of mammography. The same arguments give the same dataset.

    A glandular dose that names no breast, and a mean of both where each has its own, is told in the comment.

    Args:
        exam: the exam; of one with several kinds of irradiation the mammography part is written.
        source: the study's own header values, which the report repeats.
        issue: which report this is; ``uids_of(KIND, exam id, revision)`` gives its UIDs.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    ours = _OURS - (frozenset({Quantity.ENTRANCE_DOSE}) if exam.projection else frozenset())
    totals = [total for total in exam.totals if total.quantity in ours]
    exam, unlisted = _listed(exam, totals)
    missing = tuple(dict.fromkeys(xray.problems(exam, exam.mammography, totals, source)))
    if missing:
        raise NotWritableError(exam.study_instance_uid, missing)
    tree = _tree(exam, totals, source, issue, unlisted=unlisted)
    return document(tree, source, issue, tid="10001", series_description=xray.SERIES_DESCRIPTION)


def _listed(exam: Exam, totals: list[Total]) -> tuple[Exam, int]:
    """Return the exam with the events that can be listed, and how many cannot."""
    listed = xray.listed(exam.mammography, totals)
    return replace(exam, mammography=listed), len(exam.mammography) - len(listed)


def _tree(exam: Exam, totals: list[Total], source: SourceStudy, issue: Issue, *, unlisted: int) -> Dataset:
    device = xray.device_of(exam, exam.mammography, source)
    events = [exposure_values(one, device) for one in exam.mammography]
    answers, not_available = xray.available(events)
    told = xray.told(totals)
    sources = xray.source_codes(exam.mammography, [total for total in totals if total.value is not None])
    facts = Facts(procedure=MAMMOGRAPHY, sources=frozenset(code.value for code in sources), not_available=not_available)
    breasts = _breasts(told)
    left_out = [xray.left_over(total) for key, total in told.values.items() if key not in breasts]
    stated_by = {one.source for one in exam.mammography} | {total.source for total in totals if total.source}
    return xray.report_tree(
        exam,
        procedure=c.MAMMOGRAPHY,
        recorder=issue.recorder,
        accumulated=[_accumulated([told.values[key] for key in breasts], device)],
        events=events,
        sources=sources,
        comment=xray.comment_of(stated_by, (*told.left_out, *left_out), unlisted=unlisted),
        facts=facts,
        answers=answers,
    )


def _breasts(told: xray.Told) -> list[tuple[Quantity, str | None]]:
    """Return which glandular doses the report states: of each breast, else the mean of both (TID 10005, 1-2)."""
    each: list[tuple[Quantity, str | None]] = [(Quantity.AGD, side) for side in _BREASTS]
    stated = [key for key in each if key in told.values]
    both: tuple[Quantity, str | None] = (Quantity.AGD, _BOTH)
    return stated or ([both] if both in told.values else [])


def _accumulated(totals: list[Total], device: Dataset) -> Given:
    doses = [
        With(
            value=Measured(value=total.value, unit=unit_of(total.quantity.value)),
            below={"Laterality": words("6022")[(total.of or _BOTH).partition("@")[0]]},
        )
        for total in totals
    ]
    given: dict[str, Any] = {
        "Acquisition Plane": plane_code(Plane.SINGLE),
        "Device Role in Procedure": device,
    }
    return given | ({"Accumulated Average Glandular Dose": doses} if doses else {})
