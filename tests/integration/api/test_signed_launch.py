"""Tests of api.launch.signed_door: an address opens a view only as a program signed it, and once."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import jwt
import pytest

from api.launch.peers import HMAC_SHA256, LaunchPeers, SigningClient
from api.launch.signed import LinkRejectedError, by_signature, pairs_of
from db.session import unit_of_work
from dose_services import launch_people
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO, BRUNO_HEAD
from hl7_bridge.handling import MessageHandler
from hl7_bridge.settings import Hl7Settings
from tests.builders.envelopes import whole
from tests.builders.hl7 import merge
from tests.integration.api.conftest import SITE, House, MakeHouse
from tests.support.pages import DOCS, code_block
from tests.support.signing import ec_key, rsa_key, timed

DOOR = "http://127.0.0.1/launch/signed"
SECRET = b"an invented secret, 32 bytes or more"
ELLIPTIC, RSA = ec_key("any", "ES256"), rsa_key("any", "RS256")
STRANGER = ec_key("any", "ES256")
PEERS = LaunchPeers(
    clients={
        "kis": SigningClient(name="kis", algorithm="ES256", people="kis", authority="DEMO", key=ELLIPTIC.jwk),
        "ris": SigningClient(name="ris", algorithm="RS256", people="kis", key=RSA.jwk),
        "old-kis": SigningClient(name="old-kis", algorithm=HMAC_SHA256, people="kis", secret=SECRET),
    }
)

Said = dict[str, Any]


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """Doses of Anna and Bruno, and Ada, whom the program knows as a.example."""
    made = make_house(launch=PEERS)
    for study in (ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO_HEAD):
        made.hand_in(whole(dose_report(study)))
    made.add_user("ada", Role.RADIOLOGIST)
    with unit_of_work(made.engine) as session:
        launch_people.add_name(session, login="ada", system="kis", name="a.example", now=made.now)
    return made


def claims(**said: Any) -> Said:  # noqa: ANN401 - claims have several types
    told = {"iss": "kis", "aud": DOOR, "sub": "a.example", "jti": str(uuid4()), "patient": ANNA.identifier}
    return timed({**told, **said}, valid_s=60)


def query(door: str = DOOR, secret: bytes = SECRET, **said: str) -> Said:
    """Return a signed query, made as the manual says and by no code of ours."""
    told = {
        "client": "old-kis",
        "person": "a.example",
        "timestamp": str(int(time.time())),
        "nonce": uuid4().hex,
        "patient": ANNA.identifier,
        "authority": "DEMO",
        **said,
    }
    text = "GET\n" + door + "\n" + urlencode(sorted(told.items())).replace("+", "%20")
    return {**told, "signature": hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()}


def come(house: House, **said: Any) -> Any:  # noqa: ANN401 - a foreign response
    return house.client.get("/launch/signed", params=said, follow_redirects=False)


def by_token(house: House, **said: Any) -> Any:  # noqa: ANN401 - a foreign response
    return come(house, token=ELLIPTIC.sign(claims(**said)))


class TestAnAddress:
    @pytest.mark.parametrize(
        "said",
        [
            lambda: {"token": ELLIPTIC.sign(claims())},
            lambda: {"token": RSA.sign(claims(iss="ris"))},
            query,
            lambda: query(window="exams", study=ANNA_CHEST.study_instance_uid),
        ],
        ids=["ES256", "RS256", "HMAC", "HMAC for one exam"],
    )
    def test_opens_the_view_and_leaves_nothing_of_the_patient_in_the_address(
        self, house: House, said: Callable[[], Said]
    ) -> None:
        answer = come(house, **said())

        assert answer.status_code == 303
        assert re.fullmatch(r"/view/[0-9a-f-]{36}(/exams/[0-9a-f-]{36})?", answer.headers["location"])
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
        page = house.client.get(answer.headers["location"])
        assert "Example, Anna" in page.text
        assert BRUNO_HEAD.accession_number not in page.text

    def test_of_one_exam_shows_nothing_else(self, house: House) -> None:
        newer, older = house.exam_ids(ANNA.identifier)
        path = by_token(house, window="exams", accession=ANNA_CHEST.accession_number).headers["location"]
        view = path.partition("/exams/")[0]

        assert path.endswith(older)
        assert [house.client.get(one).status_code for one in (view, f"{view}/exams/{newer}")] == [404, 404]

    def test_names_a_study_and_with_it_the_patient(self, house: House) -> None:
        answer = by_token(house, patient=None, window="exams", study=BRUNO_HEAD.study_instance_uid)

        assert "Sample, Bruno" in house.client.get(answer.headers["location"]).text

    def test_opens_once_also_for_another_browser_and_another_process(self, house: House) -> None:
        for said in ({"token": ELLIPTIC.sign(claims())}, query()):
            assert [come(house, **said).status_code for _ in range(2)] == [303, 403]

    def test_is_recorded_with_who_vouched_for_it(self, house: House) -> None:
        by_token(house, purpose="TREAT")

        assert house.rows("SELECT issued_to, opening ->> 'purpose' FROM launch_handle") == [("signed:kis", "TREAT")]
        opened = house.rows("SELECT subject, via, route FROM access_log WHERE action = 'open_view'")
        assert opened == [("user:ada", "launch", "/launch/signed")]


OTHER_DOOR = "http://127.0.0.1/IHEInvokeImageDisplay"
PAST = int(time.time()) - 3600
FORGED: dict[str, Callable[[], Said]] = {
    "a stranger's key": lambda: {"token": STRANGER.sign(claims())},
    "the key of another program": lambda: {"token": RSA.sign(claims())},
    "HMAC by the public key": lambda: {"token": _hmac_by_public_key()},
    "algorithm none": lambda: {"token": jwt.encode(claims(), "", algorithm="none")},
    "another door": lambda: {"token": ELLIPTIC.sign(claims(aud=OTHER_DOOR))},
    "a door among others": lambda: {"token": ELLIPTIC.sign(claims(aud=[DOOR, OTHER_DOOR]))},
    "a program nobody knows": lambda: {"token": ELLIPTIC.sign(claims(iss="nobody"))},
    "a program that signs queries": lambda: {"token": ELLIPTIC.sign(claims(iss="old-kis"))},
    "expired": lambda: {"token": ELLIPTIC.sign(claims(iat=PAST, exp=PAST + 60))},
    "valid for longer": lambda: {"token": ELLIPTIC.sign(claims(exp=int(time.time()) + 130))},
    "valid for longer, made earlier": lambda: {"token": ELLIPTIC.sign(claims(iat=PAST))},
    "no id": lambda: {"token": ELLIPTIC.sign({k: v for k, v in claims().items() if k != "jti"})},
    "no person": lambda: {"token": ELLIPTIC.sign(claims(sub=""))},
    "another kind of token": lambda: {"token": ELLIPTIC.sign(claims(), typ="at+jwt")},
    "no token": lambda: {"token": "abc"},
    "a query with another secret": lambda: query(secret=b"another secret that is long enough for it"),
    "a query for another door": lambda: query(door=OTHER_DOOR),
    "a query of another patient": lambda: {**query(), "patient": BRUNO.identifier},
    "a query of another person": lambda: {**query(), "person": "b.example"},
    "a query with a part more": lambda: {**query(), "window": "skin_map"},
    "an old query": lambda: query(timestamp=str(int(time.time()) - 125)),
    "a query of the future": lambda: query(timestamp=str(int(time.time()) + 60)),
    "a short nonce": lambda: query(nonce="0123456789"),
    "a query of a program that signs tokens": lambda: query(secret=b"", client="kis"),
    "a query of nobody": lambda: query(secret=b"", client="nobody"),
    "no signature": lambda: {k: v for k, v in query().items() if k != "signature"},
}


def _hmac_by_public_key() -> str:
    made = ELLIPTIC.sign(claims()).split(".")[1]
    head = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT"}').decode()
    signed = hmac.new(ELLIPTIC.public_pem, f"{head}.{made}".encode(), hashlib.sha256).digest()
    return f"{head}.{made}.{jwt.utils.base64url_encode(signed).decode()}"


class TestWhatIsNotAsItWasSigned:
    def test_opens_nothing_and_does_not_say_what_is_wrong(self, house: House) -> None:
        answers = {name: come(house, **forge()) for name, forge in FORGED.items()}

        assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(FORGED, 403)
        assert len({answer.text for answer in answers.values()}) == 1
        assert house.rows("SELECT count(*) FROM view_session") == [(0,)]

    @pytest.mark.parametrize(
        "said",
        [{"patient": ""}, {"window": "exams"}, {"window": "all"}, {"study": "x" * 65}, {"exam": "1"}],
        ids=["nobody", "one exam, unnamed", "no such window", "no UID", "no id"],
    )
    def test_is_told_apart_from_what_is_not_understood(self, house: House, said: Said) -> None:
        answer = by_token(house, **said)

        assert answer.status_code == 400
        assert ANNA.identifier not in answer.text

    def test_a_part_that_stands_there_twice_is_not_understood(self, house: House) -> None:
        address = "/launch/signed?" + urlencode(query()) + "&Patient=" + BRUNO.identifier

        assert house.client.get(address, follow_redirects=False).status_code == 400


class TestAPatientWhoWasMerged:
    def test_is_found_by_either_identifier_and_all_their_exams_are_shown_whichever_was_launched(
        self, house: House
    ) -> None:
        before = by_token(house).headers["location"]  # of a view that is open while the merge comes
        a40 = merge(survivor=f"{BRUNO.identifier}^^^DEMO", subsumed=f"{ANNA.identifier}^^^DEMO", name="Sample^Bruno")
        MessageHandler(house.engine, SITE, Hl7Settings(), lambda: house.now).handle(a40, peer="127.0.0.1")

        after = [by_token(house, patient=one).headers["location"] for one in (ANNA.identifier, BRUNO.identifier)]
        of_one = by_token(house, patient=BRUNO.identifier, window="exams", study=ANNA_CHEST.study_instance_uid)

        accessions = [one.accession_number for one in (ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO_HEAD)]
        for page in [house.client.get(path).text for path in (before, *after)]:
            assert all(one in page for one in accessions)
        page = house.client.get(of_one.headers["location"]).text
        assert [one in page for one in accessions] == [True, False, False]


class TestWhomNothingIsKnownOf:
    def test_gets_the_page_of_somebody_who_may_not_be_shown(self, house: House) -> None:
        house.add_user("rita", Role.REFERRER)
        with unit_of_work(house.engine) as session:
            launch_people.add_name(session, login="rita", system="kis", name="r.example", now=house.now)
        house.client.post(
            f"/api/v1/patients/{house.patient_id(BRUNO.identifier)}/restriction",
            json={"reason": "asked for it"},
            headers=_of_physicist(house),
        )

        pages = [
            by_token(house, sub="r.example", **said)
            for said in (
                {"patient": "nobody"},
                {"patient": BRUNO.identifier},
                {"patient": ANNA.identifier, "window": "exams", "study": BRUNO_HEAD.study_instance_uid},
                {"patient": ANNA.identifier, "authority": "ELSEWHERE"},
            )
        ]

        assert {page.status_code for page in pages} == {404}
        assert len({page.text for page in pages}) == 1
        assert "No dose data" in pages[0].text
        looks = house.rows("SELECT subject FROM access_log WHERE via = 'launch' AND patient_id IS NULL")
        assert looks == [("user:rita",)] * 4

    def test_who_is_nobody_here_hears_so_before_any_patient_is_looked_for(self, house: House) -> None:
        answers = [by_token(house, sub="stranger", patient=one) for one in (ANNA.identifier, "nobody")]

        assert [answer.status_code for answer in answers] == [403, 403]
        assert answers[0].text == answers[1].text
        refused = "SELECT subject, route, patient_id FROM access_log WHERE action = 'refused'"
        assert house.rows(refused) == [("system:signed:kis", "/launch/signed", None)] * 2


def _of_physicist(house: House) -> dict[str, str]:
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


class TestTheManual:
    def test_shows_a_query_whose_signature_holds_for_two_minutes(self) -> None:
        (address,) = re.findall(r"^https://dose\.example/launch/signed\?client\S+$", _manual(), re.MULTILINE)
        pairs = pairs_of(urlsplit(address).query)
        at = datetime.fromtimestamp(int(dict(pairs)["timestamp"]), UTC)

        proof = by_signature(pairs, PEERS, "https://dose.example/launch/signed", now=at + timedelta(seconds=120))

        assert (proof.client.name, proof.person) == ("old-kis", "a.example")
        assert f"# {dict(pairs)['signature']}" in _manual()
        with pytest.raises(LinkRejectedError):
            by_signature(pairs, PEERS, "https://dose.example/launch/signed", now=at + timedelta(seconds=121))

    def test_shows_how_to_sign_a_token(self, house: House) -> None:
        shown: Said = {}
        exec(code_block("how-to/launch.md", "python"), shown)  # noqa: S102 - what a reader would copy

        address = shown["address"](ELLIPTIC.private, ANNA.identifier, "a.example")

        (token,) = [value for name, value in parse_qsl(urlsplit(address).query) if name == "token"]
        told = jwt.decode(token, options={"verify_signature": False})
        assert come(house, token=ELLIPTIC.sign({**told, "aud": DOOR})).status_code == 303
        assert told["aud"] == "https://dose.example/launch/signed"


def _manual() -> str:
    return (DOCS / "how-to" / "launch.md").read_text(encoding="utf-8")
