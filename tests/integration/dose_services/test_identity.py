"""Tests of dose_services.identity on a real PostgreSQL."""

import threading
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from db.repositories import identity_facts, patients
from db.session import unit_of_work
from db.tables.patient import PatientRow
from dose_core.model import PatientStated
from dose_services.identity import resolve_stated, update_patient
from dose_services.identity_merge import merge_patients
from dose_services.identity_values import MergedIdentifierError, UnusableIdentifierError
from tests.builders.identity import MORNING, change, into, person
from tests.support.hl7_bridge import SITE

LISTED_BY_A_THOUSAND = """
WITH said AS (
    INSERT INTO identity_fact (at, content, recorded_at)
    SELECT now(), '[]', now() FROM generate_series(1, 1000) RETURNING id, at
)
INSERT INTO identity_fact_key (fact_id, value, authority, at, is_named, is_structural)
SELECT id, 'DUMMY', 'HOSP', at, false, false FROM said
UNION ALL SELECT id, concat('Q', id), 'HOSP', at, true, false FROM said
"""


def patient(session: Session, value: str, authority: str = "HOSP") -> PatientRow:
    found = patients.find_by_identifier(session, value, authority)
    assert found is not None
    return found


def resolve(session: Session, stated: PatientStated, *, study: str = "1.2.3") -> UUID:
    authority = SITE.default_authority
    named = resolve_stated(session, stated, study=study, evidence_id=uuid4(), now=MORNING, authority=authority)
    return named.patient_id


class TestUpdatePatient:
    def test_creates_who_is_unknown(self, session: Session) -> None:
        assert update_patient(session, person("P1", "P2"), change()).is_applied

        row = patient(session, "P1")
        assert patient(session, "P2").id == row.id
        assert (row.name, row.birth_date, row.sex) == ("Ek^Alma", date(1960, 1, 1), "F")
        events = [event.kind for event in patients.journal_of(session, [row.id])]
        assert sorted(events) == ["created", "identifier_added", "identifier_added"]

    def test_the_journal_holds_what_was_before(self, session: Session) -> None:
        update_patient(session, person("P1", name="Ek^Alma"), change())
        update_patient(session, person("P1", name="Ek^Berta"), change(1))

        (event,) = (
            event for event in patients.journal_of(session, [patient(session, "P1").id]) if event.kind == "demographics"
        )
        assert event.before is not None
        assert event.after is not None
        assert (event.before["name"], event.after["name"]) == ("Ek^Alma", "Ek^Berta")

    def test_an_older_event_leaves_the_demographics(self, session: Session) -> None:
        update_patient(session, person("P1", name="Ek^Berta"), change(10))
        outcome = update_patient(session, person("P1", name="Ek^Alma"), change(5))

        assert not outcome.is_applied
        assert outcome.reason == "older than the last update of this patient; the demographics stay"
        assert patient(session, "P1").name == "Ek^Berta"

    def test_in_the_same_second_the_later_arrival_counts(self, session: Session) -> None:
        update_patient(session, person("P1", name="Ek^Alma"), change(5))
        update_patient(session, person("P1", name="Ek^Berta"), change(5))

        assert patient(session, "P1").name == "Ek^Berta"

    def test_a_second_identifier_never_decides_who_it_is(self, session: Session) -> None:
        """Real feeds repeat a dummy number, such as 9999999999, for everybody."""
        update_patient(session, person("P1", "DUMMY", name="Ek^Alma"), change())
        outcome = update_patient(session, person("P2", "DUMMY", name="Al^Bo"), change(1))

        assert outcome.warnings == ("identifier 2 of the list belongs to another patient and was left there",)
        assert patient(session, "P1").name == "Ek^Alma"
        assert patient(session, "P2").name == "Al^Bo"

    def test_the_same_value_of_another_authority_is_somebody_else(self, session: Session) -> None:
        update_patient(session, person("P1"), change())
        other = resolve(session, PatientStated(id="P1", issuer="CLINIC"))

        assert other != patient(session, "P1").id
        assert patients.find_by_identifier(session, "P1", None) is None, "without authority it is not unique"

    def test_an_update_from_before_the_merge_reaches_the_merged_patient_alone(self, session: Session) -> None:
        update_patient(session, person("OLD"), change())
        merge_patients(session, [into("NEW", "OLD")], change(10))

        outcome = update_patient(session, person("OLD", name="Ek^Berta"), change(5))

        assert outcome.reason == "older than the merge of this patient into another"
        assert patient(session, "OLD").name == "Ek^Berta", "as it would be had it come in time"
        assert patient(session, "NEW").name == "Ek^Alma"

    def test_an_update_from_after_the_merge_is_refused(self, session: Session) -> None:
        merge_patients(session, [into("NEW", "OLD")], change(10))

        outcome = update_patient(session, person("OLD", name="Ek^Berta"), change(20))

        assert isinstance(outcome.refused, MergedIdentifierError)
        assert {patient(session, value).name for value in ("NEW", "OLD")} == {"Ek^Alma", None}

    def test_an_update_from_after_the_merge_reaches_the_survivor_where_the_site_redirects(
        self, session: Session
    ) -> None:
        merge_patients(session, [into("NEW", "OLD")], change(10))

        outcome = update_patient(session, person("OLD", name="Ek^Berta"), change(20), redirects=True)

        assert outcome.is_applied
        assert patient(session, "NEW").name == "Ek^Berta"

    def test_a_number_beside_two_stays_with_the_first_when_a_message_of_the_second_comes_late(
        self, session: Session
    ) -> None:
        update_patient(session, person("P1", "DUMMY"), change(1))
        update_patient(session, person("P2", "DUMMY"), change(2))
        update_patient(session, person("P3"), change(9))

        merge_patients(session, [into("P3", "P2")], change(3))

        assert patient(session, "DUMMY").id == patient(session, "P1").id
        assert patients.survivor_of(session, patient(session, "P2").id) == patient(session, "P3").id

    def test_a_number_that_stands_beside_everybody_leads_from_nobody_to_nobody(self, session: Session) -> None:
        for number in range(3):
            update_patient(session, person(f"P{number}", "DUMMY"), change(number))
        update_patient(session, person("DUMMY"), change(9))
        of_one = [("P1", "HOSP")]

        few = identity_facts.reached(session, of_one)
        session.execute(text(LISTED_BY_A_THOUSAND))
        many = identity_facts.reached(session, of_one)

        assert [value for value, _ in few] == ["DUMMY", "P0", "P1", "P2"]
        assert [value for value, _ in many] == ["DUMMY", "P1"]

    def test_two_messages_at_once_that_name_one_patient_differently_lose_nothing(self, engine: Engine) -> None:
        with unit_of_work(engine) as session:
            update_patient(session, person("P1", "P2"), change())

        def tell_by_the_other() -> None:
            with unit_of_work(engine) as session:
                update_patient(session, person("P2", name="Ek^Berta"), change(5))

        other = threading.Thread(target=tell_by_the_other)
        with unit_of_work(engine) as session:
            update_patient(session, person("P1", name="Ek^Cilla"), change(9))
            other.start()
            other.join(0.5)
        other.join(30)

        with unit_of_work(engine) as session:
            assert patient(session, "P2").name == "Ek^Cilla"


class TestResolveStated:
    def test_an_object_finds_whom_a_message_told_of(self, session: Session) -> None:
        update_patient(session, person("P1"), change())

        assert resolve(session, PatientStated(id=" P1 ")) == patient(session, "P1").id

    def test_an_object_never_overwrites_what_a_message_told(self, session: Session) -> None:
        update_patient(session, person("P1", name="Ek^Alma"), change())
        resolve(session, PatientStated(id="P1", name="EK^A"))

        assert patient(session, "P1").name == "Ek^Alma"

    def test_the_first_message_counts_more_than_any_object(self, session: Session) -> None:
        resolve(session, PatientStated(id="P1", name="EK^A"))
        update_patient(session, person("P1", name="Ek^Alma"), change(-600))

        assert patient(session, "P1").name == "Ek^Alma"

    def test_a_later_object_fills_what_the_first_left_open(self, session: Session) -> None:
        resolve(session, PatientStated(id="P1"))
        resolve(session, PatientStated(id="P1", name="Ek^Alma", sex="F"))
        resolve(session, PatientStated(id="P1", name="Al^Bo"))

        assert (patient(session, "P1").name, patient(session, "P1").sex) == ("Ek^Alma", "F")

    def test_is_safe_to_repeat(self, session: Session) -> None:
        assert resolve(session, PatientStated(id="P1")) == resolve(session, PatientStated(id="P1"))
        assert session.scalar(select(func.count()).select_from(PatientRow)) == 1

    def test_studies_without_patient_id_share_no_patient(self, session: Session) -> None:
        first = resolve(session, PatientStated(name="Ek^Alma"), study="1.2.1")

        assert resolve(session, PatientStated(id=" "), study="1.2.1") == first
        assert resolve(session, PatientStated(), study="1.2.2") != first
        assert patients.identifiers_of(session, [first]) == []

    def test_two_birth_dates_under_one_identifier_are_a_finding(self, session: Session) -> None:
        update_patient(session, person("P1", birth_date=date(1960, 1, 1)), change())
        resolve(session, PatientStated(id="P1", birth_date=date(1990, 1, 1)))

        resolve(session, PatientStated(id="P1", birth_date=date(1960, 1, 1)))
        session.expire_all()

    def test_a_nul_in_an_identifier_reaches_no_table(self, session: Session) -> None:
        assert resolve(session, PatientStated(id="P\0 1", name="E\0k")) is not None

    def test_an_endless_identifier_is_refused_before_the_index_does(self, session: Session) -> None:
        with pytest.raises(UnusableIdentifierError):
            resolve(session, PatientStated(id="9" * 5000))
