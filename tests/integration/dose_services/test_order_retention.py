"""Tests that orders go with the exams and patients that they are of."""

import pytest
from sqlalchemy import Engine, text

from db.repositories import erasures
from db.session import unit_of_work
from tests.builders.ct_reports import of, report, study_uid
from tests.builders.orders import moved_visit, order
from tests.support.fake_archive import FakeArchive
from tests.support.order_house import OrderHouse

TABLES = ("imaging_order", "order_procedure", "order_statement", "order_match", "order_decision", "stay_event")
TRACES = ("PL1", "FL1", "ACC-1", "ladder", "Poe", "V1", "RP1", "SPS1", "Chest pain")


@pytest.fixture
def house(engine: Engine) -> OrderHouse:
    """A house with an exam, its order and a visit that was moved to its patient."""
    made = OrderHouse(engine=engine, archive=FakeArchive())
    made.receive([report(1, **of("P-1"))])
    made.tell(
        order(study=study_uid(1), visit="V1^^^HOSP"),
        moved_visit(to="P-1^^^HOSP", source="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"),
    )
    return made


def traces(house: OrderHouse) -> set[str]:
    """Return what of the order can still be read in its tables."""
    with unit_of_work(house.engine) as session:
        rows = [row for table in TABLES for row in session.scalars(text(f"SELECT CAST(t AS text) FROM {table} t"))]  # noqa: S608 - ours
        keys = session.scalar(text("SELECT count(*) FROM order_statement WHERE key IS NOT NULL"))
    return {trace for trace in TRACES if any(trace in row for row in rows)} | ({"a key"} if keys else set())


def test_an_order_is_unreadable_once_its_patient_has_expired(house: OrderHouse) -> None:
    before = traces(house)
    patient_id = house.patient_id("P-1")
    with unit_of_work(house.engine) as session:
        erasures.patients(session, patient_id, [patient_id], by="test", rule="test", now=house.now)

    assert before == {*TRACES, "a key"}
    assert traces(house) == set()
    assert house.order().procedure_code == "CTCHEST"


def test_an_order_is_unreadable_once_its_only_exam_has_expired(house: OrderHouse) -> None:
    with unit_of_work(house.engine) as session:
        erasures.exams(session, [house.exam_id(1)], by="test", rule="test", now=house.now)

    assert traces(house) == {"V1"}  # the visit is the patient's, who is kept


def test_an_order_is_kept_with_another_exam_of_it(house: OrderHouse) -> None:
    house.receive([report(2, **of("P-1"))])
    with unit_of_work(house.engine) as session:
        erasures.exams(session, [house.exam_id(1)], by="test", rule="test", now=house.now)

    assert "PL1" in traces(house)


def test_an_order_that_has_expired_is_looked_at_no_more(house: OrderHouse) -> None:
    with unit_of_work(house.engine) as session:
        erasures.exams(session, [house.exam_id(1)], by="test", rule="test", now=house.now)
    matches = house.matches()
    house.receive([report(3, study=1, **of("P-1"))])

    assert house.matches() == matches
    assert traces(house) == {"V1"}
