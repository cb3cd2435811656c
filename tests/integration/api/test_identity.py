"""Tests of the routes about who is who. All people are invented."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from db.repositories import patients
from db.session import unit_of_work
from dose_services.identity import update_patient
from dose_services.identity_merge import merge_patients
from dose_services.identity_values import Change
from dose_services.roles import Role, Scope
from tests.builders.identity import change, identifier, into, person
from tests.integration.api.conftest import House

REASON = "merged by mistake, call of the admission"


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


@pytest.fixture
def merged(house: House) -> House:
    """A house in which OLD was merged into NEW."""
    with unit_of_work(house.engine) as session:
        update_patient(session, person("OLD", name="Ek^Alma"), change(1))
        update_patient(session, person("NEW", name="Ek^Berta"), change(1))
        merge_patients(session, [into("NEW", "OLD")], change(2))
    return house


def record_id(house: House, value: str) -> str:
    with unit_of_work(house.engine) as session:
        found = patients.find_by_identifier(session, value, "HOSP")
        assert found is not None
        return str(found.id)


def ask(house: House, headers: dict[str, str], who: str, what: str, **body: str) -> Any:  # noqa: ANN401 - a foreign response
    address = f"/api/v1/patients/{record_id(house, who)}/{what}"
    return house.client.post(address, json={"reason": REASON, **body}, headers=headers)


def identity(house: House, headers: dict[str, str], value: str) -> dict[str, Any]:
    found: dict[str, Any] = house.client.get(
        f"/api/v1/patients/{record_id(house, value)}/identity", headers=headers
    ).json()
    return found


class TestIdentity:
    def test_tells_records_identifiers_merges_and_the_journal(self, merged: House, phil: dict[str, str]) -> None:
        told = identity(merged, phil, "OLD")

        assert told["id"] == record_id(merged, "NEW")
        new, old = told["records"]
        assert (old["merged_into_id"], old["merged_at"]) == (new["id"], "2024-03-06T08:02:00Z")
        (number,) = old["identifiers"]
        assert (number["value"], number["since"], number["ended_at"]) == ("OLD", "2024-03-06T08:01:00Z", None)
        assert [one["kind"] for one in told["journal"]].count("merged") == 1

    def test_is_a_look_on_record(self, merged: House, phil: dict[str, str]) -> None:
        identity(merged, phil, "OLD")

        assert merged.rows("SELECT subject, action FROM access_log WHERE action <> 'change_grant'") == [
            ("user:phil", "read_identity")
        ]

    def test_is_for_physicists(self, merged: House) -> None:
        merged.add_user("rad", Role.RADIOLOGIST)
        address = f"/api/v1/patients/{record_id(merged, 'OLD')}/identity"

        assert merged.client.get(address, headers=merged.headers(Scope.READ, login="rad")).status_code == 403


class TestUnmerge:
    def test_lets_the_merged_patient_live_on(self, merged: House, phil: dict[str, str]) -> None:
        done = ask(merged, phil, "OLD", "unmerge")

        assert (done.status_code, done.json()["id"]) == (200, record_id(merged, "OLD"))
        (last,) = [one for one in done.json()["journal"] if one["kind"] == "split"]
        assert (last["by"], last["reason"]) == ("user:phil", REASON)
        later = merged.now + timedelta(minutes=1)
        told = Change(event_at=later, ordered_at=later, now=later, hl7_message_id=uuid4())
        with unit_of_work(merged.engine) as session:
            assert update_patient(session, person("OLD", name="Ek^Alma Rosa"), told).is_applied

    def test_stays_when_an_older_merge_comes_late(self, merged: House, phil: dict[str, str]) -> None:
        ask(merged, phil, "OLD", "unmerge")

        with unit_of_work(merged.engine) as session:
            merge_patients(session, [into("NEW", "OLD")], change(3))

        assert len(identity(merged, phil, "OLD")["records"]) == 1

    def test_is_refused_for_who_is_not_merged(self, merged: House, phil: dict[str, str]) -> None:
        refused = ask(merged, phil, "NEW", "unmerge")

        assert (refused.status_code, refused.json()["type"]) == (409, "urn:doseledger:problem:identity-refused")

    def test_keeps_the_reason_without_the_patients_name(self, merged: House, phil: dict[str, str]) -> None:
        done = ask(merged, phil, "OLD", "unmerge", reason="Berta is not the OLD one")

        assert done.status_code == 200
        assert merged.rows("SELECT DISTINCT reason FROM access_log WHERE action = 'unmerge_patient'") == [
            ("[patient] is not the [patient] one",)
        ]


class TestLink:
    def test_shows_two_together_until_it_is_taken_back(self, house: House, phil: dict[str, str]) -> None:
        with unit_of_work(house.engine) as session:
            update_patient(session, person("A"), change(1))
            update_patient(session, person("B"), change(1))
        other = record_id(house, "B")

        linked = ask(house, phil, "A", "link", patient_id=other)
        again = ask(house, phil, "A", "link", patient_id=other)
        unlinked = ask(house, phil, "A", "unlink", patient_id=other)
        none = ask(house, phil, "A", "unlink", patient_id=other)

        assert [len(one.json()["records"]) for one in (linked, again, unlinked)] == [2, 2, 1]
        assert len(again.json()["links"]) == 1
        assert none.status_code == 409


class TestAMovedIdentifier:
    def test_is_the_other_patients(self, house: House, phil: dict[str, str]) -> None:
        with unit_of_work(house.engine) as session:
            update_patient(session, person("A", "A2"), change(1))
            update_patient(session, person("B"), change(1))
        old = record_id(house, "A")

        moved = ask(house, phil, "B", "identifiers", value="A2", authority="HOSP")
        again = ask(house, phil, "B", "identifiers", value="A2", authority="HOSP")

        assert [one["value"] for one in moved.json()["records"][0]["identifiers"]] == ["B", "A2"]
        assert record_id(house, "A") == old
        (before,) = [one for one in identity(house, phil, "A")["records"][0]["identifiers"] if one["ended_at"]]
        assert before["value"] == identifier("A2").value
        assert again.status_code == 409

    def test_has_to_be_somebodys(self, merged: House, phil: dict[str, str]) -> None:
        assert ask(merged, phil, "NEW", "identifiers", value="NOBODY", authority="HOSP").status_code == 409
