"""The generated plugin file inside a real Orthanc, delivering to a recording server."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dose_core.contract import CopyOf, Origin
from dose_core.header_cut import cut_header
from tests.builders.dicom_files import ct_series, ct_slice, dose_report, file_of, mr_slice
from tests.support.dicom_send import SUCCESS, c_echo, c_store
from tests.support.orthanc import RealOrthanc, is_installed
from tests.support.plugin_site import (
    CALLED_AET,
    CALLING_AET,
    INGEST_TOKEN,
    LAUNCH_TOKEN,
    orthanc_with_plugin,
    wait_until_idle,
)
from tests.support.recording_service import RecordingService
from tests.support.until import until

pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.skipif(not is_installed(), reason="Orthanc with its Python plugin is not installed"),
]


JSON = {"Content-Type": "application/json"}


class TestStored:
    def test_a_report_sent_by_a_scanner_arrives_whole(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        report = dose_report()

        assert c_store(orthanc, [report], calling_aet=CALLING_AET, called_aet=CALLED_AET) == [SUCCESS]

        envelope = service.wait_for(report.SOPInstanceUID)[report.SOPInstanceUID]
        assert (envelope.calling_aet, envelope.origin, envelope.copy_of) == (CALLING_AET, Origin.DICOM, None)
        assert orthanc.request("GET", f"/instances/{envelope.orthanc_id}/file")[1] == envelope.dicom
        assert {call.headers["authorization"] for call in service.calls} == {f"Bearer {INGEST_TOKEN}"}

    def test_a_series_arrives_as_headers_in_one_message(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        slices = ct_series(25)

        statuses = c_store(orthanc, slices, calling_aet=CALLING_AET, called_aet=CALLED_AET)

        assert statuses == [SUCCESS] * 25
        received = service.wait_for(*(one.SOPInstanceUID for one in slices))
        assert len(service.calls) == 1
        for envelope in received.values():
            file = orthanc.request("GET", f"/instances/{envelope.orthanc_id}/file")[1]
            assert envelope.dicom == cut_header(file).dicom
            assert (envelope.is_header, envelope.calling_aet) == (True, CALLING_AET)

    def test_what_states_no_dose_stays_and_what_we_wrote_ourselves_comes(
        self, orthanc: RealOrthanc, service: RecordingService
    ) -> None:
        ours, last = dose_report(Manufacturer="DoseLedger"), dose_report()
        for dataset in (mr_slice(), ours, last):
            orthanc.upload(file_of(dataset))

        service.wait_for(last.SOPInstanceUID)
        wait_until_idle(orthanc)
        assert set(service.received) == {ours.SOPInstanceUID, last.SOPInstanceUID}

    def test_stored_over_rest_says_so(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        report = dose_report()
        orthanc.upload(file_of(report))

        envelope = service.wait_for(report.SOPInstanceUID)[report.SOPInstanceUID]
        assert (envelope.calling_aet, envelope.origin) == (None, Origin.REST)

    def test_sent_again_arrives_again_without_harm(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        report = dose_report()
        for _ in range(2):
            orthanc.upload(file_of(report))
        service.wait_for(report.SOPInstanceUID)

        assert wait_until_idle(orthanc)["parked"]["count"] == 0


class TestDeletions:
    def test_of_whole_studies_are_told_instance_by_instance(self, tmp_path: Path, service: RecordingService) -> None:
        section = {"TellDeletions": True, "QuietSeconds": 1}
        with orthanc_with_plugin(tmp_path, service.url, section=section) as orthanc:
            study = orthanc.upload(file_of(dose_report()))["ParentStudy"]
            (instance,) = orthanc.json("GET", f"/studies/{study}/instances")
            wait_until_idle(orthanc)

            orthanc.request("DELETE", f"/studies/{study}")

            until(lambda: service.deleted == [instance["ID"]], within_s=30, what="the deletion to be told")
            assert orthanc.json("GET", "/dose/status")["queue"]["deletions"] == 0


class TestCopies:
    def test_that_orthanc_anonymised_are_marked(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        made = self._copies(orthanc, service, "anonymize", {})

        assert {service.received[uid].copy_of for uid in made} == {CopyOf.ANONYMIZED}

    def test_that_orthanc_modified_are_marked(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        made = self._copies(orthanc, service, "modify", {"Replace": {"StudyDescription": "changed"}})

        assert {service.received[uid].copy_of for uid in made} == {CopyOf.MODIFIED}

    def test_that_somebody_else_anonymised_are_marked(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        report = dose_report(PatientIdentityRemoved="YES")
        orthanc.upload(file_of(report))

        received = service.wait_for(report.SOPInstanceUID)
        assert received[report.SOPInstanceUID].copy_of is CopyOf.ANONYMIZED

    @staticmethod
    def _copies(orthanc: RealOrthanc, service: RecordingService, how: str, body: dict[str, object]) -> set[str]:
        report, one = dose_report(), ct_slice()
        one.StudyInstanceUID = report.StudyInstanceUID
        study, _ = [orthanc.upload(file_of(dataset))["ParentStudy"] for dataset in (report, one)]
        originals = {report.SOPInstanceUID, one.SOPInstanceUID}
        service.wait_for(*originals)

        copy = orthanc.json("POST", f"/studies/{study}/{how}", body)["ID"]

        instances = orthanc.json("GET", f"/studies/{copy}/instances")
        made = {instance["MainDicomTags"]["SOPInstanceUID"] for instance in instances}
        assert len(made) == 2
        service.wait_for(*made)
        assert {service.received[uid].copy_of for uid in originals} == {None}
        return made


class TestNothingIsLost:
    def test_when_the_service_is_away(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        service.stop()
        report, slices = dose_report(), ct_series(40)
        orthanc.upload(file_of(report))
        for one in slices:
            orthanc.upload(file_of(one))
        status = orthanc.json("GET", "/dose/status")
        assert status["queue"]["length"] >= 1

        service.start()

        service.wait_for(report.SOPInstanceUID, *(one.SOPInstanceUID for one in slices))
        assert wait_until_idle(orthanc)["parked"]["count"] == 0

    @pytest.mark.parametrize("is_spool_lost", [False, True], ids=["spool kept", "spool lost"])
    def test_by_kill_9(self, orthanc: RealOrthanc, service: RecordingService, *, is_spool_lost: bool) -> None:
        service.stop()
        report, slices = dose_report(), ct_series(30)
        for dataset in (report, *slices):
            orthanc.upload(file_of(dataset))
        orthanc.kill()
        if is_spool_lost:
            shutil.rmtree(orthanc.folder / "storage" / "doseledger-spool")
        service.start()

        orthanc.start()

        service.wait_for(report.SOPInstanceUID, *(one.SOPInstanceUID for one in slices))

    def test_that_was_stored_before_the_plugin_came(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        orthanc.stop()
        without = replace(orthanc, configuration=dict(orthanc.configuration) | {"Plugins": []})
        report = dose_report()
        with without:
            without.upload(file_of(report))

        orthanc.start()

        service.wait_for(report.SOPInstanceUID)
        assert service.received[report.SOPInstanceUID].origin is Origin.REST

    def test_that_is_refused_it_is_shown(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        service.refuse = lambda _: 422
        report = dose_report()
        stored = orthanc.upload(file_of(report))
        wait_until_idle(orthanc)

        parked = orthanc.json("GET", "/dose/status")["parked"]
        assert parked["count"] == 1
        assert parked["newest"][0]["sop_instance_uid"] == report.SOPInstanceUID
        assert parked["newest"][0]["orthanc_id"] == stored["ID"]

        service.refuse = lambda _: None
        assert orthanc.json("POST", "/dose/retry", {}) == {"queued_again": 1}
        service.wait_for(report.SOPInstanceUID)


class TestDoors:
    def test_a_known_modality_may_send_and_ask(self, orthanc: RealOrthanc) -> None:
        assert c_echo(orthanc, calling_aet=CALLING_AET, called_aet=CALLED_AET) == SUCCESS

    @pytest.mark.parametrize(
        ("calling_aet", "called_aet", "source"),
        [
            pytest.param("STRANGER", CALLED_AET, "127.0.0.1", id="unknown AE title"),
            pytest.param(CALLING_AET, CALLED_AET, "127.0.0.2", id="another address"),
            pytest.param(CALLING_AET, "ANY", "127.0.0.1", id="wrong called AE title"),
        ],
    )
    def test_others_may_neither_send_nor_ask(
        self, orthanc: RealOrthanc, calling_aet: str, called_aet: str, source: str
    ) -> None:
        doors = {"calling_aet": calling_aet, "called_aet": called_aet, "source": source}

        assert c_store(orthanc, [dose_report()], **doors) != [SUCCESS]
        assert c_echo(orthanc, **doors) != SUCCESS
        assert orthanc.json("GET", "/instances") == []

    def test_http_asks_for_a_password(self, orthanc: RealOrthanc) -> None:
        for path in ("/instances", "/dose/status", "/dose/whoami"):
            assert orthanc.request("GET", path, user=None)[0] == 401
        assert orthanc.request("POST", "/dose/launch", b"{}", user=None)[0] == 401


class TestLaunch:
    def test_asks_with_the_launch_token_for_the_one_who_is_logged_in(
        self, orthanc: RealOrthanc, service: RecordingService
    ) -> None:
        report = dose_report(IssuerOfPatientID="INVENTED_HOSPITAL")
        stored = orthanc.upload(file_of(report))
        service.wait_for(report.SOPInstanceUID)

        for level, orthanc_id in (("study", stored["ParentStudy"]), ("patient", stored["ParentPatient"])):
            handle = orthanc.json("POST", "/dose/launch", {"level": level, "orthanc_id": orthanc_id})

            call = service.calls[-1]
            assert handle["url"] == f"{service.url}/launch/once"
            assert call.headers["authorization"] == f"Bearer {LAUNCH_TOKEN}"
            assert json.loads(call.body) == {
                "person": "tester",
                "level": level,
                "patient_id": "INVENTED-1",
                "issuer_of_patient_id": "INVENTED_HOSPITAL",
                "study_instance_uid": report.StudyInstanceUID if level == "study" else None,
            }

    def test_does_nothing_for_another_site(self, orthanc: RealOrthanc) -> None:
        for path in ("/dose/launch", "/dose/retry"):
            assert orthanc.request("POST", path, b"{}", {"Content-Type": "text/plain"})[0] == 415
            assert orthanc.request("POST", path, b"{}", JSON | {"Sec-Fetch-Site": "cross-site"})[0] == 403
            assert orthanc.request("POST", path, b"{}", JSON | {"Origin": "http://other.example"})[0] == 403

    @pytest.mark.parametrize(("refused", "expected"), [(403, 403), (404, 404), (401, 502), (500, 502)])
    def test_says_why_it_cannot(
        self, orthanc: RealOrthanc, service: RecordingService, refused: int, expected: int
    ) -> None:
        stored = orthanc.upload(file_of(dose_report()))
        service.refuse = lambda call: refused if "launch" in call.path else None

        body = json.dumps({"level": "study", "orthanc_id": stored["ParentStudy"]}).encode()
        status, content = orthanc.request("POST", "/dose/launch", body, JSON)

        assert status == expected
        assert b"detail" in content

    def test_a_reverse_proxy_must_prove_itself(self, tmp_path: Path, service: RecordingService) -> None:
        (tmp_path / "proxy.secret").touch(mode=0o600)
        (tmp_path / "proxy.secret").write_text("only-the-proxy-knows")
        identity = {
            "IdentityHeader": "X-Remote-User",
            "IdentitySecretHeader": "X-Proxy-Secret",
            "IdentitySecretFile": str(tmp_path / "proxy.secret"),
        }
        with orthanc_with_plugin(tmp_path, service.url, section=identity) as orthanc:
            proven = {"X-Remote-User": "grace", "X-Proxy-Secret": "only-the-proxy-knows"}
            forged = {"X-Remote-User": "grace", "X-Proxy-Secret": "guessed"}

            assert json.loads(orthanc.request("GET", "/dose/whoami", headers=proven)[1])["person"] == "grace"
            assert json.loads(orthanc.request("GET", "/dose/whoami", headers=forged)[1])["person"] is None
            assert orthanc.request("POST", "/dose/launch", b"{}", headers=forged | JSON)[0] == 403


class TestLife:
    @pytest.mark.parametrize(
        ("section", "reason"),
        [({"ServiceUrl": "http://dose.example"}, "AllowPlaintext"), ({"IngestTokenFile": "gone"}, "IngestTokenFile")],
    )
    def test_orthanc_runs_without_a_plugin_that_cannot(
        self, tmp_path: Path, section: dict[str, str], reason: str
    ) -> None:
        with orthanc_with_plugin(tmp_path, "https://dose.example", section=section) as orthanc:
            orthanc.upload(file_of(dose_report()))
            status = orthanc.json("GET", "/dose/status")

        assert status["state"] == "stopped"
        assert reason in status["reason"]

    def test_orthanc_stops_as_it_should(self, orthanc: RealOrthanc) -> None:
        orthanc.upload(file_of(dose_report()))

        assert orthanc.stop() == 0

    def test_no_patient_stands_in_the_log(self, orthanc: RealOrthanc, service: RecordingService) -> None:
        service.refuse = lambda _: 422
        for dataset in (dose_report(), *ct_series(3)):
            orthanc.upload(file_of(dataset))
        wait_until_idle(orthanc)

        assert "INVENTED-1" not in orthanc.log
        assert "INVENTED-1" not in str(orthanc.json("GET", "/dose/status"))
