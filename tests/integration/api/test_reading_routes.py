"""Tests of the routes that read: what is stated, where it comes from, and who looked."""

from typing import Any

import pytest
from sqlalchemy import text

from db.session import unit_of_work
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import AMBULANCE_HEAD, ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, CARA, CARA_ABDOMEN, UNKNOWN
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House


@pytest.fixture
def filled(house: House) -> House:
    """Two exams of Anna, one of Cara, one of an unknown patient."""
    for study in (ANNA_CHEST, ANNA_FOLLOW_UP, CARA_ABDOMEN, AMBULANCE_HEAD):
        assert house.hand_in(whole(dose_report(study))).json()["read_status"] == "read"
    return house


def read(house: House, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = house.client.get(path, headers=house.headers(Scope.READ))
    assert answer.status_code == 200, answer.text
    return answer.json()


def merge(house: House, subsumed: str, survivor: str) -> None:
    with unit_of_work(house.engine) as session:
        session.execute(
            text("UPDATE patient SET merged_into_id = :survivor, family_id = :survivor WHERE id = :subsumed"),
            {"survivor": house.patient_id(survivor), "subsumed": house.patient_id(subsumed)},
        )


class TestASearch:
    def test_finds_a_patient_by_identifier_alone_or_with_its_authority(self, filled: House) -> None:
        for wanted in ({"value": ANNA.identifier}, {"value": ANNA.identifier, "authority": "DEMO"}):
            answer = filled.client.post(
                "/api/v1/patients/search", json={"identifiers": [wanted]}, headers=filled.headers(Scope.READ)
            )

            (patient,) = answer.json()["patients"]
            assert patient["name"] == ANNA.name
            assert patient["birth_date"] == ANNA.birth_date.isoformat()

    def test_finds_nobody_as_an_empty_list_and_is_recorded(self, filled: House) -> None:
        answer = filled.client.post(
            "/api/v1/patients/search", json={"identifiers": [{"value": "nobody"}]}, headers=filled.headers(Scope.READ)
        )

        assert answer.json() == {"patients": []}
        looks = filled.rows("SELECT action, patient_id FROM access_log WHERE action <> 'change_grant'")
        assert looks == [("search_patient", None)]

    def test_finds_the_survivor_by_a_merged_identifier(self, filled: House) -> None:
        merge(filled, UNKNOWN.identifier, CARA.identifier)

        assert filled.patient_id(UNKNOWN.identifier) == filled.patient_id(CARA.identifier)


class TestAHistory:
    def test_lists_exams_newest_first_with_their_dose(self, filled: House) -> None:
        exams = read(filled, f"/api/v1/patients/{filled.patient_id(ANNA.identifier)}/exams")["exams"]

        assert [exam["study_instance_uid"] for exam in exams] == [
            ANNA_FOLLOW_UP.study_instance_uid,
            ANNA_CHEST.study_instance_uid,
        ]
        assert [exam["dlp_mgy_cm"] for exam in exams] == [ANNA_FOLLOW_UP.dlp_mgy_cm, ANNA_CHEST.dlp_mgy_cm]
        assert {exam["dlp_basis"] for exam in exams} == {"stated_total"}

    def test_holds_the_exams_of_who_was_merged(self, filled: House) -> None:
        merge(filled, UNKNOWN.identifier, CARA.identifier)

        history = read(filled, f"/api/v1/patients/{filled.patient_id(CARA.identifier)}/exams")

        assert len(history["exams"]) == 2
        assert {one["value"]: one["is_merged"] for one in history["patient"]["identifiers"]} == {
            CARA.identifier: False,
            UNKNOWN.identifier: True,
        }


class TestSums:
    def test_keep_phantoms_apart_and_give_no_effective_dose(self, filled: House) -> None:
        merge(filled, UNKNOWN.identifier, CARA.identifier)

        sums = read(filled, f"/api/v1/patients/{filled.patient_id(CARA.identifier)}/cumulative-dose")

        assert {(one["quantity"], one["of"], one["value"]) for one in sums["sums"]} == {
            ("dlp_mgy_cm", "160", AMBULANCE_HEAD.dlp_mgy_cm),
            ("dlp_mgy_cm", "320", CARA_ABDOMEN.dlp_mgy_cm),
        }
        assert "no reason to withhold" in sums["statement"]
        assert not any("effective" in one["quantity"] for one in (*sums["sums"], *sums["listed"]))

    def test_name_the_values_that_they_are_made_of(self, filled: House) -> None:
        sums = read(filled, f"/api/v1/patients/{filled.patient_id(ANNA.identifier)}/cumulative-dose")

        (total,) = sums["sums"]
        ids = [value_id for one in total["made_of"] for value_id in one["value_ids"]]
        values = [read(filled, f"/api/v1/values/{value_id}/provenance")["value"] for value_id in ids]
        assert values == [ANNA_CHEST.dlp_mgy_cm, ANNA_FOLLOW_UP.dlp_mgy_cm]
        assert total["value"] == pytest.approx(sum(values))

    def test_are_of_a_period_in_the_time_of_the_site(self, filled: House) -> None:
        """Anna's second exam began on 2026-02-17 at 14:41 in Berlin."""
        address = f"/api/v1/patients/{filled.patient_id(ANNA.identifier)}/cumulative-dose"
        both = ANNA_CHEST.dlp_mgy_cm + ANNA_FOLLOW_UP.dlp_mgy_cm

        for query, expected in (
            ("from=2026-02-17", ANNA_FOLLOW_UP.dlp_mgy_cm),
            ("until=2026-02-17", ANNA_CHEST.dlp_mgy_cm),
            ("until=2026-02-18", both),
            ("from=2026-02-17T14:41:00", ANNA_FOLLOW_UP.dlp_mgy_cm),
            ("until=2026-02-17T13:41:00Z", ANNA_CHEST.dlp_mgy_cm),
            ("from=2025-01-01&until=2027-01-01", both),
        ):
            (total,) = read(filled, f"{address}?{query}")["sums"]
            assert total["value"] == pytest.approx(expected), query

    def test_of_no_period_are_refused(self, filled: House) -> None:
        address = f"/api/v1/patients/{filled.patient_id(ANNA.identifier)}/cumulative-dose"

        for query in ("from=2026-02-17&until=2026-02-17", "from=yesterday"):
            answer = filled.client.get(f"{address}?{query}", headers=filled.headers(Scope.READ))
            assert answer.status_code == 422
            assert "yesterday" not in answer.text


class TestAnExam:
    def test_says_of_each_value_where_it_stands(self, filled: House) -> None:
        report = dose_report(ANNA_FOLLOW_UP)
        exam = read(filled, f"/api/v1/exams/{filled.exam_ids(ANNA.identifier)[0]}")

        first, second = exam["events"]
        assert first["event_uid"] == ANNA_FOLLOW_UP.event_uid(1)
        assert {one["field"] for one in second["stated"]} >= {"ctdi_vol_mgy", "dlp_mgy_cm", "sources[0].kv"}
        for event in exam["events"]:
            assert event["source_object"]["sop_instance_uid"] == report.SOPInstanceUID
            for stated in event["stated"]:
                assert content_item(report, stated["path"]) == stated["text"]

    def test_says_where_its_total_stands(self, filled: House) -> None:
        report = dose_report(ANNA_FOLLOW_UP)
        exam = read(filled, f"/api/v1/exams/{filled.exam_ids(ANNA.identifier)[0]}")

        value_id = exam["summary"]["value_ids"]["dlp_mgy_cm"]
        stated = read(filled, f"/api/v1/values/{value_id}/provenance")["stated_as"]
        assert float(content_item(report, stated["path"])) == ANNA_FOLLOW_UP.dlp_mgy_cm

    def test_is_found_by_its_study(self, filled: House) -> None:
        (found,) = read(filled, f"/api/v1/exams?study_instance_uid={ANNA_CHEST.study_instance_uid}")["exams"]

        assert found["id"] == filled.exam_ids(ANNA.identifier)[1]
        assert read(filled, "/api/v1/exams?study_instance_uid=1.2.3") == {"exams": []}
        assert filled.rows("SELECT count(*) FROM access_log WHERE action = 'find_exam'") == [(2,)]

    def test_nobody_has_is_unknown(self, filled: House) -> None:
        answer = filled.client.get(
            "/api/v1/exams/00000000-0000-4000-8000-000000000000", headers=filled.headers(Scope.READ)
        )

        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:doseledger:problem:unknown-exam"


def content_item(report: Any, path: str) -> str:  # noqa: ANN401 - a data set
    """Return the text at a path of content item numbers (PS3.3, C.17.3.2.5), straight from the data set."""
    item = report
    for number in path.split(".")[1:]:
        item = item.ContentSequence[int(number) - 1]
    if "MeasuredValueSequence" in item:
        return str(item.MeasuredValueSequence[0].NumericValue)
    if "ConceptCodeSequence" in item:
        return str(item.ConceptCodeSequence[0].CodeValue)
    return str(item.get("UID") or item.get("DateTime") or item.get("TextValue"))


class TestALook:
    def test_is_recorded_with_who_what_and_by_which_door(self, filled: House) -> None:
        user_id = filled.add_user("ada", Role.RADIOLOGIST)
        (exam_id, _), patient_id = filled.exam_ids(ANNA.identifier), filled.patient_id(ANNA.identifier)
        before = len(filled.rows("SELECT 1 FROM access_log"))
        headers = filled.headers(Scope.READ, login="ada")

        filled.client.get(f"/api/v1/patients/{patient_id}/exams", headers=headers)
        filled.client.get(f"/api/v1/patients/{patient_id}/cumulative-dose", headers=headers)
        filled.client.get(f"/api/v1/exams/{exam_id}", headers=headers)

        looks = filled.rows(
            "SELECT subject, user_id::text, action, patient_id::text, exam_id::text, route, via FROM access_log "
            "ORDER BY at"
        )[before:]
        who = ("user:ada", str(user_id))
        assert looks == [
            (*who, "read_exams", patient_id, None, "/api/v1/patients/{patient_id}/exams", "token"),
            (*who, "read_cumulative_dose", patient_id, None, "/api/v1/patients/{patient_id}/cumulative-dose", "token"),
            (*who, "read_exam", patient_id, exam_id, "/api/v1/exams/{exam_id}", "token"),
        ]

    def test_that_cannot_be_recorded_is_not_answered(self, filled: House) -> None:
        """The commit fails after the route has returned; the answer must not be out by then."""
        address = f"/api/v1/patients/{filled.patient_id(ANNA.identifier)}/exams"
        with filled.engine.begin() as connection:
            connection.execute(
                text(
                    "CREATE FUNCTION refuse() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''full''; END' LANGUAGE plpgsql"
                )
            )
            connection.execute(
                text(
                    "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON access_log DEFERRABLE INITIALLY DEFERRED "
                    "FOR EACH ROW EXECUTE FUNCTION refuse()"
                )
            )

        answer = filled.client.get(address, headers=filled.headers(Scope.READ))

        assert answer.status_code == 503
        assert ANNA.name not in answer.text
