"""Tests of api.routes.destinations: who gets what, and where they are, said by an administrator."""

from datetime import timedelta
from typing import Any

import pytest

from db.session import unit_of_work
from dose_services import outbound_destinations, pacs_destinations
from dose_services.archive_values import StowNode
from dose_services.outbound_values import Endpoint, Form, Rule
from dose_services.pacs_values import PacsRule
from dose_services.roles import Role, Scope
from tests.integration.api.conftest import House
from tests.support.forward_house import LONG_AGO, OPERATOR

PACS, FORWARDING, OUTBOUND = (f"/api/v1/{room}/destinations" for room in ("publications", "forwarding", "outbound"))
ARCHIVE = {"name": "PACS", "host": "pacs.example", "port": 104, "called_ae_title": "PACS", "kinds": ["ct rdsr"]}
REGISTRY = {"name": "national", "url": "https://registry.example/rs", "modalities": ["CT"], "released_texts": ["ACME"]}


@pytest.fixture
def adam(house: House) -> dict[str, str]:
    """The headers of an administrator."""
    house.add_user("adam", Role.ADMINISTRATOR)
    return house.headers(Scope.READ, login="adam")


def told(house: House) -> list[str]:
    """Return the reasons on record."""
    query = "SELECT reason FROM access_log WHERE action IN ('change_pacs','change_forwarding','change_destination')"
    return sorted(row[0] for row in house.rows(query))


def test_an_archive_is_added_moves_gets_other_kinds_and_rests(house: House, adam: dict[str, str]) -> None:
    added = house.client.post(PACS, json=ARCHIVE, headers=adam)
    changes: dict[str, Any] = {"host": "10.1.2.3", "uses_tls": True, "kinds": [], "is_active": False}
    changed = house.client.patch(f"{PACS}/PACS", json=changes, headers=adam)

    assert (added.status_code, added.json()["address"], added.json()["kinds"]) == (
        201,
        "PACS@pacs.example:104",
        ["ct rdsr"],
    )
    assert (changed.status_code, changed.json()["address"]) == (200, "PACS@10.1.2.3:104")
    assert (changed.json()["kinds"], changed.json()["is_active"]) == ([], False)
    assert told(house) == [
        "PACS gets dose SRs",
        "PACS gets no kind; what is taken back is told by a note",
        "PACS is elsewhere: host 10.1.2.3, tls True",
        "PACS rests",
    ]


def test_a_registry_is_added_without_the_key_that_the_worker_has_moves_and_rests(
    house: House, adam: dict[str, str]
) -> None:
    added = house.client.post(FORWARDING, json=REGISTRY, headers=adam)
    changes = {"url": "https://registry2.example/rs", "release_texts": ["CT 500"], "is_active": False}
    changed = house.client.patch(f"{FORWARDING}/national", json=changes, headers=adam).json()

    assert (added.status_code, added.json()["is_identified"], added.json()["modalities"]) == (201, False, ["CT"])
    assert (changed["address"], changed["is_active"]) == ("https://registry2.example/rs", False)
    assert changed["released_texts"] == ["ACME", "CT 500"]


def test_identified_objects_go_to_listed_archives_alone(house: House, adam: dict[str, str]) -> None:
    house.client.post(PACS, json=ARCHIVE, headers=adam)
    away = house.client.post(FORWARDING, json={**REGISTRY, "is_identified": True}, headers=adam)
    listed = {"name": "second", "pacs": "PACS", "is_identified": True}

    assert away.status_code == 422
    assert house.client.post(FORWARDING, json=listed, headers=adam).status_code == 201


def test_a_receiver_of_results_moves_and_rests(house: House, adam: dict[str, str]) -> None:
    with unit_of_work(house.engine) as session:
        outbound_destinations.add_destination(
            session,
            "RIS",
            Endpoint(host="ris.example", port=2575),
            Rule(exams_since=LONG_AGO),
            Form(receiving_application="RIS"),
            looker=OPERATOR,
            now=house.now,
        )
    moved = house.client.patch(f"{OUTBOUND}/RIS", json={"host": "10.1.2.3", "is_active": False}, headers=adam)

    assert [moved.json()[one] for one in ("host", "port", "is_active")] == ["10.1.2.3", 2575, False]


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (PACS, {**ARCHIVE, "host": "169.254.169.254"}),
        (PACS, {**ARCHIVE, "host": "metadata.google.internal"}),
        (PACS, {**ARCHIVE, "url": "https://pacs.example/rs"}),
        (PACS, {"name": "PACS"}),
        (PACS, {**ARCHIVE, "token_file": "/etc/doseledger/forwarding_key"}),
        (FORWARDING, {**REGISTRY, "url": "http://[fe80::1]/rs"}),
        (FORWARDING, {"name": "drop", "folder": "/etc/cron.d"}),
        (FORWARDING, {**REGISTRY, "name": "a/b"}),
    ],
)
def test_what_nothing_could_or_may_be_sent_to_is_refused(
    house: House, adam: dict[str, str], url: str, body: dict[str, Any]
) -> None:
    assert house.client.post(url, json=body, headers=adam).status_code == 422


def test_the_token_of_an_archive_is_sent_to_no_other_host_by_these_routes(house: House, adam: dict[str, str]) -> None:
    node = StowNode(url="https://pacs.example/rs", token_file="/etc/doseledger/token")
    with unit_of_work(house.engine) as session:
        pacs_destinations.add_pacs(session, "VNA", node, PacsRule(deletes=False), looker=OPERATOR, now=house.now)
    moved = house.client.patch(f"{PACS}/VNA", json={"url": "https://thief.example/rs"}, headers=adam)

    assert (moved.status_code, moved.json()["type"]) == (409, "urn:doseledger:problem:destination-not-movable")


@pytest.mark.parametrize(
    ("url", "name", "body"), [(PACS, "PACS", ARCHIVE), (FORWARDING, "national", REGISTRY)], ids=["archive", "registry"]
)
def test_who_read_it_before_another_changed_it_changes_nothing(
    house: House, adam: dict[str, str], url: str, name: str, body: dict[str, Any]
) -> None:
    read = house.client.post(url, json=body, headers=adam).json()["changed_at"]
    house.late_by = timedelta(minutes=1)
    first = house.client.patch(f"{url}/{name}", json={"is_active": False, "changed_at": read}, headers=adam)
    second = house.client.patch(f"{url}/{name}", json={"is_active": True, "changed_at": read}, headers=adam)

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["type"] == "urn:doseledger:problem:changed-meanwhile"
    assert [
        one["is_active"] for one in house.client.get(url, headers=adam).json()["destinations"] if one["name"] == name
    ] == [False]


def test_what_is_not_known_is_told_so(house: House, adam: dict[str, str]) -> None:
    bodies: list[dict[str, Any]] = [{}, {"port": 1}]
    answers = [
        house.client.patch(f"{url}/x", json=body, headers=adam)
        for url in (PACS, FORWARDING, OUTBOUND)
        for body in bodies
    ]

    assert [answer.status_code for answer in answers] == [404] * 6


@pytest.mark.parametrize("role", [Role.MPE, Role.RADIOLOGIST, Role.AUDITOR])
def test_who_does_not_administer_changes_none(house: House, role: Role) -> None:
    house.add_user("rita", role)

    assert house.client.post(PACS, json=ARCHIVE, headers=house.headers(Scope.READ, login="rita")).status_code == 403
