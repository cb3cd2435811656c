"""Tests of dose_services.identity_named: objects that have the identifier of somebody, and not their name."""

from functools import partial
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select

from db.repositories import erasures, patients
from db.session import unit_of_work
from db.tables.exam import ExamRow
from db.tables.observation import PatientObservationRow
from db.tables.patient_stated import PatientAliasRow, PatientPlaceholderRow
from dose_core.identity.agreement import OTHER_BIRTH_DATE, OTHER_NAME
from dose_core.ledger.standing import IDENTITIES_DISAGREE, Decided, Standing
from dose_services import desk
from dose_services.audit import Looker, Via
from tests.builders.ct_reports import Header, report, study_uid
from tests.builders.hl7 import adt, message, msh, pid
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler

LOOKER = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")
COUNTS = (Standing.COUNTED, None)
ANNA, OTTO, ROSA = "Birnbaum^Anna", "Zange^Otto", "Hammer^Rosa"


@pytest.fixture
def house(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has received nothing."""
    return DoseHouse(engine=engine, archive=archive)


def say(house: DoseHouse, raw: bytes) -> None:
    """Have a message applied, and the worker do what follows."""
    answer = handler(house.engine, now=house.now).handle(raw, peer="test")
    assert b"MSA|AA" in answer, answer
    house.follow()


def told(house: DoseHouse, patient: str, name: str, born: str = "19600101", *, at: str = "20240306101500") -> None:
    say(house, adt(identifiers=f"{patient}^^^HOSP^MR", name=name, birth_date=born, at=at, control_id=f"{patient}{at}"))


def received(house: DoseHouse, number: int, patient: str, name: str | None, born: str | None = "19600101") -> None:
    """Receive a report of a study of its own."""
    stated: Header = {"PatientID": patient, "IssuerOfPatientID": None, "PatientName": name, "PatientBirthDate": born}
    house.receive([report(number, **stated)])


def stands(house: DoseHouse, *numbers: int) -> list[tuple[str, str | None]]:
    """Return state and reason of the exams of these studies."""
    with unit_of_work(house.engine) as session:
        rows = [
            session.scalars(select(ExamRow).where(ExamRow.study_instance_uid == study_uid(n))).one() for n in numbers
        ]
        return [(row.state, row.state_reason) for row in rows]


def exam_id(house: DoseHouse, number: int) -> UUID:
    with unit_of_work(house.engine) as session:
        return session.scalars(select(ExamRow.id).where(ExamRow.study_instance_uid == study_uid(number))).one()


def patient_id(house: DoseHouse, identifier: str) -> UUID:
    with unit_of_work(house.engine) as session:
        found = patients.find_by_identifier(session, identifier, "HOSP")
        assert found is not None
        return found.id


class TestAnObjectOfSomebodyElse:
    @pytest.mark.parametrize(
        ("name", "born", "reason"), [(OTTO, "19600101", OTHER_NAME), (ANNA, "19500101", OTHER_BIRTH_DATE)]
    )
    def test_waits_at_the_desk_until_a_person_releases_it(
        self, house: DoseHouse, name: str, born: str, reason: str
    ) -> None:
        told(house, "A", ANNA)
        received(house, 1, "A", name, born)
        held = stands(house, 1)
        anna = patient_id(house, "A")

        after = []
        for kind, whom in ((Decided.RELEASED, anna), (Decided.WITHDRAWN, None)):
            with unit_of_work(house.engine) as session:
                desk.decide(
                    session,
                    exam_id(house, 1),
                    kind,
                    patient_id=whom,
                    comment="seen",
                    looker=LOOKER,
                    site=house.site,
                    now=house.now,
                )
            after += stands(house, 1)

        assert held == [(Standing.HELD, reason)]
        assert after == [COUNTS, (Standing.HELD, reason)]

    def test_holds_a_study_of_which_another_object_agrees(self, house: DoseHouse) -> None:
        told(house, "A", ANNA)
        stated: Header = {"PatientID": "A", "IssuerOfPatientID": None, "PatientBirthDate": "19600101"}
        house.receive([report(1, PatientName=ANNA, **stated), report(2, study=1, PatientName=OTTO, **stated)])

        assert stands(house, 1) == [(Standing.HELD, OTHER_NAME)]

    def test_is_held_for_a_dummy_identifier_of_two_people_too(self, house: DoseHouse) -> None:
        received(house, 1, "0", ANNA)
        received(house, 2, "0", OTTO)

        assert stands(house, 1, 2) == [COUNTS, (Standing.HELD, OTHER_NAME)]


class TestNamesThatChange:
    def test_hold_no_exam_whatever_the_order_in_which_it_is_told(self, house: DoseHouse) -> None:
        """A marriage: no word of the name stays, and each exam came with the name of its day."""
        for number, order in enumerate(permutations(range(4))):
            who, before, after = f"M{number}", 100 + 2 * number, 101 + 2 * number
            steps = (
                partial(told, house, who, ANNA),
                partial(told, house, who, ROSA, at="20250101120000"),
                partial(received, house, before, who, ANNA),
                partial(received, house, after, who, ROSA),
            )
            for step in order:
                steps[step]()

            assert stands(house, before, after) == [COUNTS, COUNTS], order

    def test_hold_who_is_somebody_else_whatever_the_order(self, house: DoseHouse) -> None:
        for number, order in enumerate(permutations(range(3))):
            who, right, wrong = f"D{number}", 200 + 2 * number, 201 + 2 * number
            steps = (
                partial(told, house, who, ANNA),
                partial(received, house, right, who, ANNA),
                partial(received, house, wrong, who, OTTO),
            )
            for step in order:
                steps[step]()

            assert stands(house, right, wrong) == [COUNTS, (Standing.HELD, OTHER_NAME)], order

    def test_are_those_of_a_merged_patient_before_the_merge_as_well(self, house: DoseHouse) -> None:
        """MRG-7 tells a name that no update ever did."""
        told(house, "A", ANNA)
        received(house, 1, "B", None, None)
        say(house, message(msh("ADT^A08^ADT_A01", control_id="B1"), "EVN|A08|20240306101500", pid("B^^^HOSP^MR", ROSA)))
        received(house, 2, "B", OTTO)
        held = stands(house, 2)
        merged = (msh("ADT^A40^ADT_A39", control_id="M1"), "EVN|A40|20240306111500", pid("A^^^HOSP^MR", ANNA))
        say(house, message(*merged, f"MRG|B^^^HOSP^MR||||||{OTTO}"))

        assert held == [(Standing.HELD, OTHER_NAME)]
        assert stands(house, 1, 2) == [COUNTS, COUNTS]

    def test_of_whoever_is_the_same_person_by_a_merge_agree(self, house: DoseHouse) -> None:
        told(house, "A", ANNA)
        told(house, "B", OTTO)
        received(house, 1, "B", ANNA)
        held = stands(house, 1)
        say(
            house,
            message(
                msh("ADT^A40^ADT_A39", control_id="M2"),
                "EVN|A40|20240306111500",
                pid("A^^^HOSP^MR", ANNA),
                "MRG|B^^^HOSP^MR",
            ),
        )

        assert held == [(Standing.HELD, OTHER_NAME)]
        assert stands(house, 1) == [COUNTS]

    def test_in_the_only_objects_that_tell_of_somebody_are_corrected_by_them(self, house: DoseHouse) -> None:
        received(house, 1, "A", ANNA)
        house.wait(60)
        received(house, 1, "A", OTTO)
        received(house, 2, "A", OTTO)

        assert stands(house, 1, 2) == [COUNTS, COUNTS]


class TestOtherIdentifiers:
    """(0010,1002)."""

    @staticmethod
    def stated(house: DoseHouse, number: int, patient: str, *others: str) -> None:
        items = [{"PatientID": other, "IssuerOfPatientID": "HOSP"} for other in others]
        stated: Header = {
            "PatientID": patient,
            "IssuerOfPatientID": None,
            "PatientName": ANNA,
            "PatientBirthDate": "19600101",
        }
        house.receive([report(number, **stated, OtherPatientIDsSequence=items)])

    def test_lead_to_the_patient_where_nobody_has_the_first(self, house: DoseHouse) -> None:
        told(house, "A", ANNA)
        self.stated(house, 1, "UNHEARD", "A")

        with unit_of_work(house.engine) as session:
            whose = session.scalars(select(ExamRow.patient_id)).one()
        assert (stands(house, 1), whose) == ([COUNTS], patient_id(house, "A"))

    def test_of_two_people_have_the_exam_wait_whichever_is_heard_of_first(self, house: DoseHouse) -> None:
        told(house, "A", ANNA)
        self.stated(house, 1, "C", "A")
        before = stands(house, 1)
        told(house, "C", ANNA)
        self.stated(house, 2, "C", "A")

        assert before == [COUNTS]
        assert stands(house, 1, 2) == [(Standing.HELD, IDENTITIES_DISAGREE)] * 2

    def test_that_are_dummies_say_nothing(self, house: DoseHouse) -> None:
        told(house, "000", ANNA)
        told(house, "A", ANNA)
        self.stated(house, 1, "A", "000")

        assert stands(house, 1) == [COUNTS]


def test_what_was_stated_goes_when_the_patient_expires(house: DoseHouse) -> None:
    observed = "OBX|1|NM|29463-7^Body weight^LN||72|kg|||||F|||20240306"
    told(house, "A", "Unbekannt^Mann")
    say(house, message(msh(control_id="W1"), "EVN|A08|20240306121500", pid("A^^^HOSP^MR", "Unbekannt^Mann"), observed))
    tables = (PatientAliasRow, PatientPlaceholderRow, PatientObservationRow)

    def counts() -> list[int | None]:
        with unit_of_work(house.engine) as session:
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    before, anna = counts(), patient_id(house, "A")
    with unit_of_work(house.engine) as session:
        erasures.patients(session, anna, [anna], by="test", rule="test", now=house.now)

    assert before == [2, 1, 1]
    assert counts() == [0, 0, 0]
