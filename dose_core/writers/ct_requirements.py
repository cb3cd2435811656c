"""
What must be known before a CT dose SR can be written.

A value that PS3.16 makes mandatory and allows to be unknown is written as unknown. A report that is computed from image
headers is a claim of ours: it is written only where it is whole, and what it lacks is named.
"""

from collections.abc import Iterator, Sequence

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import Exam, ExamEvent
from dose_core.writers.concepts import PHANTOMS
from dose_core.writers.ct_sums import dlp_totals, is_computed
from dose_core.writers.ct_times import times_of
from dose_core.writers.ct_values import dlp_of, has_dose
from dose_core.writers.errors import NotWritableError
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.valid import is_dose, is_finite, is_uid, source_problems


def require(exam: Exam, events: Sequence[ExamEvent], source: SourceStudy) -> None:
    """
    Check that a valid CT dose SR on these events of an exam can be written.

    Raises:
        NotWritableError: names everything that is missing.
    """
    missing = tuple(dict.fromkeys((*_of_exam(exam, events), *source_problems(exam.study_instance_uid, source))))
    if missing:
        raise NotWritableError(exam.study_instance_uid, missing)


def _of_exam(exam: Exam, events: Sequence[ExamEvent]) -> Iterator[str]:
    if not events:
        yield "an irradiation event, or a DLP of the whole study"
    if is_computed(exam, events):
        yield from _computed(exam, events)
    for event in events:
        yield from _of_event(event)
    if not all(is_dose(total.value) for total in dlp_totals(exam).values() if total.value is not None):
        yield "DLP totals of zero or more"
    if times_of(exam) is None:
        yield "the time of the irradiation"


def _of_event(event: ExamEvent) -> Iterator[str]:
    if not is_uid(event.event_uid):
        yield "a valid Irradiation Event UID (0008,3010)"
    if not is_finite(event.event):
        yield "finite numbers in each event"
    for name, value in (("CTDIvol (0018,9345)", event.event.ctdi_vol_mgy), ("DLP", dlp_of(event))):
        if value is not None and not is_dose(value):
            yield f"a {name} of zero or more"


def _computed(exam: Exam, events: Sequence[ExamEvent]) -> Iterator[str]:
    dosed = [event for event in events if has_dose(event)]
    if not dosed:
        yield "an irradiation event with a dose"
    if exam.ct is not None and exam.ct.events_without_dlp:
        yield "a DLP for each irradiation event"
    for event in dosed:
        if event.event.started_at is None:
            yield "the irradiation time of each event: Acquisition Date and Time (0008,0022), (0008,0032)"
        if event.event.ctdi_vol_mgy is None:
            yield "CTDIvol (0018,9345)"
        if event.event.phantom_diameter_mm not in PHANTOMS:
            yield "CTDI Phantom Type Code Sequence (0018,9346)"
        if not isinstance(event.dlp_estimate, Estimate):
            yield "a DLP for each irradiation event"
