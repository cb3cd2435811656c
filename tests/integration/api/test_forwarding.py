"""Tests of the routes on forwarded dose SRs."""

from functools import partial
from pathlib import Path

import pytest

from db.session import unit_of_work
from dose_services import forwarding, forwarding_desk
from dose_services.forwarding_values import FolderNode, ForwardRule
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House
from tests.support.forward_house import KEY, LONG_AGO, OPERATOR

FORWARDING = "/api/v1/forwarding"


@pytest.fixture
def queued(house: House, tmp_path: Path) -> House:
    """A house in which the report of an exam waits for a registry."""
    work = partial(unit_of_work, house.engine)
    rule = ForwardRule(since=LONG_AGO, released_texts=("ACME",))
    with work() as session:
        forwarding_desk.add_destination(
            session,
            "registry",
            FolderNode(path=str(tmp_path)),
            rule,
            site_key=KEY,
            looker=OPERATOR,
            now=house.now,
        )
    house.hand_in(whole(dose_report(ANNA_CHEST)))
    with work() as session:
        forwarding.sweep(session, now=house.now)
    return house


@pytest.fixture
def adam(house: House) -> dict[str, str]:
    """The headers of an administrator, who sees no patients."""
    house.add_user("adam", Role.ADMINISTRATOR)
    return house.headers(Scope.READ, login="adam")


def test_destinations_are_listed_with_what_they_get_and_the_lengths_of_their_queues(
    queued: House, adam: dict[str, str], tmp_path: Path
) -> None:
    (one,) = queued.client.get(f"{FORWARDING}/destinations", headers=adam).json()["destinations"]

    assert (one["name"], one["protocol"], one["address"]) == ("registry", "folder", str(tmp_path))
    assert (one["is_identified"], one["released_texts"], one["reports"]) == (False, ["ACME"], "device")
    assert (one["waiting"], one["sent"], one["parked"]) == (1, 0, 0)


def test_objects_are_listed_without_whom_they_are_about(queued: House, adam: dict[str, str]) -> None:
    answer = queued.client.get(f"{FORWARDING}/objects", params={"state": "waiting"}, headers=adam)

    (one,) = answer.json()["objects"]
    assert (one["number"], one["destination"], one["state"], one["sent_as"]) == (1, "registry", "waiting", None)
    assert "Anna" not in answer.text
    assert queued.client.get(f"{FORWARDING}/objects", params={"state": "sent"}, headers=adam).json() == {"objects": []}


def test_an_object_is_given_up_and_not_sent_again(queued: House, adam: dict[str, str]) -> None:
    assert queued.client.post(f"{FORWARDING}/objects/1/send-again", headers=adam).json()["state"] == "waiting"
    assert queued.client.post(f"{FORWARDING}/objects/1/cancel", headers=adam).json()["state"] == "cancelled"

    refused = queued.client.post(f"{FORWARDING}/objects/1/send-again", headers=adam)

    assert (refused.status_code, refused.json()["detail"]) == (409, "the object is cancelled")
    assert [row[0] for row in queued.rows("SELECT action FROM access_log WHERE action LIKE '%_forward'")] == [
        "retry_forward",
        "cancel_forward",
    ]


def test_what_is_not_there_is_told_so(queued: House, adam: dict[str, str]) -> None:
    answers = [
        queued.client.post(f"{FORWARDING}/objects/4711/cancel", headers=adam),
        queued.client.get(f"{FORWARDING}/objects", params={"destination": "nobody"}, headers=adam),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
