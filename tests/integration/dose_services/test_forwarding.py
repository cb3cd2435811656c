"""Tests of dose_services.forwarding and its queue: what goes to whom, once, and what waits, is withheld or refused."""

from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydicom import dcmread
from sqlalchemy import Engine, text, update

from db.repositories import patients
from db.session import unit_of_work
from db.tables.forwarding import ForwardDestinationRow
from dose_core.ledger.standing import Decided
from dose_services import desk, forwarding, forwarding_desk, pacs_destinations, restriction
from dose_services.audit import Looker, Via
from dose_services.finding_kinds import FindingKind
from dose_services.forwarding_values import (
    FolderNode,
    ForwardNotMovableError,
    ForwardRule,
    ForwardState,
    ListedPacs,
    NoForwardingKeyError,
    UnusableForwardError,
)
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from tests.builders import enhanced_rdsr
from tests.builders.ct_reports import of, report
from tests.builders.projection_rdsr import fluoroscopy_report_bytes
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.forward_house import LONG_AGO, OPERATOR, ForwardHouse

PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")
IDENTIFIED = ForwardRule(since=LONG_AGO, is_identified=True)


@pytest.fixture
def place(engine: Engine, archive: FakeArchive, tmp_path: Path) -> ForwardHouse:
    return ForwardHouse(DoseHouse(engine=engine, archive=archive), folder=tmp_path)


def receive(place: ForwardHouse, *numbers: int, patient: str = "P-1", ctdi_mgy: str = "5") -> None:
    place.house.receive([report(number, ctdi_mgy=ctdi_mgy, **of(patient)) for number in numbers])


def patient_id(place: ForwardHouse, identifier: str) -> UUID:
    with unit_of_work(place.house.engine) as session:
        found = patients.find_by_identifier(session, identifier, "HOSP")
        assert found is not None
        return found.id


def restrict(place: ForwardHouse, identifier: str) -> None:
    whom = patient_id(place, identifier)
    with unit_of_work(place.house.engine) as session:
        restriction.restrict(session, whom, reason="they asked for it", looker=PHIL, now=place.now)


def lift(place: ForwardHouse, identifier: str) -> None:
    whom = patient_id(place, identifier)
    with unit_of_work(place.house.engine) as session:
        restriction.lift(session, whom, reason="they agreed again", looker=PHIL, now=place.now)


class TestARegistry:
    def test_gets_nothing_until_somebody_says_so(self, place: ForwardHouse) -> None:
        receive(place, 1)

        assert (place.work(), place.queue(), place.files()) == (0, [], {})

    def test_gets_each_object_once_and_without_who_was_irradiated(self, place: ForwardHouse) -> None:
        place.add()
        receive(place, 1)
        place.work()
        receive(place, 1)  # the same again
        place.work()

        ((name, dicom),) = place.files().items()
        sent = dcmread(BytesIO(dicom))
        assert name == f"{sent.SOPInstanceUID}.dcm"
        assert place.states() == ["sent"]
        assert place.queue()[0].sent_as == sent.SOPInstanceUID
        for told in (b"P-1", b"Muster", b"2.25.8100.1", b"2.25.8000.1", b"20260301", b"Hilltop"):
            assert told not in dicom
        assert sent.PatientIdentityRemoved == "YES"

    def test_gets_what_was_known_before_it_if_its_rule_reaches_back(self, place: ForwardHouse) -> None:
        receive(place, 1)
        place.house.wait(3600)
        place.add("old")
        place.add("new", rule=ForwardRule(since=place.now))
        receive(place, 2)
        place.work()

        assert sorted(one.destination for one in place.queue()) == ["new", "old", "old"]
        assert place.states() == ["sent"] * 3

    def test_knows_one_person_by_one_pseudonym_and_another_registry_by_another(self, place: ForwardHouse) -> None:
        other = place.folder / "other"
        other.mkdir()
        mine = place.folder / "mine"
        mine.mkdir()
        place.add("one", FolderNode(path=str(mine)))
        place.add("two", FolderNode(path=str(other)))
        receive(place, 1, 2)
        place.work()

        pseudonyms = [{str(dcmread(path).PatientID) for path in folder.iterdir()} for folder in (mine, other)]
        assert [len(found) for found in pseudonyms] == [1, 1]
        assert pseudonyms[0] != pseudonyms[1]

    def test_gets_a_newer_version_of_an_object_and_not_the_older_one_that_still_waited(
        self, place: ForwardHouse
    ) -> None:
        place.add()
        receive(place, 1)
        with unit_of_work(place.house.engine) as session:
            forwarding.sweep(session, now=place.now)
        place.house.wait(60)
        receive(place, 1, ctdi_mgy="9")
        place.work()

        assert place.states() == ["cancelled", "sent"]
        assert len(place.files()) == 1

    def test_gets_exams_of_its_modalities_and_devices_alone(self, place: ForwardHouse) -> None:
        place.add("ct", rule=ForwardRule(since=LONG_AGO, modalities=("CT",)))
        place.add("nothing", rule=ForwardRule(since=LONG_AGO, device_ids=(uuid4(),)))
        receive(place, 1)
        place.house.receive([fluoroscopy_report_bytes(**of("P-2"))])
        place.work()

        assert [one.destination for one in place.queue()] == ["ct"]

    def test_does_not_get_exams_that_are_no_patients(self, place: ForwardHouse) -> None:
        place.add()
        receive(place, 1)
        exam_id = place.queue()[0].exam_id
        with unit_of_work(place.house.engine) as session:
            desk.decide(
                session,
                exam_id,
                Decided.NOT_PATIENT,
                comment="a test",
                looker=PHIL,
                site=place.house.site,
                now=place.now,
            )
        place.house.follow()
        place.work()

        assert (place.states(), place.files()) == (["cancelled"], {})

    def test_is_never_told_who_it_is(self, place: ForwardHouse) -> None:
        with pytest.raises(UnusableForwardError, match="listed archives"):
            place.add(rule=IDENTIFIED)

    def test_cannot_be_added_without_the_key_of_the_site(self, place: ForwardHouse) -> None:
        place.site_key = None
        with pytest.raises(NoForwardingKeyError, match="DOSELEDGER_FORWARDING_KEY_FILE"):
            place.add()


class TestAnArchiveOfTheSite:
    def test_gets_objects_as_they_came_if_it_is_listed(self, place: ForwardHouse, archive: FakeArchive) -> None:
        place.add("main", ListedPacs(name="orthanc"), IDENTIFIED)
        receive(place, 1)
        place.work()

        assert archive.objects == {"2.25.8100.1": report(1, ctdi_mgy="5", **of("P-1"))}

    def test_gets_nothing_if_it_is_not(self, place: ForwardHouse) -> None:
        with pytest.raises(UnusableForwardError, match="listed"):
            place.add("main", ListedPacs(name="elsewhere"), IDENTIFIED)

    def test_gets_nothing_while_it_rests(self, place: ForwardHouse, archive: FakeArchive) -> None:
        place.add("main", ListedPacs(name="orthanc"), IDENTIFIED)
        receive(place, 1)
        rest_pacs(place, is_active=False)
        place.work()
        assert (place.states(), place.findings(), archive.objects) == (["waiting"], {}, {})

        rest_pacs(place, is_active=True)
        place.work()
        assert place.states() == ["sent"]


class TestTheKey:
    def test_is_needed_and_what_waits_for_it_goes_out_then(self, place: ForwardHouse) -> None:
        place.add()
        receive(place, 1)
        key, place.site_key = place.site_key, None
        place.work()

        assert (place.states(), place.files()) == (["waiting"], {})
        assert "DOSELEDGER_FORWARDING_KEY_FILE" in place.findings()[FindingKind.FORWARDING_WAITS]
        place.site_key = key
        place.house.wait(600)
        place.work()
        assert (place.states(), place.findings()) == (["sent"], {})

    def test_must_stay_the_same_unless_somebody_says_so(self, place: ForwardHouse) -> None:
        place.add()
        receive(place, 1)
        place.site_key = b"another key of a test, thirty-two bytes and more"
        place.work()

        assert place.states() == ["waiting"]
        assert "another one" in place.findings()[FindingKind.FORWARDING_WAITS]
        with unit_of_work(place.house.engine) as session:
            forwarding_desk.rekey(session, "registry", site_key=place.site_key, looker=OPERATOR, now=place.now)
        place.work()
        assert (place.states(), place.findings()) == (["sent"], {})

    def test_is_kept_nowhere(self, place: ForwardHouse) -> None:
        place.add()
        with place.house.engine.connect() as connection:
            kept = connection.execute(text("SELECT forward_destination::text FROM forward_destination")).scalar_one()

        assert place.site_key is not None
        assert place.site_key.decode() not in kept
        assert place.site_key.hex() not in kept


class TestARestrictedPatient:
    def test_is_withheld_lets_others_pass_and_goes_out_when_it_is_lifted(self, place: ForwardHouse) -> None:
        place.add()
        receive(place, 1)
        receive(place, 2, patient="P-2")
        restrict(place, "P-1")
        place.work()
        assert place.states() == ["withheld", "sent"]

        lift(place, "P-1")
        place.work()
        assert place.states() == ["sent", "sent"]


class TestADestination:
    def test_that_does_not_answer_gets_it_later_and_is_a_finding_after_eight_attempts(
        self, place: ForwardHouse, archive: FakeArchive
    ) -> None:
        place.add("main", ListedPacs(name="orthanc"), IDENTIFIED)
        receive(place, 1, 2)
        archive.fails_with = ArchiveUnavailableError("no answer")
        for _ in range(8):
            place.work()
            place.house.wait(301)

        assert place.states() == ["waiting", "waiting"]
        assert place.findings() == {FindingKind.FORWARDING_WAITS: "dose SRs for main wait: no answer"}
        archive.fails_with = None
        place.work()
        assert (place.states(), place.findings()) == (["sent", "sent"], {})

    def test_that_refuses_an_object_parks_it_until_somebody_sends_it_again(
        self, place: ForwardHouse, archive: FakeArchive
    ) -> None:
        place.add("main", ListedPacs(name="orthanc"), IDENTIFIED)
        receive(place, 1)
        archive.fails_with = ArchiveRefusedError("SOP class not supported")
        place.work()
        assert place.states() == ["parked"]
        assert "SOP class not supported" in place.findings()[FindingKind.FORWARD_REFUSED]

        archive.fails_with = None
        with unit_of_work(place.house.engine) as session:
            forwarding_desk.send_again(session, place.queue()[0].number, looker=OPERATOR, now=place.now)
        place.work()
        assert (place.states(), place.findings()) == (["sent"], {})

    def test_that_nothing_waits_for_any_more_is_no_finding(self, place: ForwardHouse, archive: FakeArchive) -> None:
        place.add("main", ListedPacs(name="orthanc"), IDENTIFIED)
        receive(place, 1)
        archive.fails_with = ArchiveUnavailableError("no answer")
        for _ in range(8):
            place.work()
            place.house.wait(301)
        with unit_of_work(place.house.engine) as session:
            forwarding_desk.cancel(session, place.queue()[0].number, looker=OPERATOR, now=place.now)

        assert (place.states(), place.findings()) == (["cancelled"], {})

    def test_that_refused_an_object_of_which_a_newer_version_comes_gets_that(
        self, place: ForwardHouse, archive: FakeArchive
    ) -> None:
        place.add("main", ListedPacs(name="orthanc"), IDENTIFIED)
        receive(place, 1)
        archive.fails_with = ArchiveRefusedError("broken")
        place.work()
        archive.fails_with = None
        place.house.wait(60)
        receive(place, 1, ctdi_mgy="9")
        place.work()

        assert (place.states(), place.findings()) == (["cancelled", "sent"], {})

    def test_that_rests_gets_what_waited_when_it_goes_on(self, place: ForwardHouse) -> None:
        place.add()
        rest(place, is_active=False)
        receive(place, 1)
        place.work()
        assert place.states() == ["waiting"]

        rest(place, is_active=True)
        place.work()
        assert place.states() == ["sent"]

    def test_that_is_a_folder_which_is_gone_waits(self, place: ForwardHouse) -> None:
        place.add(node=FolderNode(path=str(place.folder / "gone")))
        receive(place, 1)
        place.work()

        assert place.states() == ["waiting"]

    def test_that_was_kept_as_we_cannot_read_it_waits_and_no_object_is_to_blame(self, place: ForwardHouse) -> None:
        place.add()
        receive(place, 1, 2)
        with unit_of_work(place.house.engine) as session:
            session.execute(update(ForwardDestinationRow).values(node={"folder": "/srv"}))
        place.work()

        assert place.states() == ["waiting", "waiting"]
        assert "where it is" in place.findings()[FindingKind.FORWARDING_WAITS]


class TestAnObject:
    def test_that_cannot_be_deidentified_is_parked_and_lets_others_pass(self, place: ForwardHouse) -> None:
        place.add()
        text = {"TableColumnNumber": 2, "SelectorAttributeVR": "LO", "SelectorLOValue": "Muster"}
        table = enhanced_rdsr.details(enhanced_rdsr.output(enhanced_rdsr.air_kerma_table(text, rows=1)))
        place.house.receive([enhanced_rdsr.enhanced_rdsr_bytes(enhanced_rdsr.event_summary(), table, **of("P-3"))])
        receive(place, 1)
        place.work()

        assert sorted(place.states()) == ["parked", "sent"]
        assert "table" in place.findings()[FindingKind.FORWARD_REFUSED]

    def test_that_was_given_up_is_not_sent(self, place: ForwardHouse) -> None:
        place.add()
        receive(place, 1)
        number = place.queue()[0].number
        with unit_of_work(place.house.engine) as session:
            assert forwarding_desk.cancel(session, number, looker=OPERATOR, now=place.now).state is (
                ForwardState.CANCELLED
            )
        place.work()

        assert place.files() == {}
        with (
            pytest.raises(ForwardNotMovableError, match="cancelled"),
            unit_of_work(place.house.engine) as session,
        ):
            forwarding_desk.send_again(session, number, looker=OPERATOR, now=place.now)


def rest_pacs(place: ForwardHouse, *, is_active: bool) -> None:
    with unit_of_work(place.house.engine) as session:
        pacs_destinations.set_active(session, "orthanc", is_active=is_active, looker=OPERATOR, now=place.now)


def rest(place: ForwardHouse, *, is_active: bool) -> None:
    with unit_of_work(place.house.engine) as session:
        forwarding_desk.set_active(session, "registry", is_active=is_active, looker=OPERATOR, now=place.now)
