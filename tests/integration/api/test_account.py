"""Tests of what people do about their own account: a new password, and what ends with a session."""

from collections.abc import Callable
from typing import Any

import pytest

from db.session import unit_of_work
from dose_services import browser_sessions, launch_people, users
from dose_services.roles import Role
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST
from doseledger.who import looker
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House, MakeHouse
from tests.integration.api.test_sign_in import (
    OURS,
    PASSWORD,
    SIGN_IN,
    form_token,
    give_password,
    is_in,
    sign_in_as,
    try_in,
)


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    made = make_house(sign_in=SIGN_IN)
    made.add_user("ada", Role.RADIOLOGIST)
    give_password(made, "ada")
    return made


def change(house: House, what: Callable[[Any], object]) -> None:
    with unit_of_work(house.engine) as session:
        what(session)


def sign_out(house: House) -> object:
    return house.client.post("/sign-out", data={"token": form_token(house)}, headers=OURS)


def set_new_password(house: House) -> object:
    new = "five other words that I chose"
    form = {"token": form_token(house), "current": PASSWORD, "new": new, "again": new}
    return house.client.post("/account/password", data=form, headers=OURS)


def sign_out_elsewhere(house: House) -> object:
    return house.client.post("/account/sign-out-elsewhere", data={"token": form_token(house)}, headers=OURS)


def sign_out_by_the_administrator(house: House) -> None:
    by = looker("user sign-out")
    change(house, lambda s: browser_sessions.end_all_of(s, "ada", looker=by, now=house.now))


def set_by_the_administrator(house: House) -> None:
    give_password(house, "ada", "another invented password")


class TestAViewOfWhoIsSignedIn:
    @pytest.mark.parametrize(
        ("end", "left"),
        [
            (sign_out, [403, 200]),
            (sign_out_elsewhere, [403, 403]),
            (set_new_password, [403, 403]),
            (sign_out_by_the_administrator, [403, 403]),
            (set_by_the_administrator, [403, 403]),
        ],
        ids=["signed out", "signed out elsewhere", "new password", "signed out by another", "password set"],
    )
    def test_ends_with_the_session_and_one_that_a_program_opened_where_all_is_ended(
        self, house: House, end: Callable[[House], object], left: list[int]
    ) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        change(house, lambda s: launch_people.add_name(s, login="ada", system=users.ORTHANC, name="a", now=house.now))
        sign_in_as(house)
        asked = {"requestType": "PATIENT", "patientID": ANNA.identifier}
        answer = house.client.get("/IHEInvokeImageDisplay", params=asked, follow_redirects=False)
        views = [answer.headers["location"], house.open_view(ANNA.identifier, person="a")]
        assert [house.client.get(view).status_code for view in views] == [200, 200]

        end(house)

        assert [house.client.get(view).status_code for view in views] == left


class TestANewPassword:
    def change(
        self, house: House, current: str = PASSWORD, new: str = "five other words that I chose", again: str = ""
    ) -> Any:  # noqa: ANN401 - a foreign response
        form = {"token": form_token(house), "current": current, "new": new, "again": again or new}
        return house.client.post("/account/password", data=form, headers=OURS)

    def test_serves_from_now_on_and_ends_all_other_sessions(self, house: House) -> None:
        sign_in_as(house)
        elsewhere = dict(house.client.cookies)
        house.client.cookies.clear()
        sign_in_as(house)

        assert self.change(house).status_code == 200

        assert is_in(house)
        assert try_in(house, "ada", PASSWORD).status_code == 403
        assert try_in(house, "ada", "five other words that I chose").status_code == 303
        house.client.cookies.clear()
        house.client.cookies.update(elsewhere)
        assert not is_in(house)

    def test_is_not_kept_away_by_who_tries_to_sign_in(self, house: House) -> None:
        sign_in_as(house)
        for _ in range(11):
            try_in(house, "ada", "wrong password, invented")

        assert self.change(house).status_code == 200

    def test_is_not_guessed_at_for_ever(self, house: House) -> None:
        sign_in_as(house)
        answers = [self.change(house, "not the current one").status_code for _ in range(11)]

        assert answers == [403] * 10 + [429]

    def test_is_refused_if_it_is_none_or_the_current_one_is_wrong(self, house: House) -> None:
        sign_in_as(house)
        for current, new, again, told in (
            ("not the current one", "five other words that I chose", "", "current password is wrong"),
            (PASSWORD, "too short", "", "15 characters or more"),
            (PASSWORD, "x" * 257, "", "256 characters at most"),
            (PASSWORD, "aaaaaaaaaaaaaaaaaaaa", "", "too easily guessed"),
            (PASSWORD, "adadoseledgerada", "", "too easily guessed"),
            (PASSWORD, "five other words that I chose", "five other words", "in two ways"),
        ):
            answer = self.change(house, current, new, again)

            assert answer.status_code == 403
            assert told in answer.text
        assert try_in(house).status_code == 303
