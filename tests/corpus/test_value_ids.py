"""Every number of the exams that the corpus makes is the number that its id names, and stands somewhere."""

import warnings
from collections import defaultdict
from functools import cache
from math import fsum, isclose
from uuid import UUID, uuid4

import pytest

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.field_values import number_at
from dose_core.ledger.reconcile import NothingToReconcileError
from dose_core.ledger.totals import Basis
from dose_core.ledger.value_id import parse_value_id
from dose_core.model import DoseReport
from dose_core.readers.errors import NotDoseError, UnreadableError
from dose_core.readers.registry import read_dose
from dose_services.total_parts import events_of_total
from dose_services.value_ids import number_of, placed_events, value_ids
from tests.support.corpus import needs_corpus, no_hl7

REVISION = UUID("00000000-0000-4000-8000-00000000000e")

Made = list[tuple[Exam, dict[str, DoseReport]]]


@cache
def exams() -> Made:
    """Return the exams with their statements by key."""
    studies: dict[str, dict[str, DoseReport]] = defaultdict(dict)
    for file in no_hl7():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                report = read_dose(file.read_bytes())
            except (NotDoseError, UnreadableError):
                continue
        studies[report.study_instance_uid or file.name][str(uuid4())] = report
    made: Made = []
    for study, reports in studies.items():
        statements = [Statement(key=key, report=report) for key, report in reports.items()]
        try:
            made.append((exam_of(study, statements, default_issuer="CORPUS"), reports))
        except NothingToReconcileError:
            continue
    return made


@needs_corpus
@pytest.mark.real_dicom
def test_each_number_of_an_event_is_the_one_that_its_id_names() -> None:
    wrong, count = [], 0
    for exam, reports in exams():
        for placed in placed_events(exam):
            for field, value_id in value_ids(placed, REVISION).items():
                wanted = parse_value_id(value_id)
                holder = exam if wanted.holder == REVISION else reports[str(wanted.holder)]
                count += 1
                if number_at(holder, wanted.field) != number_of(placed, field):
                    wrong.append((exam.study_instance_uid, value_id))

    assert wrong == []
    assert count > 3000


@needs_corpus
@pytest.mark.real_dicom
def test_each_total_stands_in_an_object_or_is_made_of_numbers_that_do() -> None:
    unexplained = []
    for exam, reports in exams():
        for total in exam.totals:
            if total.value is None:
                continue
            if total.statement is not None and total.field is not None:
                is_explained = number_at(reports[total.statement], total.field) == total.value
            elif total.addends:
                numbers = [number_at(reports[one.statement], one.field) for one in total.addends]
                is_explained = isclose(fsum(one for one in numbers if isinstance(one, float)), total.value)
            else:
                parts = events_of_total(exam, total.quantity, total.of, total.basis, total.value)
                is_explained = bool(parts) or (total.value == 0 and total.basis is Basis.SUM_OF_EVENTS)
            if not is_explained:
                unexplained.append((exam.study_instance_uid, total.quantity, total.of, total.basis, total.value))

    assert unexplained == []
