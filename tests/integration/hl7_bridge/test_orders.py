"""Tests of orders as they come by HL7: what is kept of them, in whatever order messages come."""

import pytest
from sqlalchemy import Engine

from tests.builders.ct_reports import of, report, study_uid
from tests.builders.hl7 import message, msh
from tests.builders.orders import imaging_order, order, result
from tests.support.fake_archive import FakeArchive
from tests.support.order_house import OrderHouse

STUDY = study_uid(1)


@pytest.fixture
def house(engine: Engine) -> OrderHouse:
    return OrderHouse(engine=engine, archive=FakeArchive())


def test_an_order_is_kept_with_what_classifies_it(house: OrderHouse) -> None:
    assert house.tell(order(study=STUDY)) == ["AA"]

    row, (procedure,) = house.order(), house.procedures()
    assert (row.placer_number, row.filler_number, row.status) == ("PL1", "FL1", "ordered")
    assert (row.procedure_code, row.procedure_text, row.procedure_scheme) == ("CTCHEST", "CT chest", "L")
    assert row.indication == "fall from a ladder"
    assert (row.reason_code, row.reason_scheme, row.reason_text) == ("R07.4", "I10", "Chest pain")
    assert (row.referrer, row.priority, row.section) == ("Poe^Paul", "R", "CT")
    assert row.patient_id == house.patient_id("P-1")
    assert (procedure.study_instance_uid, procedure.accession_number) == (STUDY, "ACC-1")
    assert (procedure.requested_procedure_id, procedure.step_ids, procedure.modalities) == ("RP1", ["SPS1"], ["CT"])


def test_an_imaging_order_is_kept_with_the_station_on_which_it_is_planned(house: OrderHouse) -> None:
    assert house.tell(imaging_order(study=STUDY)) == ["AA"]

    row, (procedure,) = house.order(), house.procedures()
    assert (row.status, row.priority) == ("scheduled", "S")
    assert procedure.station_ae_titles == ["CTROOM1"]
    assert (procedure.accession_number, procedure.accession_issuer) == ("ACC-1", "RIS")
    assert (procedure.protocol_code, procedure.station_name, procedure.location) == ("CTCHEST", "Room 1", "Radiology")


LIFE = {
    "ordered": order(study=STUDY, at="20260301080000", control_id="1"),
    "changed": order("XO", study=STUDY, indication="fall from a roof", at="20260301081000", control_id="2"),
    "scheduled": order("SC", status="SC", study=STUDY, indication="", at="20260301082000", control_id="3"),
    "done": result("F", at="20260301110000", control_id="4"),
}


@pytest.mark.parametrize("names", [tuple(LIFE), tuple(reversed(LIFE))], ids="-".join)
def test_messages_in_any_order_come_to_the_same_end(house: OrderHouse, names: tuple[str, ...]) -> None:
    house.tell(*(LIFE[name] for name in names))

    row = house.order()
    assert (row.status, row.indication) == ("completed", "fall from a roof")
    assert house.procedures()[0].study_instance_uid == STUDY


def test_a_message_that_comes_again_under_another_number_changes_nothing(house: OrderHouse) -> None:
    house.tell(*LIFE.values())
    before = house.order()

    house.tell(order(study=STUDY, at="20260301080000", control_id="9"))

    after = house.order()
    assert (after.status, after.indication, after.said_at) == (before.status, before.indication, before.said_at)


def test_a_cancelled_order_is_cancelled_whatever_its_status_was(house: OrderHouse) -> None:
    house.tell(order(), order("CA", status="SC", at="20260301100000", control_id="2"))

    assert house.order().status == "cancelled"


def test_several_orders_of_a_message_are_several_orders(house: OrderHouse) -> None:
    two = message(
        msh("ORM^O01", at="20260301090000"),
        "PID|1||P-1^^^HOSP^MR||Ek^Alma||19600101|F",
        "ORC|NW|PL1|FL1||SC",
        "OBR|1|PL1|FL1|CTABD^CT Abdomen^L||||||||||||||ACC100||||||CT",
        "ORC|NW|PL2|FL2||SC",
        "OBR|2|PL2|FL2|CTABD^CT Abdomen^L||||||||||||||ACC101||||||CT",
    )

    assert house.tell(two) == ["AA"]
    assert [row.placer_number for row in house.orders()] == ["PL1", "PL2"]


def test_two_orders_are_one_once_a_message_names_the_numbers_of_both(house: OrderHouse) -> None:
    by_placer = message(msh("ORM^O01", at="20260301090000", control_id="1"), "ORC|NW|PL1", "OBR|1|PL1||X^Chest^L")
    by_filler = message(msh("ORM^O01", at="20260301091000", control_id="2"), "ORC|SC||FL1||IP")
    by_both = message(msh("ORR^O02", at="20260301090500", control_id="3"), "ORC|OK|PL1|FL1")

    house.tell(by_placer, by_filler)
    apart = len(house.orders())
    house.tell(by_both)

    row = house.order()
    assert apart == 2
    assert (row.placer_number, row.filler_number, row.status, row.procedure_text) == (
        "PL1",
        "FL1",
        "in_progress",
        "Chest",
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["ORC|NW|L1|L2", "OBR|1|L1|L2|MG^Magnesium^L||||||||||||||||||||LAB"],
        ["ORC|NW|M1|M2", "RXO|00310-0131-10^Zestril^NDC|100||MG"],
    ],
)
def test_orders_of_laboratory_and_pharmacy_are_acknowledged_and_make_no_order(
    house: OrderHouse, lines: list[str]
) -> None:
    assert house.tell(message(msh("ORM^O01"), "PID|1||P-1^^^HOSP", *lines)) == ["AA"]
    assert house.orders() == []


def test_a_result_of_which_nobody_knows_the_order_waits_for_it(house: OrderHouse) -> None:
    house.tell(result("F"))

    assert house.order().status == "completed"


def test_an_order_without_any_number_is_answered_ae_with_the_place(house: OrderHouse) -> None:
    assert house.tell(message(msh("ORM^O01"), "PID|1||P-1^^^HOSP", "ORC|NW", "OBR|1|||X^Chest^L")) == ["AE"]


def test_an_appointment_tells_when_its_order_is_to_be_done(house: OrderHouse) -> None:
    appointment = message(
        msh("SIU^S12^SIU_S12", at="20260301093000", control_id="S1"),
        "SCH|A1|B1||||||||||||||||||||||||PL1^RIS|FL1^RIS",
        "AIS|1|A|CTCHEST^CT chest^L|20260302081500",
    )
    house.tell(order(planned=""), appointment)
    planned = house.order().planned_at

    assert planned is not None
    assert planned.isoformat() == "2026-03-02T07:15:00+00:00"


def test_an_appointment_without_an_order_is_acknowledged_and_kept(house: OrderHouse) -> None:
    assert house.tell(message(msh("SIU^S12^SIU_S12"), "SCH|A1|B1", "AIS|1|A|X|20260302081500")) == ["AA"]
    assert house.orders() == []


def test_an_order_of_a_patient_who_is_then_merged_finds_the_survivors_exam(house: OrderHouse) -> None:
    house.receive([report(1, **of("A"))])
    house.tell(order(study=STUDY, identifiers="A^^^HOSP"))

    assert house.matches() == [("PL1", STUDY, "study_uid", "certain")]
    assert house.told() == {}
