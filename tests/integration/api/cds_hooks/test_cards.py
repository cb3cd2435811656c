"""Tests of api.cds_hooks: what the referrer is told while they order. All people are invented."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from api.launch.peers import Authentication, LaunchPeers, SmartIssuer
from db.session import unit_of_work
from dose_services import restriction
from dose_services.audit import Looker
from doseledger.demo.hospital import ANNA, ANNA_CHEST, BRUNO, CARA, CARA_ABDOMEN
from hl7_bridge.handling import MessageHandler
from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import message, msh, pid
from tests.integration.api.cds_hooks.conftest import HOOKS, Ward, ward_of
from tests.integration.api.conftest import SITE, MakeHouse
from tests.support.hooks_schema import DISCOVERY, check
from tests.support.mock_ehr_hooks import CLIENT, FHIR_SERVER, SERVICE, call, patient, pregnancy, service_request

DISCOVER = "/cds-services"
MOST_STATEMENTS = 15  # of which three say whose token it is, and three who looked


def order(identifier: str, hook: str = "order-select", **of: Any) -> dict[str, Any]:  # noqa: ANN401 - of a resource
    return call(hook, patient(identifier), service_request(**of))


class TestDiscovery:
    def test_names_one_service_for_three_hooks(self, ward: Ward) -> None:
        answer = ward.house.client.get(DISCOVER, headers=ward.ehr.headers(DISCOVER))

        check(DISCOVERY, answer.json())
        services = answer.json()["services"]
        assert [one["hook"] for one in services] == ["patient-view", "order-select", "order-sign"]
        assert {one["id"] for one in services} == {SERVICE.rsplit("/", 1)[1]}
        assert services[1]["prefetch"]["patient"] == "Patient/{{context.patientId}}"


class TestAPriorSimilarExam:
    @pytest.mark.parametrize("hook", ["order-select", "order-sign"])
    def test_comes_first_with_its_images_and_its_report(self, ward: Ward, hook: str) -> None:
        (card,) = ward.cards(order(ANNA.identifier, hook))

        assert card["summary"] == "CT chest 12 days ago"
        assert card["indicator"] == "warning"
        assert [link["label"] for link in card["links"]] == [
            "Images: CT chest 12 days ago",
            "Report: CT chest 12 days ago",
        ]
        assert card["links"][0]["url"].startswith("https://pacs.example/study?uid=2.25.")
        assert card["links"][1]["url"] == "https://ris.example/report/DEMO-A-0001"

    def test_tells_no_dose(self, ward: Ward) -> None:
        (card,) = ward.cards(order(ANNA.identifier))

        told = " ".join((card["summary"], card["detail"], *(link["label"] for link in card["links"])))
        assert not any(unit in told for unit in ("Sv", "Gy", "DLP", "CTDI", "dose"))

    def test_can_take_the_place_of_the_order(self, ward: Ward) -> None:
        (card,) = ward.cards(order(ANNA.identifier, number="draft-9"))

        (suggestion,) = card["suggestions"]
        assert suggestion["actions"][0]["resourceId"] == "ServiceRequest/draft-9"
        assert card["selectionBehavior"] == "at-most-one"
        assert {reason["code"] for reason in card["overrideReasons"]} >= {"question-is-new", "emergency", "other"}

    def test_that_is_older_than_a_month_is_no_warning(self, ward: Ward) -> None:
        code = {"coding": [{"system": "http://loinc.org", "code": "24725-4"}]}
        (card,) = ward.cards(order(BRUNO.identifier, code=code))

        assert (card["summary"], card["indicator"]) == ("CT head 40 days ago", "info")

    def test_counts_several_of_them_on_one_card(self, ward: Ward) -> None:
        ward.had(ANNA_CHEST, days_ago=1, accession="DEMO-A-0003")
        ward.had(ANNA_CHEST, days_ago=200, accession="DEMO-A-0004")

        (card,) = ward.cards(order(ANNA.identifier))

        assert card["summary"] == "CT chest yesterday, and 2 more"
        newest = next(line for line in card["detail"].splitlines() if line.startswith("* "))
        assert newest.endswith(r" at Demonstration Hospital (DEMO\-A\-0003)")

    @pytest.mark.parametrize(
        "code",
        [
            {"coding": [{"system": "http://loinc.org", "code": "24725-4"}]},  # another region
            {"coding": [{"system": "http://loinc.org", "code": "30745-4"}]},  # another modality
            {"coding": [{"system": "http://loinc.org", "code": "2345-7"}]},  # a laboratory's
            {"text": "CT of the thorax, please"},  # nothing that a table knows
            {},
        ],
    )
    def test_is_none_for_what_is_not_similar_or_not_known(self, ward: Ward, code: dict[str, Any]) -> None:
        assert ward.cards(order(ANNA.identifier, code=code)) == []

    def test_is_looked_for_only_for_the_orders_that_were_selected(self, ward: Ward) -> None:
        body = order(ANNA.identifier)
        body["context"]["selections"] = ["MedicationRequest/m1"]

        assert ward.cards(body) == []

    def test_has_one_card_for_two_orders_of_the_same(self, ward: Ward) -> None:
        body = call("order-sign", patient(ANNA.identifier), service_request("a"), service_request("b"))

        (card,) = ward.cards(body)

        assert [action["resourceId"] for action in card["suggestions"][0]["actions"]] == [
            "ServiceRequest/a",
            "ServiceRequest/b",
        ]

    def test_is_told_in_german_where_the_site_speaks_it(self, make_house: MakeHouse) -> None:
        ward = ward_of(make_house(hooks=replace(HOOKS, language="de")))
        ward.had(ANNA_CHEST, days_ago=12)

        (card,) = ward.cards(order(ANNA.identifier))

        assert card["summary"] == "CT Thorax vor 12 Tagen"
        assert card["links"][0]["label"] == "Bilder: CT Thorax vor 12 Tagen"
        assert card["overrideReasons"][0]["display"] == "Die Frage ist eine neue"

    def test_can_be_opened_by_a_smart_launch_where_the_ehr_is_named_for_such(self, make_house: MakeHouse) -> None:
        ehr = SmartIssuer(
            iss=FHIR_SERVER, client_id="dose", authentication=Authentication.PUBLIC, authorities=CLIENT.authorities
        )
        peers = LaunchPeers(issuers={FHIR_SERVER: ehr})
        ward = ward_of(make_house(hooks=HOOKS, launch=peers))
        ward.had(ANNA_CHEST, days_ago=12)

        (card,) = ward.cards(order(ANNA.identifier))

        smart = card["links"][-1]
        assert (smart["type"], smart["url"]) == ("smart", "http://127.0.0.1/launch/smart")
        assert json.loads(smart["appContext"])["study_instance_uid"] in card["links"][0]["url"]


class TestPatientView:
    def test_shows_the_exams_of_the_last_month(self, ward: Ward) -> None:
        (card,) = ward.cards(call("patient-view", patient(ANNA.identifier)))

        assert (card["summary"], card["indicator"]) == ("CT chest 12 days ago", "info")
        assert "suggestions" not in card

    def test_shows_nothing_of_who_had_none(self, ward: Ward) -> None:
        assert ward.cards(call("patient-view", patient(BRUNO.identifier))) == []


HEAD = {"coding": [{"system": "http://loinc.org", "code": "24725-4"}]}
ABDOMEN = {"coding": [{"system": "http://loinc.org", "code": "41806-1"}]}


class TestAPregnancy:
    @pytest.fixture
    def with_cara(self, ward: Ward) -> Ward:
        """Cara is 38 years old, and had a CT of the abdomen long ago."""
        ward.had(CARA_ABDOMEN, days_ago=500)
        return ward

    def test_comes_after_the_prior_exam(self, with_cara: Ward) -> None:
        with_cara.had(replace(ANNA_CHEST, key="cara-chest", person=CARA), days_ago=3)
        stated = pregnancy("LA15173-0", with_cara.house.now - timedelta(days=20))

        cards = with_cara.cards(
            call("order-sign", patient(CARA.identifier), service_request(), prefetch={"pregnancy": stated})
        )

        assert [card["source"]["topic"]["code"] for card in cards] == ["prior_similar", "pregnancy"]

    def test_is_to_be_asked_for_by_age_sex_and_region(self, with_cara: Ward) -> None:
        (card,) = with_cara.cards(order(CARA.identifier, code=ABDOMEN))

        assert (card["summary"], card["indicator"]) == ("Pregnancy: nothing is stated that still holds", "info")

    def test_is_not_asked_for_away_from_the_pelvis(self, with_cara: Ward) -> None:
        assert with_cara.cards(order(CARA.identifier)) == []

    def test_that_is_stated_is_a_warning_for_any_region(self, with_cara: Ward) -> None:
        stated = pregnancy("LA15173-0", with_cara.house.now - timedelta(days=20))
        body = call("order-sign", patient(CARA.identifier), service_request(), prefetch={"pregnancy": stated})

        (card,) = with_cara.cards(body)

        assert (card["summary"], card["indicator"]) == ("A pregnancy is stated", "warning")
        assert {reason["code"] for reason in card["overrideReasons"]} >= {"pregnancy-excluded", "pregnancy-considered"}

    def test_that_was_excluded_within_a_cycle_is_not_asked_for(self, with_cara: Ward) -> None:
        for days, expected in ((20, 0), (40, 1)):
            stated = pregnancy("LA26683-5", with_cara.house.now - timedelta(days=days))
            asked = service_request(code=ABDOMEN)
            body = call("order-sign", patient(CARA.identifier), asked, prefetch={"pregnancy": stated})

            assert len(with_cara.cards(body)) == expected

    def test_is_not_asked_of_a_man_or_of_who_is_over_fifty(self, ward: Ward) -> None:
        assert ward.cards(order(BRUNO.identifier, code=ABDOMEN)) == []
        assert ward.cards(order(ANNA.identifier, code=ABDOMEN)) == []  # born in 1961

    def test_that_an_exam_or_a_message_states_is_told_with_who_stated_it(self, with_cara: Ward) -> None:
        # PS3.3, C.2.4: 2 is possibly pregnant.
        with_cara.had(replace(ANNA_CHEST, key="cara-chest", person=CARA), days_ago=10, PregnancyStatus=2)
        asked = order(CARA.identifier, code=HEAD)

        (card,) = with_cara.cards(asked)
        assert (card["summary"], card["indicator"]) == ("A possible pregnancy is stated", "warning")
        assert "at an exam" in card["detail"]

        at = (with_cara.house.now - timedelta(days=2)).strftime("%Y%m%d%H%M%S")
        told = message(
            msh("ADT^A08^ADT_A01", at=at),
            f"EVN|A08|{at}",
            pid(f"{CARA.identifier}^^^DEMO^MR"),
            "PV1|1|O" + "|" * 13 + "B6",
        )
        handler = MessageHandler(with_cara.house.engine, SITE, Hl7Settings(), lambda: with_cara.house.now)
        assert b"|AA|" in handler.handle(told, peer="127.0.0.1")

        (card,) = with_cara.cards(asked)
        assert card["summary"] == "A pregnancy is stated"
        assert "by the hospital information system" in card["detail"]


class TestSkinThatIsToBeLookedAt:
    def test_comes_last_and_warns(self, ward: Ward) -> None:
        (exam_id,) = ward.house.exam_ids(ANNA.identifier)
        with unit_of_work(ward.house.engine) as session:
            session.execute(
                text(
                    "INSERT INTO finding (id, kind, subject, text, detail, exam_id, raised_at) VALUES "
                    "(gen_random_uuid(), 'skin_follow_up_due', CAST(:id AS text), 'look', '{}', :id, now())"
                ),
                {"id": exam_id},
            )

        cards = ward.cards(order(ANNA.identifier))

        assert [card["source"]["topic"]["code"] for card in cards] == ["prior_similar", "skin_follow_up"]
        assert cards[1]["summary"].startswith("Skin follow-up is open: CT chest 12 days ago, to be looked at from ")
        assert cards[1]["indicator"] == "warning"


class TestNobodyToTellOf:
    def test_unknown_and_restricted_people_get_the_same_answer(self, ward: Ward) -> None:
        patient_id = ward.house.patient_id(ANNA.identifier)
        looker = Looker.of_service("test", "test")
        with unit_of_work(ward.house.engine) as session:
            restriction.restrict(session, patient_id, reason="wished so", looker=looker, now=ward.house.now)  # type: ignore[arg-type]  # a text serves as well

        hidden, unknown = (ward.post(order(who)) for who in (ANNA.identifier, "NOBODY-1"))

        assert hidden.json() == unknown.json() == {"cards": []}
        assert dict(hidden.headers) == dict(unknown.headers)

    def test_an_identifier_of_a_system_that_nobody_named_finds_nobody(self, ward: Ward) -> None:
        person = patient(ANNA.identifier)
        person["identifier"][0]["system"] = "urn:other"

        assert ward.cards(call("order-sign", person, service_request())) == []

    def test_identifiers_of_two_people_find_nobody(self, ward: Ward) -> None:
        person = patient(ANNA.identifier)
        person["identifier"] += patient(BRUNO.identifier)["identifier"]

        assert ward.cards(call("order-sign", person, service_request())) == []

    def test_who_is_out_of_reach_is_unknown(self, ward: Ward) -> None:
        assert ward.cards(order(ANNA.identifier))
        with unit_of_work(ward.house.engine) as session:
            session.execute(text("UPDATE role_grant SET valid_until = valid_from WHERE subject = 'system:karl'"))

        assert ward.cards(order(ANNA.identifier)) == []


def test_each_card_has_the_same_id_however_often_a_call_is_repeated(ward: Ward) -> None:
    body = order(ANNA.identifier)

    first, again, other = ward.cards(body), ward.cards(body), ward.cards(order(ANNA.identifier))

    assert [card["uuid"] for card in first] == [card["uuid"] for card in again]
    assert first[0]["uuid"] != other[0]["uuid"]
    assert ward.house.rows("SELECT count(*) FROM hook_card") == [(2,)]


def test_each_card_has_an_id_of_its_own_where_orders_have_none(ward: Ward) -> None:
    """A chest CT is asked for, and one of chest and abdomen: each may be answered by the chest CT of before."""
    both = {"coding": [{"system": "http://loinc.org", "code": "72254-6"}]}
    orders = [service_request(), service_request(code=both)]
    for one in orders:
        del one["id"]
    body = call("order-sign", patient(ANNA.identifier), *orders)

    first, again = ward.cards(body), ward.cards(body)

    assert len({card["uuid"] for card in first}) == len(first) == 2
    assert [card["uuid"] for card in again] == [card["uuid"] for card in first]
    assert ward.house.rows("SELECT count(*) FROM hook_card") == [(2,)]


def test_who_is_at_work_is_on_record_as_the_ehr_states_it(ward: Ward) -> None:
    body = order(ANNA.identifier)
    ward.cards(body)

    looks = ward.house.rows(
        "SELECT subject, action, via, CAST(reference AS text) FROM access_log WHERE via = 'hook' ORDER BY at, action"
    )

    assert set(looks) == {
        ("system:karl Practitioner/dr-roe", "read_prior_similar", "hook", body["hookInstance"]),
        ("system:karl Practitioner/dr-roe", "search_patient", "hook", body["hookInstance"]),
    }


def test_a_call_asks_the_database_little(ward: Ward) -> None:
    ward.cards(order(ANNA.identifier))  # prepares what is asked often, and is the first call of the EHR
    body = order(ANNA.identifier)
    asked: list[str] = []

    def note(*told: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        asked.append(told[2])

    event.listen(ward.house.engine, "before_cursor_execute", note)
    ward.post(body)
    event.remove(ward.house.engine, "before_cursor_execute", note)

    assert len(asked) <= MOST_STATEMENTS, asked
