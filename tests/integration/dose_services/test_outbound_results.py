"""Tests of dose_services.outbound_results: which exams other systems are told of, and what."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, update

from db.repositories import outbound
from db.session import unit_of_work
from db.tables.exam import ExamRow
from db.tables.outbound import OutboundMessageRow
from dose_core.hl7.observations import DapUnit
from dose_core.ledger.standing import Decided, Standing
from dose_services import identity_desk, order_matching, outbound_destinations, restriction
from dose_services.audit import Looker, Via
from dose_services.outbound_values import Form
from tests.builders.ct_reports import of, report, study_uid
from tests.builders.hl7 import adt, merge
from tests.builders.orders import order
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler
from tests.support.outbound_house import OPERATOR, OutboundHouse, patient_of, values

PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")


@pytest.fixture
def place(engine: Engine, archive: FakeArchive) -> OutboundHouse:
    """A house with one destination, which has received nothing."""
    made = OutboundHouse(DoseHouse(engine=engine, archive=archive))
    made.add()
    return made


class TestAnExam:
    def test_is_told_once_it_has_been_quiet(self, place: OutboundHouse) -> None:
        place.receive(1)
        assert place.kinds() == []

        place.tell()
        place.tell()

        assert place.kinds() == ["F"]
        (message,) = place.messages()
        (exam_id,) = place.exam_ids()
        obr = message.first("OBR")
        assert obr is not None
        assert (patient_of(message), obr.value(3).component(1)) == ("P-1", str(exam_id))
        told = values(message)
        assert told["110180", ""] == ("2.25.8000.1", "F")
        assert {code for code, _ in told} == {"110180", "113813", "113830"}

    def test_is_told_to_each_destination_that_wants_its_modality(self, place: OutboundHouse) -> None:
        place.add("CTS", modalities=("CT", "PT"))
        place.add("MAMMO", modalities=("MG",))
        place.receive(1)

        place.tell()

        assert [len(place.kinds(name)) for name in ("RIS", "CTS", "MAMMO")] == [1, 1, 0]

    def test_known_before_the_destination_wants_any_is_not_told(self, place: OutboundHouse) -> None:
        place.add("LATER", since=place.now + timedelta(days=1))
        place.receive(1)

        place.tell()

        assert (place.kinds("RIS"), place.kinds("LATER")) == (["F"], [])

    def test_known_when_the_destination_is_added_is_told_if_it_wants_any(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.house.wait(60)
        place.receive(2, patient="P-2")
        place.tell()

        place.add("SINCE", modalities=("CT",))
        place.add("FROM_NOW_ON", since=place.now)
        place.add("OTHERS", modalities=("MG",))
        place.tell()

        assert [len(place.kinds(name)) for name in ("SINCE", "FROM_NOW_ON", "OTHERS")] == [2, 0, 0]
        assert [patient_of(one) for one in place.messages()[2:]] == ["P-1", "P-2"]  # as they became known

    def test_waits_while_its_destination_rests(self, place: OutboundHouse) -> None:
        place.receive(1)
        with unit_of_work(place.house.engine) as session:
            outbound_destinations.set_active(session, "RIS", is_active=False, looker=OPERATOR, now=place.now)
        place.tell()
        resting = place.kinds()

        with unit_of_work(place.house.engine) as session:
            outbound_destinations.set_active(session, "RIS", is_active=True, looker=OPERATOR, now=place.now)
        place.tell()

        assert (resting, place.kinds()) == ([], ["F"])

    def test_is_not_told_again_if_another_object_changes_no_number(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.tell()

        place.house.receive([report(1, SOPInstanceUID="2.25.8100.99", **of("P-1"))])
        place.tell()

        assert place.kinds() == ["F"]

    def test_that_changes_is_corrected_under_its_order_number(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.tell()

        place.house.receive([report(2, study=1, **of("P-1"))])  # a second event
        place.tell()

        first, second = place.messages()
        assert place.kinds() == ["F", "C"]
        orders = [one.first("OBR") for one in (first, second)]
        assert len({one.value(3).component(1) for one in orders if one}) == 1
        assert orders[1] is not None
        assert orders[1].value(25).component(1) == "C"
        before, after = values(first)["113813", ""], values(second)["113813", ""]
        assert float(after[0]) == pytest.approx(2 * float(before[0]))
        assert after[1] == "C"
        assert values(second)["110180", ""][1] == "F"  # what did not change

    def test_of_a_phantom_is_deleted_and_told_anew_if_it_was_a_patient_after_all(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.tell()
        place.decide(Decided.NOT_PATIENT)
        place.tell()
        place.decide(Decided.PATIENT)
        place.tell()

        assert place.kinds() == ["F", "D", "F"]
        final, deleted, again = place.messages()
        assert {status for _, status in values(deleted).values()} == {"D"}
        assert {key: value for key, (value, _) in values(deleted).items()} == {
            key: value for key, (value, _) in values(final).items()
        }
        assert values(again) == values(final)

    def test_that_was_another_patients_is_taken_back_there_and_told_here(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.receive(2, patient="P-2")
        place.tell()

        place.decide(Decided.RELEASED, place.patient_id("P-2"))
        place.tell()

        assert place.kinds() == ["F", "F", "W", "F"]
        _, _, wrong, right = place.messages()
        assert (patient_of(wrong), patient_of(right)) == ("P-1", "P-2")
        assert {status for _, status in values(wrong).values()} == {"W"}
        assert {status for _, status in values(right).values()} == {"F"}

    def test_that_is_held_is_not_told_until_it_is_somebodys(self, place: OutboundHouse) -> None:
        place.house.receive([report(1, **of("P-1")), report(2, study=1, **of("P-2"))])
        place.tell()
        held = place.kinds()

        place.decide(Decided.RELEASED, place.patient_id("P-2"))
        place.tell()

        assert (held, place.kinds()) == ([], ["F"])
        assert patient_of(place.messages()[0]) == "P-2"

    def test_of_a_merged_patient_is_told_under_the_survivor_and_not_moved(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.tell()
        handler(place.house.engine).handle(merge(survivor="P-9^^^HOSP", subsumed="P-1^^^HOSP"), peer="127.0.0.1")

        place.house.receive([report(2, study=1, **of("P-1"))])
        place.tell()

        assert place.kinds() == ["F", "C"]
        assert [patient_of(one) for one in place.messages()] == ["P-1", "P-9"]

    def test_of_a_patient_who_is_parted_again_is_taken_from_the_other(self, place: OutboundHouse) -> None:
        place.receive(1)
        handler(place.house.engine, now=place.now).handle(
            merge(survivor="P-9^^^HOSP", subsumed="P-1^^^HOSP"), peer="::1"
        )
        place.tell()
        with unit_of_work(place.house.engine) as session:
            whose = session.scalars(select(ExamRow.patient_id)).one()
            identity_desk.unmerge(session, whose, reason="two people after all", looker=PHIL, now=place.now)
        place.tell()

        assert place.kinds() == ["F", "W", "F"]
        assert [patient_of(one) for one in place.messages()] == ["P-9", "P-9", "P-1"]

    def test_that_nothing_speaks_of_any_more_is_deleted(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.tell()
        with unit_of_work(place.house.engine) as session:
            session.execute(update(ExamRow).values(state=Standing.VOID))

        look_again(place)

        assert place.kinds() == ["F", "D"]

    def test_that_has_expired_is_told_nobody(self, place: OutboundHouse) -> None:
        place.receive(1)
        with unit_of_work(place.house.engine) as session:
            session.execute(update(ExamRow).values(expired_at=place.now))

        look_again(place)

        assert place.kinds() == []

    def test_of_a_restricted_patient_is_told_when_that_is_lifted(self, place: OutboundHouse) -> None:
        place.receive(1)
        whom = place.patient_id("P-1")
        with unit_of_work(place.house.engine) as session:
            restriction.restrict(session, whom, reason="they asked for it", looker=PHIL, now=place.now)
        place.tell()
        restricted = place.kinds()

        with unit_of_work(place.house.engine) as session:
            restriction.lift(session, whom, reason="they agreed again", looker=PHIL, now=place.now)
        place.house.wait(24 * 60 * 60)
        place.tell()

        assert (restricted, place.kinds()) == ([], ["F"])

    def test_of_nobody_who_has_an_identifier_waits(self, place: OutboundHouse) -> None:
        place.house.receive([report(1, PatientID=None, IssuerOfPatientID=None)])

        place.tell()

        assert place.kinds() == []


class TestAMessage:
    def test_names_the_patient_as_the_hospital_knows_them(self, place: OutboundHouse) -> None:
        place.house.receive([report(1, PatientName="Ek|^Al~ma", PatientBirthDate="19600101", **of("P-1"))])
        handler(place.house.engine).handle(
            adt(identifiers="P-1^^^HOSP^MR~E-1^^^EMPI^PI", name=r"Ek\F\^Al\R\ma"), peer="127.0.0.1"
        )

        place.tell()

        pid = place.messages()[0].first("PID")
        assert pid is not None
        assert {(one.component(1), one.component(4)) for one in pid.values(3)} == {("P-1", "HOSP"), ("E-1", "EMPI")}
        assert [pid.value(5).component(number) for number in (1, 2)] == ["Ek|", "Al~ma"]

    def test_names_the_visit_of_its_order_else_the_one_that_the_objects_name(self, place: OutboundHouse) -> None:
        place.house.receive([report(1, AdmissionID="V1", **of("P-1"))])
        place.house.receive([report(2, AdmissionID="V1", **of("P-1")), report(3, **of("P-1"))])
        ordered = order(study=study_uid(2), identifiers="P-1^^^HOSP^MR", visit="V9^^^HOSP", accession="")
        handler(place.house.engine).handle(ordered, peer="127.0.0.1")
        order_matching.work_off(partial(unit_of_work, place.house.engine), now=place.now, limit=10)
        place.tell()

        visits = {}
        for message in place.messages():
            pv1 = message.first("PV1")
            study, _ = values(message)["110180", ""]
            visits[study] = pv1.value(19).text if pv1 else None
        assert visits == {study_uid(1): "V1", study_uid(2): "V9^^^HOSP", study_uid(3): None}

    def test_has_the_identifier_first_that_its_receiver_uses(self, place: OutboundHouse) -> None:
        place.add("EMPI", form=Form(receiving_application="EMPI", authority="EMPI", dap_unit=DapUnit.CGY_CM2))
        stated = adt(identifiers="P-1^^^HOSP^MR~E-1^^^EMPI^PI", name="Muster^Mara", birth_date="19700102")
        handler(place.house.engine).handle(stated, peer="127.0.0.1")
        place.receive(1)

        place.tell()

        assert {patient_of(one) for one in place.messages()} == {"P-1", "E-1"}

    def test_names_the_order_that_the_exam_was_made_for(self, place: OutboundHouse) -> None:
        ordered = order(study=study_uid(1), identifiers="P-1^^^HOSP^MR", placer="PL-7")
        handler(place.house.engine).handle(ordered, peer="127.0.0.1")
        place.receive(1)
        order_matching.work_off(partial(unit_of_work, place.house.engine), now=place.now, limit=10)

        place.tell()

        obr = place.messages()[0].first("OBR")
        assert obr is not None
        assert [obr.value(2).component(number) for number in (1, 2)] == ["PL-7", "RIS"]

    def test_is_kept_sealed(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.tell()

        with unit_of_work(place.house.engine) as session:
            (row,) = session.scalars(select(OutboundMessageRow))
            assert b"P-1" not in row.content
            assert b"MSH" not in row.content

    def test_that_cannot_be_written_is_a_finding(self, place: OutboundHouse, monkeypatch: pytest.MonkeyPatch) -> None:
        # Longer than any ORC (HL7 v2.5.1, 4.5.1).
        monkeypatch.setattr("dose_core.hl7.result_message._orc", lambda _: ("ORC", *["P-1"] * 60))
        place.receive(1)

        place.tell()

        assert place.kinds() == []
        assert list(place.findings()) == ["result_not_written"]
        assert "P-1" not in place.findings()["result_not_written"]


def look_again(place: OutboundHouse) -> None:
    """Have the first exam looked at."""
    with unit_of_work(place.house.engine) as session:
        outbound.look_again(session, "", study_uid(1), now=place.now)
    place.tell()
