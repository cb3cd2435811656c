"""
What must be known before a CT dose SR can be written.

A value that PS3.16 makes mandatory and allows to be unknown is written as unknown; what would make the
report worthless or wrong without it is asked for here, and named if it is missing.
"""

from collections.abc import Iterator

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import CtExam, ExamEvent
from dose_core.model import AcquisitionType
from dose_core.writers.concepts import PHANTOMS
from dose_core.writers.errors import NotWritableError
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.valid import is_dose, is_uid, source_problems


def require(exam: CtExam, source: SourceStudy) -> None:
    """
    Check that a valid CT dose SR can be written.

    Raises:
        NotWritableError: names everything that is missing.
    """
    missing = tuple(dict.fromkeys((*_of_exam(exam), *source_problems(exam.study_instance_uid, source))))
    if missing:
        raise NotWritableError(exam.study_instance_uid, missing)


def is_dosed(event: ExamEvent) -> bool:
    """Test if an event must have a CT Dose container: all but localizers (PS3.16, TID 10013)."""
    return event.event.acquisition_type is not AcquisitionType.CONSTANT_ANGLE


def _of_exam(exam: CtExam) -> Iterator[str]:
    dosed = [event for event in exam.events if is_dosed(event)]
    if not dosed:
        yield "an irradiation event with a dose"
    if exam.dlp_mgy_cm is None or exam.events_without_dlp:
        yield "a DLP for each irradiation event"
    for event in exam.events:
        if not is_uid(event.event_uid):
            yield "a valid Irradiation Event UID (0008,3010)"
    for event in dosed:
        if event.event.started_at is None:
            yield "the irradiation time of each event: Acquisition Date and Time (0008,0022), (0008,0032)"
        if not is_dose(event.event.ctdi_vol_mgy):
            yield "CTDIvol (0018,9345)"
        if event.event.phantom_diameter_mm not in PHANTOMS:
            yield "CTDI Phantom Type Code Sequence (0018,9346)"
        estimate = event.dlp_estimate
        if not isinstance(estimate, Estimate) or not is_dose(estimate.value):
            yield "a DLP for each irradiation event"
