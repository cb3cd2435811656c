"""Tests of api.routes.publications."""

import pytest

from db.session import unit_of_work
from db.tables.commitment import CommitmentRow
from dose_services import publication
from dose_services.roles import Role, Scope
from dose_worker.archive import ArchiveRefusedError
from tests.builders.ct_study import ct_slices
from tests.integration.api.conftest import House
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

QUEUE = "/api/v1/publications"


@pytest.fixture
def refused(house: House) -> DoseHouse:
    """A house whose archive refused a dose SR."""
    made = DoseHouse(engine=house.engine, archive=FakeArchive(fails_with=ArchiveRefusedError("answered 400")))
    made.receive(ct_slices(), are_headers=True)
    made.set_sends_no_rdsr()
    made.wait(QUIET_S)
    made.work()
    return made


def headers(house: House) -> dict[str, str]:
    """Return what an administrator sends, who sees no patient."""
    return house.headers(Scope.READ, login="ada")


@pytest.fixture(autouse=True)
def administrator(house: House) -> None:
    house.add_user("ada", Role.ADMINISTRATOR)


def test_a_publication_is_told_without_its_patient(house: House, refused: DoseHouse) -> None:
    answer = house.client.get(QUEUE, headers=headers(house), params={"state": ["parked", "waiting"]})

    (told,) = answer.json()["publications"]
    (row,) = refused.rows()
    assert {name: told[name] for name in ("number", "kind", "destination", "state", "attempts", "problem")} == {
        "number": 1,
        "kind": "ct rdsr",
        "destination": "orthanc",
        "state": "parked",
        "attempts": 1,
        "problem": "answered 400",
    }
    assert told["exam_id"] == str(row.exam_id)
    assert "Beispiel" not in answer.text


def test_what_the_archive_says_of_keeping_it_is_told(house: House, refused: DoseHouse) -> None:
    with unit_of_work(house.engine) as session:
        said = {"state": "kept", "transaction_uid": "2.25.1", "attempts": 1}
        times = {"not_before": refused.now, "asked_at": refused.now, "answered_at": refused.now}
        session.add(CommitmentRow(publication_id=refused.rows()[0].id, **said, **times))

    (told,) = house.client.get(QUEUE, headers=headers(house)).json()["publications"]

    assert told["commitment"] == "kept"


@pytest.mark.parametrize(
    "asked", [{"state": "sent"}, {"kind": "mammography rdsr"}, {"destination": "PACS"}, {"after": 1}]
)
@pytest.mark.usefixtures("refused")
def test_only_what_is_asked_for_is_told(house: House, asked: dict[str, str | int]) -> None:
    assert house.client.get(QUEUE, headers=headers(house), params=asked).json() == {"publications": []}


def test_a_parked_one_is_sent_again_once_and_that_is_on_record(house: House, refused: DoseHouse) -> None:
    answer = house.client.post(f"{QUEUE}/1/retry", headers=headers(house))
    refused.archive, refused.now = FakeArchive(), house.now
    refused.work()
    again = house.client.post(f"{QUEUE}/1/retry", headers=headers(house))

    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    assert refused.states() == ["sent"]
    assert (again.status_code, again.json()["type"]) == (409, "urn:doseledger:problem:publication-not-movable")
    recorded = house.rows("SELECT reason FROM access_log WHERE action = 'retry_publication'")
    assert [row[0] for row in recorded] == ["publication 1, a ct rdsr for orthanc"]


def test_one_that_a_later_revision_replaces_is_not_sent_again(house: House, refused: DoseHouse) -> None:
    refused.receive(ct_slices(4, first=4), are_headers=True)
    with unit_of_work(house.engine) as session:
        publication.plan(session, refused.rows()[0].exam_id, now=refused.now, site=refused.site)

    assert house.client.post(f"{QUEUE}/1/retry", headers=headers(house)).status_code == 409


def test_one_that_there_is_not_is_told_so(house: House) -> None:
    assert house.client.post(f"{QUEUE}/7/retry", headers=headers(house)).status_code == 404


@pytest.mark.usefixtures("refused")
def test_archives_are_told_with_what_stands_for_them(house: House) -> None:
    told = house.client.get(f"{QUEUE}/destinations", headers=headers(house)).json()["destinations"]

    assert told == [
        {
            "name": "orthanc",
            "protocol": "orthanc",
            "address": "as the worker's settings say",
            "is_active": True,
            "kinds": None,
            "sites": [],
            "exams_since": None,
            "deletes": True,
            "changed_at": None,
            "counts": {"parked": 1},
        }
    ]
