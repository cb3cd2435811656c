"""Tests of dose_core.orders.matching: which exams were made for which orders."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

from dose_core.orders.matching import (
    Confidence,
    DecidedMatch,
    Made,
    Match,
    Ordered,
    Rule,
    Wanted,
    match,
)
from dose_core.orders.modality import ModalityKind
from dose_core.orders.said import Number

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANNA, BRUNO = UUID(int=1), UUID(int=2)
CT = frozenset({ModalityKind.CT})
ORDER = Ordered(id=UUID(int=11), families=frozenset({ANNA}), planned_at=NOON, procedures=(Wanted(kinds=CT),))
OTHER_ORDER = replace(ORDER, id=UUID(int=12))
EXAM = Made(
    id=UUID(int=21),
    family=ANNA,
    study_instance_uid="2.25.1",
    accession=None,
    kinds=CT,
    stations=frozenset({"ctroom1"}),
    at=NOON + timedelta(minutes=20),
)
OTHER_EXAM = replace(EXAM, id=UUID(int=22), study_instance_uid="2.25.2")


def wanting(order: Ordered, **told: object) -> Ordered:
    """Return an order of one procedure that tells this as well."""
    return replace(order, procedures=(replace(order.procedures[0], **told),))  # type: ignore[arg-type]  # as the test says


def of(order: Ordered, exam: Made, rule: Rule, confidence: Confidence) -> Match:
    return Match(order_id=order.id, exam_id=exam.id, rule=rule, confidence=confidence)


BY_UID = wanting(ORDER, study_instance_uid="2.25.1")
BY_ACCESSION = wanting(ORDER, accession=Number(value="A7", issuer="RIS"))
WITH_ACCESSION = replace(EXAM, accession=Number(value="A7"))


class TestByStudyUid:
    def test_it_is_certain_whosever_the_exam_is(self) -> None:
        theirs = replace(EXAM, family=BRUNO)

        assert match([BY_UID], [theirs]) == {of(BY_UID, theirs, Rule.STUDY_UID, Confidence.CERTAIN)}

    def test_two_orders_may_be_done_in_one_study(self) -> None:
        both = [BY_UID, replace(BY_UID, id=OTHER_ORDER.id)]

        assert {one.order_id for one in match(both, [EXAM])} == {ORDER.id, OTHER_ORDER.id}

    def test_a_cancelled_order_is_found_so_that_it_can_be_told(self) -> None:
        assert match([replace(BY_UID, is_cancelled=True)], [EXAM])


class TestByAccessionNumber:
    def test_of_one_patient_it_is_sure_however_long_ago_it_was_planned(self) -> None:
        late = replace(WITH_ACCESSION, at=NOON + timedelta(days=40))

        assert match([BY_ACCESSION], [late]) == {of(BY_ACCESSION, late, Rule.ACCESSION, Confidence.HIGH)}

    def test_of_another_patient_it_is_unsure_and_told_only_near_in_time(self) -> None:
        theirs = replace(WITH_ACCESSION, family=BRUNO)

        assert match([BY_ACCESSION], [theirs]) == {of(BY_ACCESSION, theirs, Rule.ACCESSION, Confidence.LOW)}
        assert match([BY_ACCESSION], [replace(theirs, at=NOON + timedelta(days=8))]) == frozenset()

    def test_of_another_modality_another_patient_is_not_meant(self) -> None:
        theirs = replace(WITH_ACCESSION, family=BRUNO, kinds=frozenset({ModalityKind.MAMMOGRAPHY}))

        assert match([BY_ACCESSION], [theirs]) == frozenset()

    def test_a_word_that_the_exams_of_several_patients_bear_leads_to_no_other_patient(self) -> None:
        bruno = replace(WITH_ACCESSION, family=BRUNO)
        third = replace(OTHER_EXAM, accession=Number(value="A7"), family=UUID(int=3))

        assert match([BY_ACCESSION], [bruno, third]) == frozenset()

    def test_the_study_uid_is_stronger(self) -> None:
        other = wanting(OTHER_ORDER, study_instance_uid="2.25.1")

        assert match([BY_ACCESSION, other], [WITH_ACCESSION]) == {
            of(other, WITH_ACCESSION, Rule.STUDY_UID, Confidence.CERTAIN)
        }


class TestByPatientModalityAndTime:
    def test_one_order_and_one_exam_of_a_day_are_taken_for_one(self) -> None:
        assert match([ORDER], [EXAM]) == {of(ORDER, EXAM, Rule.PATIENT_AND_TIME, Confidence.LOW)}

    def test_not_more_than_a_day_apart(self) -> None:
        assert match([ORDER], [replace(EXAM, at=NOON + timedelta(hours=24, minutes=1))]) == frozenset()
        assert match([ORDER], [replace(EXAM, at=NOON - timedelta(hours=24))])

    def test_not_of_another_patient_modality_or_accession_number(self) -> None:
        assert match([ORDER], [replace(EXAM, family=BRUNO)]) == frozenset()
        assert match([ORDER], [replace(EXAM, kinds=frozenset({ModalityKind.NUCLEAR}))]) == frozenset()
        assert match([BY_ACCESSION], [replace(EXAM, accession=Number(value="B8"))]) == frozenset()

    def test_not_for_a_cancelled_order(self) -> None:
        assert match([replace(ORDER, is_cancelled=True)], [EXAM]) == frozenset()

    def test_nothing_is_guessed_of_two(self) -> None:
        assert match([ORDER, OTHER_ORDER], [EXAM]) == frozenset()
        assert match([ORDER], [EXAM, OTHER_EXAM]) == frozenset()

    def test_the_planned_station_tells_which_of_two_is_meant(self) -> None:
        here = wanting(ORDER, stations=frozenset({"ctroom1"}))
        there = wanting(OTHER_ORDER, stations=frozenset({"ctroom2"}))

        assert match([here, there], [EXAM]) == {of(here, EXAM, Rule.PATIENT_AND_TIME, Confidence.LOW)}

    def test_an_order_that_has_its_exam_is_not_taken_for_another(self) -> None:
        assert match([BY_UID], [EXAM, OTHER_EXAM]) == {of(BY_UID, EXAM, Rule.STUDY_UID, Confidence.CERTAIN)}


class TestByHand:
    def test_what_a_person_matched_is_stronger_than_all_rules(self) -> None:
        decided = DecidedMatch(order_id=OTHER_ORDER.id, exam_id=EXAM.id, is_match=True)

        assert match([BY_UID, OTHER_ORDER], [EXAM], [decided]) == {
            of(OTHER_ORDER, EXAM, Rule.BY_HAND, Confidence.CERTAIN)
        }

    def test_what_a_person_parted_is_found_by_no_rule(self) -> None:
        parted = DecidedMatch(order_id=ORDER.id, exam_id=EXAM.id, is_match=False)

        for order, exam in ((BY_UID, EXAM), (BY_ACCESSION, WITH_ACCESSION), (ORDER, EXAM)):
            assert match([order], [exam], [parted]) == frozenset()


def test_the_result_does_not_depend_on_the_order_in_which_orders_and_exams_stand() -> None:
    orders = (BY_UID, wanting(OTHER_ORDER, accession=Number(value="A7")), replace(ORDER, id=UUID(int=13)))
    exams = (
        EXAM,
        replace(OTHER_EXAM, accession=Number(value="A7")),
        replace(EXAM, id=UUID(int=23), study_instance_uid="3"),
    )

    results = {match(a, b) for a in permutations(orders) for b in permutations(exams)}

    assert len(results) == 1
    assert {one.rule for one in results.pop()} == {Rule.STUDY_UID, Rule.ACCESSION, Rule.PATIENT_AND_TIME}
