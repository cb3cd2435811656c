"""A database of the first release, upgraded: the service tells what that release told, and knows what it knew."""

import zlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Engine, select, text

import db.tables  # noqa: F401  registers all tables
from db.base import TableBase
from db.migrate import config
from db.session import make_engine
from dose_core.contract import DICOM_MEDIA_TYPE, instance_path
from tests.builders import first_release
from tests.builders.first_release import HISTORY, NOT_READ_THEN
from tests.support.command import doseledger
from tests.support.first_release_folder import fill_folder
from tests.support.killable_service import KillableService, killable_service, lonely_place
from tests.support.rest import every_answer, exams_of, patient_of
from tests.support.until import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SETTLED_S = 120.0


@pytest.fixture(scope="module")
def service() -> Iterator[KillableService]:
    """A service on the folder that the first release left, upgraded as an administrator would."""
    with lonely_place() as place:
        fill_folder(place.service_folder)
        assert "pending: none" in doseledger("db", "upgrade", "--data-dir", str(place.service_folder))
        with killable_service(place) as made:
            yield made


@pytest.fixture(scope="module")
def database(service: KillableService) -> Iterator[Engine]:
    """Its database, when the worker has done what the upgrade left to do."""
    made = make_engine(service.database_url, pool_size=1)
    until(service.is_settled, within_s=SETTLED_S, what="the worker")
    yield made
    made.dispose()


def rows(database: Engine, query: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.usefixtures("database")
class TestHistory:
    @pytest.mark.parametrize("identifier", HISTORY)
    def test_has_the_same_exams_with_the_same_doses(self, service: KillableService, identifier: str) -> None:
        door = service.door("read")

        told = [exam for exam in exams_of(door, identifier) if exam["accession_number"] not in NOT_READ_THEN]

        assert [exam["accession_number"] for exam in told] == [one.accession_number for one in HISTORY[identifier]]
        assert [exam["id"] for exam in told] == [
            first_release.exam_ids()[one.accession_number] for one in HISTORY[identifier]
        ]
        assert [exam["events"] for exam in told] == [one.events for one in HISTORY[identifier]]
        assert [exam["dlp_mgy_cm"] for exam in told] == [pytest.approx(one.dlp_mgy_cm) for one in HISTORY[identifier]]

    def test_gains_what_the_first_release_kept_and_could_not_read(
        self, database: Engine, service: KillableService
    ) -> None:
        told = {exam["accession_number"] for exam in exams_of(service.door("read"), "DEMO-0001")}
        doses = (
            "SELECT dap_gy_cm2, agd_mgy FROM exam JOIN exam_event ON exam_id = exam.id WHERE accession_number = '{}'"
        )

        assert told >= set(NOT_READ_THEN)
        assert [rows(database, doses.format(number)) for number in NOT_READ_THEN] == [[(2.0, None)], [(None, 1.3)]]

    def test_follows_the_merge(self, service: KillableService) -> None:
        door = service.door("read")
        assert patient_of(door, "DEMO-0900") == patient_of(door, "DEMO-0003")

    def test_shows_each_exam_with_its_events(self, service: KillableService) -> None:
        door = service.door("read")
        for told in HISTORY.values():
            for one in told:
                answer = door.call("GET", f"/api/v1/exams/{first_release.exam_ids()[one.accession_number]}")
                assert answer.status == 200, answer.body
                assert len(answer.json()["events"]) == one.events

    def test_explains_each_number(self, service: KillableService) -> None:
        """Also by the revisions that the first release made, which stand beside the one that counts."""
        answers = every_answer(service.door("read", user="demo"), HISTORY)  # a physicist of the first release
        assert sum(path.endswith("/provenance") for path in answers) > 20


class TestWhatWasKept:
    def test_is_all_there(self, database: Engine) -> None:
        """Rows that the upgrade or the new release may add to; none may be missing."""
        for table, of_table in first_release.rows().items():
            with database.connect() as connection:
                ids = set(connection.scalars(select(TableBase.metadata.tables[table].c.id)))
            assert {UUID(row["id"]) for row in of_table} <= ids, table

    def test_is_recognised_when_it_comes_again(self, service: KillableService) -> None:
        door = service.door("ingest")
        for row in first_release.rows()["evidence"]:
            if row["is_header"]:
                continue
            content = zlib.decompress(bytes.fromhex(row["content"].removeprefix("\\x")))
            headers = {"Content-Type": DICOM_MEDIA_TYPE}
            answer = door.call("PUT", instance_path(row["sop_instance_uid"]), content, headers=headers)
            assert (answer.status, answer.json()["evidence_id"]) == (200, row["id"])

    def test_is_taken_back_from_no_archive_and_gets_a_report_that_tells_the_interval(self, database: Engine) -> None:
        """A report of the first release tells no interval of its estimates: one that does waits to replace it."""
        before = {row["id"]: row["state"] for row in first_release.rows()["publication"]}

        def now() -> dict[str, str]:
            return dict(rows(database, "SELECT id::text, state FROM publication"))

        until(lambda: bool(now().keys() - before.keys()), within_s=SETTLED_S, what="reports that tell the interval")
        assert {id_: state for id_, state in now().items() if id_ in before} == before
        assert {state for id_, state in now().items() if id_ not in before} == {"waiting"}


def test_the_tables_are_exactly_those_that_the_code_knows(database: Engine) -> None:
    with database.connect() as connection:
        alembic = config()
        alembic.attributes["connection"] = connection
        command.check(alembic)


def test_a_person_of_the_first_release_may_open_a_view(service: KillableService) -> None:
    wanted = {"person": "demo", "level": "patient", "patient_id": "DEMO-0001", "issuer_of_patient_id": "DEMO"}
    answer = service.door("launch").call("POST", "/api/v1/launch/handles", wanted)
    assert answer.status == 201, answer.body
