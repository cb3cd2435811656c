"""Tests of api.launch.smart_door: an EHR that the site names opens the view of the patient in its context."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from api.launch.peers import Authentication
from db.session import unit_of_work
from dose_services import launch_people, smart_launches
from dose_services.rates import Rate
from dose_services.roles import Role
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO, BRUNO_HEAD
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House, MakeHouse
from tests.support.mock_ehr import IDENTIFIERS, SECRET, MockEhr, mock_ehr
from tests.support.signing import ec_key, rsa_key

APP = "http://127.0.0.1"


@pytest.fixture
def ehr() -> Iterator[MockEhr]:
    """An EHR with Anna in context, whom it knows under another name."""
    with mock_ehr() as made:
        made.app = APP
        made.add_patient("p-1", ("urn:oid:2.999.7", "other"), (IDENTIFIERS, ANNA.identifier))
        made.add_patient("p-2", (IDENTIFIERS, BRUNO.identifier))
        yield made


@dataclass(kw_only=True)
class Site:
    """A service that the EHR launches, and a browser."""

    house: House
    ehr: MockEhr

    def begin(self, **asked: str) -> Any:  # noqa: ANN401 - a foreign response
        """Open what the link of the EHR opens."""
        said = {"iss": self.ehr.iss, "launch": "launch-1", **asked}
        return self.house.client.get("/launch/smart", params=said, follow_redirects=False)

    def authorized(self) -> str:
        """Begin, be authorised, and return the address to which the browser is sent back."""
        begun = self.begin()
        assert begun.status_code == 303, begun.text
        with httpx2.Client() as browser:
            return str(browser.get(begun.headers["location"], follow_redirects=False).headers["location"])

    def come_back(self, address: str) -> Any:  # noqa: ANN401 - a foreign response
        """Open the address to which the authorisation server sends."""
        return self.house.client.get(address.removeprefix(APP), follow_redirects=False)

    def launch(self) -> Any:  # noqa: ANN401 - a foreign response
        """Launch from begin to end."""
        return self.come_back(self.authorized())


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(make_house: MakeHouse, ehr: MockEhr) -> MakeSite:
    """Make a service with doses of Anna and Bruno, and Ada, whom the EHR knows."""

    def make(**changed: Any) -> Site:  # noqa: ANN401 - fields of SmartIssuer
        house = make_house(launch=ehr.peers(**changed))
        for study in (ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO_HEAD):
            house.hand_in(whole(dose_report(study)))
        house.add_user("ada", Role.RADIOLOGIST)
        with unit_of_work(house.engine) as session:
            launch_people.add_name(session, login="ada", system=ehr.iss, name="Practitioner/ada", now=house.now)
        return Site(house=house, ehr=ehr)

    return make


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()


class TestALaunch:
    def test_opens_the_view_of_the_patient_in_context_with_one_click(self, site: Site) -> None:
        answer = site.launch()

        assert answer.status_code == 303
        page = site.house.client.get(answer.headers["location"])
        assert "Example, Anna" in page.text
        assert BRUNO_HEAD.accession_number not in page.text
        assert "?" not in answer.headers["location"]

    def test_asks_with_pkce_a_state_of_256_bits_and_the_exact_address(self, site: Site) -> None:
        site.launch()

        (sent,) = site.ehr.sent
        assert sent["redirect_uri"] == f"{APP}/launch/smart/callback"
        assert (len(sent["state"]), len(sent["code_challenge"])) == (43, 43)
        assert sent["scope"].split()[:3] == ["launch", "openid", "fhirUser"]

    def test_reads_what_it_needs_and_keeps_no_token_of_the_ehr(self, site: Site) -> None:
        site.launch()

        assert site.ehr.asked[-2:] == ["/jwks", "/fhir/Patient/p-1"]
        kept = site.house.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        secrets = [site.ehr.access_tokens[0], "code-1", site.ehr.sent[0]["state"]]
        for (table,) in kept:
            for secret in secrets:
                asked = f"SELECT 1 FROM {table} t WHERE t::text LIKE '%{secret}%' LIMIT 1"  # noqa: S608 - ours all
                assert site.house.rows(asked) == []

    @pytest.mark.parametrize("kind", ["private_key_jwt, RS384", "private_key_jwt, ES384", "client_secret_basic"])
    def test_proves_itself_as_the_site_says(self, make_site: MakeSite, ehr: MockEhr, kind: str) -> None:
        key = ec_key("ours") if kind.endswith("ES384") else rsa_key("ours")
        if kind == "client_secret_basic":
            ehr.client_secret = SECRET
            site = make_site(authentication=Authentication.BASIC, secret=SECRET)
        else:
            ehr.client_key = key.public_pem
            way = {"private_key": key.private_pem.decode(), "algorithm": key.algorithm, "key_id": "ours"}
            site = make_site(authentication=Authentication.PRIVATE_KEY, **way)

        assert site.launch().status_code == 303

    def test_shows_the_study_of_the_context_first(self, site: Site) -> None:
        (_, older) = site.house.exam_ids(ANNA.identifier)
        uid = ANNA_CHEST.study_instance_uid
        site.ehr.studies["s-1"] = {
            "resourceType": "ImagingStudy",
            "id": "s-1",
            "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}],
        }
        ways: list[dict[str, Any]] = [
            {"fhirContext": [{"reference": "ImagingStudy/s-1"}]},
            {
                "fhirContext": [
                    {"type": "ImagingStudy", "identifier": {"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}}
                ]
            },
            {"appContext": f'{{"study_instance_uid": "{uid}"}}'},
        ]
        for way in ways:
            site.ehr.context = way
            path = site.launch().headers["location"]
            assert path.endswith(f"/exams/{older}")
            assert site.house.client.get(path.partition("/exams/")[0]).status_code == 200

    def test_leaves_the_banner_to_the_ehr_where_that_says_so(self, site: Site) -> None:
        site.ehr.context = {"need_patient_banner": False}

        page = site.house.client.get(site.launch().headers["location"])

        assert ANNA_CHEST.accession_number in page.text
        assert "Example, Anna" not in page.text
        assert ANNA.identifier not in page.text

    def test_two_in_two_tabs_do_not_end_each_other(self, site: Site) -> None:
        first = site.authorized()
        second = site.authorized()

        assert [site.come_back(one).status_code for one in (first, second)] == [303, 303]


class TestAnIssuerThatTheSiteDoesNotName:
    @pytest.mark.parametrize(
        "spell",
        [
            lambda _: "https://attacker.example/fhir",
            lambda iss: f"{iss}/other",
            lambda iss: iss.replace("/fhir", ""),
            lambda iss: iss.replace("http://", "http://ehr.example@"),
            lambda iss: iss.upper(),
        ],
        ids=["another", "below it", "above it", "with a user", "in capitals"],
    )
    def test_is_asked_nothing(self, site: Site, spell: Callable[[str], str]) -> None:
        answer = site.begin(iss=spell(site.ehr.iss))

        assert answer.status_code == 403
        assert site.ehr.asked == []
        assert site.house.rows("SELECT count(*) FROM smart_launch") == [(0,)]

    @pytest.mark.parametrize("place", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
    def test_is_not_gone_to_either_where_an_ehr_that_it_names_points_there(self, site: Site, place: str) -> None:
        site.ehr.configuration = {place: "https://attacker.example/here"}

        answer = site.begin()

        assert answer.status_code == 403
        assert "location" not in answer.headers

    def test_is_asked_no_more_than_the_site_allows_from_one_address(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smart_launches, "PER_ADDRESS", Rate(times=2, window=timedelta(minutes=10)))

        answers = [site.begin() for _ in range(3)]

        assert [answer.status_code for answer in answers] == [303, 303, 429]
        assert int(answers[2].headers["retry-after"]) > 0

    def test_nor_one_that_does_not_speak_s256(self, site: Site) -> None:
        site.ehr.configuration = {"code_challenge_methods_supported": ["plain"]}

        assert site.begin().status_code == 403


def changed(address: str, **said: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{urlencode({**dict(parse_qsl(parts.query)), **said})}"


class TestComingBack:
    def test_works_once(self, site: Site) -> None:
        address = site.authorized()

        assert [site.come_back(address).status_code for _ in range(2)] == [303, 403]

    def test_needs_the_browser_that_began(self, site: Site) -> None:
        address = site.authorized()

        with TestClient(site.house.app, base_url=APP) as other:
            assert other.get(address.removeprefix(APP), follow_redirects=False).status_code == 403
        assert "/token" not in site.ehr.asked
        assert site.come_back(address).status_code == 303  # whoever saw the address ended nothing by it

    def test_needs_the_state_that_went_out(self, site: Site) -> None:
        address = site.authorized()

        for state in ("", "x" * 43, site.ehr.sent[0]["state"][:-1]):
            assert site.come_back(changed(address, state=state)).status_code == 403
        assert "/token" not in site.ehr.asked

    def test_gets_nothing_for_the_code_of_another_launch(self, site: Site) -> None:
        stolen = dict(parse_qsl(urlsplit(site.authorized()).query))["code"]

        assert site.come_back(changed(site.authorized(), code=stolen)).status_code == 403
        assert site.ehr.access_tokens == []

    def test_is_not_believed_from_another_server(self, site: Site) -> None:
        assert site.come_back(changed(site.authorized(), iss="https://attacker.example")).status_code == 403
        assert "/token" not in site.ehr.asked
        assert site.come_back(changed(site.authorized(), iss=site.ehr.origin)).status_code == 303

    def test_says_who_answers_where_the_server_promised_so(self, site: Site) -> None:
        site.ehr.configuration = {"authorization_response_iss_parameter_supported": True}

        assert site.come_back(site.authorized()).status_code == 403
        assert "/token" not in site.ehr.asked
        assert site.come_back(changed(site.authorized(), iss=site.ehr.origin)).status_code == 303

    def test_with_an_error_shows_nothing_of_it(self, site: Site) -> None:
        state = dict(parse_qsl(urlsplit(site.authorized()).query))["state"]
        said = urlencode({"state": state, "error": "access_denied", "error_description": "<b>invented</b>"})

        answer = site.come_back(f"/launch/smart/callback?{said}")

        assert answer.status_code == 403
        assert "invented" not in answer.text

    def test_comes_too_late_after_ten_minutes(self, site: Site) -> None:
        address = site.authorized()
        site.house.late_by = timedelta(minutes=11)

        assert site.come_back(address).status_code == 403


FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://attacker.example"},
    "another audience": {"aud": "somebody-else"},
    "an audience among others": {"aud": ["doseledger", "somebody-else"]},
    "another nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "for another party": {"azp": "somebody-else"},
    "expired": {"exp": 1_600_000_000},
    "a person of another server": {"fhirUser": "https://attacker.example/fhir/Practitioner/ada"},
    "a patient": {"fhirUser": "Patient/p-1"},
    "nobody": {"fhirUser": None},
}


class TestAnIdToken:
    def test_is_believed_if_all_about_it_holds_and_no_patient_is_asked_for_before(self, site: Site) -> None:
        told = {}
        for name, claims in FORGED.items():
            site.ehr.id_claims = claims
            told[name] = site.launch().status_code

        assert told == dict.fromkeys(FORGED, 403)
        assert not any(path.startswith("/fhir/Patient") for path in site.ehr.asked)

    def test_is_not_believed_by_a_key_that_the_issuer_does_not_publish(self, site: Site) -> None:
        site.launch()
        site.ehr.key = rsa_key(site.ehr.key.kid, "RS256")

        assert site.launch().status_code == 403

    def test_of_a_person_whom_nobody_mapped_opens_nothing(self, site: Site) -> None:
        site.ehr.user = "Practitioner/stranger"

        answer = site.launch()

        assert answer.status_code == 403
        assert "/fhir/Patient/p-1" not in site.ehr.asked


class TestThePatient:
    def test_is_whoever_has_the_identifier_and_nobody_by_name(self, site: Site) -> None:
        site.ehr.add_patient("p-3", ("urn:oid:2.999.7", ANNA.identifier))  # of a system that the site does not know
        site.ehr.add_patient("p-4", (IDENTIFIERS, "nobody"))
        site.ehr.add_patient("p-5", (IDENTIFIERS, ANNA.identifier), (IDENTIFIERS, BRUNO.identifier))
        site.ehr.add_patient("p-6")
        site.ehr.context = {"appContext": f'{{"study_instance_uid": "{ANNA_CHEST.study_instance_uid}"}}'}

        pages = []
        for patient in ("p-3", "p-4", "p-5", "p-6"):
            site.ehr.patient = patient
            pages.append(site.launch())

        assert [page.status_code for page in pages] == [404] * 4
        assert len({page.text for page in pages}) == 1
        assert "No dose data" in pages[0].text

    def test_that_the_ehr_does_not_give_is_not_taken_from_elsewhere(self, site: Site) -> None:
        site.ehr.patient = "p-9"
        missing = site.launch()
        site.ehr.patient = "p-1"
        site.ehr.patients["p-1"]["id"] = "p-2"

        assert [missing.status_code, site.launch().status_code] == [502, 502]

    @pytest.mark.parametrize("patient", ["../Patient", "p-1?_include=*", "", None, 1])
    def test_has_an_id_and_no_address(self, site: Site, patient: object) -> None:
        site.ehr.context = {"patient": patient}

        assert site.launch().status_code == 403
        assert not any(path.startswith("/fhir/Patient") for path in site.ehr.asked)
