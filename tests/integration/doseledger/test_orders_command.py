"""Tests of ``doseledger orders`` and ``doseledger placeholders``: our ids, and nobody's name."""

import pytest
from sqlalchemy import select

from db.session import Engine, unit_of_work
from db.tables.access_log import AccessLogRow
from tests.builders.ct_reports import of, report, study_uid
from tests.builders.hl7 import adt
from tests.builders.orders import order
from tests.support.commands import Run, run
from tests.support.fake_archive import FakeArchive
from tests.support.order_house import OrderHouse

__all__ = ["run"]
NAMES = ("P-1", "Ek", "Alma", "ACC-1", "PL1", "Motorbike", "MOTOR")


@pytest.fixture
def house(engine: Engine) -> OrderHouse:
    made = OrderHouse(engine=engine, archive=FakeArchive())
    made.tell(
        order(study=study_uid(1)), adt(identifiers="MOTOR^^^HOSP", name="Motorbike^accident 18:10", control_id="A")
    )
    made.receive([report(1, **of("P-1")), report(2, **of("MOTOR"))])
    return made


def test_orders_are_listed_with_their_exams_and_the_look_is_on_record(house: OrderHouse, run: Run) -> None:
    told = run("orders")

    assert told.output == (
        f"{house.order().id}\tordered\t2026-03-01 09:15 UTC\tCT\t{house.patient_id('P-1')}\t"
        f"{house.exam_id(1)} (study_uid, certain)\t\n"
    )
    assert not any(word in told.output for word in NAMES)
    with unit_of_work(house.engine) as session:
        assert set(session.scalars(select(AccessLogRow.action))) == {"read_orders"}


@pytest.mark.usefixtures("house")
def test_orders_may_be_those_that_something_is_missing_of(run: Run) -> None:
    assert run("orders", "--only", "without_match").output == ""
    assert run("orders", "--only", "nothing").exit_code == 2


def test_placeholders_are_listed_with_their_exams_and_the_look_is_on_record(house: OrderHouse, run: Run) -> None:
    told = run("placeholders")

    patient_id, since, rule, exams, _ = told.output.rstrip("\n").split("\t")
    assert (patient_id, exams) == (str(house.patient_id("MOTOR")), str(house.exam_id(2)))
    assert since.endswith(" UTC")
    assert rule
    assert not any(word in told.output for word in NAMES)
    with unit_of_work(house.engine) as session:
        assert set(session.scalars(select(AccessLogRow.action))) == {"read_placeholders"}
