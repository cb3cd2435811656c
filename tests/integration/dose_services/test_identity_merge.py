"""Tests of dose_services.identity_merge on a real PostgreSQL."""

import threading
from contextlib import suppress
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.repositories import patients
from db.session import unit_of_work
from db.tables.patient import PatientRow
from dose_core.model import PatientStated
from dose_services.identity import resolve_stated, update_patient
from dose_services.identity_merge import merge_patients
from dose_services.identity_values import MergedIdentifierError, MergeLoopError, SameIdentifierError, StatedMerge
from tests.builders.identity import MORNING, change, identifier, into, person
from tests.support.hl7_bridge import SITE


def merge(session: Session, survivor: str, *subsumed: str, minute: int = 0) -> tuple[str, ...]:
    outcome = merge_patients(session, [into(survivor, *subsumed)], change(minute))
    if outcome.refused is not None:
        raise outcome.refused
    return outcome.warnings


def living(session: Session, value: str) -> str:
    """Return the identifier of the patient that stands for ``value`` now."""
    row = patients.find_by_identifier(session, value, "HOSP")
    assert row is not None
    survivor_id = patients.survivor_of(session, row.id)
    assert survivor_id is not None
    return patients.identifiers_of(session, [survivor_id])[0].value


class TestMergePatients:
    def test_the_subsumed_patient_stands_under_the_survivor(self, session: Session) -> None:
        update_patient(session, person("OLD"), change())
        update_patient(session, person("NEW", name="Ek^Berta"), change())
        merge(session, "NEW", "OLD")

        assert living(session, "OLD") == "NEW"
        survivor = patients.find_by_identifier(session, "NEW", "HOSP")
        assert survivor is not None
        assert survivor.name == "Ek^Berta", "a merge means no demographics"

    def test_a_repeated_merge_changes_nothing(self, session: Session) -> None:
        merge(session, "NEW", "OLD")

        assert merge(session, "NEW", "OLD", minute=1) == ("merged before",)
        assert living(session, "OLD") == "NEW"

    def test_unknown_patients_are_created_so_that_late_objects_find_the_survivor(self, session: Session) -> None:
        merge(session, "NEW", "OLD")
        late = resolve_stated(
            session,
            PatientStated(id="OLD", name="Ek^Alma"),
            study="1.2.3",
            evidence_id=uuid4(),
            now=MORNING,
            authority=SITE.default_authority,
        ).patient_id

        survivor = patients.find_by_identifier(session, "NEW", "HOSP")
        assert survivor is not None
        assert patients.survivor_of(session, late) == survivor.id
        assert survivor.name == "Ek^Alma"

    def test_follows_a_chain_of_merges(self, session: Session) -> None:
        merge(session, "B", "A")
        merge(session, "C", "B")
        merge(session, "D", "C")

        assert {living(session, value) for value in "ABCD"} == {"D"}
        row = patients.find_by_identifier(session, "B", "HOSP")
        assert row is not None
        family = patients.family_of(session, row.id)
        assert len(family) == 4
        assert family[0] == patients.survivor_of(session, row.id)

    def test_a_survivor_who_was_merged_stands_for_their_own_survivor(self, session: Session) -> None:
        merge(session, "C", "B")
        merge(session, "B", "A")

        assert living(session, "A") == "C"

    def test_the_reverse_merge_swaps_who_survives_and_is_journalled(self, session: Session) -> None:
        """A into B and then B into A: the newest message says who lives on, and no dose leaves the family."""
        update_patient(session, person("A"), change())
        merge(session, "B", "A", minute=1)
        merge(session, "A", "B", minute=2)

        assert {living(session, value) for value in "AB"} == {"A"}
        row = patients.find_by_identifier(session, "A", "HOSP")
        assert row is not None
        kinds = [event.kind for event in patients.journal_of(session, patients.family_of(session, row.id))]
        assert kinds.count("merged") == 2
        assert kinds.count("survives_again") == 1
        assert update_patient(session, person("A", name="Ek^Berta"), change(3)).is_applied

    def test_merges_that_would_form_a_longer_loop_wait_for_a_person(self, session: Session) -> None:
        merge(session, "B", "A")
        merge(session, "C", "B", minute=1)
        with pytest.raises(MergeLoopError):
            merge(session, "A", "C", minute=2)

        assert {living(session, value) for value in "ABC"} == {"C"}

    def test_who_was_merged_cannot_be_merged_into_somebody_else(self, session: Session) -> None:
        merge(session, "B", "A")

        with pytest.raises(MergedIdentifierError):
            merge(session, "X", "A")

    def test_nobody_is_merged_into_themselves(self, session: Session) -> None:
        with pytest.raises(SameIdentifierError):
            merge(session, "A", "A")

    def test_the_subsumed_identifier_may_stand_in_the_survivors_list(self, session: Session) -> None:
        stated = StatedMerge(survivor=person("NEW", "OLD"), subsumed=(identifier("OLD"),))
        merge_patients(session, [stated], change())

        assert living(session, "OLD") == "NEW"

    def test_all_merges_of_a_message_or_none(self, engine: Engine) -> None:
        with pytest.raises(SameIdentifierError), unit_of_work(engine) as session:
            merge_patients(session, [into("N1", "O1"), into("N2", "N2")], change())

        with unit_of_work(engine) as session:
            assert session.scalars(select(PatientRow)).all() == []

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.permutations("ABCDE").map(lambda order: (order[0], order[1])), max_size=10))
    def test_no_order_of_merges_makes_a_loop(self, session: Session, merges: list[tuple[str, str]]) -> None:
        """The model beside it: who was stated as one person, as plain sets."""
        session.rollback()
        together = {value: {value} for value in "ABCDE"}
        named = set()
        for survivor, subsumed in merges:
            try:
                with session.begin_nested():
                    merge(session, survivor, subsumed)
            except (MergedIdentifierError, MergeLoopError):
                continue
            named |= {survivor, subsumed}
            joined = together[survivor] | together[subsumed]
            for value in joined:
                together[value] = joined

        for value in named:
            assert living(session, value) in together[value]
            assert {other for other in named if living(session, other) == living(session, value)} == together[value]

    def test_two_merges_at_once_make_no_loop(self, engine: Engine) -> None:
        """B' stands under B and A' under A; B' takes A while A' takes B: four identifiers, no lock shared."""
        with unit_of_work(engine) as session:
            merge(session, "B", "B'")
            merge(session, "A", "A'")
        start = threading.Barrier(2)

        def run(survivor: str, subsumed: str) -> None:
            with unit_of_work(engine) as session, suppress(MergeLoopError):  # whichever comes second
                start.wait(10)
                merge(session, survivor, subsumed)

        threads = [threading.Thread(target=run, args=pair) for pair in (("B'", "A"), ("A'", "B"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        with unit_of_work(engine) as session:
            assert len({living(session, value) for value in ("A", "B", "A'", "B'")}) == 1

    def test_the_same_new_patient_on_many_connections_is_created_once(self, engine: Engine) -> None:
        def run(minute: int) -> None:
            with unit_of_work(engine) as session:
                update_patient(session, person("P1", "P2"), change(minute))

        threads = [threading.Thread(target=run, args=(minute,)) for minute in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        with unit_of_work(engine) as session:
            assert len(session.scalars(select(PatientRow)).all()) == 1
