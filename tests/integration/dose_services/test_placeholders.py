"""Tests of dose_services.placeholders: people who are not known yet, and what becomes of their exams."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select

from db.repositories import patients
from db.session import unit_of_work
from db.tables.access_log import AccessLogRow
from db.tables.exam import ExamRow
from db.tables.finding import FindingRow
from dose_core.ledger.standing import Decided
from dose_services import desk, exams, identity_desk, placeholders
from dose_services.audit import Action, Looker, Via
from dose_services.finding_kinds import FindingKind
from dose_services.launch import UnknownPatientError
from dose_services.placeholders import NotMergeableError, Placeholder
from tests.builders.ct_reports import Header, report, study_uid
from tests.builders.hl7 import adt, merge, message, msh, pid
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler

LOOKER = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")
NOBODY = "Motorbike^accident 18:10"
ANNA = "Birnbaum^Anna"


@pytest.fixture
def house(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that knows Anna, and has examined somebody whom nobody knows."""
    made = DoseHouse(engine=engine, archive=archive)
    say(made, adt(identifiers="ANNA^^^HOSP^MR", name=ANNA, control_id="1"))
    say(made, adt(identifiers="TEMP^^^HOSP^MR", name=NOBODY, birth_date="19000101", control_id="2"))
    examine(made, 1)
    return made


def say(house: DoseHouse, raw: bytes) -> None:
    answer = handler(house.engine, now=house.now).handle(raw, peer="test")
    assert b"MSA|AA" in answer, answer
    house.follow()


def examine(house: DoseHouse, number: int, patient: str = "TEMP", name: str = NOBODY) -> None:
    stated: Header = {"PatientID": patient, "IssuerOfPatientID": None, "PatientName": name, "PatientBirthDate": None}
    house.receive([report(number, **stated)])


def listed(house: DoseHouse) -> list[Placeholder]:
    with unit_of_work(house.engine) as session:
        return placeholders.waiting(session, after=None, limit=50, looker=LOOKER, site=house.site, now=house.now)


def numbers(house: DoseHouse) -> list[str]:
    """Return the identifiers of the placeholders that are listed."""
    return [identifier.value for one in listed(house) for identifier in one.patient.identifiers]


def id_of(house: DoseHouse, identifier: str) -> UUID:
    with unit_of_work(house.engine) as session:
        found = patients.find_by_identifier(session, identifier, "HOSP")
        assert found is not None
        return found.id


def history(house: DoseHouse, identifier: str) -> list[str]:
    with unit_of_work(house.engine) as session:
        found = exams.history(session, id_of(house, identifier))
        assert found is not None
        return sorted(exam.study_instance_uid for exam in found.exams)


def merge_by_hand(house: DoseHouse, placeholder: str, into: str) -> None:
    with unit_of_work(house.engine) as session:
        placeholders.merge(
            session,
            id_of(house, placeholder),
            id_of(house, into),
            reason="the police found the papers",
            looker=LOOKER,
            now=house.now,
        )
    house.follow()


def overdue(house: DoseHouse) -> list[str]:
    with unit_of_work(house.engine) as session:
        placeholders.watch(session, now=house.now, site=house.site)
    with unit_of_work(house.engine) as session:
        query = select(FindingRow).where(FindingRow.kind == FindingKind.PLACEHOLDER, FindingRow.resolved_at.is_(None))
        return [f"{row.subject}: {row.text}" for row in session.scalars(query)]


class TestTheList:
    def test_names_the_rule_and_the_exams_and_is_on_record(self, house: DoseHouse) -> None:
        (one,) = listed(house)

        with unit_of_work(house.engine) as session:
            exam_id = session.scalars(select(ExamRow.id)).one()
            looks = session.scalars(
                select(AccessLogRow.patient_id).where(AccessLogRow.action == Action.READ_PLACEHOLDERS)
            ).all()
        assert one.rule == "the name tells of an emergency, with a time or a number"
        assert (one.exam_ids, one.is_overdue) == ((exam_id,), False)
        assert looks == [one.patient.id]

    def test_holds_whom_objects_alone_tell_of(self, house: DoseHouse) -> None:
        examine(house, 2, "TEMP2", "Unbekannt^Mann")

        assert sorted(numbers(house)) == ["TEMP", "TEMP2"]

    def test_holds_who_was_named_by_an_identifier_alone_before_an_object_told_more(self, house: DoseHouse) -> None:
        examine(house, 2, "TEMP2", "")
        before = "TEMP2" in numbers(house)
        examine(house, 3, "TEMP2", "Unbekannt^Mann")

        assert (before, "TEMP2" in numbers(house)) == (False, True)

    def test_leaves_out_whom_the_only_objects_name_by_now(self, house: DoseHouse) -> None:
        examine(house, 2, "TEMP2", "Unbekannt^Mann")
        before = "TEMP2" in numbers(house)
        house.wait(60)
        examine(house, 2, "TEMP2", "Zange^Otto")

        assert (before, "TEMP2" in numbers(house)) == (True, False)

    def test_holds_whom_pid_31_calls_unknown_until_it_is_taken_back(self, house: DoseHouse) -> None:
        def state(flag: str, number: int) -> None:
            stated = f"{pid('ODD^^^HOSP^MR', 'Zange^Otto')}{'|' * 23}{flag}"
            say(house, message(msh(control_id=f"o{number}"), f"EVN|A08|2024030610150{number}", stated))

        examine(house, 2, "ODD", "Zange^Otto")
        seen = []
        for number, flag in enumerate(("Y", "", "N")):
            state(flag, number)
            seen.append("ODD" in numbers(house))

        assert seen == [True, True, False]

    def test_leaves_out_who_has_a_name_by_now(self, house: DoseHouse) -> None:
        say(house, adt(identifiers="TEMP^^^HOSP^MR", name="Zange^Otto", at="20240306111500", control_id="3"))

        assert numbers(house) == []

    def test_leaves_out_who_was_merged_by_a_message(self, house: DoseHouse) -> None:
        say(house, merge(survivor="ANNA^^^HOSP^MR", subsumed="TEMP^^^HOSP^MR", name=ANNA, control_id="4"))

        assert numbers(house) == []
        assert history(house, "ANNA") == [study_uid(1)]

    def test_leaves_out_who_is_linked_with_somebody_known_until_the_link_ends(self, house: DoseHouse) -> None:
        seen = []
        for number, event in enumerate(("A24", "A37")):
            head = msh(f"ADT^{event}^ADT_{event}", control_id=f"l{number}")
            people = (pid("ANNA^^^HOSP^MR", ANNA), pid("TEMP^^^HOSP^MR", NOBODY))
            say(house, message(head, f"EVN|{event}|2024030611150{number}", *people))
            seen.append(numbers(house))

        assert seen == [[], ["TEMP"]]

    def test_leaves_out_whose_exams_were_all_released_and_shows_them_again(self, house: DoseHouse) -> None:
        anna = id_of(house, "ANNA")
        (exam_id,) = listed(house)[0].exam_ids
        seen = []
        for kind, whom in ((Decided.RELEASED, anna), (Decided.WITHDRAWN, None)):
            with unit_of_work(house.engine) as session:
                desk.decide(
                    session,
                    exam_id,
                    kind,
                    patient_id=whom,
                    comment="seen",
                    looker=LOOKER,
                    site=house.site,
                    now=house.now,
                )
            seen.append((numbers(house), history(house, "ANNA")))

        assert seen == [([], [study_uid(1)]), (["TEMP"], [])]


class TestAMergeByHand:
    def test_gives_all_exams_to_who_it_was_and_keeps_who_said_so_and_why(self, house: DoseHouse) -> None:
        temp = id_of(house, "TEMP")
        merge_by_hand(house, "TEMP", "ANNA")
        examine(house, 2)  # a late one

        assert numbers(house) == []
        assert history(house, "ANNA") == [study_uid(1), study_uid(2)]
        with unit_of_work(house.engine) as session:
            merged = [one for one in patients.journal_of(session, [temp]) if one.kind == "merged"]
            looks = session.scalars(
                select(AccessLogRow.patient_id).where(AccessLogRow.action == Action.MERGE_PLACEHOLDER)
            ).all()
        assert [(one.after or {})["by"] for one in merged] == ["user:phil"]
        assert [(one.after or {})["reason"] for one in merged] == ["the police found the papers"]
        assert set(looks) == {temp, id_of(house, "ANNA")}

    def test_is_taken_back_as_any_merge_is(self, house: DoseHouse) -> None:
        temp = id_of(house, "TEMP")
        merge_by_hand(house, "TEMP", "ANNA")
        with unit_of_work(house.engine) as session:
            identity_desk.unmerge(session, temp, reason="it was somebody else", looker=LOOKER, now=house.now)
        house.follow()

        assert numbers(house) == ["TEMP"]
        assert (history(house, "ANNA"), history(house, "TEMP")) == ([], [study_uid(1)])

    def test_is_possible_with_a_patient_of_whom_objects_alone_tell(self, house: DoseHouse) -> None:
        examine(house, 2, "ROSA", "Hammer^Rosa")
        merge_by_hand(house, "TEMP", "ROSA")

        assert history(house, "ROSA") == [study_uid(1), study_uid(2)]

    def test_of_two_known_people_is_refused(self, house: DoseHouse) -> None:
        examine(house, 2, "ROSA", "Hammer^Rosa")

        with pytest.raises(NotMergeableError):
            merge_by_hand(house, "ROSA", "ANNA")
        with pytest.raises(NotMergeableError):
            merge_by_hand(house, "TEMP", "TEMP")
        temp = id_of(house, "TEMP")
        with unit_of_work(house.engine) as session, pytest.raises(UnknownPatientError):
            placeholders.merge(session, temp, uuid4(), reason="none", looker=LOOKER, now=house.now)
        assert numbers(house) == ["TEMP"]


class TestTheFinding:
    def test_is_told_once_an_exam_counts_for_too_long_and_names_nobody(self, house: DoseHouse) -> None:
        before = overdue(house)
        house.now += house.site.placeholder_time
        told = overdue(house)
        is_overdue = [one.is_overdue for one in listed(house)]
        merge_by_hand(house, "TEMP", "ANNA")

        assert before == []
        assert told == [f"{id_of(house, 'TEMP')}: exams of a placeholder have counted for more than 72 hours"]
        assert is_overdue == [True]
        assert overdue(house) == []
