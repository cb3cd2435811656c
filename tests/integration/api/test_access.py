"""Tests of api.routes.access: organisations, who has which duty where, and what a duty allows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from db.session import unit_of_work
from dose_services import grants
from dose_services.access import ROOT, access_of
from dose_services.audit import Looker
from dose_services.roles import Permission, Purpose, Role, Scope
from tests.integration.api.conftest import House

ACCESS = "/api/v1/access"


@pytest.fixture
def adam(house: House) -> dict[str, str]:
    """The headers of an administrator of everything."""
    house.add_user("adam", Role.ADMINISTRATOR)
    return house.headers(Scope.READ, login="adam")


def asked(house: House, headers: dict[str, str], method: str, path: str, status: int = 200, **body: Any) -> Any:  # noqa: ANN401 - JSON
    answer = house.client.request(method, f"{ACCESS}{path}", headers=headers, json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json()


class TestOrganisations:
    def test_are_one_root_until_somebody_says_more(self, house: House, adam: dict[str, str]) -> None:
        (root,) = asked(house, adam, "GET", "/organisations")["organisations"]

        assert (root["id"], root["kind"], root["parent_id"]) == (str(ROOT), "region", None)

    def test_are_added_renamed_and_moved_and_each_change_is_on_record(self, house: House, adam: dict[str, str]) -> None:
        north = asked(house, adam, "POST", "/organisations", 201, name="North", kind="region")
        south = asked(house, adam, "POST", "/organisations", 201, name="South", kind="region")
        harbour = asked(house, adam, "POST", "/organisations", 201, name="Harbour", kind="hospital")
        moved = asked(
            house, adam, "PATCH", f"/organisations/{harbour['id']}", name="Port", parent_id=north["id"], site="port"
        )
        asked(house, adam, "PATCH", f"/organisations/{harbour['id']}", parent_id=south["id"])

        assert (moved["name"], moved["parent_id"], moved["site"]) == ("Port", north["id"], "port")
        listed = asked(house, adam, "GET", "/organisations")["organisations"]
        assert [one["name"] for one in listed] == ["all", "North", "South", "Port"]
        told = house.rows("SELECT reason FROM access_log WHERE action = 'change_organisation' ORDER BY at")
        assert told[-2:] == [("Harbour: name, parent_id, site",), ("Port: parent_id",)]

    @pytest.mark.parametrize(
        ("name", "kind", "below"),
        [("all", "hospital", None), (" ", "hospital", None), ("Ward", "department", None)],
        ids=["a name that is taken", "no name", "a department right below the root"],
    )
    def test_that_fit_nowhere_are_refused(
        self, house: House, adam: dict[str, str], name: str, kind: str, below: str | None
    ) -> None:
        assert below is None
        answer = asked(house, adam, "POST", "/organisations", 409, name=name, kind=kind)

        assert answer["type"] == "urn:doseledger:problem:organisation-refused"

    def test_are_never_below_themselves(self, house: House, adam: dict[str, str]) -> None:
        outer = asked(house, adam, "POST", "/organisations", 201, name="Outer", kind="region")
        inner = asked(house, adam, "POST", "/organisations", 201, name="Inner", kind="region", parent_id=outer["id"])

        asked(house, adam, "PATCH", f"/organisations/{outer['id']}", 409, parent_id=inner["id"])
        asked(house, adam, "PATCH", f"/organisations/{ROOT}", 409, parent_id=inner["id"])


class TestGrants:
    def test_are_given_with_an_end_and_do_nothing_after_it(self, house: House, adam: dict[str, str]) -> None:
        house.add_user("support", Role.AUDITOR)
        until = (house.now + timedelta(hours=1)).isoformat()
        given = {"subject": "user:support", "role": "administrator", "valid_until": until}
        asked(house, adam, "POST", "/grants", 201, **given)
        token = house.token(Scope.READ, login="support", valid_for=timedelta(hours=3))
        support = {"Authorization": f"Bearer {token}"}
        assert house.client.get("/api/v1/devices", headers=support).status_code == 200

        house.late_by = timedelta(minutes=61)

        assert house.client.get("/api/v1/devices", headers=support).status_code == 403

    def test_are_ended_at_once_and_stay_on_record(self, house: House, adam: dict[str, str]) -> None:
        house.add_user("ada", Role.RADIOLOGIST)
        ada = house.headers(Scope.READ, login="ada")
        (grant,) = asked(house, adam, "GET", "/grants?subject=user:ada")["grants"]

        asked(house, adam, "POST", f"/grants/{grant['id']}/end")
        asked(house, adam, "POST", f"/grants/{grant['id']}/end")

        assert house.client.get("/api/v1/devices", headers=ada).status_code == 403
        assert asked(house, adam, "GET", "/grants?subject=user:ada")["grants"] == []
        assert len(asked(house, adam, "GET", "/grants?subject=user:ada&all=true")["grants"]) == 1
        told = house.rows("SELECT reason FROM access_log WHERE action = 'change_grant' ORDER BY at DESC LIMIT 1")
        assert told == [("user:ada is radiologist of all no more",)]

    @pytest.mark.parametrize(
        "given",
        [
            {"subject": "user:nobody", "role": "radiologist"},
            {"subject": "user:adam", "role": "integrator"},
            {"subject": "user:adam", "role": "rpo", "purposes": ["HRESCH"]},
            {"subject": "user:adam", "role": "rpo", "valid_until": "2001-01-01T00:00:00Z"},
        ],
        ids=["nobody", "a program's", "a purpose that the duty is not for", "over already"],
    )
    def test_that_make_no_sense_are_refused(self, house: House, adam: dict[str, str], given: dict[str, Any]) -> None:
        answer = asked(house, adam, "POST", "/grants", 409, **given)

        assert answer["type"] == "urn:doseledger:problem:grant-refused"

    def test_of_a_directory_are_replaced_and_those_of_a_person_stay(self, house: House) -> None:
        ada = house.add_user("ada", Role.RADIOLOGIST)
        with unit_of_work(house.engine) as session:
            for wanted in ([(Role.MPE, ROOT), (Role.RPO, ROOT)], [(Role.MPE, ROOT)], [(Role.MPE, ROOT)]):
                grants.replace_from_directory(session, ada, wanted, now=house.now)
            held = {(one.role, one.origin) for one in grants.list_grants(session, subject="user:ada", now=house.now)}

        assert held == {(Role.RADIOLOGIST, "given"), (Role.MPE, "directory")}
        assert house.rows("SELECT count(*) FROM role_grant WHERE origin = 'directory'") == [(2,)]

    def test_of_an_administrator_of_a_hospital_are_of_that_hospital(self, house: House, adam: dict[str, str]) -> None:
        harbour = asked(house, adam, "POST", "/organisations", 201, name="Harbour", kind="hospital")
        house.add_user("eve", Role.AUDITOR)
        asked(
            house, adam, "POST", "/grants", 201,
            subject="user:eve", role="administrator", organisation_id=harbour["id"],
        )  # fmt: skip
        eve = house.headers(Scope.READ, login="eve")

        here = {"subject": "user:eve", "role": "mpe", "organisation_id": harbour["id"]}
        assert asked(house, eve, "POST", "/grants", 201, **here)["organisation"] == "Harbour"
        asked(house, eve, "POST", "/grants", 404, subject="user:eve", role="mpe")
        asked(house, eve, "PATCH", f"/organisations/{harbour['id']}", 409, site="")


class TestRoles:
    def test_are_changed_by_a_site_and_made_as_shipped_again(self, house: House, adam: dict[str, str]) -> None:
        house.add_user("ada", Role.RADIOLOGIST)
        change: dict[str, Any] = {"role": "radiologist", "permission": "read_devices", "purpose": "TREAT"}

        asked(house, adam, "PUT", "/roles", **change, span="none")
        with unit_of_work(house.engine) as session:
            without = access_of(session, "user:ada", now=house.now).rights(Purpose.TREAT)
        told = asked(house, adam, "PUT", "/roles", **change, span=None)["permissions"]
        with unit_of_work(house.engine) as session:
            again = access_of(session, "user:ada", now=house.now).rights(Purpose.TREAT)

        assert not without.may(Permission.READ_DEVICES)
        assert again.may(Permission.READ_DEVICES)
        assert all(one["span"] == one["shipped"] for one in told)

    def test_are_changed_by_who_administers_everything_alone(self, house: House, adam: dict[str, str]) -> None:
        harbour = asked(house, adam, "POST", "/organisations", 201, name="Harbour", kind="hospital")
        house.add_user("eve", Role.AUDITOR)
        with unit_of_work(house.engine) as session:
            by = Looker.of_service("test", "test")
            grants.give(session, "user:eve", Role.ADMINISTRATOR, UUID(harbour["id"]), looker=by, now=house.now)
        eve = house.headers(Scope.READ, login="eve")

        change: dict[str, Any] = {
            "role": "radiologist",
            "permission": "read_findings",
            "purpose": "TREAT",
            "span": "everywhere",
        }
        asked(house, eve, "PUT", "/roles", 409, **change)
