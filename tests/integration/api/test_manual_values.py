"""Tests of values that a person types: kept as evidence, last in precedence, superseded and withdrawn."""

import json
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pydicom import dcmread

from db.repositories import evidence
from db.repositories.replays import Selection
from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_services.replay import replay
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP
from doseledger.demo.slices import images
from tests.builders.envelopes import header, whole
from tests.builders.mpps import request, step, step_file
from tests.builders.projection_image import dx_bytes
from tests.builders.projection_rdsr import fluoroscopy_report_bytes
from tests.builders.typed import value
from tests.integration.api.conftest import SITE, House

STUDY = ANNA_FOLLOW_UP.study_instance_uid
PERSON = ANNA_FOLLOW_UP.person
WORDS = {"source": "dose display", "comment": "the scanner was not connected"}
OF_NOBODY_YET = {
    "study_instance_uid": "2.25.4711",
    "patient": {"identifier": "TYPED-1", "authority": "DEMO"},
    "started_at": "2026-03-02T10:15",
}


@pytest.fixture
def ada(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("ada", Role.MPE)
    return house.headers(Scope.READ, login="ada")


def type_in(house: House, headers: dict[str, str], *values: dict[str, Any], **more: Any) -> Any:  # noqa: ANN401 - JSON
    body = {"modality": "CT", **WORDS, **more, "values": list(values)}
    return house.client.post("/api/v1/manual-values", json=body, headers=headers)


def typed(
    house: House,
    headers: dict[str, str],
    *values: dict[str, Any],
    **more: Any,  # noqa: ANN401 - JSON
) -> dict[str, Any]:
    answer = type_in(house, headers, *values, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def exam(house: House, headers: dict[str, str], exam_id: str) -> dict[str, Any]:
    answer = house.client.get(f"/api/v1/exams/{exam_id}", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def total(told: dict[str, Any], quantity: str, of: str | None = None) -> dict[str, Any]:
    (found,) = [one for one in told["totals"] if (one["quantity"], one["of"]) == (quantity, of)]
    return dict(found)


def withdraw(house: House, headers: dict[str, str], values_id: str) -> Any:  # noqa: ANN401 - a foreign response
    address = f"/api/v1/manual-values/{values_id}/withdrawal"
    return house.client.post(address, json={"comment": "of another patient"}, headers=headers)


class TestAStudyThatSentNothing:
    def test_is_an_exam_with_what_was_typed(self, house: House, ada: dict[str, str]) -> None:
        kept = typed(house, ada, value("dlp", 512.3, "mGy.cm"), **OF_NOBODY_YET)

        told = exam(house, ada, kept["exam_id"])
        assert (total(told, "dlp_mgy_cm")["value"], total(told, "dlp_mgy_cm")["source"]) == (512.3, "manual")
        assert told["summary"]["modality"] == "CT"
        assert told["summary"]["started_local"] == "2026-03-02T10:15:00"
        assert house.exam_ids("TYPED-1") == [kept["exam_id"]]

    @pytest.mark.parametrize("missing", ["patient", "started_at"])
    def test_needs_a_patient_and_a_start(self, house: House, ada: dict[str, str], missing: str) -> None:
        body = {name: told for name, told in OF_NOBODY_YET.items() if name != missing}

        answer = type_in(house, ada, value("dlp", 1, "mGy.cm"), **body)

        assert answer.status_code == 422
        assert "of which patient" in answer.json()["detail"]
        assert house.rows("SELECT count(*) FROM evidence") == [(0,)]

    def test_needs_a_name(self, house: House, ada: dict[str, str]) -> None:
        answer = type_in(house, ada, value("dlp", 1, "mGy.cm"))

        assert (answer.status_code, answer.json()["type"]) == (422, "urn:doseledger:problem:refused")

    def test_belongs_to_the_site_of_who_types(self, house: House, ada: dict[str, str]) -> None:
        typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)

        assert house.rows("SELECT site, study_instance_uid FROM exam") == [("", "2.25.4711")]

    def test_gives_way_to_what_its_device_sends_later(self, house: House, ada: dict[str, str]) -> None:
        kept = typed(
            house,
            ada,
            value("dlp", 1.0, "mGy.cm"),
            study_instance_uid=STUDY,
            patient={"identifier": PERSON.identifier, "authority": "DEMO"},
            started_at="2026-02-17T14:41",
        )

        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))

        dlp = total(exam(house, ada, kept["exam_id"]), "dlp_mgy_cm")
        assert (dlp["value"], dlp["source"]) == (pytest.approx(ANNA_FOLLOW_UP.dlp_mgy_cm), "rdsr")
        assert [(one["source"], one["value"]) for one in dlp["rivals"]] == [("manual", 1.0)]


class TestFourSourcesOfOneExam:
    """RDSR over header over MPPS over what was typed, all kept and compared; whatever the order (A14)."""

    def test_of_a_ct(self, house: House, ada: dict[str, str]) -> None:
        of_study = {**request(), "StudyInstanceUID": STUDY, "AccessionNumber": ANNA_FOLLOW_UP.accession_number}
        performed = step(
            Modality="CT",
            PatientName=PERSON.name,
            PatientID=PERSON.identifier,
            ScheduledStepAttributesSequence=[of_study],
            CommentsOnRadiationDose="TotalDLP=450.50",
            **dict.fromkeys(
                (
                    "ImageAndFluoroscopyAreaDoseProduct",
                    "TotalTimeOfFluoroscopy",
                    "EntranceDoseInmGy",
                    "ExposureDoseSequence",
                )
            ),
        )
        house.hand_in(Envelope(sop_instance_uid="2.25.6001", dicom=step_file(performed)))
        kept = typed(house, ada, value("dlp", 460, "mGy.cm"), study_instance_uid=STUDY)
        assert total(exam(house, ada, kept["exam_id"]), "dlp_mgy_cm")["source"] == "mpps"
        for image in images(ANNA_FOLLOW_UP):
            house.hand_in(header(image))
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))

        told = exam(house, ada, kept["exam_id"])

        dlp = total(told, "dlp_mgy_cm")
        assert (dlp["value"], dlp["source"]) == (pytest.approx(ANNA_FOLLOW_UP.dlp_mgy_cm), "rdsr")
        others = {one["source"]: one["value"] for one in dlp["rivals"]}
        assert (others["mpps"], others["manual"]) == (450.5, 460.0)
        assert set(others) == {"image_header", "mpps", "manual"}
        assert len(house.exam_ids(PERSON.identifier)) == 1

    def test_of_fluoroscopy(self, house: House, ada: dict[str, str]) -> None:
        """A sum over images leaves fluoroscopy out, so that it is never the total."""
        study = {"StudyInstanceUID": "2.25.4712", "PatientID": "RF-1", "PatientName": "Example^Rf"}
        performed = step(
            PatientName="Example^Rf",
            PatientID="RF-1",
            ScheduledStepAttributesSequence=[{**request(), "StudyInstanceUID": "2.25.4712"}],
        )
        house.hand_in(Envelope(sop_instance_uid="2.25.6001", dicom=step_file(performed)))
        kept = typed(house, ada, value("dap", 1600, "cGy.cm2"), modality="RF", study_instance_uid="2.25.4712")
        assert total(exam(house, ada, kept["exam_id"]), "dap_gy_cm2")["source"] == "mpps"
        image = dx_bytes(**study, IrradiationEventUID="2.25.3001")  # the event that the report lists
        for dicom in (image, fluoroscopy_report_bytes(**study)):
            uid = str(dcmread(BytesIO(dicom)).SOPInstanceUID)
            assert house.hand_in(Envelope(sop_instance_uid=uid, dicom=dicom)).status_code == 201

        dap = total(exam(house, ada, kept["exam_id"]), "dap_gy_cm2")

        assert dap["source"] == "rdsr"
        others = {one["source"]: one for one in dap["rivals"]}
        assert others["manual"]["value"] == 16.0
        assert others["mpps"]["value"] == pytest.approx(152.075)
        assert others["image_header"]["basis"] == "acquisitions_only"


class TestTypingAnew:
    def test_supersedes_what_was_typed_before(self, house: House, ada: dict[str, str]) -> None:
        first = typed(house, ada, value("dlp", 5123, "mGy.cm"), **OF_NOBODY_YET)
        typed(house, ada, value("dlp", 512.3, "mGy.cm"), exam_id=first["exam_id"])

        told = exam(house, ada, first["exam_id"])
        assert total(told, "dlp_mgy_cm")["value"] == 512.3
        assert total(told, "dlp_mgy_cm")["rivals"] == []
        assert told["findings"] == []
        assert house.exam_ids("TYPED-1") == [first["exam_id"]]  # whose it is need not be typed again
        assert told["summary"]["started_local"] == "2026-03-02T10:15:00"
        assert house.rows("SELECT count(*) FROM statement") == [(2,)]

    def test_the_same_twice_counts_once(self, house: House, ada: dict[str, str]) -> None:
        """Who got no answer sends again."""
        for _ in range(2):
            kept = typed(house, ada, value("dlp", 512.3, "mGy.cm"), **OF_NOBODY_YET)

        assert total(exam(house, ada, kept["exam_id"]), "dlp_mgy_cm")["value"] == 512.3
        assert house.rows("SELECT count(*) FROM exam") == [(1,)]

    def test_leaves_what_was_typed_of_another_modality(self, house: House, ada: dict[str, str]) -> None:
        given = value("administered_activity", 300, "MBq", radionuclide="F-18", agent="FDG")
        kept = typed(house, ada, value("dlp", 512.3, "mGy.cm"), **OF_NOBODY_YET)
        typed(house, ada, given, modality="PT", exam_id=kept["exam_id"])

        told = exam(house, ada, kept["exam_id"])
        assert house.exam_ids("TYPED-1") == [kept["exam_id"]]
        assert told["summary"]["modality"] == "CT/PT"
        assert total(told, "dlp_mgy_cm")["value"] == 512.3
        assert [one["value"] for one in told["totals"] if one["quantity"] == "administered_activity_mbq"] == [300.0]

    def test_corrects_whose_it_was(self, house: House, ada: dict[str, str]) -> None:
        kept = typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)

        typed(house, ada, value("dlp", 1, "mGy.cm"), exam_id=kept["exam_id"], patient={"identifier": "TYPED-2"})

        assert (house.exam_ids("TYPED-1"), house.exam_ids("TYPED-2")) == ([], [kept["exam_id"]])


class TestAWithdrawal:
    def test_leaves_what_the_other_sources_say(self, house: House, ada: dict[str, str]) -> None:
        house.hand_in(whole(dose_report(ANNA_FOLLOW_UP)))
        (exam_id,) = house.exam_ids(PERSON.identifier)
        before = exam(house, ada, exam_id)
        kept = typed(house, ada, value("dlp", 1, "mGy.cm"), exam_id=exam_id)
        assert total(exam(house, ada, exam_id), "dlp_mgy_cm")["rivals"] != []

        assert withdraw(house, ada, kept["id"]).status_code == 200

        told = exam(house, ada, exam_id)
        assert total(told, "dlp_mgy_cm")["value"] == total(before, "dlp_mgy_cm")["value"]
        assert total(told, "dlp_mgy_cm")["rivals"] == []

    def test_makes_an_exam_unknown_that_nothing_else_tells_of(self, house: House, ada: dict[str, str]) -> None:
        kept = typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)

        answer = withdraw(house, ada, kept["id"])

        assert answer.json()["exam_id"] is None
        assert house.exam_ids("TYPED-1") == []
        assert house.client.get(f"/api/v1/exams/{kept['exam_id']}", headers=ada).status_code == 404
        assert house.rows("SELECT count(*) FROM statement") == [(2,)]

    def test_is_undone_by_typing_again(self, house: House, ada: dict[str, str]) -> None:
        kept = typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)
        withdraw(house, ada, kept["id"])
        refused = type_in(house, ada, value("dlp", 1, "mGy.cm"), exam_id=kept["exam_id"])

        again = typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)

        assert refused.status_code == 404
        assert again["exam_id"] == kept["exam_id"]
        assert house.exam_ids("TYPED-1") == [kept["exam_id"]]

    def test_is_for_what_counts(self, house: House, ada: dict[str, str]) -> None:
        first = typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)
        second = typed(house, ada, value("dlp", 2, "mGy.cm"), **OF_NOBODY_YET)
        withdrawn = withdraw(house, ada, second["id"]).json()

        for values_id in (first["id"], second["id"], withdrawn["id"]):
            answer = withdraw(house, ada, values_id)
            assert (answer.status_code, answer.json()["type"]) == (409, "urn:doseledger:problem:values-superseded")

    def test_is_for_what_was_typed(self, house: House, ada: dict[str, str]) -> None:
        received = house.hand_in(whole(dose_report(ANNA_FOLLOW_UP))).json()

        assert withdraw(house, ada, received["evidence_id"]).status_code == 404


class TestWhatIsKept:
    def test_is_the_request_as_it_came_with_who_and_when(self, house: House, ada: dict[str, str]) -> None:
        body = b'{"study_instance_uid": "2.25.4711",  "modality": "CT", "source": "a sheet", "comment": "why",'
        body += b'"patient": {"identifier": "TYPED-1"}, "started_at": "2026-03-02T10:15",'
        body += b'"values": [{"quantity": "dlp", "value": 0.51230, "unit": "Gy.cm"}]}'

        sent = {**ada, "Content-Type": "application/json"}
        answer = house.client.post("/api/v1/manual-values", content=body, headers=sent)

        with unit_of_work(house.engine) as session:
            row = evidence.get(session, UUID(answer.json()["id"]))
            assert row is not None
            content = evidence.content_of(row)
        record = json.loads(content)
        assert content.endswith(b'"typed": ' + body + b"}")
        assert (row.sender, row.origin, record["typed_by"]) == ("user:ada", "manual", "user:ada")
        assert row.sop_instance_uid.startswith("2.25.")

    def test_explains_each_number_by_its_text(self, house: House, ada: dict[str, str]) -> None:
        kept = typed(house, ada, value("dlp", 0.5123, "Gy.cm"), **OF_NOBODY_YET)
        value_id = total(exam(house, ada, kept["exam_id"]), "dlp_mgy_cm")["value_id"]

        told = house.client.get(f"/api/v1/values/{value_id}/provenance", headers=ada)

        assert told.status_code == 200, told.text
        assert '"/typed/values/0/value"' in told.text
        assert '"0.5123"' in told.text

    def test_is_on_record_as_a_look_is(self, house: House, ada: dict[str, str]) -> None:
        kept = typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)
        withdraw(house, ada, kept["id"])

        query = "SELECT action, subject, exam_id IS NOT NULL FROM access_log WHERE action LIKE '%_values' ORDER BY at"
        assert house.rows(query) == [("state_values", "user:ada", False), ("withdraw_values", "user:ada", True)]

    def test_is_read_again_by_a_replay_with_nothing_changed(self, house: House, ada: dict[str, str]) -> None:
        typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)
        uow = partial(unit_of_work, house.engine)

        (outcome,) = replay(uow, Selection(), clock=lambda: house.now, site=SITE, applied_by="test")

        assert (outcome.taken, outcome.objects) == (1, ())


class TestWhoMayType:
    @pytest.mark.parametrize("role", [Role.RADIOLOGIST, Role.REFERRER, Role.ADMINISTRATOR])
    def test_is_a_physicist_alone(self, house: House, role: Role) -> None:
        house.add_user("bea", role)

        answer = type_in(house, house.headers(Scope.READ, login="bea"), value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)

        assert answer.status_code == 403

    def test_is_no_program(self, house: House) -> None:
        for headers in (house.headers(Scope.READ), house.headers(Scope.INGEST)):
            assert type_in(house, headers, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET).status_code == 403

    def test_is_no_sender_of_objects(self, house: House, ada: dict[str, str]) -> None:
        """Whoever may hand objects in cannot hand in a record as if a physicist had typed it."""
        kept = typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)
        with unit_of_work(house.engine) as session:
            row = evidence.get(session, UUID(kept["id"]))
            assert row is not None
            forged = evidence.content_of(row).replace(b"1", b"2")

        answer = house.hand_in(Envelope(sop_instance_uid=row.sop_instance_uid, dicom=forged))

        assert answer.json()["read_status"] == "unreadable"
        assert total(exam(house, ada, kept["exam_id"]), "dlp_mgy_cm")["value"] == 1.0


class TestBadInput:
    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            (value("dlp", -1, "mGy.cm"), "no number of zero or more"),
            (value("dlp", 1e9, "mGy.cm"), "look at the unit"),
            (value("dlp", 1, "furlong"), "no unit of DLP"),
            (value("ka_r", 1, "mGy"), "one can type dlp"),
        ],
    )
    def test_is_refused_with_a_text_and_kept_nowhere(
        self, house: House, ada: dict[str, str], wrong: dict[str, Any], told: str
    ) -> None:
        answer = type_in(house, ada, wrong, **OF_NOBODY_YET)

        assert answer.status_code == 422
        assert told in answer.json()["detail"]
        assert house.rows("SELECT count(*) FROM evidence") == [(0,)]

    @pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b'"many"'])
    def test_that_is_no_number_is_refused(self, house: House, ada: dict[str, str], number: bytes) -> None:
        body = json.dumps({"modality": "CT", **WORDS, **OF_NOBODY_YET})[:-1].encode()
        body += b', "values": [{"quantity": "dlp", "unit": "mGy.cm", "value": ' + number + b"}]}"

        sent = {**ada, "Content-Type": "application/json"}
        answer = house.client.post("/api/v1/manual-values", content=body, headers=sent)

        assert answer.status_code == 422
        assert house.rows("SELECT count(*) FROM evidence") == [(0,)]

    def test_of_an_exam_and_another_study_is_refused(self, house: House, ada: dict[str, str]) -> None:
        kept = typed(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET)

        answer = type_in(house, ada, value("dlp", 1, "mGy.cm"), exam_id=kept["exam_id"], study_instance_uid="2.25.1")

        assert answer.status_code == 422

    def test_without_reason_is_refused(self, house: House, ada: dict[str, str]) -> None:
        assert type_in(house, ada, value("dlp", 1, "mGy.cm"), **OF_NOBODY_YET, comment="").status_code == 422
