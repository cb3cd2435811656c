"""Tests of doseledger.backfill on an archive that fails, and on a database that refuses."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, text

from db.session import unit_of_work
from db.tables.evidence import EvidenceRow
from dose_services.site import Site
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from doseledger.backfill import Backfill
from doseledger.backfill_list import Failed, StudyList
from doseledger.backfill_patience import Pace, Patience
from tests.builders.old_archive import reported_study, study_uid
from tests.support.fake_holdings import FakeHoldings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OBJECTS = 4  # of a reported study
Make = Callable[[], Backfill]


@pytest.fixture
def holdings() -> FakeHoldings:
    """Three studies with their reports and slices."""
    made = FakeHoldings()
    for number in range(3):
        for dicom in reported_study(number):
            made.store(dicom)
    return made


@pytest.fixture
def make(engine: Engine, holdings: FakeHoldings, tmp_path: Path) -> Make:
    """Return a backfill that never sleeps, each one with the state of the one before."""

    def made() -> Backfill:
        place = partial(unit_of_work, engine)
        return Backfill(
            holdings=holdings,
            studies=StudyList(tmp_path / "state.sqlite3", archive="fake", site=""),
            unit_of_work=place,
            clock=lambda: NOW,
            site=Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP"),
            site_label="",
            pace=Pace(1, clock=lambda: 0, sleep=lambda _: None),
            patience=Patience(
                archive_answers=partial(holdings.study_ids, since=0, limit=1),
                unit_of_work=place,
                sleep=lambda _: None,
            ),
        )

    return made


def run_through(backfill: Backfill) -> Backfill:
    """Run to the end."""
    backfill.list_studies()
    for _ in backfill.run():
        pass
    backfill.studies.close()
    return backfill


def uids(engine: Engine) -> list[str]:
    with unit_of_work(engine) as session:
        return sorted(session.scalars(select(EvidenceRow.sop_instance_uid)))


def failing(call: str, what: str, error: Exception) -> Callable[[str, str], None]:
    """Return what makes one call of the archive fail whenever it is made."""

    def fail(asked: str, of: str) -> None:
        if (asked, of) == (call, what):
            raise error

    return fail


class TestTheList:
    def test_finds_a_study_that_slipped_between_two_pages(
        self, holdings: FakeHoldings, make: Make, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first study is deleted after the first page was told: those behind it move up by one place."""
        monkeypatch.setattr("doseledger.backfill._PAGE", 1)
        gone = [uid for uid in holdings.files if uid.startswith(f"{study_uid(0)}.")]

        def delete_the_first(call: str, what: str) -> None:
            if (call, what) == ("study_ids", "1"):
                for uid in gone:
                    holdings.files.pop(uid, None)

        holdings.before = delete_the_first

        run_through(make())

        assert uids(engine) == sorted(holdings.files)
        assert len(holdings.files) == 2 * OBJECTS

    def test_is_not_made_anew_while_something_is_left(self, holdings: FakeHoldings, make: Make, engine: Engine) -> None:
        first = make()
        first.list_studies()
        next(first.run())
        first.studies.close()
        holdings.calls.clear()

        second = run_through(make())

        assert [what for call, what in holdings.calls if call == "study_ids"] == ["0"]  # whether the archive answers
        assert second.tally.studies == 2
        assert uids(engine) == sorted(holdings.files)

    def test_is_made_anew_when_all_was_looked_at(self, holdings: FakeHoldings, make: Make) -> None:
        run_through(make())
        for dicom in reported_study(7):
            holdings.store(dicom)

        second = run_through(make())

        assert (second.tally.studies, second.tally.known, second.tally.kept) == (4, 3 * OBJECTS, OBJECTS)


class TestOneThingThatFails:
    @pytest.mark.parametrize("call", ["metadata", "header", "file"])
    @pytest.mark.parametrize("error", [ArchiveUnavailableError("500"), ArchiveRefusedError("400")])
    def test_is_told_and_stops_no_other(
        self, holdings: FakeHoldings, make: Make, engine: Engine, call: str, error: Exception
    ) -> None:
        report = f"{study_uid(1)}.1"
        holdings.before = failing(call, report, error)

        backfill = run_through(make())

        assert (backfill.tally.kept, backfill.tally.failed) == (3 * OBJECTS - 1, 1)
        assert report not in uids(engine)
        assert list(make().studies.failures()) == [Failed(report, report, str(error))]

    def test_may_be_a_study(self, holdings: FakeHoldings, make: Make) -> None:
        holdings.before = failing("instances", study_uid(1), ArchiveUnavailableError("500"))

        backfill = run_through(make())

        assert (backfill.tally.studies, backfill.tally.kept, backfill.tally.failed) == (3, 2 * OBJECTS, 1)
        assert list(make().studies.failures()) == [Failed(study_uid(1), None, "500")]

    def test_is_tried_again_by_the_next_run(self, holdings: FakeHoldings, make: Make, engine: Engine) -> None:
        holdings.before = failing("file", f"{study_uid(1)}.1", ArchiveUnavailableError("500"))
        run_through(make())
        holdings.before = lambda _call, _what: None

        backfill = run_through(make())

        assert (backfill.tally.kept, backfill.tally.failed) == (1, 0)
        assert uids(engine) == sorted(holdings.files)

    def test_is_no_failure_if_it_was_deleted_meanwhile(self, holdings: FakeHoldings, make: Make) -> None:
        def delete(call: str, what: str) -> None:
            if (call, what) == ("file", f"{study_uid(1)}.1"):
                holdings.files.pop(what, None)

        holdings.before = delete

        backfill = run_through(make())

        assert (backfill.tally.kept, backfill.tally.gone, backfill.tally.failed) == (3 * OBJECTS - 1, 1, 0)

    def test_is_found_among_many_that_the_database_takes(
        self, holdings: FakeHoldings, make: Make, engine: Engine
    ) -> None:
        odd = f"{study_uid(1)}.3.2"
        with unit_of_work(engine) as session:
            session.execute(text(f"ALTER TABLE evidence ADD CHECK (sop_instance_uid <> '{odd}')"))

        backfill = run_through(make())

        assert (backfill.tally.kept, backfill.tally.failed) == (3 * OBJECTS - 1, 1)
        assert uids(engine) == sorted(set(holdings.files) - {odd})
        assert list(make().studies.failures()) == [Failed(odd, odd, "not kept: IntegrityError")]


class TestWhatIsFetched:
    def test_is_no_object_that_is_known(self, holdings: FakeHoldings, make: Make) -> None:
        run_through(make())
        holdings.calls.clear()

        run_through(make())

        assert {call for call, _ in holdings.calls} == {"study_ids", "instances"}

    def test_is_the_whole_of_reports_alone(self, holdings: FakeHoldings, make: Make) -> None:
        run_through(make())

        assert [what for call, what in holdings.calls if call == "file"] == [f"{study_uid(n)}.1" for n in range(3)]

    def test_is_what_was_kept_and_never_read(self, make: Make, engine: Engine) -> None:
        """As a run leaves it that is killed between the two."""
        run_through(make())
        with unit_of_work(engine) as session:
            session.execute(text("UPDATE evidence SET read_status = 'pending'"))

        backfill = run_through(make())

        assert (backfill.tally.kept, backfill.tally.kept_before) == (0, 3 * OBJECTS)
        assert backfill.tally.read == {"read": 3 * OBJECTS}
