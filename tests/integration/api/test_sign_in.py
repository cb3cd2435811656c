"""Tests of signing in by a browser: who gets a session, how it ends, and what it opens."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from db.session import unit_of_work
from dose_services import launch, sign_in, users
from dose_services.browser_sessions import SessionLimits
from dose_services.password_hashing import PasswordHashing
from dose_services.roles import Role, Scope
from dose_services.sign_in import SignIn
from dose_services.users import UserNotAllowedError
from doseledger.who import looker
from tests.integration.api.conftest import House, MakeHouse

PASSWORD = "four invented words together"
OURS = {"Origin": "http://127.0.0.1"}
WANTED = {"identifiers": [{"value": "DEMO-0001"}]}
# Of the least cost: what takes long is not what is tested here.
HASHING = PasswordHashing(hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
SIGN_IN = SignIn(hashing=HASHING, limits=SessionLimits())


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    made = make_house(sign_in=SIGN_IN)
    made.add_user("ada", Role.RADIOLOGIST)
    give_password(made, "ada")
    return made


def give_password(house: House, login: str, password: str = PASSWORD) -> None:
    with unit_of_work(house.engine) as session:
        sign_in.set_password(session, HASHING, login, password, looker=looker("user set-password"), now=house.now)


def try_in(house: House, login: str = "ada", password: str = PASSWORD, **more: str) -> Any:  # noqa: ANN401 - a foreign response
    form = {"login": login, "password": password, **more}
    return house.client.post("/sign-in", data=form, headers=OURS, follow_redirects=False)


def sign_in_as(house: House, login: str = "ada") -> None:
    assert try_in(house, login).status_code == 303


def is_in(house: House) -> bool:
    return bool(house.client.get("/account", follow_redirects=False).status_code == 200)


def form_token(house: House) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', house.client.get("/account").text)
    assert found is not None
    return found[1]


def logged(house: House) -> list[tuple[Any, ...]]:
    return house.rows("SELECT action, subject, via FROM access_log ORDER BY at, position")


class TestSigningIn:
    def test_opens_a_session_and_goes_where_somebody_wanted(self, house: House) -> None:
        answer = try_in(house, next="/view/1?a=b")

        assert (answer.status_code, answer.headers["location"]) == (303, "/view/1?a=b")
        assert is_in(house)

    def test_goes_to_ones_account_if_nothing_was_wanted(self, house: House) -> None:
        assert try_in(house).headers["location"] == "/account"

    def test_never_leads_to_another_site(self, house: House) -> None:
        for elsewhere in (
            "https://attacker.example/",
            "//attacker.example/",
            "/\\attacker.example/",
            "/\t/attacker.example/",
            "\\\\attacker.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=y",
            "attacker.example",
        ):
            assert try_in(house, next=elsewhere).headers["location"] == "/account", elsewhere

    def test_sets_a_cookie_that_scripts_and_other_sites_do_not_get(self, house: House) -> None:
        cookie = try_in(house).headers["set-cookie"]

        assert re.fullmatch(r"doseledger_session=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", cookie)

    def test_binds_the_cookie_to_the_host_over_https(self, house: House, make_house: MakeHouse) -> None:
        for public_url, begins, ends in (
            ("https://dose.example", "__Host-doseledger=", "; Path=/; HttpOnly; SameSite=Lax; Secure"),
            ("https://h.example/dose", "__Secure-doseledger=", "; Path=/dose; HttpOnly; SameSite=Lax; Secure"),
        ):
            house.app.state.settings = make_house(public_url=public_url, sign_in=SIGN_IN).app.state.settings
            origin = "/".join(public_url.split("/")[:3])
            form = {"login": "ada", "password": PASSWORD}

            answer = house.client.post("/sign-in", data=form, headers={"Origin": origin}, follow_redirects=False)

            cookie = answer.headers["set-cookie"]
            assert (cookie.startswith(begins), cookie.endswith(ends)) == (True, True), cookie

    def test_keeps_neither_password_nor_secret(self, house: House) -> None:
        secret = try_in(house).headers["set-cookie"].partition("=")[2].partition(";")[0]

        kept = str(house.rows("SELECT user_password::text FROM user_password"))
        kept += str(house.rows("SELECT browser_session::text FROM browser_session"))
        assert "$argon2id$" in kept
        assert PASSWORD not in kept
        assert secret not in kept

    def test_answers_alike_to_whoever_may_not(self, house: House) -> None:
        house.add_user("grace", Role.RADIOLOGIST)
        pages = set()
        for login, password in (
            ("ada", "another password than that"),
            ("ada", ""),
            ("nobody", PASSWORD),
            ("grace", PASSWORD),  # has no password
            ("", ""),
            ("ada'; --", PASSWORD),
            ("x" * 300, "y" * 3000),
            ("ada\x00", PASSWORD),
        ):
            answer = try_in(house, login, password)

            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
            pages.add(answer.text)
        assert len(pages) == 1
        assert "Login or password is wrong." in pages.pop()
        assert not is_in(house)

    def test_is_for_those_only_who_are_let_in_now(self, house: House) -> None:
        let_in(house, house.now + timedelta(hours=1))
        assert try_in(house).status_code == 303
        house.late_by = timedelta(hours=1)
        assert try_in(house).status_code == 403
        let_in(house, None)
        assert try_in(house).status_code == 303
        _change(house, lambda s: users.disable_user(s, login="ada", now=house.now))
        assert try_in(house).status_code == 403

    def test_is_no_way_around_by_a_token_or_a_view_when_the_time_of_a_person_is_over(self, house: House) -> None:
        let_in(house, house.now + timedelta(hours=1))
        token = house.headers(Scope.READ, login="ada")
        assert house.client.get("/api/v1/exams?study_instance_uid=1.2.3", headers=token).status_code == 200
        let_in(house, house.now)

        assert house.client.get("/api/v1/exams?study_instance_uid=1.2.3", headers=token).status_code == 401
        with unit_of_work(house.engine) as session:
            ada = users.get_by_login(session, "ada", now=house.now)
        with pytest.raises(UserNotAllowedError, match="is over"):
            launch.require_allowed(ada)

    def test_is_not_done_by_another_sites_page(self, house: House) -> None:
        form = {"login": "ada", "password": PASSWORD}
        for headers in (
            {},
            {"Origin": "https://attacker.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
        ):
            answer = house.client.post("/sign-in", data=form, headers=headers, follow_redirects=False)
            assert answer.status_code == 403, headers

    def test_is_on_record_whether_it_went_well_or_not(self, house: House) -> None:
        try_in(house, "ada", "wrong password, invented")
        try_in(house, "my password typed as login", "x")
        try_in(house)

        assert logged(house)[-3:] == [
            ("sign_in_refused", "user:ada", "session"),
            ("sign_in_refused", "nobody", "session"),
            ("sign_in", "user:ada", "session"),
        ]

    def test_page_has_no_script_and_cannot_be_framed(self, make_house: MakeHouse) -> None:
        answer = make_house(frame_ancestors=("https://viewer.example",)).client.get("/sign-in")

        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "script" not in answer.text + policy
        assert answer.headers["cache-control"] == "no-store"


class TestTryingTooOften:
    def test_is_refused_for_one_login_whatever_the_password_until_the_window_is_over(self, house: House) -> None:
        for _ in range(10):
            assert try_in(house, "ada", "wrong password, invented").status_code == 403

        answer = try_in(house)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 600
        house.late_by = timedelta(minutes=10)
        assert try_in(house).status_code == 303

    def test_is_counted_for_logins_that_nobody_has_as_well(self, house: House) -> None:
        answers = [try_in(house, "nobody", "x").status_code for _ in range(11)]

        assert answers == [403] * 10 + [429]

    def test_is_forgotten_by_a_sign_in_that_went_well(self, house: House) -> None:
        for _ in range(3):
            for _ in range(9):
                try_in(house, "ada", "wrong password, invented")
            assert try_in(house).status_code == 303

    def test_is_counted_for_one_login_however_it_is_written(self, house: House) -> None:
        spellings = [
            "ada",
            "ADA",
            "\uff21da",
            "ad\u00e1",
            "a\u00add\u200da",
            "a d a",
            "ada\x00",
            "\u00c4da",
            "\u24d0da",
            "aDa",
        ]
        for spelling in spellings:
            assert try_in(house, spelling, "wrong password, invented").status_code == 403, spelling

        assert try_in(house).status_code == 429

    def test_is_refused_from_one_address_whatever_the_logins(self, house: House) -> None:
        answers = [try_in(house, f"nobody-{number}", "x").status_code for number in range(61)]

        assert answers == [403] * 60 + [429]


def let_in(house: House, until: datetime | None) -> None:
    with unit_of_work(house.engine) as session:
        users.let_in_until(session, login="ada", until=until, looker=looker("user let-in"), now=house.now)


END_IT: dict[str, Callable[[House], object]] = {
    "not used for half an hour": lambda house: setattr(house, "late_by", timedelta(minutes=30)),
    "signed out": lambda house: house.client.post("/sign-out", data={"token": form_token(house)}, headers=OURS),
    "person disabled": lambda house: _change(house, lambda s: users.disable_user(s, login="ada", now=house.now)),
    "time of the person is over": lambda house: let_in(house, house.now),
    "password set by an administrator": lambda house: give_password(house, "ada", "another invented password"),
}


def _change(house: House, what: Callable[[Any], object]) -> None:
    with unit_of_work(house.engine) as session:
        what(session)


class TestASession:
    @pytest.mark.parametrize("end", END_IT.values(), ids=END_IT.keys())
    def test_ends(self, house: House, end: Callable[[House], object]) -> None:
        sign_in_as(house)
        secret = dict(house.client.cookies)

        end(house)
        house.client.cookies.update(secret)  # a browser that kept it all the same

        answer = house.client.get("/account", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account")

    def test_lives_while_it_is_used_but_no_longer_than_twelve_hours(self, house: House) -> None:
        sign_in_as(house)
        for minutes in range(20, 12 * 60, 20):
            house.late_by = timedelta(minutes=minutes)
            assert is_in(house)
        house.late_by = timedelta(hours=12)
        assert not is_in(house)

    def test_is_none_by_a_secret_that_somebody_made_up(self, house: House) -> None:
        house.client.cookies.set("doseledger_session", "A" * 43)

        assert not is_in(house)

    def test_of_one_person_ends_everywhere_else_when_they_say_so(self, house: House) -> None:
        sign_in_as(house)
        elsewhere = dict(house.client.cookies)
        house.client.cookies.clear()
        sign_in_as(house)

        house.client.post("/account/sign-out-elsewhere", data={"token": form_token(house)}, headers=OURS)

        assert is_in(house)
        house.client.cookies.clear()
        house.client.cookies.update(elsewhere)
        assert not is_in(house)

    def test_is_changed_by_its_own_forms_alone(self, house: House) -> None:
        sign_in_as(house)
        own = form_token(house)
        wrong: list[tuple[str, dict[str, str]]] = [
            (own, {"Origin": "https://attacker.example"}),
            (own, {}),
            ("0" * 64, OURS),
            ("", OURS),
        ]
        for path in ("/sign-out", "/account/password", "/account/sign-out-elsewhere"):
            for token, headers in wrong:
                assert house.client.post(path, data={"token": token}, headers=headers).status_code == 403, path
        assert is_in(house)

    def test_is_not_opened_by_the_form_token_of_another(self, house: House) -> None:
        sign_in_as(house)
        token = form_token(house)
        sign_in_as(house)

        assert house.client.post("/sign-out", data={"token": token}, headers=OURS).status_code == 403


class TestTheApiByACookie:
    def test_opens_what_the_roles_of_the_person_open(self, house: House) -> None:
        sign_in_as(house)

        assert house.client.get("/api/v1/exams?study_instance_uid=1.2.3").status_code == 200
        assert house.client.get("/api/v1/findings").status_code == 403
        assert ("find_exam", "user:ada", "session") in logged(house)

    def test_changes_something_only_where_a_script_of_ours_asks(self, house: House) -> None:
        sign_in_as(house)
        for headers, status in (
            ({**OURS, "X-DoseLedger-Request": "1"}, 200),
            ({"Sec-Fetch-Site": "same-origin", "X-DoseLedger-Request": "1"}, 200),
            (OURS, 403),
            ({"X-DoseLedger-Request": "1"}, 403),
            ({"Origin": "https://attacker.example", "X-DoseLedger-Request": "1"}, 403),
        ):
            answer = house.client.post("/api/v1/patients/search", json=WANTED, headers=headers)
            assert answer.status_code == status, headers

    def test_takes_no_objects_in_and_gives_no_handles(self, house: House) -> None:
        sign_in_as(house)
        ours = {**OURS, "X-DoseLedger-Request": "1"}

        assert house.client.put("/api/v1/instances/1.2.3", headers=ours).status_code == 403
        wanted = {"person": "ada", "level": "patient", "patient_id": "DEMO-0001"}
        assert house.client.post("/api/v1/launch/handles", json=wanted, headers=ours).status_code == 403

    def test_asks_for_a_sign_in_when_the_session_is_over(self, house: House) -> None:
        sign_in_as(house)
        house.late_by = timedelta(hours=1)

        answer = house.client.get("/api/v1/exams?study_instance_uid=1.2.3")

        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:doseledger:problem:not-signed-in"

    def test_is_not_opened_beside_a_token_that_is_wrong(self, house: House) -> None:
        sign_in_as(house)

        answer = house.client.get("/api/v1/exams?study_instance_uid=1.2.3", headers={"Authorization": "Bearer x"})

        assert answer.status_code == 401
