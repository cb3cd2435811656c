"""
The access matrix: every address x every role x things of the own and of another organisation, and of views.

Expected is what ``tests/support/access_rules.py`` says from the duties of people.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.app import create_app
from api.deps import clock
from api.settings import ApiSettings
from db.session import make_engine, unit_of_work
from dose_services import devices, grants, organisations
from dose_services.organisation_kinds import Kind
from dose_services.roles import Role, Scope
from tests.integration.api.conftest import SITE, TOKENS, House
from tests.support.access_rules import DUTIES, ELSEWHERE, MAY_OPEN_VIEWS, ROWS, VIEW, Row
from tests.support.access_world import BY, NOWHERE, OTHER, OWN, World, build
from tests.support.postgres import PostgresServer, database

# A token of each other scope opens no door of a reader, and the other way round.
_SCOPES = {"hand in": Scope.INGEST, "launch": Scope.LAUNCH}


@pytest.fixture(scope="module")
def world(postgres_server: PostgresServer) -> Iterator[World]:
    """Two hospitals, and somebody of each role who works in the first."""
    with database(postgres_server) as url:
        engine = make_engine(url, pool_size=2)
        settings = ApiSettings(tokens=TOKENS, public_url="http://127.0.0.1")
        app = create_app(engine, settings, SITE)
        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
            house = House(engine=engine, app=app, client=client)
            app.dependency_overrides[clock] = lambda: house.now
            yield build(house)
        engine.dispose()


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Return every (method, template) of the application, those too that its description leaves out."""
    found: set[tuple[str, str]] = set()
    waiting: list[Any] = list(app.routes)
    while waiting:
        one = waiting.pop()
        inner = getattr(one, "original_router", None)
        if inner is not None:
            waiting.extend(inner.routes)
        elif isinstance(one, APIRoute):
            found |= {(method, one.path) for method in one.methods or ()}
    return found


def filled(wanted: Any, things: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return a text or a body with the names in it replaced by things."""
    if isinstance(wanted, str):
        return re.sub(r"\{([a-z_]+)\}", lambda found: things[found[1]], wanted)
    if isinstance(wanted, dict):
        return {name: filled(value, things) for name, value in wanted.items()}
    return [filled(one, things) for one in wanted] if isinstance(wanted, list) else wanted


def asked(world: World, row: Row, headers: dict[str, str], side: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
    """Ask for a row's address of one side's things."""
    address = filled(row.at, world.things[side])
    if row.form is not None:
        sent = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        form = filled(row.form, world.things[side])
        return world.house.client.request(row.method, address, headers=sent, content=form)
    sends = None if row.method == "GET" else body if body is not None else {}
    return world.house.client.request(row.method, address, headers=headers, json=sends)


def seen_of_others(world: World, answer: Any) -> list[str]:  # noqa: ANN401 - a foreign response
    """Return what an answer tells of the other hospital that was not said in the question."""
    question = str(answer.request.url) + answer.request.content.decode()
    return sorted(mark for mark in world.marks if mark in answer.text and mark not in question)


def told(answer: Any, things: dict[str, str]) -> str:  # noqa: ANN401 - a foreign response
    """Return what an answer says but for the ids in it, which are those of the question."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|2\.25\.[0-9]+", "ID", str(answer.text))
    for value in sorted(things.values(), key=len, reverse=True):
        text = text.replace(f"{value}", "ID") if len(value) > 3 else text
    return f"{answer.status_code} {re.sub(r'number [0-9]+', 'number ID', text)}"


def own_wrong(world: World, row: Row, role: Role) -> list[str]:
    body = filled(row.body, world.things[OWN]) if row.is_read else None
    answer = asked(world, row, world.headers[role], OWN, body)
    status, others = answer.status_code, seen_of_others(world, answer)
    if role not in DUTIES[row.duty]:
        return [] if status == 403 else [f"{role} is let in at {row.method} {row.at}: {status}"]
    wrong = [f"{role} sees {others} at {row.method} {row.at}"] if others else []
    is_expected = status == row.own if row.own is not None else status < 500 and status not in {401, 403, 404}
    return wrong if is_expected else [*wrong, f"{role} at {row.method} {row.at}: {status} {answer.text[:200]}"]


def other_wrong(world: World, row: Row, role: Role) -> list[str]:
    headers = world.headers[role]
    body = filled(row.body, world.things[OTHER])
    answer = asked(world, row, headers, OTHER, body)
    status, others = answer.status_code, seen_of_others(world, answer)
    where = f"{row.method} {row.at} of another organisation"
    if role not in DUTIES[row.duty]:
        return [] if status == 403 else [f"{role} is let in at {where}: {status}"]
    wrong = [f"{role} sees {others} at {where}"] if others else []
    if row.lists:
        return wrong if status < 500 and status not in {401, 403} else [*wrong, f"{role} at {where}: {status}"]
    none = asked(world, row, headers, NOWHERE, filled(row.body, world.things[NOWHERE]))
    if status not in {404, 409}:
        wrong.append(f"{role} at {where}: {status} {answer.text[:200]}")
    if told(answer, world.things[OTHER]) != told(none, world.things[NOWHERE]):
        wrong.append(f"{role} can tell {where} from none: {answer.text[:200]} / {none.text[:200]}")
    return wrong


def mixed_wrong(world: World, row: Row, role: Role) -> list[str]:
    """Return what is wrong where a thing of others is named beside one's own."""
    if role not in DUTIES[row.duty]:
        return []
    answer = asked(world, row, world.headers[role], OWN, filled(row.mixed, world.things[OTHER]))
    none = asked(world, row, world.headers[role], OWN, filled(row.mixed, world.things[NOWHERE]))
    if answer.status_code == 404 and told(answer, world.things[OTHER]) == told(none, world.things[NOWHERE]):
        return []
    return [f"{role} at {row.method} {row.at} beside another's: {answer.status_code} {answer.text[:200]}"]


def test_every_address_is_in_the_matrix(world: World) -> None:
    """A new route fails here until somebody has said who may use it."""
    placed = {(row.method, row.route) for row in ROWS}
    missing = {
        (method, path)
        for method, path in routes_of(world.house.app) - placed
        if not any(path == place or path.startswith(f"{place.rstrip('/')}/") for place in ELSEWHERE if place != "/")
        and path != "/"
    }

    assert missing == set(), (
        "these addresses have no row in tests/support/access_rules.py: say there by which duty they are used (a new "
        "duty gets its roles in DUTIES), with {names} of things for what they are about; what no token opens goes to "
        "ELSEWHERE, with the file that tests who is let in"
    )
    assert placed <= routes_of(world.house.app), "these rows name no address any more"


def test_everybody_is_let_in_by_their_duty_and_sees_their_own_organisation_alone(world: World) -> None:
    wrong: list[str] = []
    rows = 0
    for row in ROWS:  # what is another's first: nothing of one's own has changed by then
        for role in Role:
            wrong += other_wrong(world, row, role)
            rows += 1
    for row in ROWS:
        for role in Role:
            wrong += mixed_wrong(world, row, role) if row.mixed else []
            rows += bool(row.mixed)
    for row in sorted(ROWS, key=lambda one: one.method != "GET"):
        for role in Role:
            wrong += own_wrong(world, row, role)
            rows += 1
    print(f"rows tested {rows}, violations {len(wrong)}")  # noqa: T201 - shown by pytest -s
    assert not wrong, "\n".join(wrong)


def test_a_view_shows_its_patient_and_of_them_what_the_duty_reaches(world: World) -> None:
    assert world.views.keys() == MAY_OPEN_VIEWS
    wrong: list[str] = []
    rows = 0
    for role, view in world.views.items():
        for page in (view, f"{view}/cumulative-dose"):
            answer = world.house.client.get(page)
            rows += 1
            wrong += [f"{role} at {page}: {answer.status_code}"] if answer.status_code != 200 else []
            wrong += [f"{role} sees {mark} at {page}" for mark in seen_of_others(world, answer)]
        for page in VIEW:
            there = world.house.client.get(filled(page, world.things[OTHER] | {"view_id": view.rpartition("/")[2]}))
            none = world.house.client.get(filled(page, world.things[NOWHERE] | {"view_id": view.rpartition("/")[2]}))
            rows += 1
            if there.status_code != 404 or told(there, world.things[OTHER]) != told(none, world.things[NOWHERE]):
                wrong.append(f"{role} at {page} of another patient: {there.status_code}")
    print(f"rows tested {rows}, violations {len(wrong)}")  # noqa: T201 - shown by pytest -s
    assert not wrong, "\n".join(wrong)


def exams_of(world: World, role: Role, side: str, **headers: str) -> Any:  # noqa: ANN401 - a foreign response
    """Ask for the history of a side's patient."""
    address = f"/api/v1/patients/{world.things[side]['patient_id']}/exams"
    return world.house.client.get(address, headers=world.headers[role] | headers)


class TestTheGlass:
    def test_opens_what_is_out_of_reach_for_a_reason_which_stays_on_record(self, world: World) -> None:
        glass = {"X-Break-Glass": "unconscious, brought by helicopter"}

        opened = exams_of(world, Role.RADIOLOGIST, OTHER, **glass)

        assert [one["id"] for one in opened.json()["exams"]] == [world.things[OTHER]["exam_id"]]
        told = world.house.rows(
            "SELECT subject, patient_id::text, reason FROM access_log WHERE action = 'break_glass' "
            "ORDER BY at DESC LIMIT 1"
        )
        assert told == [("user:radiologist", world.things[OTHER]["patient_id"], glass["X-Break-Glass"])]
        findings = world.house.rows("SELECT subject, text FROM finding WHERE kind = 'break_glass'")
        assert "a patient of another organisation" in dict(findings)[world.things[OTHER]["patient_id"]]

    def test_opens_the_rest_of_a_history_of_which_a_part_is_in_reach(self, world: World) -> None:
        glass = {"X-Break-Glass": "unconscious, brought by helicopter"}

        here, all_ = (exams_of(world, Role.RADIOLOGIST, OWN, **more).json()["exams"] for more in ({}, glass))

        assert (len(here), len(all_)) == (1, 2)
        told = world.house.rows(
            "SELECT patient_id::text FROM access_log WHERE action = 'break_glass' ORDER BY at DESC LIMIT 1"
        )
        assert told == [(world.things[OWN]["patient_id"],)]

    def test_stays_whole_for_who_may_not_break_it(self, world: World) -> None:
        assert exams_of(world, Role.RADIOGRAPHER, OTHER, **{"X-Break-Glass": "I am curious today"}).status_code == 403


class TestAPurpose:
    def test_of_treatment_reaches_the_region_and_another_the_hospital_alone(self, world: World) -> None:
        world.house.add_user("hilda", Role.AUDITOR)
        with unit_of_work(world.house.engine) as session:
            north = organisations.of_name(session, "North").id
            hill = organisations.add(session, "hill", Kind.HOSPITAL, parent_id=north, looker=BY, now=world.house.now).id
            grants.give(session, "user:hilda", Role.RADIOLOGIST, hill, looker=BY, now=world.house.now)
        hilda = world.house.headers(Scope.READ, login="hilda")
        address = f"/api/v1/patients/{world.things[OWN]['patient_id']}/exams"

        answers = [
            world.house.client.get(address, headers=hilda | {"X-Purpose-Of-Use": purpose}).status_code
            for purpose in ("TREAT", "HQUALIMP", "HRESCH")
        ]

        assert answers == [200, 404, 403]


class TestADevice:
    def test_that_is_said_to_be_of_another_organisation_takes_its_exams_along(self, world: World) -> None:
        things = world.things[OTHER]
        with unit_of_work(world.house.engine) as session:
            harbour = organisations.of_name(session, "harbour hospital").id
            devices.set_organisation(session, UUID(things["device_id"]), harbour, looker=BY, now=world.house.now)
        moved = exams_of(world, Role.RADIOLOGIST, OTHER).status_code
        with unit_of_work(world.house.engine) as session:
            devices.set_organisation(session, UUID(things["device_id"]), None, looker=BY, now=world.house.now)

        assert (moved, exams_of(world, Role.RADIOLOGIST, OTHER).status_code) == (200, 404)


def test_breaking_the_glass_opens_patients_and_nothing_else_of_another_organisation(world: World) -> None:
    """Devices, queues, findings and switches are nobody's emergency, and no break of theirs would be on record."""
    duties = {"read devices", "set devices", "calibrate", "read findings", "run queues", "hide patients"}
    headers = world.headers[Role.MPE] | {"X-Break-Glass": "an emergency, for a test"}
    wrong: list[str] = []
    for row in ROWS:
        if row.duty in duties and Role.MPE in DUTIES[row.duty]:
            there, none = (
                asked(world, row, headers, side, filled(row.body, world.things[side])) for side in (OTHER, NOWHERE)
            )
            wrong += [f"{row.method} {row.at} shows {mark}" for mark in seen_of_others(world, there)]
            if not row.lists and told(there, world.things[OTHER]) != told(none, world.things[NOWHERE]):
                wrong.append(f"{row.method} {row.at}: {there.status_code} {there.text[:200]}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scope", Scope)
def test_a_token_of_one_scope_opens_no_door_of_another(world: World, scope: Scope) -> None:
    headers = world.house.headers(scope)
    wrong = [
        f"{row.method} {row.at}: {answer.status_code}"
        for row in ROWS
        if _SCOPES.get(row.duty, Scope.READ) is not scope
        for answer in (asked(world, row, headers, OWN),)
        if (answer.status_code, answer.headers.get("www-authenticate", "").endswith('"insufficient_scope"'))
        != (403, True)
    ]

    assert not wrong, "\n".join(wrong)
