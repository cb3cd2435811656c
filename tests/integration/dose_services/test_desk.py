"""Tests of dose_services.desk and exam_standing: what waits for a person, and what a person decides."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select

from db.repositories import desk as desk_rows
from db.repositories import outbox, patients
from db.session import unit_of_work
from db.tables.access_log import AccessLogRow
from db.tables.exam import ExamRow
from dose_core.ledger.not_patient import NotPatientRules
from dose_core.ledger.standing import EVENT_KNOWN, IDENTITIES_DISAGREE, Decided, Standing
from dose_services import desk, exams
from dose_services.audit import Action, Looker, Via
from dose_services.desk import DecisionRefusedError, DeskExam
from dose_services.launch import UnknownPatientError
from dose_services.viewing import UnknownExamError
from tests.builders.ct_reports import QUALITY_CONTROL, of, report, study_uid
from tests.builders.ct_study import ct_slices
from tests.builders.hl7 import merge
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler

LOOKER = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")


@pytest.fixture
def plain(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has received nothing."""
    return DoseHouse(engine=engine, archive=archive)


def exam_id_of(house: DoseHouse, number: int) -> UUID:
    with unit_of_work(house.engine) as session:
        return session.scalars(select(ExamRow.id).where(ExamRow.study_instance_uid == study_uid(number))).one()


def stands(house: DoseHouse, *numbers: int) -> list[tuple[str, str | None]]:
    """Return state and reason of the exams of these studies."""
    with unit_of_work(house.engine) as session:
        rows = [
            session.scalars(select(ExamRow).where(ExamRow.study_instance_uid == study_uid(number))).one()
            for number in numbers
        ]
        return [(row.state, row.state_reason) for row in rows]


def patient_id(house: DoseHouse, identifier: str) -> UUID:
    with unit_of_work(house.engine) as session:
        found = patients.find_by_identifier(session, identifier, "HOSP")
        assert found is not None
        return found.id


def history(house: DoseHouse, identifier: str) -> list[str]:
    """Return the studies in a patient's history."""
    with unit_of_work(house.engine) as session:
        found = exams.history(session, patient_id(house, identifier))
        assert found is not None
        return sorted(exam.study_instance_uid for exam in found.exams)


def listed(house: DoseHouse, state: Standing = Standing.HELD) -> list[DeskExam]:
    with unit_of_work(house.engine) as session:
        return desk.waiting(session, state, after=None, limit=50, looker=LOOKER, now=house.now)


def decide(house: DoseHouse, exam_id: UUID, kind: Decided, *, to: UUID | None = None) -> DeskExam:
    """Decide, and let the worker do what follows."""
    with unit_of_work(house.engine) as session:
        decided = desk.decide(
            session, exam_id, kind, patient_id=to, comment="seen", looker=LOOKER, site=house.site, now=house.now
        )
    house.follow()
    return decided


@pytest.fixture
def disagreeing(plain: DoseHouse) -> DoseHouse:
    """A house with a study whose two reports name different patients."""
    plain.receive([report(1, **of("A")), report(2, study=1, **of("B"))])
    return plain


class TestAnExamWhoseObjectsNameDifferentPatients:
    def test_waits_at_the_desk_and_is_in_no_history(self, disagreeing: DoseHouse) -> None:
        assert stands(disagreeing, 1) == [(Standing.HELD, IDENTITIES_DISAGREE)]
        assert (history(disagreeing, "A"), history(disagreeing, "B")) == ([], [])

    def test_is_listed_with_all_whom_it_names(self, disagreeing: DoseHouse) -> None:
        (exam,) = listed(disagreeing)

        assert {one.value for person in exam.named for one in person.identifiers} == {"A", "B"}
        assert exam.patient.identifiers == ()

    def test_counts_for_the_patient_to_whom_it_is_released_and_for_nobody_after_that_is_withdrawn(
        self, disagreeing: DoseHouse
    ) -> None:
        exam_id, anna = exam_id_of(disagreeing, 1), patient_id(disagreeing, "A")
        placeholder = listed(disagreeing)[0].patient.id

        released = decide(disagreeing, exam_id, Decided.RELEASED, to=anna)
        after_release = (history(disagreeing, "A"), history(disagreeing, "B"))
        withdrawn = decide(disagreeing, exam_id, Decided.WITHDRAWN)

        assert (released.state, released.patient.id) == (Standing.COUNTED, anna)
        assert after_release == ([study_uid(1)], [])
        assert (withdrawn.state, withdrawn.patient.id) == (Standing.HELD, placeholder)
        assert history(disagreeing, "A") == []
        assert [(one.kind, one.patient_id, one.from_patient_id) for one in withdrawn.decisions] == [
            (Decided.WITHDRAWN, None, anna),
            (Decided.RELEASED, anna, placeholder),
        ]

    def test_keeps_the_decision_when_more_objects_come(self, disagreeing: DoseHouse) -> None:
        decide(disagreeing, exam_id_of(disagreeing, 1), Decided.RELEASED, to=patient_id(disagreeing, "B"))

        disagreeing.receive([report(3, study=1, **of("A"))])

        assert history(disagreeing, "B") == [study_uid(1)]

    def test_is_decided_once_however_often_that_is_sent(self, disagreeing: DoseHouse) -> None:
        exam_id, anna = exam_id_of(disagreeing, 1), patient_id(disagreeing, "A")

        for _ in range(3):
            decided = decide(disagreeing, exam_id, Decided.RELEASED, to=anna)

        assert len(decided.decisions) == 1

    def test_is_filed_anew_by_itself_once_the_patients_are_merged(self, disagreeing: DoseHouse) -> None:
        handler(disagreeing.engine).handle(merge(survivor="A^^^HOSP", subsumed="B^^^HOSP"), peer="127.0.0.1")

        disagreeing.follow()

        assert stands(disagreeing, 1) == [(Standing.COUNTED, None)]
        assert history(disagreeing, "A") == [study_uid(1)]

    def test_is_left_alone_by_the_merge_of_others(self, disagreeing: DoseHouse) -> None:
        handler(disagreeing.engine).handle(merge(survivor="C^^^HOSP", subsumed="D^^^HOSP"), peer="127.0.0.1")

        with unit_of_work(disagreeing.engine) as session:
            assert outbox.count(session) == 0


class TestAnExamWithAnEventThatIsKnown:
    @pytest.fixture
    def moved(self, plain: DoseHouse) -> DoseHouse:
        """A house in which a study came again as another patient's, under new UIDs, with nothing that says so."""
        plain.receive([report(1, **of("A"))])
        plain.wait(1)
        plain.receive([report(2, event=1, **of("B"))])
        return plain

    def test_waits_at_the_desk_and_nothing_moves(self, moved: DoseHouse) -> None:
        assert stands(moved, 1, 2) == [(Standing.COUNTED, None), (Standing.HELD, EVENT_KNOWN)]
        assert (history(moved, "A"), history(moved, "B")) == ([study_uid(1)], [])
        assert listed(moved)[0].counted_in == (exam_id_of(moved, 1),)

    def test_takes_the_event_over_when_it_is_released_and_gives_it_back_when_that_is_withdrawn(
        self, moved: DoseHouse
    ) -> None:
        second = exam_id_of(moved, 2)

        decide(moved, second, Decided.RELEASED, to=patient_id(moved, "B"))
        after_release = stands(moved, 1, 2)
        decide(moved, second, Decided.WITHDRAWN)

        assert after_release == [(Standing.HELD, EVENT_KNOWN), (Standing.COUNTED, None)]
        assert stands(moved, 1, 2) == [(Standing.COUNTED, None), (Standing.HELD, EVENT_KNOWN)]

    def test_counts_once_also_if_both_are_released(self, moved: DoseHouse) -> None:
        decide(moved, exam_id_of(moved, 2), Decided.RELEASED, to=patient_id(moved, "B"))
        decide(moved, exam_id_of(moved, 1), Decided.RELEASED, to=patient_id(moved, "A"))

        assert stands(moved, 1, 2) == [(Standing.COUNTED, None), (Standing.HELD, EVENT_KNOWN)]

    def test_counts_by_itself_once_the_other_is_marked_as_no_patients(self, moved: DoseHouse) -> None:
        decide(moved, exam_id_of(moved, 1), Decided.NOT_PATIENT)

        assert stands(moved, 1, 2) == [(Standing.NOT_PATIENT, "a person marked it so"), (Standing.COUNTED, None)]

    def test_is_found_when_the_one_that_counted_it_is_gone_without_a_word(self, moved: DoseHouse) -> None:
        with unit_of_work(moved.engine) as session:
            row = session.get(ExamRow, exam_id_of(moved, 1))
            assert row is not None
            row.state = Standing.VOID
        with unit_of_work(moved.engine) as session:
            desk_rows.refile_without_rival(session, reason=EVENT_KNOWN, now=moved.now)
        moved.follow()

        assert stands(moved, 2) == [(Standing.COUNTED, None)]


class TestAnExamOfAPhantom:
    def test_is_known_by_the_intent_of_its_report(self, plain: DoseHouse) -> None:
        plain.receive([report(1, intent=QUALITY_CONTROL, **of("A"))])

        assert stands(plain, 1) == [(Standing.NOT_PATIENT, "the intent is quality control")]
        assert history(plain, "A") == []
        assert [exam.study_instance_uid for exam in listed(plain, Standing.NOT_PATIENT)] == [study_uid(1)]
        assert listed(plain) == []

    @pytest.mark.parametrize(
        ("rules", "reason"),
        [
            (NotPatientRules(patient_ids=("qa*",)), "the patient id fits 'qa*'"),
            (NotPatientRules(protocols=("thor?x",)), "the protocol fits 'thor?x'"),
            (NotPatientRules(station_names=("ctroom*",)), "the station name fits 'ctroom*'"),
            (NotPatientRules(patient_names=("muster*",)), "the patient name fits 'muster*'"),
        ],
    )
    def test_is_known_by_the_rules_of_the_site(self, plain: DoseHouse, rules: NotPatientRules, reason: str) -> None:
        plain.site = replace(plain.site, not_patient=rules)

        plain.receive([report(1, **of("QA-7"))])

        assert stands(plain, 1) == [(Standing.NOT_PATIENT, reason)]

    def test_is_a_patients_if_a_person_says_so_and_a_phantoms_again_if_a_person_says_so(self, plain: DoseHouse) -> None:
        plain.receive([report(1, intent=QUALITY_CONTROL, **of("A"))])
        exam_id = exam_id_of(plain, 1)

        decide(plain, exam_id, Decided.PATIENT)
        as_patient = history(plain, "A")
        decide(plain, exam_id, Decided.NOT_PATIENT)

        assert as_patient == [study_uid(1)]
        assert history(plain, "A") == []

    def test_cannot_be_released_to_a_patient_before_it_is_marked_as_one(self, plain: DoseHouse) -> None:
        plain.receive([report(1, intent=QUALITY_CONTROL, **of("A"))])

        with pytest.raises(DecisionRefusedError, match="mark it as a patient's first"):
            decide(plain, exam_id_of(plain, 1), Decided.RELEASED, to=patient_id(plain, "A"))


class TestWhatIsNotCounted:
    @pytest.mark.parametrize("kind", [Decided.NOT_PATIENT, Decided.RELEASED])
    def test_has_its_dose_sr_withdrawn_unless_it_counts(
        self, house: DoseHouse, archive: FakeArchive, kind: Decided
    ) -> None:
        house.wait(QUIET_S)
        house.work()
        with unit_of_work(house.engine) as session:
            exam = session.scalars(select(ExamRow)).one()

        decide(house, exam.id, kind, to=exam.patient_id if kind is Decided.RELEASED else None)
        house.work()

        assert len(archive.objects) == (kind is Decided.RELEASED)

    def test_gets_no_dose_sr_though_one_waited(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.receive(ct_slices(1, first=7, **of("ANOTHER")), are_headers=True)
        house.wait(QUIET_S)

        house.work()

        assert archive.objects == {}

    def test_is_not_sent_either_between_the_decision_and_what_follows(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        house.wait(QUIET_S)
        with unit_of_work(house.engine) as session:
            exam = session.scalars(select(ExamRow)).one()
            desk.decide(
                session, exam.id, Decided.NOT_PATIENT, comment="seen", looker=LOOKER, site=house.site, now=house.now
            )

        house.work()

        assert archive.objects == {}


class TestOnRecord:
    def test_is_every_look_at_the_desk_for_every_patient_who_is_named(self, disagreeing: DoseHouse) -> None:
        (exam,) = listed(disagreeing)

        people = {exam.patient.id, *(person.id for person in exam.named)}
        assert looks(disagreeing, Action.READ_DESK) == {(person, exam.id) for person in people}

    def test_is_every_decision_for_whose_it_was_and_whose_it_became(self, disagreeing: DoseHouse) -> None:
        exam_id, anna = exam_id_of(disagreeing, 1), patient_id(disagreeing, "A")
        (before,) = listed(disagreeing)

        decide(disagreeing, exam_id, Decided.RELEASED, to=anna)

        assert looks(disagreeing, Action.RELEASE_EXAM) == {(anna, exam_id), (before.patient.id, exam_id)}


class TestWhatDoesNotFit:
    def test_is_an_exam_that_nobody_knows(self, plain: DoseHouse) -> None:
        with pytest.raises(UnknownExamError):
            decide(plain, uuid4(), Decided.NOT_PATIENT)

    def test_is_a_patient_whom_nobody_knows(self, disagreeing: DoseHouse) -> None:
        with pytest.raises(UnknownPatientError):
            decide(disagreeing, exam_id_of(disagreeing, 1), Decided.RELEASED, to=uuid4())

    def test_is_withdrawing_what_was_never_released(self, disagreeing: DoseHouse) -> None:
        with pytest.raises(DecisionRefusedError, match="nobody released"):
            decide(disagreeing, exam_id_of(disagreeing, 1), Decided.WITHDRAWN)


def test_the_desk_is_listed_page_by_page(plain: DoseHouse) -> None:
    for number in range(3):
        plain.wait(1)
        plain.receive([report(10 + number, **of("A")), report(20 + number, study=10 + number, **of("B"))])

    pages: list[list[DeskExam]] = []
    after: UUID | None = None
    with unit_of_work(plain.engine) as session:
        while not pages or pages[-1]:
            pages.append(desk.waiting(session, Standing.HELD, after=after, limit=2, looker=LOOKER, now=plain.now))
            after = pages[-1][-1].id if pages[-1] else after

    assert [[exam.study_instance_uid for exam in page] for page in pages] == [
        [study_uid(10), study_uid(11)],
        [study_uid(12)],
        [],
    ]


def looks(house: DoseHouse, action: Action) -> set[tuple[UUID | None, UUID | None]]:
    with unit_of_work(house.engine) as session:
        rows = session.scalars(select(AccessLogRow).where(AccessLogRow.action == action))
        return {(row.patient_id, row.exam_id) for row in rows}
