"""Tests of the views for SQL: a role that reads them sees what counts, and nobody's identity."""

import re
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege, ReadOnlySqlTransaction
from sqlalchemy import Engine, select, text

from db import sql_readers
from db.backup import backup
from db.migrate import downgrade, upgrade
from db.repositories import findings, patients
from db.restore import restore
from db.session import Session, make_engine, unit_of_work
from db.sql_readers import RoleMayMoreError, RoleNotMadeError, UnknownRoleError
from db.tables.exam import ExamRow
from dose_services import restriction
from dose_services.audit import Looker, Via
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, Person, Study
from tests.builders.ct_reports import QUALITY_CONTROL, of, report, study_uid
from tests.builders.envelopes import part10
from tests.builders.hl7 import merge
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler
from tests.support.postgres import PostgresServer

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "sql.md"
SAMPLES = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
PERSON = ANNA_FOLLOW_UP.person
PASSWORD = "a password of tests"
LOOKER = Looker(subject="user:phil", user_id=None, via=Via.COMMAND, reference=None, route="doseledger")
_VIEWS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'doseledger_sql'"


@pytest.fixture
def filled(engine: Engine) -> DoseHouse:
    """A database with an exam that counts, one that is held, and one of a phantom."""
    house = DoseHouse(engine=engine, archive=FakeArchive())
    held, phantom = replace(ANNA_FOLLOW_UP, key="held"), replace(ANNA_FOLLOW_UP, key="phantom")
    for study in (ANNA_FOLLOW_UP, held, phantom):
        house.receive([part10(dose_report(study))])
    with engine.begin() as connection:
        for study, state in ((held, "held"), (phantom, "not_patient")):
            mark = "UPDATE exam SET state = :state, state_reason = 'a reason' WHERE study_instance_uid = :study"
            connection.execute(text(mark), {"state": state, "study": study.study_instance_uid})
    return house


@pytest.fixture
def role(postgres_server: PostgresServer, database_url: str) -> Iterator[str]:
    """A name that no role of the server has yet."""
    name = f"reader_{secrets.token_hex(4)}"
    yield name
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
        if cursor.fetchone():
            cursor.execute(f"DROP OWNED BY {name}")
    postgres_server.execute(f"DROP ROLE IF EXISTS {name}")


@pytest.fixture
def reader_url(role: str, database_url: str) -> str:
    """The database as the role reaches it."""
    with sql_readers.on_server(database_url) as server:
        sql_readers.make_role(server, role, PASSWORD)
        sql_readers.grant(server, role)
    return url_of(database_url, role)


def url_of(database_url: str, role: str) -> str:
    return re.sub("//[^@]*@", f"//{role}:{PASSWORD.replace(' ', '%20')}@", database_url)


def rows(url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchall() if cursor.description else []


class TestTheViews:
    @pytest.mark.usefixtures("filled")
    def test_are_all_told_with_every_column(self, database_url: str) -> None:
        page = PAGE.read_text(encoding="utf-8")
        sections = dict(re.findall(r"### `(\w+)`\n(.*?)(?=\n##|\Z)", page, re.DOTALL))
        told = {(view, column) for view, body in sections.items() for column in re.findall(r"`(\w+)`", body)}

        columns = {(view, column) for view, column in rows(database_url, _VIEWS)}

        assert {view for view, _ in columns} == set(sections)
        assert columns - told == set()

    @pytest.mark.usefixtures("filled")
    def test_hold_what_counts_and_no_more(self, reader_url: str) -> None:
        exams = rows(reader_url, "SELECT exam_id, modality, events, source FROM doseledger_sql.exams")
        assert [row[1:] for row in exams] == [("CT", len(ANNA_FOLLOW_UP.acquisitions), "rdsr")]
        for view in ("totals", "events"):
            found = rows(reader_url, f"SELECT DISTINCT exam_id FROM doseledger_sql.{view}")  # noqa: S608 - a name of ours
            assert found == [(exams[0][0],)]
        waiting = "SELECT state, state_reason FROM doseledger_sql.exams_not_counted ORDER BY state"
        assert rows(reader_url, waiting) == [("held", "a reason"), ("not_patient", "a reason")]

    @pytest.mark.usefixtures("filled")
    def test_give_totals_and_events_in_the_units_of_their_names(self, reader_url: str) -> None:
        query = "SELECT value FROM doseledger_sql.totals WHERE quantity = 'dlp_mgy_cm' AND part IS NULL"
        assert rows(reader_url, query) == [(pytest.approx(ANNA_FOLLOW_UP.dlp_mgy_cm),)]
        summed = "SELECT sum(dlp_mgy_cm) FROM doseledger_sql.events"
        assert rows(reader_url, summed) == [(pytest.approx(ANNA_FOLLOW_UP.dlp_mgy_cm),)]

    @pytest.mark.usefixtures("filled")
    def test_join_an_exam_with_its_machine(self, reader_url: str) -> None:
        query = "SELECT d.model FROM doseledger_sql.exams JOIN doseledger_sql.devices d USING (device_id)"
        assert rows(reader_url, query) == [(ANNA_FOLLOW_UP.scanner.model,)]

    @pytest.mark.parametrize(
        ("birth_date", "age_years"), [("1926-02-18", 90), ("1976-02-17", 50), ("1976-02-18", 49), ("2027-01-01", None)]
    )
    @pytest.mark.usefixtures("filled")
    def test_tell_the_age_in_years_at_the_exam(
        self, engine: Engine, reader_url: str, birth_date: str, age_years: int | None
    ) -> None:
        """The exam was on 17 February 2026; beyond 90 years the age alone would name few people."""
        with engine.begin() as connection:
            connection.execute(text("UPDATE patient SET birth_date = :day"), {"day": birth_date})

        assert rows(reader_url, "SELECT age_years, sex FROM doseledger_sql.exams") == [(age_years, PERSON.sex)]

    @pytest.mark.usefixtures("filled")
    def test_name_nobody(self, reader_url: str, database_url: str) -> None:
        text_of_all = "".join(
            str(row)
            for view in {view for view, _ in rows(database_url, _VIEWS)}
            for row in rows(reader_url, f"SELECT to_json(v) FROM doseledger_sql.{view} v")  # noqa: S608 - likewise
        )

        assert ANNA_FOLLOW_UP.scanner.model in text_of_all
        assert [word for word in secrets_of(PERSON, ANNA_FOLLOW_UP) if word in text_of_all] == []

    def test_come_and_go_with_their_revision(self, empty_database_url: str) -> None:
        engine = make_engine(empty_database_url)
        upgrade(engine)
        assert rows(empty_database_url, _VIEWS) != []
        downgrade(engine, "base")
        engine.dispose()

        assert rows(empty_database_url, "SELECT nspname FROM pg_namespace WHERE nspname = 'doseledger_sql'") == []

    @pytest.mark.usefixtures("filled")
    def test_are_there_after_a_restore(self, database_url: str, empty_database_url: str, tmp_path: Path) -> None:
        exams = "SELECT * FROM doseledger_sql.exams"
        backup(database_url, tmp_path / "backup.zip")

        restore(empty_database_url, tmp_path / "backup.zip")

        assert rows(empty_database_url, exams) == rows(database_url, exams) != []


def secrets_of(person: Person, study: Study) -> tuple[str, ...]:
    return (
        person.identifier,
        person.name.partition("^")[0],
        person.birth_date.isoformat(),
        study.accession_number,
        study.study_instance_uid,
        study.event_uid(1),
    )


class TestARestrictedPatient:
    """To whoever reads by SQL their exams are unknown, as they are to everybody but by break-glass (GDPR, 18)."""

    OF_EXAMS = ("exams", "exams_not_counted", "totals", "events", "findings")

    @pytest.fixture
    def house(self, engine: Engine) -> DoseHouse:
        """Exams of A and of B, one at the desk that names both, and one of a phantom with the number of A."""
        house = DoseHouse(engine=engine, archive=FakeArchive())
        house.receive([report(1, **of("A")), report(2, **of("B"))])
        house.receive([report(3, **of("A")), report(4, study=3, **of("B"))])
        house.receive([report(5, intent=QUALITY_CONTROL, **of("A"))])
        return house

    def test_is_in_no_view_and_comes_back_once_that_is_lifted(self, house: DoseHouse, reader_url: str) -> None:
        before = self.exams_by_view(reader_url)
        restrict(house, "A")
        while_restricted = self.exams_by_view(reader_url)
        lift(house, "A")

        of_a, of_both, of_phantom, of_b = (exam_id_of(house, number) for number in (1, 3, 5, 2))
        assert {of_a, of_both, of_phantom, of_b} == set().union(*before.values())
        assert while_restricted == {view: exams & {of_b} for view, exams in before.items()}
        assert self.exams_by_view(reader_url) == before

    @pytest.mark.parametrize("restricted", ["A", "C"])
    def test_is_whoever_is_one_with_them(self, house: DoseHouse, reader_url: str, restricted: str) -> None:
        """C stands for A and D: what is of A is found under C, whichever of them the restriction names."""
        for subsumed in ("A^^^HOSP", "D^^^HOSP"):
            handler(house.engine).handle(merge(survivor="C^^^HOSP", subsumed=subsumed), peer="127.0.0.1")
        house.follow()

        restrict(house, restricted)

        assert exam_id_of(house, 1) not in self.exams_by_view(reader_url)["exams"]
        assert exam_id_of(house, 2) in self.exams_by_view(reader_url)["exams"]

    def test_is_not_found_by_who_broke_the_glass(self, house: DoseHouse, reader_url: str) -> None:
        with unit_of_work(house.engine) as session:
            findings.raise_once(session, kind="break_glass", subject="x", text="user:phil saw", now=house.now)

        query = "SELECT count(*) FROM doseledger_sql.findings WHERE kind = 'break_glass'"
        assert rows(reader_url, query) == [(0,)]

    def exams_by_view(self, url: str) -> dict[str, set[UUID]]:
        query = "SELECT DISTINCT CAST(exam_id AS text) FROM doseledger_sql.{} WHERE exam_id IS NOT NULL"
        return {view: {UUID(one) for (one,) in rows(url, query.format(view))} for view in self.OF_EXAMS}


def exam_id_of(house: DoseHouse, number: int) -> UUID:
    with unit_of_work(house.engine) as session:
        return session.scalars(select(ExamRow.id).where(ExamRow.study_instance_uid == study_uid(number))).one()


def restrict(house: DoseHouse, identifier: str) -> None:
    with unit_of_work(house.engine) as session:
        restriction.restrict(
            session, patient_of(session, identifier), reason="accuracy contested", looker=LOOKER, now=house.now
        )


def lift(house: DoseHouse, identifier: str) -> None:
    with unit_of_work(house.engine) as session:
        restriction.lift(session, patient_of(session, identifier), reason="corrected", looker=LOOKER, now=house.now)


def patient_of(session: Session, identifier: str) -> UUID:
    found = patients.find_by_identifier(session, identifier, "HOSP")
    assert found is not None
    return found.id


class TestSamples:
    def test_are_there(self) -> None:
        assert len(SAMPLES) >= 4

    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample[:40])
    @pytest.mark.usefixtures("filled")
    def test_run_as_a_role_that_reads(self, reader_url: str, sample: str) -> None:
        rows(reader_url, sample)

    @pytest.mark.usefixtures("filled")
    def test_find_what_is_there(self, reader_url: str) -> None:
        (sample,) = [one for one in SAMPLES if "avg(v.ctdi_vol_mgy)" in one]

        found = rows(reader_url, sample)

        assert {row[1] for row in found} == {ANNA_FOLLOW_UP.scanner.model}
        assert sum(row[4] for row in found) == len(ANNA_FOLLOW_UP.acquisitions)


class TestARoleThatReads:
    @pytest.mark.usefixtures("filled")
    def test_sees_no_table(self, reader_url: str, database_url: str) -> None:
        query = (
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')"
        )
        names = [name for (name,) in rows(database_url, query)]
        assert {"patient", "exam", "evidence", "statement"} <= set(names)
        for name in names:
            with pytest.raises(InsufficientPrivilege):
                rows(reader_url, f"SELECT 1 FROM public.{name}")  # noqa: S608 - likewise

    @pytest.mark.usefixtures("filled")
    def test_writes_nothing(self, reader_url: str) -> None:
        for statement in (
            "UPDATE doseledger_sql.findings SET text = ''",
            "DELETE FROM doseledger_sql.findings",
            "CREATE TABLE public.mine (a int)",
            "CREATE VIEW doseledger_sql.mine AS SELECT 1",
        ):
            with pytest.raises((InsufficientPrivilege, ReadOnlySqlTransaction)):
                rows(reader_url, statement)

    @pytest.mark.usefixtures("filled")
    def test_sees_no_row_that_a_view_leaves_out_by_a_function_of_its_own(self, reader_url: str) -> None:
        """Without a security barrier the server may ask the cheap function before the view's own condition."""
        spy = (
            "CREATE FUNCTION pg_temp.spy(uuid) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
            "$$ BEGIN RAISE NOTICE 'seen %', $1; RETURN true; END $$"
        )
        with closing(psycopg2.connect(reader_url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(spy)
            cursor.execute("SELECT exam_id FROM doseledger_sql.exams WHERE pg_temp.spy(exam_id)")
            counted = cursor.fetchall()
            assert len(connection.notices) == len(counted) == 1

    def test_reads_the_views_of_later_releases(self, reader_url: str, database_url: str) -> None:
        rows(database_url, "CREATE VIEW doseledger_sql.later AS SELECT 1 AS one")

        assert rows(reader_url, "SELECT one FROM doseledger_sql.later") == [(1,)]

    def test_may_be_granted_again_and_get_another_password(self, role: str, reader_url: str, database_url: str) -> None:
        with sql_readers.on_server(database_url) as server:
            assert not sql_readers.make_role(server, role, "another")
            sql_readers.grant(server, role)

        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(reader_url)

    def test_reads_nothing_any_more_once_that_is_taken_back(
        self, role: str, reader_url: str, database_url: str
    ) -> None:
        with sql_readers.on_server(database_url) as server:
            sql_readers.revoke(server, role)

        with pytest.raises(InsufficientPrivilege):
            rows(reader_url, "SELECT * FROM doseledger_sql.exams")

    def test_leaves_no_trace_where_the_views_go(self, reader_url: str, engine: Engine) -> None:
        """What the role was granted does not keep the tables from going down and up again."""
        downgrade(engine, "base")
        upgrade(engine)

        with pytest.raises(InsufficientPrivilege):
            rows(reader_url, "SELECT * FROM doseledger_sql.exams")


class TestGranting:
    def test_is_refused_to_a_role_that_may_read_tables(self, role: str, database_url: str) -> None:
        rows(database_url, f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
        rows(database_url, f"GRANT SELECT (birth_date) ON patient TO {role}")

        with sql_readers.on_server(database_url) as server:
            with pytest.raises(RoleMayMoreError, match="the table patient"):
                sql_readers.make_role(server, role, "another")
            with pytest.raises(RoleMayMoreError, match="the table patient"):
                sql_readers.grant(server, role)
        assert rows(url_of(database_url, role), "SELECT 1") == [(1,)]  # its password stays

    def test_is_refused_to_who_may_do_anything(self, database_url: str) -> None:
        with (
            sql_readers.on_server(database_url) as server,
            pytest.raises(RoleMayMoreError, match="it is a superuser"),
        ):
            sql_readers.make_role(server, "postgres", "another")

    def test_tells_what_the_administrator_runs_where_we_make_no_roles(self, role: str, reader_url: str) -> None:
        with sql_readers.on_server(reader_url) as server, pytest.raises(RoleNotMadeError, match="CREATE ROLE"):
            sql_readers.make_role(server, f"{role}_2", "another")

    def test_cannot_be_taken_from_a_role_that_there_is_not(self, role: str, database_url: str) -> None:
        with sql_readers.on_server(database_url) as server, pytest.raises(UnknownRoleError):
            sql_readers.revoke(server, role)

    def test_hands_no_password_to_the_server(self, role: str, database_url: str) -> None:
        with sql_readers.on_server(database_url) as server:
            sql_readers.make_role(server, role, PASSWORD)

        (kept,) = rows(database_url, "SELECT rolpassword FROM pg_authid WHERE rolname = %s", role)
        assert kept[0].startswith("SCRAM-SHA-256$")
