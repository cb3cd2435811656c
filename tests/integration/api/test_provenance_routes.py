"""Tests of GET /api/v1/values/{value_id}/provenance: why this number, what else is said, and who may ask."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from db.repositories import provenance, statements
from db.session import unit_of_work
from db.tables.statement import ReplayRow
from dose_core.contract import Envelope
from dose_core.model import Kind, ProjectionReport
from dose_services.roles import Role, Scope
from dose_services.viewer_links import ViewerTemplate
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.every_kind import objects_of_every_kind
from tests.builders.long_history import Study, long_history
from tests.integration.api.conftest import House, MakeHouse

STUDIES = {study.description: study for study in long_history()}
CT, ANGIOGRAPHY, MAMMOGRAPHY = (STUDIES[name] for name in ("CT head and chest", "Coronary angiography", "Mammography"))
IMAGES = STUDIES["CT abdomen"]
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def archive(make_house: MakeHouse) -> House:
    """A house whose site has named a viewer."""
    return make_house(
        viewer=ViewerTemplate("https://pacs.example/?study={StudyInstanceUID}[&series={SeriesInstanceUID}]")
    )


def hand_in(house: House, study: Study) -> None:
    for uid, dicom in study.objects.items():
        assert house.hand_in(Envelope(sop_instance_uid=uid, dicom=dicom)).json()["read_status"] == "read"


def ask(house: House, value_id: str) -> dict[str, Any]:
    answer = house.client.get(f"/api/v1/values/{value_id}/provenance", headers=house.reading)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def exam_of(house: House, study: Study) -> dict[str, Any]:
    """Return the exam of a study."""
    found = house.client.get(f"/api/v1/exams?study_instance_uid={study.uid}", headers=house.reading).json()["exams"]
    exam: dict[str, Any] = house.client.get(f"/api/v1/exams/{found[0]['id']}", headers=house.reading).json()
    return exam


def total_of(exam: dict[str, Any], quantity: str, of: str | None = None) -> dict[str, Any]:
    return next(total for total in exam["totals"] if (total["quantity"], total["of"]) == (quantity, of))


class TestANumberThatAnObjectStates:
    def test_names_object_place_text_conversion_and_how_it_came(self, archive: House) -> None:
        hand_in(archive, ANGIOGRAPHY)
        event = exam_of(archive, ANGIOGRAPHY)["events"][0]

        told = ask(archive, event["value_ids"]["dap_gy_cm2"])

        assert (told["value"], told["unit"]) == (12.0, "Gy.cm2")
        assert {key: told["stated_as"][key] for key in ("text", "unit", "factor", "note")} == {
            "text": "0.0012",
            "unit": "Gy.m2",
            "factor": 10000.0,
            "note": None,
        }
        found = told["found_in"]
        assert (found["kind"], found["sop_instance_uid"]) == ("projection_rdsr", f"{ANGIOGRAPHY.uid}.0")
        assert found["series_instance_uid"] == f"{ANGIOGRAPHY.uid}.0.1"
        assert [arrival["sender"] for arrival in found["arrivals"]] == ["system:test"]
        assert len(found["digest"]) == 64
        assert told["viewer_url"] == f"https://pacs.example/?study={ANGIOGRAPHY.uid}&series={ANGIOGRAPHY.uid}.0.1"
        assert told["counted_as"] == told["value_id"]
        assert told["belongs"]["event_uid"] == event["event_uid"]

    def test_tells_every_way_on_which_its_object_came(self, archive: House) -> None:
        hand_in(archive, ANGIOGRAPHY)
        uid, dicom = next(iter(ANGIOGRAPHY.objects.items()))
        archive.hand_in(Envelope(sop_instance_uid=uid, dicom=dicom), **{"DoseLedger-Calling-AET": "XA_ONE"})
        event = exam_of(archive, ANGIOGRAPHY)["events"][0]

        arrivals = ask(archive, event["value_ids"]["dap_gy_cm2"])["found_in"]["arrivals"]

        assert [arrival["calling_aet"] for arrival in arrivals] == [None, "XA_ONE"]

    def test_of_a_list_has_the_place_of_its_own(self, archive: House) -> None:
        hand_in(archive, ANGIOGRAPHY)
        event = exam_of(archive, ANGIOGRAPHY)["events"][1]

        pulses = [ask(archive, f"{event['value_ids']['kv_per_pulse']}.{n}") for n in range(3)]
        mean = ask(archive, event["value_ids"]["kv"])

        assert [(one["value"], one["stated_as"]["text"]) for one in pulses] == [
            (70.0, "70"),
            (74.0, "74"),
            (78.0, "78"),
        ]
        assert len({one["stated_as"]["path"] for one in pulses}) == 3
        assert mean["value"] == 74.0
        assert "formed from several items" in mean["stated_as"]["note"]

    def test_says_what_another_object_says_of_the_same_and_leads_to_it(self, archive: House) -> None:
        hand_in(archive, MAMMOGRAPHY)
        event = exam_of(archive, MAMMOGRAPHY)["events"][0]

        told = ask(archive, event["value_ids"]["agd_mgy"])
        (other,) = told["rivals"]
        rival = ask(archive, other["value_id"])

        assert (other["value"], other["words"]) == (1.3, "average glandular dose, mammogram")
        assert rival["stated_as"]["text"] == "0.0130"
        assert rival["stated_as"]["unit"] == "dGy"
        assert rival["counted_as"] == told["value_id"]
        assert "It is not what counts" in rival["rule"]
        assert [one["value_id"] for one in rival["rivals"]] == [told["value_id"]]

    def test_that_fills_what_the_winner_leaves_open_is_the_other_objects(self, archive: House) -> None:
        hand_in(archive, MAMMOGRAPHY)
        event = exam_of(archive, MAMMOGRAPHY)["events"][0]

        told = ask(archive, event["value_ids"]["force_n"])

        assert told["value"] == event["force_n"] == 101.0
        assert told["found_in"]["kind"] == "mammography_image"
        assert "leaves this open" in told["rule"]
        assert {one["field"] for one in event["filled"]} >= {"force_n", "grid"}

    def test_stays_explained_when_its_object_was_made_unreadable(self, archive: House) -> None:
        """Retention destroys the key of the kept object; the dose stays, and so does the place that it stood in."""
        hand_in(archive, ANGIOGRAPHY)
        event = exam_of(archive, ANGIOGRAPHY)["events"][0]
        with archive.engine.begin() as connection:
            connection.execute(text("UPDATE evidence SET key = NULL"))

        told = ask(archive, event["value_ids"]["dap_gy_cm2"])

        assert (told["value"], told["stated_as"]["text"]) == (12.0, "0.0012")
        assert told["found_in"]["series_instance_uid"] is None
        assert told["viewer_url"] == f"https://pacs.example/?study={ANGIOGRAPHY.uid}"

    def test_names_what_other_readings_of_its_object_made_of_it(self, archive: House) -> None:
        """A replay reads kept objects with newer readers; what was read before stays beside it."""
        hand_in(archive, ANGIOGRAPHY)
        before = exam_of(archive, ANGIOGRAPHY)["events"][0]["value_ids"]["kv"]
        with unit_of_work(archive.engine) as session:
            known = provenance.statement(session, UUID(before.partition(".")[0]))
            assert known is not None
            report = known.report
            assert isinstance(report, ProjectionReport)
            replay = ReplayRow(reader_version="99", applied_by="test", applied_at=archive.now, selection={})
            session.add(replay)
            session.flush()
            first, *others = report.events
            reports = [(known.evidence.id, replace(report, events=(replace(first, kv=78.0), *others)))]
            statements.add(session, reports, site="", reader_version="99", stated_at=archive.now, replay_id=replay.id)

        told = ask(archive, before)
        after = ask(archive, told["superseded_by"])

        assert (told["value"], after["value"]) == (77.0, 78.0)
        assert after["found_in"]["reader_version"] == "99"
        assert [(one["value"], one["value_id"]) for one in after["superseded"]] == [(77.0, before)]


class TestANumberOfDoseLedger:
    def test_names_the_rule_and_the_values_that_were_not_chosen(self, archive: House) -> None:
        hand_in(archive, ANGIOGRAPHY)
        total = total_of(exam_of(archive, ANGIOGRAPHY), "dap_gy_cm2")

        told = ask(archive, total["value_id"])

        assert (told["basis"], told["source"]) == ("stated_total", "rdsr")
        assert "Sources win in this order" in told["rule"]
        assert [one["value"] for one in told["made_of"]] == [12.0, 4.0]
        (rival,) = told["rivals"]
        assert (rival["source"], rival["value"]) == ("mpps", pytest.approx(17.1))
        step = ask(archive, rival["value_id"])
        assert step["found_in"]["kind"] == "mpps"
        assert (step["stated_as"]["text"], step["stated_as"]["factor"]) == ("171", 0.1)
        assert step["counted_as"] == total["value_id"]

    def test_is_superseded_and_still_explains_itself(self, archive: House) -> None:
        first, second = CT.objects.items()
        archive.hand_in(Envelope(sop_instance_uid=first[0], dicom=first[1]))
        before = total_of(exam_of(archive, CT), "dlp_mgy_cm")
        archive.hand_in(Envelope(sop_instance_uid=second[0], dicom=second[1]))
        after = total_of(exam_of(archive, CT), "dlp_mgy_cm")

        then, now = ask(archive, before["value_id"]), ask(archive, after["value_id"])

        assert (then["value"], now["value"]) == (150.0, 926.0)
        assert then["superseded_by"] == after["value_id"]
        assert (then["belongs"]["is_current"], now["belongs"]["is_current"]) == (False, True)
        assert [(one["value"], one["value_id"], one["revision"]) for one in now["superseded"]] == [
            (150.0, before["value_id"], 1)
        ]

    def test_that_is_formed_over_slices_names_them(self, archive: House) -> None:
        hand_in(archive, IMAGES)
        event = exam_of(archive, IMAGES)["events"][0]

        mean, lowest = (ask(archive, event["value_ids"][name]) for name in ("ctdi_vol_mgy", "z_start_mm"))
        voltage = ask(archive, event["value_ids"]["sources[0].kv"])

        assert "mean over 6 slices" in mean["rule"]
        assert [one["value"] for one in mean["made_of"]] == [7.5] * 6
        assert {one["sop_instance_uid"] for one in mean["made_of"]} == set(IMAGES.objects)
        assert min(one["value"] for one in lowest["made_of"]) == lowest["value"] == -400.0
        assert voltage["stated_as"]["path"] == "(0018,0060)"
        slice_ = ask(archive, mean["made_of"][0]["value_id"])
        assert slice_["counted_as"] == mean["value_id"]
        assert "One image of the event" in slice_["rule"]

    def test_that_is_estimated_names_method_version_and_interval(self, archive: House) -> None:
        hand_in(archive, IMAGES)
        event = exam_of(archive, IMAGES)["events"][0]

        told = ask(archive, event["value_ids"]["dlp_estimate.value"])

        assert told["value"] == 22.5
        assert (told["estimate"]["method_id"], told["estimate"]["method_version"]) == ("ct-dlp-from-image-headers", "3")
        # 4.04 rotations of over-ranging, pitch 0.9, 38.4 mm, 7.5 mGy: 104.7168 mGy.cm.
        interval = told["estimate"]["interval"]
        assert (interval["low"], interval["high"]) == (22.5, pytest.approx(127.2168))
        assert "Radiology" in interval["source"]
        assert told["viewer_url"].startswith(f"https://pacs.example/?study={IMAGES.uid}&series=")


class TestWhatHasNoProvenance:
    @pytest.mark.parametrize(
        ("value_id", "status", "slug"),
        [
            (f"{NOBODY}.totals.0.value", 404, "unknown-value"),
            ("totals.0.value", 422, "not-a-value-id"),
            (f"{NOBODY}", 422, "not-a-value-id"),
        ],
    )
    def test_is_told_with_what_to_do(self, house: House, value_id: str, status: int, slug: str) -> None:
        answer = house.client.get(f"/api/v1/values/{value_id}/provenance", headers=house.reading)

        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:doseledger:problem:{slug}")
        assert "value_id" in answer.json()["detail"]
        assert house.rows("SELECT count(*) FROM access_log WHERE action = 'read_value'") == [(0,)]

    def test_may_have_a_holder_that_is_known(self, archive: House) -> None:
        hand_in(archive, CT)
        exam = exam_of(archive, CT)
        revision = exam["totals"][0]["value_id"].partition(".")[0]
        statement = exam["events"][1]["value_ids"]["dlp_mgy_cm"].partition(".")[0]

        for holder, field in (
            (revision, "totals.99.value"),
            (revision, "totals.0.rivals.0.value"),
            (revision, "ct.events.99.dlp_estimate"),
            (revision, "study_instance_uid"),
            (statement, "events.99.kv"),
            (statement, "patient.name"),
            (statement, "patient.birth_date"),
        ):
            answer = archive.client.get(f"/api/v1/values/{holder}.{field}/provenance", headers=archive.reading)
            assert (answer.status_code, answer.json()["type"]) == (404, "urn:doseledger:problem:unknown-value"), field


class TestALookAtANumber:
    def test_is_recorded_with_patient_and_exam(self, archive: House) -> None:
        hand_in(archive, CT)
        exam = exam_of(archive, CT)

        ask(archive, exam["totals"][0]["value_id"])

        (look,) = archive.rows(
            "SELECT patient_id::text, exam_id::text, route FROM access_log WHERE action = 'read_value'"
        )
        assert look == (
            exam["summary"]["patient_id"],
            exam["summary"]["id"],
            "/api/v1/values/{value_id}/provenance",
        )

    @pytest.mark.parametrize(("role", "status"), [(Role.MPE, 200), (Role.RADIOLOGIST, 404)])
    def test_of_an_exam_that_is_held_is_for_physicists_alone(self, archive: House, role: Role, status: int) -> None:
        """Two objects of one study name two patients: whose the exam is, nobody knows yet."""
        for number, patient in enumerate(("A-1", "B-2")):
            dicom = chest_ct_report_bytes(
                SOPInstanceUID=f"2.25.99.{number}", StudyInstanceUID="2.25.99", PatientID=patient
            )
            archive.hand_in(Envelope(sop_instance_uid=f"2.25.99.{number}", dicom=dicom))
        ((exam_id, revision_id, state),) = archive.rows("SELECT id::text, revision_id::text, state FROM exam")
        archive.add_user("ada", role)
        headers = archive.headers(Scope.READ, login="ada")

        answers = [
            archive.client.get(address, headers=headers)
            for address in (f"/api/v1/values/{revision_id}.totals.0.value/provenance", f"/api/v1/exams/{exam_id}")
        ]
        found = archive.client.get("/api/v1/exams?study_instance_uid=2.25.99", headers=headers).json()["exams"]

        assert state == "held"
        assert [answer.status_code for answer in answers] == [status, status]
        assert len(found) == (status == 200)

    @pytest.mark.parametrize(("role", "status"), [(Role.MPE, 200), (Role.RADIOLOGIST, 404)])
    def test_of_an_object_that_makes_no_exam_is_for_physicists_alone(
        self, archive: House, role: Role, status: int
    ) -> None:
        dicom = objects_of_every_kind("2.25.98")[Kind.PATIENT_RDSR]
        archive.hand_in(Envelope(sop_instance_uid="2.25.98.8.5", dicom=dicom))
        ((statement_id,),) = archive.rows("SELECT id::text FROM statement")
        archive.add_user("ada", role)

        answer = archive.client.get(
            f"/api/v1/values/{statement_id}.estimates.0.value/provenance",
            headers=archive.headers(Scope.READ, login="ada"),
        )

        assert answer.status_code == status
        if status == 200:
            assert (answer.json()["value"], answer.json()["belongs"]["exam_id"]) == (2100.0, None)
