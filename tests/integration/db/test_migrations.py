"""Tests of the migrations and of db.migrate."""

import json
import subprocess
import sys
import zlib
from importlib.metadata import version
from uuid import UUID

import psycopg2
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from db.migrate import config, downgrade, status, upgrade
from db.packing import pack
from db.repositories.devices import Texts
from db.session import make_engine

_EVIDENCE = text(
    """
    INSERT INTO evidence
        (id, sop_instance_uid, digest, content, size_bytes, is_header, received_at, sender, read_status)
    VALUES (:id, :uid, 'digest', '', 0, false, now(), 'plugin', :state)
    """
)
_STATEMENT = text(
    """
    INSERT INTO statement (id, evidence_id, reader_version, kind, study_instance_uid, content, stated_at)
    VALUES (:id, :id, '1', 'ct_image', '2.25.9', CAST(:content AS jsonb), now())
    """
)
_PACKED = text(
    """
    INSERT INTO statement (id, evidence_id, reader_version, kind, study_instance_uid, content, identity, stated_at)
    VALUES (:id, :id, '1', 'ct_rdsr', '2.25.9', :content, '', now())
    """
)

_OLD_DEVICE = text(
    """
    INSERT INTO device
        (id, manufacturer, model, serial_number, station_name, institution, sends_no_rdsr, first_seen_at)
    VALUES (:id, 'ACME', :model, 'SN1', '', '', true, now())
    """
)
_DEVICE = text(
    """
    INSERT INTO device (id, site, manufacturer, model, serial_number, station_name, institution, digest, machine_id,
        sends_no_rdsr, first_seen_at)
    VALUES (:id, :site, 'ACME', 'CT', 'SN1', '', '', :digest, :machine_id, false, now())
    """
)
_EXAM_OF_DEVICE = text(
    """
    WITH someone AS (INSERT INTO patient (id, created_at) VALUES (:id, now()))
    INSERT INTO exam (id, study_instance_uid, patient_id, device_id, revision, revision_id, modality,
        last_evidence_at, created_at)
    VALUES (:id, CAST(:id AS text), :id, :id, 1, :id, 'CT', now(), now())
    """
)

_OLD_PUBLICATION = text(
    """
    WITH someone AS (INSERT INTO patient (id, family_id, created_at) VALUES (:id, :id, now())), exam AS (
        INSERT INTO exam (id, study_instance_uid, patient_id, revision, revision_id, modality, last_evidence_at,
            created_at)
        VALUES (:id, CAST(:id AS text), :id, 1, :id, 'CT', now(), now())
    ), revision AS (
        INSERT INTO exam_revision (id, exam_id, number, content, digest, made_at) VALUES (:id, :id, 1, '', '', now())
    )
    INSERT INTO publication (id, exam_id, revision, state, sop_instance_uid, series_instance_uid, not_before, attempts,
        created_at)
    VALUES (:id, :id, 1, 'sent', '2.25.11', '2.25.12', now(), 1, now())
    """
)
_PUBLICATION_OF_ANOTHER_KIND = text(
    """
    INSERT INTO publication (id, exam_id, revision, kind, destination, edition, state, sop_instance_uid,
        series_instance_uid, not_before, attempts, created_at)
    VALUES (:id, :of, 1, 'mammography rdsr', 'PACS', 1, 'sent', '2.25.21', '2.25.22', now(), 1, now())
    """
)
_OLD_FINDING = text(
    """
    INSERT INTO finding (id, kind, subject, text, detail, raised_at)
    VALUES (:id, :kind, CAST(:id AS text), 'it waits', '{}', now())
    """
)
_SUBJECTS = text("SELECT subject FROM finding ORDER BY id")

_UPGRADE = """
import sys
from db.migrate import upgrade
from db.session import make_engine
upgrade(make_engine(sys.argv[1]))
"""


class TestMigrations:
    def test_make_exactly_the_tables_that_the_code_knows(self, engine: Engine) -> None:
        with engine.connect() as connection:
            alembic = config()
            alembic.attributes["connection"] = connection
            command.check(alembic)

    def test_go_up_and_down_one_by_one_and_leave_nothing(self, empty_database_url: str) -> None:
        engine = make_engine(empty_database_url)
        oldest_first = [s.revision for s in ScriptDirectory.from_config(config()).walk_revisions()][::-1]

        for revision in oldest_first:
            upgrade(engine, revision)
            downgrade(engine, "-1")
            upgrade(engine, revision)
        downgrade(engine, "base")

        with engine.connect() as connection:
            assert inspect(connection).get_table_names() == ["alembic_version"]
            left = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.execute(text(left)).scalar_one() == 0
            types = "SELECT count(*) FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'"
            assert connection.execute(text(types)).scalar_one() == 0
        engine.dispose()

    def test_include_the_job_queue(self, engine: Engine) -> None:
        with engine.connect() as connection:
            assert "procrastinate_jobs" in inspect(connection).get_table_names()

    def test_know_the_installed_release_of_the_job_queue(self) -> None:
        """A newer one may bring migrations of its own: then write one of ours that applies them."""
        assert version("procrastinate").startswith("3.10.")


class TestReportsOfEveryModality:
    """Revision 0003: a service that read CT alone reads what it kept of other modalities, and loses no statement."""

    def test_keeps_what_was_stated_and_reads_the_rest_again(self, empty_database_url: str) -> None:
        engine = make_engine(empty_database_url)
        upgrade(engine, "0002")
        with engine.begin() as connection:
            for number, state in enumerate(("read", "read", "unreadable", "not_dose", "copy")):
                connection.execute(_EVIDENCE, {"id": UUID(int=number), "uid": f"2.25.{number}", "state": state})
            for number, content in enumerate(({"slice": {"z_mm": 5.0}, "kind": "ct_image"}, {"slice": None})):
                connection.execute(_STATEMENT, {"id": UUID(int=number), "content": json.dumps(content)})

        upgrade(engine, "0003")

        with engine.begin() as connection:
            contents = connection.execute(text("SELECT content FROM statement ORDER BY id")).scalars().all()
            states = connection.execute(text("SELECT read_status FROM evidence ORDER BY id")).scalars().all()
        assert contents == [
            {"shape": "ct", "slices": [{"z_mm": 5.0}], "kind": "ct_image"},
            {"shape": "ct", "slices": []},
        ]
        assert states == ["read", "read", "pending", "pending", "copy"]
        downgrade(engine, "-1")
        with engine.begin() as connection:
            back = connection.execute(text("SELECT content FROM statement ORDER BY id")).scalars().all()
        assert back == [{"slice": {"z_mm": 5.0}, "kind": "ct_image"}, {"slice": None}]
        engine.dispose()


class TestDevicesAsObjectsStateThem:
    """Revision 0006: devices were told apart by five texts; now by eight, and rows that are one machine are found."""

    def test_are_found_again_under_the_row_that_the_release_before_made(self, empty_database_url: str) -> None:
        engine = make_engine(empty_database_url)
        upgrade(engine, "0005")
        with engine.begin() as connection:
            connection.execute(_OLD_DEVICE, {"id": UUID(int=1), "model": "Größe"})

        upgrade(engine, "0006")

        stated = Texts(site="", manufacturer="ACME", model="Größe", serial_number="SN1")
        with engine.begin() as connection:
            row = connection.execute(text("SELECT id, digest, machine_id, sends_no_rdsr FROM device")).one()
        assert tuple(row) == (UUID(int=1), stated.digest, None, True)
        engine.dispose()

    def test_are_one_again_for_the_release_before_where_it_cannot_tell_them_apart(
        self, empty_database_url: str
    ) -> None:
        engine = make_engine(empty_database_url)
        upgrade(engine, "0006")
        with engine.begin() as connection:
            for number, site in enumerate(("", "north"), start=1):
                values = {"id": UUID(int=number), "site": site, "digest": site, "machine_id": UUID(int=1)}
                connection.execute(_DEVICE, values)
                connection.execute(_EXAM_OF_DEVICE, {"id": UUID(int=number)})

        downgrade(engine, "0005")

        with engine.begin() as connection:
            assert connection.execute(text("SELECT id FROM device")).scalars().all() == [UUID(int=1)]
            assert connection.execute(text("SELECT device_id FROM exam")).scalars().all() == [UUID(int=1)] * 2
        engine.dispose()


class TestDoseSrsOfEveryKind:
    """Revision 0028: what was published so far are CT reports in the Orthanc of the settings; their UIDs stay."""

    def test_keeps_what_was_sent_under_its_uids_and_the_findings_about_it(self, empty_database_url: str) -> None:
        engine = make_engine(empty_database_url)
        upgrade(engine, "0027")
        with engine.begin() as connection:
            connection.execute(_OLD_PUBLICATION, {"id": UUID(int=1)})
            connection.execute(_OLD_FINDING, {"id": UUID(int=1), "kind": "dose_sr_not_written"})
            connection.execute(_OLD_FINDING, {"id": UUID(int=2), "kind": "dose_sr_waits_for_archive"})
            subjects_before = connection.execute(_SUBJECTS).scalars().all()

        upgrade(engine, "0028")

        with engine.begin() as connection:
            told = "SELECT kind, destination, edition, number, state, sop_instance_uid FROM publication"
            row = connection.execute(text(told)).one()
            subjects = connection.execute(_SUBJECTS).scalars().all()
            connection.execute(_PUBLICATION_OF_ANOTHER_KIND, {"id": UUID(int=2), "of": UUID(int=1)})
        assert tuple(row) == ("ct rdsr", "orthanc", 1, 1, "sent", "2.25.11")
        assert subjects == [f"{UUID(int=1)} ct rdsr", f"{UUID(int=2)} ct rdsr orthanc"]
        downgrade(engine, "0027")
        with engine.begin() as connection:
            assert connection.execute(text("SELECT sop_instance_uid FROM publication")).scalars().all() == ["2.25.11"]
            assert connection.execute(_SUBJECTS).scalars().all() == subjects_before
        engine.dispose()


class TestUpgrade:
    def test_may_be_started_by_several_processes_at_once(self, empty_database_url: str) -> None:
        command_line = [sys.executable, "-W", "error", "-c", _UPGRADE, empty_database_url]
        started = [subprocess.Popen(command_line, stderr=subprocess.PIPE, text=True) for _ in range(3)]

        outcomes = [(process.communicate(timeout=60)[1], process.returncode) for process in started]

        assert outcomes == [("", 0)] * 3

    def test_changes_nothing_the_second_time(self, engine: Engine) -> None:
        before = status(engine)
        upgrade(engine)
        assert status(engine) == before


class TestStatus:
    def test_lists_everything_as_pending_for_an_empty_database(self, empty_database_url: str) -> None:
        engine = make_engine(empty_database_url)
        told = status(engine)
        engine.dispose()

        assert told.current is None
        assert told.pending[-1] == told.head

    def test_lists_nothing_as_pending_after_the_upgrade(self, engine: Engine) -> None:
        told = status(engine)

        assert told.current == told.head
        assert told.pending == ()

    def test_does_not_take_an_unknown_revision_for_a_known_one(self, database_url: str, engine: Engine) -> None:
        connection = psycopg2.connect(database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute("UPDATE alembic_version SET version_num = 'from the future'")
        connection.close()

        told = status(engine)

        assert told.current == "from the future"
        assert told.pending != ()


class TestContentsPackedWithADictionary:
    """Revision 0008: the release before reads what was packed since."""

    def test_are_packed_without_one_for_the_release_before(self, empty_database_url: str) -> None:
        engine = make_engine(empty_database_url)
        upgrade(engine, "0008")
        contents = [pack(b'{"shape":"ct"}'), zlib.compress(b'{"shape":"ct"}')]
        with engine.begin() as connection:
            for number, content in enumerate(contents):
                connection.execute(_EVIDENCE, {"id": UUID(int=number), "uid": f"2.25.{number}", "state": "read"})
                connection.execute(_PACKED, {"id": UUID(int=number), "content": content})

        downgrade(engine, "-1")

        with engine.begin() as connection:
            kept = connection.execute(text("SELECT content FROM statement")).scalars().all()
        assert {zlib.decompress(bytes(content)) for content in kept} == {b'{"shape":"ct"}'}
        engine.dispose()
