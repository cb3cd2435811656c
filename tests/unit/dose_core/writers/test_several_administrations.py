"""Tests of the reports of an exam with several administrations: one for each, and together they say what it says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import strategies as st

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Quantity
from dose_core.model import NuclearReport
from dose_core.writers.document import uids_of
from dose_core.writers.kinds import KINDS, DoseSr, chosen_as, kind_named, kinds_of
from dose_core.writers.part10 import to_part10
from dose_core.writers.templates.check import broken_rows
from tests.builders.statements import STUDY
from tests.builders.statements_projection import exam
from tests.builders.statements_study import nuclear_report, pet_image
from tests.builders.written import header, issue
from tests.builders.written_nuclear import FLUORINE, INTRAVENOUS
from tests.builders.written_nuclear import FULL as FULL_OF_OLD_CODES
from tests.support.content import judged, numbers
from tests.support.read_as import read_as
from tests.support.round_trips import few_times

_KIND = "radiopharmaceutical rdsr"
# A report of ours has the codes of today.
_FIRST = replace(FULL_OF_OLD_CODES, radionuclide_code=FLUORINE, route_code=INTRAVENOUS)
_SECOND = replace(
    _FIRST,
    event_uid=f"{STUDY}.24.2",
    administered_activity_mbq=210.0,
    start=_FIRST.start + timedelta(hours=3) if _FIRST.start else None,
    stop=None,
)
_BOTH = exam(nuclear_report(1, [_FIRST]), nuclear_report(2, [_SECOND]))
_EXAM_ID = UUID(int=7)


def of_administrations(one: Exam) -> list[DoseSr]:
    return [kind for kind in kinds_of(one) if chosen_as(kind.name) == _KIND]


def written(one: Exam) -> list[bytes]:
    return [to_part10(kind.write(one, header(), issue(kind.name))) for kind in of_administrations(one)]


def read_back(reports: Sequence[bytes]) -> Exam:
    statements = [
        Statement(key=f"again {number}", report=replace(read_as(NuclearReport, dicom), our_own=False))
        for number, dicom in enumerate(reports)
    ]
    return exam_of(STUDY, statements)


def test_each_administration_has_a_report_of_its_own(tmp_path: Path) -> None:
    documents = [kind.write(_BOTH, header(), issue(kind.name)) for kind in of_administrations(_BOTH)]

    assert [numbers(judged(one, tmp_path), "113507") for one in documents] == [[370.5], [210.0]]
    assert [broken_rows(one) for one in documents] == [(), ()]


def test_together_they_say_what_the_exam_says() -> None:
    again = read_back(written(_BOTH))

    assert [one.event for one in again.nuclear] == [one.event for one in _BOTH.nuclear]
    assert [one.event_uid for one in again.nuclear] == [one.event_uid for one in _BOTH.nuclear]
    assert [(one.quantity, one.of, one.value) for one in again.totals] == [
        (one.quantity, one.of, one.value) for one in _BOTH.totals
    ]


@pytest.mark.slow
def test_any_number_of_them_comes_back(tmp_path: Path) -> None:
    """Hours apart, so that nobody takes two for one."""

    def trip(activities: list[int]) -> bytes:
        stated = [
            replace(
                _FIRST,
                event_uid=f"{STUDY}.24.{number}",
                administered_activity_mbq=float(mbq),
                start=_FIRST.start + timedelta(hours=2 * number) if _FIRST.start else None,
                stop=None,
            )
            for number, mbq in enumerate(activities)
        ]
        whole = exam(*(nuclear_report(number, [one]) for number, one in enumerate(stated)))
        reports = written(whole)
        again = read_back(list(reversed(reports)))
        assert {one.event_uid: one.event for one in again.nuclear} == {
            one.event_uid: one.event for one in whole.nuclear
        }
        return reports[0]

    few_times(st.lists(st.integers(1, 900), min_size=2, max_size=6), trip, tmp_path)


def test_their_names_and_uids_follow_the_administration_and_not_its_place() -> None:
    other_way = exam(nuclear_report(2, [_SECOND]), nuclear_report(1, [_FIRST]))

    assert {kind.name for kind in of_administrations(_BOTH)} == {kind.name for kind in of_administrations(other_way)}
    uids = {uids_of(kind.name, _EXAM_ID, 1).sop_instance_uid for kind in of_administrations(_BOTH)}
    assert len(uids) == 2


def test_a_report_is_about_its_administration_alone() -> None:
    first, second = of_administrations(_BOTH)

    assert first.part(_BOTH).states_dose
    assert set(first.part(_BOTH).statements).isdisjoint(second.part(_BOTH).statements)


def test_an_administration_that_a_device_reports_has_none_of_ours_beside_it() -> None:
    shown = replace(_SECOND, event_uid=f"{STUDY}.24.9")
    mixed = exam(nuclear_report(1, [_FIRST]), pet_image(2, shown))

    assert sorted(kind.part(mixed).is_reported for kind in of_administrations(mixed)) == [False, True]
    assert {source for kind in of_administrations(mixed) for source in kind.part(mixed).sources} == {
        Source.RDSR,
        Source.IMAGE_HEADER,
    }


def test_a_name_tells_its_kind_also_of_an_exam_that_has_not_that_administration() -> None:
    (first, _) = of_administrations(_BOTH)
    named = kind_named(first.name)

    assert named is not None
    assert (named.name, named.sop_class_uid) == (first.name, first.sop_class_uid)
    assert named.part(exam(nuclear_report(2, [_SECOND]))).sources == frozenset()


def test_an_exam_with_one_administration_has_the_kinds_that_there_always_were() -> None:
    assert kinds_of(exam(nuclear_report(1, [_FIRST]))) == KINDS
    assert Quantity.ACTIVITY in {total.quantity for total in _BOTH.totals}
