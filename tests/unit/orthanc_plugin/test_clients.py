"""Tests of orthanc_plugin.clients: encryption, and connections that end."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from orthanc_plugin.clients import OrthancError, orthanc_client, service_client
from orthanc_plugin.settings import Settings
from tests.support.fake_orthanc_rest import FakeOrthancRest
from tests.support.recording_service import RecordingService
from tests.support.tls import self_signed

PATH = "/api/v1/instances/1.2.3"


class TestServiceClient:
    def test_trusts_the_authority_that_it_was_given(self, settings: Settings, tmp_path: Path) -> None:
        certificate = self_signed(tmp_path, names="IP:127.0.0.1")
        with RecordingService(certificate=certificate) as service:
            client = service_client(replace(settings, service_url=service.url, ca_file=str(certificate)), "token")

            assert client.request("PUT", PATH, b"dose").status == 201

            client.close()

    @pytest.mark.parametrize(
        ("names", "is_given"), [("IP:127.0.0.1", False), ("DNS:dose.example", True)], ids=["unknown", "wrong name"]
    )
    def test_sends_nothing_to_one_whom_it_does_not_trust(
        self, settings: Settings, tmp_path: Path, names: str, *, is_given: bool
    ) -> None:
        certificate = self_signed(tmp_path, names=names)
        with RecordingService(certificate=certificate) as service:
            ca_file = str(certificate) if is_given else None
            client = service_client(replace(settings, service_url=service.url, ca_file=ca_file), "token")

            with pytest.raises(ssl.SSLCertVerificationError):
                client.request("PUT", PATH, b"dose")

            assert service.calls == []

    def test_goes_on_after_the_other_end_closed_the_connection(self, settings: Settings) -> None:
        with RecordingService() as service:
            client = service_client(replace(settings, service_url=service.url), "token")
            client.request("PUT", PATH, b"dose")
            service.stop()
            service.start()

            assert client.request("PUT", PATH, b"dose").status == 200

            client.close()

    def test_keeps_the_path_that_the_address_has(self, settings: Settings) -> None:
        with RecordingService() as service:
            client = service_client(replace(settings, service_url=f"{service.url}/dose"), "token")
            client.request("PUT", PATH, b"dose")
            client.close()

            assert service.calls[0].path == f"/dose{PATH}"


class TestOrthancClient:
    def test_knows_orthanc_by_its_own_certificate_whatever_its_name(self, settings: Settings, tmp_path: Path) -> None:
        certificate = self_signed(tmp_path, names="DNS:pacs.example")
        with FakeOrthancRest(certificate=certificate) as orthanc:
            settings = replace(settings, orthanc_url=orthanc.url, orthanc_certificate=str(certificate))
            client = orthanc_client(settings, "Bearer x")

            assert client.json("/changes?last") == {"Changes": [], "Done": True, "Last": 0}

            client.close()

    def test_knows_no_other(self, settings: Settings, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        own = self_signed(tmp_path, names="IP:127.0.0.1")
        other = self_signed(tmp_path / "other", names="IP:127.0.0.1")
        with FakeOrthancRest(certificate=other) as orthanc:
            settings = replace(settings, orthanc_url=orthanc.url, orthanc_certificate=str(own))

            with pytest.raises(ssl.SSLCertVerificationError):
                orthanc_client(settings, "Bearer x").json("/changes?last")

    def test_tells_what_is_gone_from_what_cannot_be_answered(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with FakeOrthancRest() as orthanc:
            client = orthanc_client(replace(settings, orthanc_url=orthanc.url), "Bearer x")

            assert client.file("ab-1") is None
            assert client.header("ab-1") is None
            monkeypatch.setattr(orthanc, "answer", lambda _: (500, b""))
            with pytest.raises(OrthancError, match="500"):
                client.file("ab-1")

            client.close()
