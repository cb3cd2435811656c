"""Tests of ``doseledger backfill`` on a real Orthanc and a real PostgreSQL."""

import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydicom import dcmread
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import undefer
from typer.testing import CliRunner, Result

from db.base import TableBase
from db.repositories import evidence
from db.session import unit_of_work
from db.tables.evidence import EvidenceRow
from db.tables.exam import ExamRow, exam_event
from dose_core.contract import CopyOf, Envelope, Origin
from dose_core.header_cut import cut_header
from dose_services.ingest import keep_objects
from dose_services.reading import read_kept
from dose_services.site import Site
from dose_worker.archive import ArchiveUnavailableError
from doseledger.main import app
from tests.builders.dicom_files import dose_report, file_of
from tests.builders.dose_screen import dose_screen, screen_file
from tests.builders.old_archive import DLP_MGY_CM, old_archive, reported_study, study_uid
from tests.support.orthanc import PASSWORD, USER, RealOrthanc
from tests.support.processes import kill_at_once
from tests.support.until import until

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(600)]

REPORTED, SLICES, WITHOUT_DOSE, COPIED = 40, 120, 25, 4
KEEP_ALL = {"Keep": ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"], "Force": True}
COPYING: tuple[tuple[CopyOf, str, str, dict[str, Any]], ...] = (
    (CopyOf.ANONYMIZED, "Study", "anonymize", {}),
    (CopyOf.MODIFIED, "Study", "modify", {"Replace": {"StudyID": "7"}}),
    (CopyOf.MODIFIED, "Patient", "modify", {"Replace": {"PatientID": "P-COPY"}, **KEEP_ALL}),
)
LEVELS = {"Study": "/studies", "Patient": "/patients"}
Run = Callable[..., Result]


@dataclass
class Filled:
    """An Orthanc that nobody told of us, and what it holds, by SOP Instance UID."""

    orthanc: RealOrthanc
    with_dose: set[str]
    copies: list[tuple[str, CopyOf]]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Filled]:
    """Several hundred instances, among them copies that Orthanc made of some."""
    with RealOrthanc(folder=tmp_path / "orthanc", configuration={"Plugins": []}) as orthanc:
        with_dose = set()
        for one in old_archive(reported=REPORTED, slices=SLICES, without_dose=WITHOUT_DOSE):
            orthanc.upload(one.dicom)
            if one.states_dose:
                with_dose.add(uid_of(one.dicom))
        copies = [
            (uid, kind)
            for number in range(COPIED)
            for kind, level, call, body in COPYING
            for uid in made_by(orthanc, number, level, call, body)
        ]
        yield Filled(orthanc, with_dose, copies)


@pytest.fixture
def settings(archive: Filled, database_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of the service, in the environment."""
    values = {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "HOSP",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
        "ORTHANC_URL": archive.orthanc.url,
        "ORTHANC_USER": USER,
        "ORTHANC_PASSWORD": PASSWORD,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)
    return values


@pytest.fixture
def run(settings: dict[str, str], tmp_path: Path) -> Run:
    """Run ``doseledger backfill`` as fast as it can, with its state in a folder of the test."""
    del settings

    def run_it(*options: str) -> Result:
        return CliRunner().invoke(app, ["backfill", *in_folder(tmp_path), *options])

    return run_it


def in_folder(folder: Path, *, objects_per_second: int = 100_000) -> list[str]:
    return ["--state", str(folder / "state.sqlite3"), "--objects-per-second", str(objects_per_second)]


def uid_of(dicom: bytes) -> str:
    return str(dcmread(BytesIO(dicom), specific_tags=["SOPInstanceUID"]).SOPInstanceUID)


def find(level: str, **query: str) -> dict[str, Any]:
    return {"Level": level, "Query": query}


def made_by(orthanc: RealOrthanc, number: int, level: str, call: str, body: dict[str, Any]) -> list[str]:
    """Have Orthanc copy a reported study, and return the SOP Instance UIDs of the copies."""
    query = {"StudyInstanceUID": study_uid(number)} if level == "Study" else {"PatientID": f"P-76-{number}"}
    (original,) = orthanc.json("POST", "/tools/find", find(level, **query))
    before = set(orthanc.json("GET", "/instances"))
    orthanc.json("POST", f"{LEVELS[level]}/{original}/{call}", body)
    made = set(orthanc.json("GET", "/instances")) - before
    return [orthanc.json("GET", f"/instances/{one}")["MainDicomTags"]["SOPInstanceUID"] for one in made]


def rows(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with unit_of_work(engine) as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in TableBase.metadata.sorted_tables
        }


def doses(engine: Engine) -> dict[str, list[tuple[str, str, float | None]]]:
    """Return of each study how it stands, with its events and their DLP."""
    with unit_of_work(engine) as session:
        query = select(ExamRow.study_instance_uid, ExamRow.state, exam_event.c.event_uid, exam_event.c.dlp_mgy_cm).join(
            exam_event, exam_event.c.exam_id == ExamRow.id
        )
        found: dict[str, list[tuple[str, str, float | None]]] = defaultdict(list)
        for study, *event in session.execute(query):
            found[study].append(tuple(event))
        return found


def kept(engine: Engine) -> Counter[tuple[str, CopyOf | None]]:
    """Return which objects are kept, and of what kind of copy they are."""
    with unit_of_work(engine) as session:
        found = session.execute(select(EvidenceRow.sop_instance_uid, EvidenceRow.copy_of))
        return Counter((row.sop_instance_uid, CopyOf(row.copy_of) if row.copy_of else None) for row in found)


def all_that_is_held(archive: Filled) -> Counter[tuple[str, CopyOf | None]]:
    """Return what must be kept: each object that states a dose once, and each copy as one."""
    return Counter([*((uid, None) for uid in archive.with_dose), *archive.copies])


def assert_all_is_there(engine: Engine, archive: Filled) -> None:
    """Each object is kept once, and each reported study counts its one event once."""
    assert kept(engine) == all_that_is_held(archive)
    found = doses(engine)
    for number in range(REPORTED):
        study = study_uid(number)
        assert found[study] == [("counted", f"{study}.5", DLP_MGY_CM)]
    assert [event[:2] for event in found["2.25.7700"]] == [("counted", "2.25.7700.5")]
    assert len(found) == REPORTED + 1 + 1  # one study has an object of every kind


def objects_line(result: Result) -> dict[str, int]:
    """Return the numbers of the line about instances, by what they count."""
    (line,) = [line for line in result.stdout.splitlines() if " instances: " in line]
    total, _, rest = line.partition(" instances: ")
    counts = {name: int(count) for count, _, name in (part.partition(" ") for part in rest.split(", "))}
    return {"instances": int(total), **counts}


class TestAWholeArchive:
    def test_is_brought_in_and_a_second_run_adds_nothing(self, archive: Filled, engine: Engine, run: Run) -> None:
        first = run()
        assert first.exit_code == 0, first.output
        assert_all_is_there(engine, archive)
        before, doses_before = rows(engine), doses(engine)

        second = run()

        assert second.exit_code == 0, second.output
        assert (rows(engine), doses(engine)) == (before, doses_before)
        total, everything = len(archive.with_dose) + len(archive.copies), objects_line(second)
        assert objects_line(first)["new"] == total
        assert {everything[name] for name in ("new", "kept before", "failed")} == {0}
        assert everything["known already"] == total
        assert everything["without dose"] == 3 * WITHOUT_DOSE

    def test_keeps_what_the_plugin_would_bring_byte_for_byte(self, archive: Filled, engine: Engine, run: Run) -> None:
        assert run().exit_code == 0

        with unit_of_work(engine) as session:
            for row in session.scalars(select(EvidenceRow).options(undefer(EvidenceRow.content))):
                file = archive.orthanc.request("GET", f"/instances/{row.orthanc_id}/file")[1]
                assert evidence.content_of(row) == (cut_header(file).dicom if row.is_header else file)
                assert (row.sender, row.origin) == ("backfill", Origin.REST)

    def test_gets_what_came_since_the_last_run(self, archive: Filled, engine: Engine, run: Run) -> None:
        run()
        for dicom in reported_study(REPORTED):
            archive.orthanc.upload(dicom)

        result = run()

        assert objects_line(result)["new"] == 4
        assert doses(engine)[study_uid(REPORTED)] == [("counted", f"{study_uid(REPORTED)}.5", DLP_MGY_CM)]

    def test_leaves_two_sites_apart(self, archive: Filled, engine: Engine, run: Run, tmp_path: Path) -> None:
        run()
        one = rows(engine)["evidence"]

        result = run("--site", "VALLEY", "--state", str(tmp_path / "valley.sqlite3"))

        assert result.exit_code == 0, result.output
        assert rows(engine)["evidence"] == 2 * one == 2 * all_that_is_held(archive).total()


class TestInTheMiddle:
    @pytest.mark.parametrize("how", ["kill -9", "Ctrl-C"])
    def test_a_run_may_end_and_the_next_one_goes_on(
        self, archive: Filled, engine: Engine, settings: dict[str, str], run: Run, tmp_path: Path, how: str
    ) -> None:
        program = [sys.executable, "-m", "doseledger", "backfill", *in_folder(tmp_path, objects_per_second=40)]
        environment = {**os.environ, **{f"DOSELEDGER_{name}": value for name, value in settings.items()}}
        running = subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, start_new_session=True)
        until(lambda: kept(engine).total() > 60, within_s=60, what="the first objects")
        if how == "kill -9":
            kill_at_once(running.pid)
        else:
            running.send_signal(signal.SIGINT)
        told = running.communicate(timeout=30)[0].decode()
        halfway = kept(engine).total()
        assert halfway < all_that_is_held(archive).total()

        result = run()

        assert result.exit_code == 0, result.output
        assert objects_line(result)["new"] >= all_that_is_held(archive).total() - halfway
        assert "studies looked at" in (told or "Ctrl-C alone lets it tell: studies looked at")
        assert_all_is_there(engine, archive)

    def test_traffic_goes_on_beside_it(self, archive: Filled, engine: Engine, run: Run) -> None:
        """Meanwhile the plugin brings some of the same objects, studies come to the archive and others are deleted."""
        deliver = partial(deliver_all, archive.orthanc, engine)
        traffic = [
            Thread(target=deliver, args=([study_uid(number) for number in range(start, REPORTED, 2)],))
            for start in (REPORTED - 20, REPORTED - 19)
        ]
        traffic.append(Thread(target=come_and_go, args=(archive.orthanc,)))
        for thread in traffic:
            thread.start()

        result = run("--objects-per-second", "300")

        for thread in traffic:
            thread.join()
        assert result.exit_code == 0, result.output
        assert run().exit_code == 0
        found, held = kept(engine), all_that_is_held(archive)
        guests = found - held
        assert found - guests == held
        assert guests.keys().isdisjoint(held)
        assert set(guests.values()) <= {1}
        for number in range(REPORTED):
            study = study_uid(number)
            assert doses(engine)[study] == [("counted", f"{study}.5", DLP_MGY_CM)]


def deliver_all(orthanc: RealOrthanc, engine: Engine, studies: list[str]) -> None:
    """Hand in the objects of studies, as the plugin has the service do."""
    site = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP")
    for study in studies:
        ids = orthanc.json("POST", "/tools/find", find("Instance", StudyInstanceUID=study))
        envelopes = []
        for orthanc_id in ids:
            file = orthanc.request("GET", f"/instances/{orthanc_id}/file")[1]
            header = cut_header(file)
            is_header = header.dicom != file
            envelopes.append(
                Envelope(sop_instance_uid=uid_of(file), dicom=header.dicom, is_header=is_header, orthanc_id=orthanc_id)
            )
        now = datetime.now(UTC)  # noqa: TID251 - as the edge does
        with unit_of_work(engine) as session:
            kept_objects = keep_objects(session, envelopes, sender="system:orthanc", received_at=now)
        read_kept(partial(unit_of_work, engine), kept_objects, now=now, site=site)


def come_and_go(orthanc: RealOrthanc) -> None:
    """Store studies, and delete each second one of them."""
    for number in range(40):
        study = orthanc.upload(file_of(dose_report(PatientID=f"GUEST-{number}")))["ParentStudy"]
        if number % 2:
            orthanc.request("DELETE", f"/studies/{study}")


class TestTheCommand:
    def test_says_what_it_could_not_take_in_and_takes_the_rest(self, archive: Filled, engine: Engine, run: Run) -> None:
        too_long = dose_screen(SeriesDescription="Dose Report")
        too_long.private_block(0x0029, "INVENTED", create=True).add_new(1, "OB", bytes(17 * 1024 * 1024))
        bad = archive.orthanc.upload(screen_file(too_long))["ID"]

        result = run()

        assert result.exit_code == 1
        (line,) = [line for line in result.stdout.splitlines() if line.startswith("failed: ")]
        assert line.startswith(f"failed: {bad} {too_long.SOPInstanceUID}: more than ")
        assert_all_is_there(engine, archive)

    def test_says_at_once_that_orthanc_does_not_let_it_in(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DOSELEDGER_ORTHANC_PASSWORD", "wrong")

        result = run()

        assert isinstance(result.exception, ArchiveUnavailableError)
        assert "401" in str(result.exception)

    def test_refuses_the_state_of_another_archive(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        run()
        monkeypatch.setenv("DOSELEDGER_ORTHANC_URL", "http://127.0.0.1:1")

        assert "another archive" in str(run().exception)
