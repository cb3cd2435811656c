"""Tests of dose_services.commitments and of the job that asks: what an archive confirms, and what it does not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from db.session import Engine, unit_of_work
from db.tables.commitment import CommitmentRow
from db.tables.finding import FindingRow
from dose_core.errors import DoseError
from dose_core.ledger.standing import Decided
from dose_core.writers.document import Evidence
from dose_services import commitments, pacs_destinations
from dose_services.archive_values import CommitmentReport, DicomNode, NotKept
from dose_services.audit import Looker, Via
from dose_services.commitments import REFUSED
from dose_services.finding_kinds import FindingKind
from dose_services.pacs_values import PacsRule
from dose_services.publication_findings import NOT_CONFIRMED
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.commitment_jobs import ask_due, take_report
from tests.builders.ct_study import other_ct_slices
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

ADA = Looker(subject="user:ada", user_id=None, via=Via.COMMAND, reference=None, route="doseledger test")
PACS = DicomNode(host="127.0.0.1", port=104, called_ae_title="PACS", asks_commitment=True)
DAY_S = 24 * 3600


@dataclass
class FakeCommitment:
    """Keeps requests; answers them with an error or, if told so, with a report at once."""

    fails_with: DoseError | None = None
    reports_at_once: bool = False
    requests: list[tuple[str, Evidence]] = field(default_factory=list)

    def ask(self, transaction_uid: str, instances: Sequence[Evidence]) -> CommitmentReport | None:
        """Take a request."""
        (instance,) = instances
        self.requests.append((transaction_uid, instance))
        if self.fails_with:
            raise self.fails_with
        return self.kept() if self.reports_at_once else None

    def kept(self) -> CommitmentReport:
        """Return the report that what was asked about last is kept."""
        transaction_uid, instance = self.requests[-1]
        return CommitmentReport(transaction_uid=transaction_uid, kept=(instance.sop_instance_uid,))

    def not_kept(self) -> CommitmentReport:
        """Return the report that it is not."""
        transaction_uid, instance = self.requests[-1]
        lost = NotKept(sop_instance_uid=instance.sop_instance_uid, reason="it does not have the object")
        return CommitmentReport(transaction_uid=transaction_uid, not_kept=(lost,))


@dataclass
class Place:
    """A house with a report in a PACS that is asked for storage commitment."""

    house: DoseHouse
    pacs: FakeCommitment = field(default_factory=FakeCommitment)

    def ask(self) -> int:
        """Ask what is due, as the worker does."""
        return ask_due(partial(unit_of_work, self.house.engine), lambda _: self.pacs, clock=lambda: self.house.now)

    def report(self, report: CommitmentReport) -> bool:
        """Take a report, as the worker does."""
        return take_report(partial(unit_of_work, self.house.engine), report, clock=lambda: self.house.now)

    def states(self) -> list[str]:
        """Return what is known of each object."""
        with unit_of_work(self.house.engine) as session:
            return list(session.scalars(select(CommitmentRow.state)))

    def findings(self, kind: FindingKind = NOT_CONFIRMED) -> list[str]:
        """Return the texts of the open findings of a kind."""
        query = select(FindingRow.text).where(FindingRow.kind == kind, FindingRow.resolved_at.is_(None))
        with unit_of_work(self.house.engine) as session:
            return list(session.scalars(query))


@pytest.fixture
def place(engine: Engine, house: DoseHouse) -> Place:
    house.archives["PACS"] = FakeArchive(can_delete=False)
    rule = PacsRule(exams_since=house.now - timedelta(days=1))
    with unit_of_work(engine) as session:
        pacs_destinations.add_pacs(session, "PACS", PACS, rule, looker=ADA, now=house.now)
    house.plan_anew()
    house.wait(QUIET_S)
    house.work()
    return Place(house)


class TestAnObjectInAPacs:
    def test_is_asked_about_once_and_is_known_to_be_kept(self, place: Place) -> None:
        assert place.ask() == 1
        assert place.states() == ["asked"]

        assert place.report(place.pacs.kept())
        assert place.states() == ["kept"]
        place.house.wait(30 * DAY_S)
        assert place.ask() == 0

    def test_is_asked_about_by_its_sop_class_and_uid(self, place: Place) -> None:
        place.ask()

        ((transaction_uid, instance),) = place.pacs.requests
        stored = {row.sop_instance_uid for row in place.house.rows() if row.destination == "PACS"}
        assert instance.sop_class_uid == "1.2.840.10008.5.1.4.1.1.88.67"
        assert {instance.sop_instance_uid} == stored
        assert transaction_uid.startswith("2.25.")
        assert len(transaction_uid) <= 64

    def test_is_known_to_be_kept_if_the_report_comes_with_the_answer(self, place: Place) -> None:
        place.pacs.reports_at_once = True
        place.ask()

        assert place.states() == ["kept"]

    def test_that_is_not_kept_is_a_finding_until_it_is(self, place: Place) -> None:
        place.ask()
        place.report(place.pacs.not_kept())
        assert place.states() == ["not_kept"]
        assert "does not have the object" in place.findings()[0]

        place.house.wait(DAY_S)
        assert place.ask() == 1
        place.report(place.pacs.kept())

        assert place.states() == ["kept"]
        assert place.findings() == []

    def test_about_which_nothing_is_reported_is_asked_about_each_day_and_becomes_a_finding(self, place: Place) -> None:
        for _ in range(3):
            assert place.ask() == 1
            assert place.ask() == 0
            place.house.wait(DAY_S)
        assert place.findings() == []

        place.ask()

        assert "has not reported" in place.findings()[0]
        assert len({transaction_uid for transaction_uid, _ in place.pacs.requests}) == 4  # PS3.4, J.3.2.1.2


class TestAPacs:
    def test_that_is_down_is_asked_again_soon(self, place: Place) -> None:
        place.pacs.fails_with = ArchiveUnavailableError("it is down")
        place.ask()
        assert place.ask() == 0

        place.pacs.fails_with = None
        place.house.wait(600)
        assert place.ask() == 1

    def test_that_offers_no_commitment_is_one_finding_until_it_does(self, place: Place) -> None:
        place.pacs.fails_with = ArchiveRefusedError("the PACS offers no storage commitment")
        place.ask()
        assert place.ask() == 0
        assert place.states() == ["refused"]
        assert "offers no storage commitment" in place.findings(REFUSED)[0]
        assert place.findings() == []

        place.pacs.fails_with = None
        place.house.wait(DAY_S)
        assert place.ask() == 1
        place.report(place.pacs.kept())

        assert place.states() == ["kept"]
        assert place.findings(REFUSED) == []

    def test_that_rests_is_not_asked(self, place: Place) -> None:
        with unit_of_work(place.house.engine) as session:
            pacs_destinations.set_active(session, "PACS", is_active=False, looker=ADA, now=place.house.now)

        assert place.ask() == 0

    def test_of_which_more_is_due_than_is_looked_at_keeps_no_other_from_being_asked(self, place: Place) -> None:
        place.house.archives["VNA"] = FakeArchive(can_delete=False)
        rule = PacsRule(exams_since=place.house.now - timedelta(days=1))
        with unit_of_work(place.house.engine) as session:
            pacs_destinations.add_pacs(session, "VNA", PACS, rule, looker=ADA, now=place.house.now)
        place.house.receive(other_ct_slices(), are_headers=True)
        place.house.plan_anew()
        place.house.wait(QUIET_S)
        place.house.work()
        with unit_of_work(place.house.engine) as session:
            due = commitments.due(session, place.house.now, limit_each=1)

        assert [destination for _, destination in due] == ["PACS", "VNA"]


class TestAReport:
    def test_on_a_transaction_that_nobody_began_changes_nothing(self, place: Place) -> None:
        place.ask()
        strange = CommitmentReport(transaction_uid="2.25.1", kept=place.pacs.kept().kept)

        assert not place.report(strange)
        assert place.states() == ["asked"]

    def test_on_other_objects_changes_nothing(self, place: Place) -> None:
        place.ask()
        strange = CommitmentReport(transaction_uid=place.pacs.requests[0][0], kept=("2.25.1",))

        assert not place.report(strange)
        assert place.states() == ["asked"]

    def test_that_comes_twice_changes_nothing_more(self, place: Place) -> None:
        place.ask()

        assert place.report(place.pacs.kept())
        assert place.report(place.pacs.kept())
        assert place.states() == ["kept"]

    def test_on_an_earlier_request_comes_too_late(self, place: Place) -> None:
        """Its transaction is over by then, PS3.4, J.3.3.1.2: the later request gets a report of its own."""
        place.ask()
        late = place.pacs.kept()
        place.house.wait(DAY_S)
        place.ask()

        assert not place.report(late)


class TestAReportThatIsTakenBack:
    def test_is_no_finding_any_more(self, place: Place) -> None:
        place.ask()
        place.report(place.pacs.not_kept())
        assert len(place.findings()) == 1
        place.house.decide(Decided.NOT_PATIENT)
        place.house.work()

        assert place.findings() == []

    def test_becomes_none_if_the_archive_says_then_that_it_does_not_keep_it(self, place: Place) -> None:
        place.ask()
        place.house.decide(Decided.NOT_PATIENT)
        place.house.work()

        assert place.report(place.pacs.not_kept())
        assert place.states() == ["not_kept"]
        assert place.findings() == []


def test_what_was_taken_back_before_is_not_asked_about(place: Place) -> None:
    place.house.set_sends_no_rdsr(value=False)
    with unit_of_work(place.house.engine) as session:
        for row in place.house.rows():
            session.merge(row).state = "withdrawing"

    assert place.ask() == 0
