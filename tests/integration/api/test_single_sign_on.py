"""Tests of single sign-on with npm's oidc-provider as a real process."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from api.routes import single_sign_on
from db.session import unit_of_work
from dose_services import launch_people
from dose_services.browser_sessions import SessionLimits
from dose_services.rates import Rate
from dose_services.roles import Role
from dose_services.sign_in import SignIn
from tests.integration.api.conftest import House, MakeHouse
from tests.integration.api.test_sign_in import HASHING, give_password
from tests.support.oidc_peer import answer_for, provider_of, running_provider

BACK = "http://127.0.0.1/sign-in/oidc/callback"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running_provider(BACK) as running:
        yield running


@pytest.fixture
def house(make_house: MakeHouse, issuer: str) -> House:
    return make_house(sign_in=SignIn(hashing=HASHING, limits=SessionLimits()), oidc=provider_of(issuer))


def begin(house: House, wanted: str = "/account") -> str:
    answer = house.client.get("/sign-in/oidc", params={"next": wanted}, follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def come_back(house: House, address: str) -> Any:  # noqa: ANN401 - a foreign response
    return house.client.get(address.removeprefix("http://127.0.0.1"), follow_redirects=False)


def sign_in_as(house: House, login: str) -> Any:  # noqa: ANN401 - a foreign response
    return come_back(house, answer_for(begin(house), login=login, redirect_uri=BACK))


def with_query(address: str, **changed: str) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return f"{BACK}?{urlencode({**query, **changed})}"


def is_in(house: House) -> bool:
    return bool(house.client.get("/account", follow_redirects=False).status_code == 200)


def test_opens_a_session_with_the_duties_of_ones_groups(house: House) -> None:
    address = answer_for(begin(house, "/account?x=1"), login="grace", redirect_uri=BACK)
    answer = come_back(house, address)

    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    assert "by single sign-on" in house.client.get("/account").text
    assert house.rows("SELECT subject, role FROM role_grant ORDER BY role") == [
        ("user:grace", "mpe"),
        ("user:grace", "rpo"),
    ]
    assert house.rows("SELECT subject, via, reason FROM access_log WHERE action = 'sign_in'") == [
        ("user:grace", "session", "oidc")
    ]


def test_asks_for_a_code_with_pkce_and_tells_nothing_else(house: House) -> None:
    asked = parse_qs(urlsplit(begin(house, "/view/1")).query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert set(asked) == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }


def test_serves_an_answer_once_and_only_the_browser_that_asked(house: House) -> None:
    address = answer_for(begin(house), login="ada", redirect_uri=BACK)
    ours = dict(house.client.cookies)
    house.client.cookies.clear()
    assert come_back(house, address).status_code == 403  # another browser, as of whom an attacker leads there
    begin(house)
    assert come_back(house, address).status_code == 403  # one that asked for something else
    house.client.cookies.clear()
    house.client.cookies.update(ours)
    assert come_back(house, address).status_code == 303
    house.client.cookies.clear()
    house.client.cookies.update(ours)
    assert come_back(house, address).status_code == 403  # again
    assert not is_in(house)


def test_refuses_an_answer_that_somebody_changed(house: House) -> None:
    for changed in ({"state": "x"}, {"code": "x"}, {"iss": "https://attacker.example"}, {"code": ""}):
        address = with_query(answer_for(begin(house), login="ada", redirect_uri=BACK), **changed)

        assert come_back(house, address).status_code == 403, changed
        assert not is_in(house)


def test_lets_nobody_in_who_has_no_duty_and_makes_no_user(house: House) -> None:
    answer = sign_in_as(house, "visitor")

    assert answer.status_code == 403
    assert house.rows("SELECT login FROM app_user") == []


def test_does_not_take_over_who_has_a_password_here(house: House) -> None:
    house.add_user("ada", Role.ADMINISTRATOR)
    give_password(house, "ada")

    assert sign_in_as(house, "ada").status_code == 403


def test_takes_over_nobody_who_is_known_by_another_name(house: House, issuer: str) -> None:
    house.add_user("ada", Role.ADMINISTRATOR)
    for system, name in (
        (None, None),  # made here, with duties
        ("directory", "ada"),
        (f"oidc {issuer}", "another subject"),
        ("oidc https://other.example", "ada"),
    ):
        if system is not None and name is not None:
            know(house, "ada", system, name)
        assert sign_in_as(house, "ada").status_code == 403, system
    assert house.rows("SELECT DISTINCT role FROM role_grant WHERE subject = 'user:ada'") == [("administrator",)]
    assert house.rows(f"SELECT name FROM external_identity WHERE system = 'oidc {issuer}'") == [("another subject",)]  # noqa: S608 - ours


def test_lets_in_whom_the_administrator_says_that_it_is(house: House, issuer: str) -> None:
    house.add_user("ada", Role.ADMINISTRATOR)
    know(house, "ada", f"oidc {issuer}", "ada")

    assert sign_in_as(house, "ada").status_code == 303


def know(house: House, login: str, system: str, name: str) -> None:
    with unit_of_work(house.engine) as session:
        launch_people.add_name(session, login=login, system=system, name=name, now=house.now)


def test_is_asked_for_so_often_only_from_one_address(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_sign_on, "_PER_ADDRESS", Rate(times=2, window=timedelta(minutes=10)))
    address = begin(house)
    assert come_back(house, f"{BACK}?state=x&code=x").status_code == 403

    for answer in (house.client.get("/sign-in/oidc", follow_redirects=False), come_back(house, f"{BACK}?code=x")):
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 600
    house.late_by = timedelta(minutes=10)
    assert begin(house) != address


def test_is_offered_on_the_page_only_where_there_is_one(house: House, make_house: MakeHouse) -> None:
    assert "Sign in by the hospital" in house.client.get("/sign-in").text
    bare = make_house()
    assert "Sign in by" not in bare.client.get("/sign-in").text
    assert bare.client.get("/sign-in/oidc").status_code == 404


def test_asks_no_provider_that_says_it_is_another(make_house: MakeHouse, issuer: str) -> None:
    other = make_house(oidc=provider_of(f"{issuer}/"))

    assert other.client.get("/sign-in/oidc", follow_redirects=False).status_code == 502
