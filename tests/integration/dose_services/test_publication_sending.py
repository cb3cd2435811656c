"""Tests of dose_services.publication_sending: whatever the archive or the process does, one report."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import psycopg2
import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from db.session import Engine, Session, unit_of_work
from db.tables.publication import PublicationRow
from dose_core.ledger.standing import Decided
from dose_core.writers.errors import UnusableHeaderError
from dose_core.writers.source_study import SourceStudy
from dose_services import publication, publication_desk, publication_sending, publication_source
from dose_services.audit import Looker, Via
from dose_services.publication_desk import PublicationNotMovableError
from dose_services.publication_findings import ARCHIVE_UNREACHABLE, NOT_WRITTEN, REFUSED_BY_ARCHIVE
from dose_services.publication_step import LEASE
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.publish import publish
from tests.builders.ct_study import ct_slices, device_report
from tests.support.dose_house import QUIET_S, RECORDER, DoseHouse
from tests.support.fake_archive import FakeArchive

OPERATOR = Looker(subject="command:test", user_id=None, via=Via.COMMAND, reference=None, route="doseledger test")


class TestAnArchive:
    def test_that_is_away_is_asked_again(self, house: DoseHouse, archive: FakeArchive) -> None:
        archive.fails_with = ArchiveUnavailableError("away")
        house.wait(QUIET_S)
        assert house.work() == 1
        assert house.work() == 0  # not at once

        archive.fails_with = None
        house.wait(3)
        house.work()
        assert house.states() == ["sent"]

    def test_that_stays_away_is_told_of_and_asked_every_half_minute(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        archive.fails_with = ArchiveUnavailableError("away")
        house.wait(QUIET_S)
        for _ in range(10):
            house.work()
            house.wait(30)

        assert house.rows()[0].attempts == 10
        assert ARCHIVE_UNREACHABLE in house.findings()
        archive.fails_with = None
        house.work()
        assert house.findings() == {}

    def test_that_stays_away_for_ever_is_still_asked_every_half_minute(
        self, house: DoseHouse, archive: FakeArchive, engine: Engine
    ) -> None:
        archive.fails_with = ArchiveUnavailableError("away")
        house.wait(QUIET_S)
        house.work()
        with unit_of_work(engine) as session:
            session.execute(update(PublicationRow).values(attempts=1023))
        house.wait(30)
        assert house.work() == 1

        (row,) = house.rows()
        assert (row.attempts, row.not_before, row.last_error) == (1024, house.now + timedelta(seconds=30), "away")

    def test_that_refuses_has_the_report_parked(self, house: DoseHouse, archive: FakeArchive) -> None:
        archive.fails_with = ArchiveRefusedError("the archive answered 400 to POST instances")
        house.wait(QUIET_S)
        house.work()
        house.wait(3600)

        assert house.work() == 0
        assert house.states() == ["parked"]
        assert "400" in house.findings()[REFUSED_BY_ARCHIVE]

    def test_gets_a_parked_report_again_when_somebody_asks(
        self, house: DoseHouse, archive: FakeArchive, engine: Engine
    ) -> None:
        archive.fails_with = ArchiveRefusedError("no")
        house.wait(QUIET_S)
        house.work()
        archive.fails_with = None
        with unit_of_work(engine) as session:
            publication_desk.retry(session, house.rows()[0].number, looker=OPERATOR, now=house.now)
        house.work()

        assert house.states() == ["sent"]
        assert house.findings() == {}

    def test_gets_no_parked_report_that_a_later_one_replaces(
        self, house: DoseHouse, archive: FakeArchive, engine: Engine
    ) -> None:
        archive.fails_with = ArchiveRefusedError("no")
        house.wait(QUIET_S)
        house.work()
        house.receive(ct_slices(4, first=4), are_headers=True)
        archive.fails_with = None
        with unit_of_work(engine) as session, pytest.raises(PublicationNotMovableError):
            publication_desk.retry(session, house.rows()[0].number, looker=OPERATOR, now=house.now)
        house.wait(QUIET_S)
        house.work()

        assert house.states()[-1] == "sent"
        assert len(archive.objects) == 1

    def test_that_will_not_delete_is_asked_again(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.wait(QUIET_S)
        house.work()
        house.receive([device_report()])
        archive.fails_with = ArchiveRefusedError("no")
        house.work()
        assert REFUSED_BY_ARCHIVE in house.findings()

        archive.fails_with = None
        house.wait(30)
        house.work()
        assert house.states() == ["withdrawn"]
        assert house.findings() == {}


class TestAReportThatIsWantedAgainWhileItIsTakenBack:
    def test_is_deleted_and_then_stored_again(self, house: DoseHouse, archive: FakeArchive, engine: Engine) -> None:
        house.wait(QUIET_S)
        house.work()
        stored = dict(archive.objects)
        house.decide(Decided.NOT_PATIENT)
        house.decide(Decided.PATIENT)
        house.work()
        assert house.states() == ["withdrawn"]
        house.plan_anew()
        house.work()

        assert archive.objects == stored
        assert house.states() == ["sent"]
        with unit_of_work(engine) as session:
            assert publication.unplanned(session, limit=10) == []


class TestAProcessThatDies:
    def test_between_store_and_commit_stores_the_same_object_again(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        def die() -> None:
            archive.before_answer = None
            raise KeyboardInterrupt

        archive.before_answer = die
        house.wait(QUIET_S)
        with pytest.raises(KeyboardInterrupt):
            house.work()
        first = dict(archive.objects)
        assert house.states() == ["waiting"]
        house.wait(LEASE.total_seconds())
        house.work()

        assert archive.stores == 2
        assert archive.objects == first  # byte for byte
        assert house.states() == ["sent"]

    def test_leaves_no_object_behind_if_a_device_report_comes_then(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        def die() -> None:
            archive.before_answer = None
            raise KeyboardInterrupt

        archive.before_answer = die
        house.wait(QUIET_S)
        with pytest.raises(KeyboardInterrupt):
            house.work()
        house.receive([device_report()])
        house.work()

        assert archive.objects == {}
        assert house.states() == ["withdrawn"]


class TestAReportThatCannotBeWrittenAnyMoreAfterAnAttempt:
    """The answer was lost, so that the archive may hold it."""

    @pytest.fixture
    def unwritable(self, house: DoseHouse, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch) -> None:
        def lose_the_answer() -> None:
            archive.before_answer = None
            raise ArchiveUnavailableError("no answer")

        archive.before_answer = lose_the_answer
        house.wait(QUIET_S)
        house.work()
        assert len(archive.objects) == 1

        def unreadable(dicom: bytes) -> SourceStudy:  # noqa: ARG001  as the function in whose place it is put
            raise UnusableHeaderError("the header cannot be used")

        monkeypatch.setattr(publication_source, "source_study_from_header", unreadable)
        house.wait(30)

    @pytest.mark.usefixtures("unwritable")
    def test_leaves_the_archive_and_is_settled_then(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.work()
        assert archive.objects == {}
        house.plan_anew()
        house.work()
        house.plan_anew()

        assert house.work() == 0
        assert house.states() == ["refused"]
        assert "cannot be used" in house.findings()[NOT_WRITTEN]

    @pytest.mark.usefixtures("unwritable")
    @pytest.mark.parametrize("state", ["refused", "unchanged"])
    def test_leaves_the_archive_also_if_it_was_settled_before(
        self, house: DoseHouse, archive: FakeArchive, engine: Engine, state: str
    ) -> None:
        """Before the archive was thought of in this case."""
        with unit_of_work(engine) as session:
            session.execute(update(PublicationRow).values(state=state))
        house.receive([device_report()])
        house.work()

        assert archive.objects == {}
        assert house.states() == ["withdrawn"]


class TestABug:
    def test_in_one_report_is_told_and_met_once(
        self, house: DoseHouse, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What nobody foresaw must not come back each second, nor name a patient."""

        def broken(dicom: bytes) -> SourceStudy:
            raise RecursionError(str(dicom))

        monkeypatch.setattr(publication_source, "source_study_from_header", broken)
        house.wait(QUIET_S)

        assert house.work() == 1
        house.wait(3600)
        assert house.work() == 0
        assert house.states() == ["refused"]
        assert "RecursionError in broken" in house.findings()[NOT_WRITTEN]
        assert "Beispiel" not in house.findings()[NOT_WRITTEN]
        assert archive.objects == {}

    def test_while_sending_is_tried_again_for_the_archive_may_have_the_object(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        def die() -> None:
            archive.before_answer = None
            raise ZeroDivisionError

        archive.before_answer = die
        house.wait(QUIET_S)
        house.work()
        assert house.states() == ["waiting"]
        house.wait(30)
        house.work()

        assert house.states() == ["sent"]
        assert house.findings() == {}


class TestADatabase:
    @pytest.mark.parametrize(
        "outage", [PoolTimeoutError(), InterfaceError("SELECT", {}, psycopg2.InterfaceError("connection closed"))]
    )
    def test_that_is_away_for_a_moment_costs_no_report(
        self, house: DoseHouse, archive: FakeArchive, engine: Engine, outage: Exception
    ) -> None:
        """No bug of ours: the row is as it was, and due again."""
        sessions = 0

        @contextmanager
        def away_at_first() -> Iterator[Session]:
            nonlocal sessions
            sessions += 1
            if sessions == 1:
                raise outage
            with unit_of_work(engine) as session:
                yield session

        house.wait(QUIET_S)
        (row,) = house.rows()
        with pytest.raises(type(outage)):
            publish(away_at_first, lambda _: archive, row.id, clock=lambda: house.now, recorder=RECORDER)
        house.work()

        assert house.states() == ["sent"]


class TestALongQueue:
    def test_holds_up_no_withdrawal(self, house: DoseHouse, engine: Engine) -> None:
        """A thousand studies may turn quiet at once; a withdrawal is promised within a minute."""
        house.wait(QUIET_S)
        house.work()
        house.receive(ct_slices(StudyInstanceUID="2.25.3902", SeriesInstanceUID="2.25.3903"), are_headers=True)
        house.wait(2 * QUIET_S)
        house.receive([device_report()])

        with unit_of_work(engine) as session:
            (first,) = publication_sending.due(session, house.now, limit_each=1)
        assert first.is_withdrawal


class TestTwoWorkers:
    def test_take_a_report_once(self, house: DoseHouse, engine: Engine) -> None:
        house.wait(QUIET_S)
        (row,) = house.rows()
        take = partial(publication_sending.take, now=house.now, recorder=RECORDER)
        with unit_of_work(engine) as session:
            assert take(session, row.id) is not None
        with unit_of_work(engine) as session:
            assert take(session, row.id) is None

    @pytest.mark.parametrize("state", ["waiting", "sent"])
    def test_cannot_double_a_report_in_the_database(
        self, house: DoseHouse, engine: Engine, archive: FakeArchive, state: str
    ) -> None:
        house.wait(QUIET_S)
        if state == "sent":
            house.work()
        house.receive(ct_slices(4, first=4), are_headers=True)
        rows = [row.id for row in house.rows()]

        with pytest.raises(IntegrityError), unit_of_work(engine) as session:
            session.execute(update(PublicationRow).where(PublicationRow.id.in_(rows)).values(state=state))
        assert len(archive.objects) == (1 if state == "sent" else 0)
