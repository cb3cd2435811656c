"""Tests of dose_core.ledger.rejections."""

from dataclasses import replace

from dose_core.classify import REJECTION_TITLES
from dose_core.ledger.admitted import is_source
from dose_core.ledger.exam import Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.rejections import MEANINGS, rejections
from dose_core.model import Code, CtReport, DoseReport, Kind, RejectionNote
from dose_core.readers.registry import read_dose
from tests.builders.every_kind import objects_of_every_kind

STUDY = "2.25.9900"

REPORT = Statement(key="1", report=CtReport(kind=Kind.CT_RDSR, sop_instance_uid="2.25.1"))
ESTIMATE = Statement(key="2", report=DoseReport(kind=Kind.PATIENT_RDSR, sop_instance_uid="2.25.2"))


def note(number: int, *rejected: str, code: str = "113001", our_own: bool = False) -> Statement[DoseReport]:
    """Return a note that rejects these objects."""
    reason = Code(value=code, scheme="DCM")
    report = RejectionNote(
        kind=Kind.REJECTION_NOTE,
        sop_instance_uid=f"2.25.9.{number}",
        reason=reason,
        rejected=rejected,
        our_own=our_own,
    )
    return Statement(key=f"9{number}", report=report)


def test_an_object_of_dose_is_told_with_its_reason() -> None:
    assert rejections([REPORT, note(1, "2.25.1")]) == {"2.25.1": ("113001",)}


def test_it_does_not_matter_what_came_first_nor_how_often_it_is_said() -> None:
    told = [REPORT, note(1, "2.25.1"), note(2, "2.25.1", code="113039"), note(3, "2.25.1")]

    assert rejections(told) == rejections(told[::-1]) == {"2.25.1": ("113001", "113039")}


def test_an_object_that_is_not_held_or_is_no_source_of_dose_is_not_told() -> None:
    assert rejections([REPORT, ESTIMATE, note(1, "2.25.2", "2.25.3")]) == {}


def test_what_we_took_back_ourselves_is_not_told() -> None:
    ours = Statement(key="3", report=replace(REPORT.report, our_own=True))

    assert rejections([REPORT, note(1, "2.25.1", our_own=True)]) == {}
    assert rejections([ours, note(1, "2.25.1")]) == {}


def test_an_exam_of_objects_of_every_kind_is_the_same_when_all_of_them_are_rejected() -> None:
    objects = objects_of_every_kind(STUDY)
    told = [Statement(key=kind.value, report=read_dose(dicom)) for kind, dicom in objects.items()]
    all_rejected = [note(number, *(one.report.sop_instance_uid for one in told)) for number in (1, 2)]

    before, after = exam_of(STUDY, told), exam_of(STUDY, [all_rejected[0], *told, all_rejected[1]])

    assert after == before
    assert before.totals
    assert len(rejections([*told, *all_rejected])) == sum(is_source(one) for one in told)


def test_every_title_that_rejects_has_its_meaning() -> None:
    assert set(MEANINGS) == REJECTION_TITLES
