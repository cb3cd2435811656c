"""Each trigger event of HL7 chapter 3 that says who is who, with the doses that it concerns, on a real PostgreSQL."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from db.repositories import patients
from db.session import unit_of_work
from dose_services import identity_desk
from dose_services.audit import Looker, Via
from tests.support.identity_house import MORNING, IdentityHouse, pid

PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")


@pytest.fixture
def house(engine: Engine) -> IdentityHouse:
    return IdentityHouse(engine=engine)


class TestUpdates:
    def test_tell_of_a_patient(self, house: IdentityHouse) -> None:
        numbers = (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 28, 31, 38)
        for trigger in (f"A{number:02}" for number in numbers):
            assert house.hear(trigger, pid(trigger), minute=1) == "AA", trigger
            assert house.shown(trigger).name == "Ek^Alma"

    def test_the_last_update_of_the_record_outweighs_the_time_of_the_event(self, house: IdentityHouse) -> None:
        """PID-33: a transfer of noon sends the name of the early morning, after a correction of the forenoon."""
        house.hear("A08", pid("P1", "Ek^Berta", updated="20260301090000+0000"), minute=60)
        house.hear("A02", pid("P1", "Ek^Alma", updated="20260301080000+0000"), minute=240)

        assert house.shown("P1").name == "Ek^Berta"

    def test_an_older_message_fills_what_no_newer_one_told(self, house: IdentityHouse) -> None:
        house.hear("A08", "PID|1||P1||Ek^Berta", minute=9)
        house.hear("A08", pid("P1", "Ek^Alma"), minute=1)

        shown = house.shown("P1")
        assert (shown.name, str(shown.birth_date), shown.sex) == ("Ek^Berta", "1960-01-01", "F")

    def test_an_object_fills_what_no_message_told_whichever_comes_first(self, house: IdentityHouse) -> None:
        house.hear("A08", "PID|1||P1||Ek^Alma", minute=1)
        house.receive("P1", name="Ek^Alma", born="19600101")
        house.receive("P2", name="Ek^Alma", born="19600101")
        house.hear("A08", "PID|1||P2||Ek^Alma", minute=1)

        assert house.shown("P1").birth_date == house.shown("P2").birth_date is not None


class TestMerges:
    def test_show_the_doses_together(self, house: IdentityHouse) -> None:
        old, new = house.receive("OLD"), house.receive("NEW")

        assert house.hear("A40", pid("NEW"), "MRG|OLD", minute=1) == "AA"
        late = house.receive("OLD")

        assert house.history("NEW") == house.history("OLD") == {old, new, late}

    def test_come_by_five_events(self, house: IdentityHouse) -> None:
        for trigger in ("A18", "A34", "A36", "A39", "A40"):
            assert house.hear(trigger, pid(f"{trigger}-NEW"), f"MRG|{trigger}-OLD", minute=1) == "AA", trigger
            assert house.shown(f"{trigger}-OLD").id == house.patient_id(f"{trigger}-NEW")

    def test_read_the_old_patient_id_of_old_senders(self, house: IdentityHouse) -> None:
        assert house.hear("A34", pid("NEW"), "MRG||||OLD", minute=1) == "AA"
        assert house.shown("OLD").id == house.patient_id("NEW")

    def test_know_the_prior_name_of_who_was_unknown(self, house: IdentityHouse) -> None:
        house.hear("A40", pid("NEW", "Al^Bo"), "MRG|OLD||||||Ek^Alma", minute=1)

        assert house.rows("SELECT name FROM patient WHERE merged_into_id IS NOT NULL") == [("Ek^Alma",)]

    def test_take_every_repetition(self, house: IdentityHouse) -> None:
        house.hear("A40", pid("N1"), "MRG|O1~O2", pid("N2"), "MRG|O3", minute=1)

        assert {house.shown(value).id for value in ("O1", "O2")} == {house.patient_id("N1")}
        assert house.shown("O3").id == house.patient_id("N2")

    def test_of_a_patient_with_themselves_are_refused(self, house: IdentityHouse) -> None:
        assert house.hear("A40", pid("P1"), "MRG|P1", minute=1) == "AE 205"

    def test_are_refused_for_whom_another_merge_took(self, house: IdentityHouse) -> None:
        house.hear("A40", pid("B"), "MRG|A", minute=1)

        assert house.hear("A40", pid("C"), "MRG|A", minute=2) == "AE 204"
        assert house.shown("A").id == house.patient_id("B")

    def test_that_form_a_longer_loop_are_refused_until_a_person_takes_one_back(self, house: IdentityHouse) -> None:
        for minute, (survivor, subsumed) in enumerate((("B", "A"), ("C", "B")), start=1):
            assert house.hear("A40", pid(survivor), f"MRG|{subsumed}", minute=minute) == "AA"

        assert house.hear("A40", pid("A"), "MRG|C", minute=3) == "AE 204"
        assert house.shown("A").id == house.patient_id("C")
        merged, now = house.patient_id("A"), MORNING + timedelta(minutes=4)
        with unit_of_work(house.engine) as session:
            identity_desk.unmerge(session, merged, reason="they were two", looker=PHIL, now=now)
        assert house.hear("A40", pid("A"), "MRG|C", minute=5) == "AA"
        assert {house.shown(one).id for one in "ABC"} == {merged}

    def test_refuse_what_is_told_of_the_merged_later(self, house: IdentityHouse) -> None:
        house.hear("A40", pid("NEW"), "MRG|OLD", minute=5)

        assert house.hear("A08", pid("OLD", "Ek^Berta"), minute=9) == "AE 204"
        assert house.hear("A08", pid("OLD", "Ek^Cilla"), minute=1) == "AA", "what was said before is heard"
        assert house.shown("OLD").name == "Ek^Alma"

    def test_a_refused_message_holds_once_an_older_one_makes_it_right(self, house: IdentityHouse) -> None:
        """A40 A to B, then its reverse: the update of A that comes between the two is right after all."""
        house.hear("A40", pid("B", "Ek^Alma"), "MRG|A", minute=1)
        assert house.hear("A08", pid("A", "Ek^Berta"), minute=3) == "AE 204"

        assert house.hear("A40", pid("A"), "MRG|B", minute=2) == "AA"

        assert house.shown("B").id == house.patient_id("A")
        assert house.shown("B").name == "Ek^Berta"


class TestMovedIdentifiers:
    def test_take_their_exams_along_and_leave_the_rest(self, house: IdentityHouse) -> None:
        house.hear("A31", pid("A~A2"), minute=1)
        house.hear("A31", pid("B"), minute=1)
        stays, goes = house.receive("A"), house.receive("A2")
        assert house.history("A") == {stays, goes}

        assert house.hear("A43", pid("B"), "MRG|A2", minute=2) == "AA"

        assert house.history("A") == {stays}
        assert house.history("B") == {goes}
        late = house.receive("A2")
        assert house.history("B") == {goes, late}

    def test_go_to_the_superior_patient_where_pid_3_names_them_themselves(self, house: IdentityHouse) -> None:
        house.hear("A31", pid("A~A2"), minute=1)

        assert house.hear("A43", "PID|1|B|A2||Ek^Alma", "MRG|A2|||A", minute=2) == "AA"
        assert house.patient_id("A2") == house.patient_id("B")


class TestReplacedIdentifiers:
    @pytest.mark.parametrize(
        ("trigger", "person", "prior"),
        [
            ("A47", "PID|1||NEW||Ek^Alma", "MRG|OLD"),
            ("A47", "PID|1||STAYS^^^NAT~NEW||Ek^Alma", "MRG|STAYS^^^NAT~OLD^^^HOSP"),
            ("A46", "PID|1|NEW|OTHER||Ek^Alma", "MRG|OTHER|||OLD"),
            ("A48", "PID|1||OTHER|NEW|Ek^Alma", "MRG|OTHER|OLD"),
        ],
    )
    def test_still_find_the_patient(self, house: IdentityHouse, trigger: str, person: str, prior: str) -> None:
        house.hear("A04", pid("OLD"), minute=1)
        before = house.receive("OLD")

        assert house.hear(trigger, person, prior, minute=2) == "AA"
        under_old, under_new = house.receive("OLD"), house.receive("NEW")

        assert house.history("NEW") == house.history("OLD") == {before, under_old, under_new}
        (replaced,) = house.rows("SELECT value FROM patient_identifier WHERE replaced_at IS NOT NULL")
        assert replaced == ("OLD",)

    def test_are_heard_of_no_more(self, house: IdentityHouse) -> None:
        house.hear("A04", pid("OLD"), minute=1)
        house.hear("A47", pid("NEW"), "MRG|OLD", minute=2)

        assert house.hear("A08", pid("OLD", "Ek^Berta"), minute=3) == "AE 204"
        assert house.hear("A08", pid("NEW", "Ek^Cilla"), minute=3) == "AA"
        assert house.shown("OLD").name == "Ek^Cilla"

    def test_are_not_replaced_by_what_another_patient_has(self, house: IdentityHouse) -> None:
        house.hear("A04", pid("OLD"), minute=1)
        house.hear("A04", pid("TAKEN", "Al^Bo"), minute=1)

        assert house.hear("A47", pid("TAKEN"), "MRG|OLD", minute=2) == "AE 205"
        assert house.shown("TAKEN").name == "Al^Bo"

    def test_make_one_of_two_if_objects_alone_told_of_the_other(self, house: IdentityHouse) -> None:
        under_new = house.receive("NEW")
        house.hear("A04", pid("OLD"), minute=1)
        under_old = house.receive("OLD")

        assert house.hear("A47", pid("NEW"), "MRG|OLD", minute=2) == "AA"
        assert house.history("NEW") == house.history("OLD") == {under_new, under_old}

    def test_cannot_replace_themselves(self, house: IdentityHouse) -> None:
        assert house.hear("A47", pid("P1"), "MRG|P1", minute=1) == "AE 205"


class TestLinks:
    def test_show_the_doses_together_while_both_live_on(self, house: IdentityHouse) -> None:
        one, other = house.receive("A"), house.receive("B")
        house.hear("A24", pid("A"), pid("B"), minute=1)

        assert house.history("A") == house.history("B") == {one, other}
        assert house.hear("A08", pid("B", "Ek^Alma Rosa"), minute=2) == "AA"
        assert (house.shown("A").name, house.shown("B").name) == ("Ek^Alma", "Ek^Alma Rosa")

        assert house.hear("A37", pid("A"), pid("B"), minute=3) == "AA"
        assert (house.history("A"), house.history("B")) == ({one}, {other})

    def test_that_are_broken_before_they_come_are_none(self, house: IdentityHouse) -> None:
        house.hear("A37", pid("A"), pid("B"), minute=3)
        house.hear("A24", pid("A"), pid("B"), minute=1)

        assert house.shown("A").family != house.shown("B").family

    def test_need_two_patients(self, house: IdentityHouse) -> None:
        assert house.hear("A24", pid("A"), minute=1) == "AE 100"


class TestADeletedPerson:
    def test_is_marked_and_keeps_the_doses(self, house: IdentityHouse) -> None:
        study = house.receive("P1")
        house.hear("A28", pid("P1"), minute=1)

        assert house.hear("A29", pid("P1"), minute=2) == "AA"
        (deleted,) = house.rows("SELECT deleted_at IS NOT NULL FROM patient")
        assert (deleted, house.history("P1")) == ((True,), {study})

        house.hear("A28", pid("P1"), minute=3)
        assert house.rows("SELECT deleted_at FROM patient") == [(None,)]


class TestManyExams:
    def _with_exams(self, house: IdentityHouse, identifier: str, number: int) -> None:
        insert = """
            INSERT INTO exam (id, site, study_instance_uid, patient_id, revision, revision_id, state, modality, summary,
                last_evidence_at, created_at)
            SELECT gen_random_uuid(), '', concat(CAST(:identifier AS text), n), :patient_id, 1, gen_random_uuid(),
                'counted', 'CT', '{}', now(), now()
            FROM generate_series(1, :number) AS n
        """
        with unit_of_work(house.engine) as session:
            whose = patients.find_by_identifier(session, identifier, "HOSP")
            assert whose is not None
            values = {"identifier": identifier, "patient_id": whose.id, "number": number}
            session.connection().exec_driver_sql(
                insert.replace(":identifier", "%(identifier)s")
                .replace(":patient_id", "%(patient_id)s")
                .replace(":number", "%(number)s"),
                values,
            )

    def test_a_merge_touches_none_of_them(self, house: IdentityHouse) -> None:
        house.hear("A04", pid("OLD"), minute=1)
        self._with_exams(house, "OLD", 5000)
        before = house.rows("SELECT count(*), min(CAST(CAST(xmin AS text) AS bigint)) FROM exam")

        house.hear("A40", pid("NEW"), "MRG|OLD", minute=2)

        assert house.rows("SELECT count(*), max(CAST(CAST(xmin AS text) AS bigint)) FROM exam") == before
        assert house.rows("SELECT count(*) FROM outbox") == [(0,)]

    def test_a_moved_identifier_has_each_made_anew_once(self, house: IdentityHouse) -> None:
        house.hear("A04", pid("OLD"), minute=1)
        self._with_exams(house, "OLD", 300)

        house.hear("A43", pid("NEW"), "MRG|OLD", minute=2)

        assert house.rows("SELECT count(*), count(DISTINCT study_instance_uid) FROM outbox") == [(300, 300)]
