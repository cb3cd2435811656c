"""Tests of dose_services.following: what follows from a change is done once, whatever comes in between."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest
from sqlalchemy import Engine, insert, select

from db.repositories import desk, outbox
from db.session import Session, unit_of_work
from db.tables.exam import ExamRow
from db.tables.outbox import OutboxRow
from dose_core.ledger.standing import Decided, Standing
from dose_services import following
from tests.builders.ct_reports import of, report, study_uid
from tests.support.dose_house import DoseHouse
from tests.support.failing_table import refuse_rows
from tests.support.fake_archive import FakeArchive

DEADLOCK, A_BUG = "40P01", "P0001"  # PostgreSQL documentation, appendix A


@pytest.fixture
def decided(engine: Engine) -> DoseHouse:
    """A house with two exams that count, and that a person has just called no patient's: they are to be made anew."""
    house = DoseHouse(engine=engine, archive=FakeArchive())
    house.receive([report(1, **of("A")), report(2, **of("B"))])
    with unit_of_work(engine) as session:
        for row in session.scalars(select(ExamRow)).all():
            desk.decide(
                session,
                row.id,
                kind=Decided.NOT_PATIENT,
                patient_id=None,
                from_patient_id=row.patient_id,
                decided_by="user:phil",
                decided_at=house.now,
                comment="seen",
            )
    return house


def ask_for(house: DoseHouse, *numbers: int) -> None:
    """Have the exams of these studies made anew."""
    with unit_of_work(house.engine) as session:
        outbox.add(session, [("", study_uid(number)) for number in numbers], now=house.now)


def states(house: DoseHouse) -> list[str]:
    with unit_of_work(house.engine) as session:
        return list(session.scalars(select(ExamRow.state).order_by(ExamRow.study_instance_uid)))


def waiting(house: DoseHouse) -> list[str]:
    """Return the studies whose exam is still to be made anew."""
    with unit_of_work(house.engine) as session:
        return list(session.scalars(select(OutboxRow.study_instance_uid).where(OutboxRow.kind == "refile")))


def work_off(house: DoseHouse, *, after_the_look: Callable[[], None] | None = None) -> int:
    """Work off what is due; ``after_the_look`` is called once it is known which studies that is."""
    calls = iter([None, after_the_look])

    def work() -> AbstractContextManager[Session]:
        if between := next(calls, None):
            between()
        return unit_of_work(house.engine)

    return following.work_off(work, now=house.now, site=house.site, limit=10)


def test_an_exam_is_made_anew_that_was_asked_for_after_its_study_was_found_due(decided: DoseHouse) -> None:
    """As by a merge of patients, between the look at what is due and the work on it."""
    with unit_of_work(decided.engine) as session:
        row = session.scalars(select(ExamRow).where(ExamRow.study_instance_uid == study_uid(1))).one()
        values = {
            "kind": "revised",
            "site": "",
            "study_instance_uid": study_uid(1),
            "exam_id": row.id,
            "at": decided.now,
        }
        session.execute(insert(OutboxRow).values(values))

    work_off(decided, after_the_look=partial(ask_for, decided, 1))

    assert states(decided) == [Standing.NOT_PATIENT, Standing.COUNTED]
    assert waiting(decided) == []


def test_a_deadlock_is_tried_again_at_once(decided: DoseHouse) -> None:
    ask_for(decided, 1, 2)
    refuse_rows(decided.engine, "exam", DEADLOCK, times=1)

    assert work_off(decided) == 2

    assert states(decided) == [Standing.NOT_PATIENT] * 2


def test_a_study_that_fails_keeps_no_other_from_its_turn_and_waits_for_its_own(decided: DoseHouse) -> None:
    ask_for(decided, 1, 2)
    refuse_rows(decided.engine, "exam", A_BUG, times=1)

    assert work_off(decided) == 1
    assert states(decided) == [Standing.COUNTED, Standing.NOT_PATIENT]
    assert waiting(decided) == [study_uid(1)]

    work_off(decided)
    assert states(decided) == [Standing.NOT_PATIENT] * 2
