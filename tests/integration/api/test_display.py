"""Tests of api.launch.display_door: IHE Invoke Image Display, for who is signed in or by what a program signed."""

import base64
import hashlib
import hmac
import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from api.launch.peers import HMAC_SHA256, LaunchPeers, SigningClient
from db.session import unit_of_work
from dose_services import browser_sessions, launch_people, users
from dose_services.browser_sessions import Method, SessionLimits
from dose_services.roles import Role
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO, BRUNO_HEAD
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House, MakeHouse
from tests.support.signing import ec_key, timed

PATH = "/IHEInvokeImageDisplay"
DOOR = f"http://127.0.0.1{PATH}"
KEY = ec_key("any", "ES256")
SECRET = b"an invented secret, 32 bytes or more"
PEERS = LaunchPeers(
    clients={
        "pacs": SigningClient(name="pacs", algorithm="ES256", people="pacs", key=KEY.jwk),
        "old-pacs": SigningClient(name="old-pacs", algorithm=HMAC_SHA256, people="pacs", secret=SECRET),
    }
)
OF_ANNA = {"requestType": "PATIENT", "patientID": f"{ANNA.identifier}^^^DEMO"}

Said = dict[str, str]


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """Doses of Anna and Bruno; Ada, who is signed in and whom the PACS knows, and Rita, who refers."""
    made = make_house(launch=PEERS)
    for study in (ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO_HEAD):
        made.hand_in(whole(dose_report(study)))
    made.add_user("ada", Role.RADIOLOGIST)
    made.add_user("rita", Role.REFERRER)
    with unit_of_work(made.engine) as session:
        for login in ("ada", "rita"):
            launch_people.add_name(session, login=login, system="pacs", name=login, now=made.now)
    return made


def signed_in(house: House, login: str) -> dict[str, str]:
    """Return the cookie of somebody who is signed in."""
    with unit_of_work(house.engine) as session:
        user = users.get_by_login(session, login, now=house.now)
        _, secret = browser_sessions.open_session(session, user, Method.LOCAL, limits=SessionLimits(), now=house.now)
    return {"Cookie": f"doseledger_session={secret}"}


def come(house: House, said: Said, login: str | None = "ada") -> Any:  # noqa: ANN401 - a foreign response
    headers = signed_in(house, login) if login else {}
    return house.client.get(PATH, params=said, headers=headers, follow_redirects=False)


def by_token(said: Said, **claims: Any) -> Said:  # noqa: ANN401 - claims have several types
    """Return a request with a token that says for what it is, as the manual tells."""
    text = "&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in sorted(said.items()))
    covered = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    told = {"iss": "pacs", "aud": DOOR, "sub": "rita", "jti": str(uuid4()), "query": covered, **claims}
    return {**said, "token": KEY.sign(timed(told, valid_s=60))}


def by_hmac(said: Said) -> Said:
    told = {**said, "client": "old-pacs", "person": "rita", "timestamp": str(int(time.time())), "nonce": uuid4().hex}
    text = f"GET\n{DOOR}\n" + urlencode(sorted(told.items()), quote_via=quote, safe="")
    return {**told, "signature": hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()}


class TestOfAPatient:
    @pytest.mark.parametrize(
        "said",
        [
            OF_ANNA,
            {"requestType": "PATIENT", "patientID": ANNA.identifier},
            {"REQUESTTYPE": "patient", "patientid": f"{ANNA.identifier}^^^DEMO&2.999.1&ISO", "idCDA": "1", "x": "y"},
            {**OF_ANNA, "patientName": "Somebody^Else", "patientBirthDate": "1900-01-01"},
        ],
        ids=["CX", "the site's own", "in other cases, with parts nobody knows", "with a name that is not looked at"],
    )
    def test_opens_the_history_and_leaves_nothing_of_the_patient_in_the_address(self, house: House, said: Said) -> None:
        answer = come(house, said)

        assert answer.status_code == 303
        assert re.fullmatch(r"/view/[0-9a-f-]{36}", answer.headers["location"])
        assert answer.headers["cache-control"] == "no-store"
        assert "Example, Anna" in house.client.get(answer.headers["location"]).text

    @pytest.mark.parametrize(
        ("narrowing", "listed"),
        [
            ({"mostRecentResults": "1"}, [ANNA_FOLLOW_UP]),
            ({"upperDateTime": "2025-12-31T23:59:59"}, [ANNA_CHEST]),
            ({"lowerDateTime": "2025-12-31T00:00:00+01:00"}, [ANNA_FOLLOW_UP]),
            ({"modalitiesInStudy": "mr,ct"}, [ANNA_FOLLOW_UP, ANNA_CHEST]),
            ({"modalitiesInStudy": "MG"}, []),
        ],
        ids=["the newest", "until a time", "since a time", "of modalities", "of none"],
    )
    def test_lists_at_first_what_was_asked_for_and_then_all(
        self, house: House, narrowing: Said, listed: list[Any]
    ) -> None:
        view = come(house, {**OF_ANNA, **narrowing}).headers["location"]

        page, everything = house.client.get(view).text, house.client.get(f"{view}?all=1").text

        both = [ANNA_FOLLOW_UP, ANNA_CHEST]
        assert [one for one in both if one.accession_number in page] == listed
        assert all(one.accession_number in everything for one in both)
        assert ("than the program asked for" in page) == (listed != both)

    def test_who_is_unknown_gets_the_page_of_no_data(self, house: House) -> None:
        answers = [
            come(house, {"requestType": "PATIENT", "patientID": one})
            for one in ("nobody", f"{ANNA.identifier}^^^ELSEWHERE", f"{ANNA.identifier}^^^&2.999.1&ISO")
        ]

        assert [answer.status_code for answer in answers] == [404] * 3
        assert len({answer.text for answer in answers}) == 1


class TestOfStudies:
    def test_opens_these_and_nothing_else(self, house: House) -> None:
        newer, older = house.exam_ids(ANNA.identifier)
        for said in ({"studyUID": ANNA_CHEST.study_instance_uid}, {"Accessionnumber": ANNA_CHEST.accession_number}):
            path = come(house, {"requestType": "STUDY", **said}).headers["location"]
            view = path.partition("/exams/")[0]
            assert path == f"{view}/exams/{older}"
            assert house.client.get(f"{view}/exams/{newer}").status_code == 404

    def test_lists_several_without_sums(self, house: House) -> None:
        uids = f"{ANNA_CHEST.study_instance_uid},{ANNA_FOLLOW_UP.study_instance_uid}"

        path = come(house, {"requestType": "STUDY", "studyUID": uids}).headers["location"]

        page = house.client.get(path)
        assert ANNA_CHEST.accession_number in page.text
        assert ANNA_FOLLOW_UP.accession_number in page.text
        assert house.client.get(f"{path}/cumulative-dose").status_code == 404

    @pytest.mark.parametrize(
        "said",
        [
            {"studyUID": f"{ANNA_CHEST.study_instance_uid},{BRUNO_HEAD.study_instance_uid}"},
            {"studyUID": BRUNO_HEAD.study_instance_uid, "patientID": ANNA.identifier},
            {"studyUID": "1.2.3"},
            {"accessionNumber": "nothing"},
        ],
        ids=["of two people", "of another patient", "unknown", "of no accession number"],
    )
    def test_shows_nothing_where_they_are_not_of_one_patient(self, house: House, said: Said) -> None:
        assert come(house, {"requestType": "STUDY", **said}).status_code == 404

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"requestType": "SERIES"},
            {"requestType": "PATIENT"},
            {"requestType": "STUDY"},
            {"requestType": "STUDY", "studyUID": "1.2.3", "accessionNumber": "1"},
            {"requestType": "STUDY", "studyUID": "1.2.3;DROP"},
            {**OF_ANNA, "mostRecentResults": "few"},
            {**OF_ANNA, "lowerDateTime": "yesterday"},
            {**OF_ANNA, "PatientId": BRUNO.identifier},
        ],
    )
    def test_a_request_that_the_profile_does_not_know_is_400(self, house: House, said: Said) -> None:
        assert come(house, said).status_code == 400


class TestWhoAsks:
    def test_signs_in_first_and_no_address_tells_whom_they_wanted(self, house: House) -> None:
        way = come(house, OF_ANNA, login=None).headers["location"]
        (wanted,) = parse_qs(urlsplit(way).query)["next"]

        answer = house.client.get(wanted, headers=signed_in(house, "ada"), follow_redirects=False)

        assert way.startswith("/sign-in?next=")
        assert ANNA.identifier not in way + base64.urlsafe_b64decode(wanted.partition("q=")[2]).decode("latin-1")
        assert "Example, Anna" in house.client.get(answer.headers["location"]).text

    def test_is_not_let_on_with_what_was_changed_is_old_or_without_signing_in(self, house: House) -> None:
        (wanted,) = parse_qs(urlsplit(come(house, OF_ANNA, login=None).headers["location"]).query)["next"]
        ada = signed_in(house, "ada")

        changed = house.client.get(wanted[:-6] + "AAAA==", headers=ada, follow_redirects=False)
        nobody = house.client.get(wanted, follow_redirects=False)
        house.late_by = timedelta(minutes=11)
        late = house.client.get(wanted, headers=ada, follow_redirects=False)

        assert [changed.status_code, nobody.status_code, late.status_code] == [403, 403, 403]

    def test_may_be_a_referrer_only_if_a_program_vouches_for_the_patient(self, house: House) -> None:
        assert come(house, OF_ANNA, login="rita").status_code == 403
        for said in (by_token(OF_ANNA), by_hmac(OF_ANNA)):
            assert [come(house, said, login=None).status_code for _ in range(2)] == [303, 403]

    def test_cannot_bend_what_a_program_signed(self, house: House) -> None:
        of_bruno = {"requestType": "PATIENT", "patientID": BRUNO.identifier}
        bent = [
            {**by_token(OF_ANNA), **of_bruno},
            {**by_hmac(OF_ANNA), **of_bruno},
            {**by_token(OF_ANNA), "mostRecentResults": "1"},
            by_token(OF_ANNA, aud="http://127.0.0.1/launch/signed"),
            by_token(OF_ANNA, query=None),
            {**OF_ANNA, "signature": "0" * 64},
        ]

        assert [come(house, said).status_code for said in bent] == [403] * 6  # although Ada is signed in

    def test_is_on_record(self, house: House) -> None:
        come(house, OF_ANNA)

        looks = house.rows("SELECT subject, action, route FROM access_log WHERE via = 'launch'")
        assert looks == [("user:ada", "open_view", PATH)]

    def test_in_another_browser_sees_nothing_of_the_view(self, house: House) -> None:
        view = come(house, OF_ANNA).headers["location"]

        with TestClient(house.app, base_url="http://127.0.0.1") as other:
            assert other.get(view).status_code == 403
