"""Tests of dose_worker.stow_archive over real HTTP, against services that answer as they are told, or oddly."""

import base64
import logging
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import orjson
import pytest

from dose_services.archive_values import StowNode, TlsFiles
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.http_client import MAX_ANSWER_BYTES
from dose_worker.stow_archive import StowArchive
from tests.builders.sent_report import DICOM, INSTANCE, UID
from tests.support.certificates import authority, issued
from tests.support.odd_peer import Conversation, dribbling, mute, odd_peer, saying
from tests.support.orthanc import free_port
from tests.support.scripted_stow import ScriptedStow

REFERENCE = {"00081155": {"vr": "UI", "Value": [UID]}}
STORED = orjson.dumps({"00081199": {"vr": "SQ", "Value": [REFERENCE]}})
FOUND = orjson.dumps([{"00080018": {"vr": "UI", "Value": [UID]}}])


def archive(url: str, **values: Any) -> StowArchive:  # noqa: ANN401  fields of the node, of several types
    return StowArchive(StowNode(url=url, **values))


class TestAStore:
    def test_is_one_part_of_dicom_to_the_studies(self) -> None:
        service = ScriptedStow(body=STORED)
        with service.listening() as url:
            answer = archive(url + "/").store(DICOM)

        (asked,) = service.asked
        assert (answer.archive_id, answer.warning) == (UID, None)
        assert (asked.method, asked.path, asked.headers["Accept"]) == ("POST", "/rs/studies", "application/dicom+json")
        # Python's own reader of MIME is the oracle for the form of the body.
        head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
        (part,) = message_from_bytes(head + asked.body, policy=policy.default).iter_parts()
        assert part.get_content_type() == "application/dicom"
        assert part.get_payload(decode=True) == DICOM

    def test_whose_answer_is_unclear_is_looked_for(self) -> None:
        with ScriptedStow(body=b"<html>", found=FOUND).listening() as url:
            assert "unclear" in (archive(url).store(DICOM).warning or "")

    @pytest.mark.parametrize("status", [200, 204, 404])
    def test_whose_answer_is_unclear_and_that_is_not_found_is_sent_again(self, status: int) -> None:
        with (
            ScriptedStow(body=b"<html>", search_status=status).listening() as url,
            pytest.raises(ArchiveUnavailableError, match="does not say"),
        ):
            archive(url).store(DICOM)

    def test_of_what_is_no_dicom_is_not_sent(self) -> None:
        with pytest.raises(ArchiveRefusedError, match="no DICOM"):
            archive("http://127.0.0.1:1/rs").store(b"no DICOM")

    def test_is_not_sent_on_to_another_address(self) -> None:
        elsewhere = ScriptedStow(body=STORED)
        with elsewhere.listening() as other:
            service = ScriptedStow(status=307, headers={"Location": other + "/studies"})
            with service.listening() as url, pytest.raises(ArchiveUnavailableError, match="another address"):
                archive(url).store(DICOM)

        assert elsewhere.asked == []

    def test_that_was_refused_is_told_without_the_words_of_the_service(self) -> None:
        with (
            ScriptedStow(status=400, body=b"no patient Ek^Alma").listening() as url,
            pytest.raises(ArchiveRefusedError) as refused,
        ):
            archive(url).store(DICOM)
        assert "Alma" not in str(refused.value)


class TestASearch:
    def test_finds_what_is_there(self) -> None:
        service = ScriptedStow(found=FOUND)
        with service.listening() as url:
            assert archive(url).holds(INSTANCE) is True

        (asked,) = service.asked
        place = f"/rs/studies/{INSTANCE.study_instance_uid}/series/{INSTANCE.series_instance_uid}/instances"
        assert asked.path == f"{place}?SOPInstanceUID={UID}"

    @pytest.mark.parametrize(("status", "holds"), [(200, False), (204, False), (404, None), (501, None)])
    def test_finds_nothing_or_cannot_be_asked(self, status: int, holds: bool | None) -> None:  # noqa: FBT001  an answer
        with ScriptedStow(search_status=status).listening() as url:
            assert archive(url).holds(INSTANCE) is holds

    def test_that_fails_is_asked_again(self) -> None:
        with ScriptedStow(search_status=503).listening() as url, pytest.raises(ArchiveUnavailableError, match="503"):
            archive(url).holds(INSTANCE)


class TestWhoWeAre:
    def test_is_told_by_a_token_which_may_change(self, tmp_path: Path) -> None:
        secret = tmp_path / "token"
        service = ScriptedStow(body=STORED)
        with service.listening() as url:
            ours = archive(url, token_file=str(secret))
            for token in ("first", "second"):
                secret.write_text(token + "\n")
                ours.store(DICOM)

        assert [one.headers["Authorization"] for one in service.asked] == ["Bearer first", "Bearer second"]

    def test_is_told_by_a_user_with_a_password(self, tmp_path: Path) -> None:
        secret = tmp_path / "password"
        secret.write_text("pässword\n")
        service = ScriptedStow(body=STORED)
        with service.listening() as url:
            archive(url, user="dose", password_file=str(secret)).store(DICOM)

        assert (
            service.asked[0].headers["Authorization"] == "Basic " + base64.b64encode("dose:pässword".encode()).decode()
        )

    @pytest.mark.parametrize("content", [None, "", "two\nlines", "\0"])
    def test_is_not_told_by_a_file_that_holds_no_secret(self, tmp_path: Path, content: str | None) -> None:
        secret = tmp_path / "token"
        if content is not None:
            secret.write_text(content)
        with pytest.raises(ArchiveUnavailableError, match="password or token"):
            archive("http://127.0.0.1:1/rs", token_file=str(secret)).store(DICOM)

    def test_is_written_to_no_log(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        secret = tmp_path / "token"
        secret.write_text("a-token-of-ours")
        with caplog.at_level(logging.DEBUG), ScriptedStow(body=STORED).listening() as url:
            archive(url, token_file=str(secret)).store(DICOM)

        assert "a-token-of-ours" not in caplog.text
        assert "httpx2" not in caplog.text

    def test_is_not_told_by_the_environment(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        service = ScriptedStow(body=STORED)
        with service.listening() as url:
            archive(url).store(DICOM)

        assert "Authorization" not in service.asked[0].headers


class TestTls:
    def test_is_spoken_with_whom_our_authority_has_signed(self, tmp_path: Path) -> None:
        house = authority(tmp_path)
        own = issued(house, tmp_path / "pacs.pem")
        with ScriptedStow(body=STORED, certificate=own.file).listening() as url:
            assert archive(url, tls=TlsFiles(ca_file=str(house.file))).store(DICOM).archive_id == UID

    def test_is_not_spoken_with_a_stranger(self, tmp_path: Path) -> None:
        house, stranger = authority(tmp_path), authority(tmp_path, "Stranger")
        own = issued(stranger, tmp_path / "pacs.pem")
        service = ScriptedStow(body=STORED, certificate=own.file)
        with service.listening() as url:
            for files in (TlsFiles(ca_file=str(house.file)), None):  # None: the authorities of the machine
                with pytest.raises(ArchiveUnavailableError, match="certificate of the archive is not accepted"):
                    archive(url, tls=files).store(DICOM)

        assert service.asked == []


@pytest.mark.parametrize(
    ("converse", "words"),
    [
        (saying(b""), "broke off"),
        (saying(b"\0\1\2 no HTTP\r\n\r\n"), "broke off"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"), "broke off"),
        (saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * (MAX_ANSWER_BYTES + 1)), "more than"),
        (mute, "in time"),
        (dribbling(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"), "in time"),
        (dribbling(b"HTTP/1.1 200 OK\r\nX-Endless: "), "in time"),
    ],
    ids=["nothing", "garbage", "half", "huge", "mute", "slow", "slow head"],
)
def test_a_peer_that_is_no_service_is_given_up_in_time(converse: Conversation, words: str) -> None:
    started = time.monotonic()
    with odd_peer(converse) as port, pytest.raises(ArchiveUnavailableError, match=words):
        archive(f"http://127.0.0.1:{port}/rs", timeout_s=1).store(DICOM)

    assert time.monotonic() - started < 10


def test_a_service_that_is_down_is_asked_again() -> None:
    with pytest.raises(ArchiveUnavailableError, match="reached"):
        archive(f"http://127.0.0.1:{free_port()}/rs").store(DICOM)


def test_an_echo_tells_a_service_from_a_page() -> None:
    with ScriptedStow().listening() as url:
        archive(url).echo()
    with ScriptedStow(found=b"<html>").listening() as url, pytest.raises(ArchiveUnavailableError, match="DICOM JSON"):
        archive(url).echo()
    with ScriptedStow(search_status=401).listening() as url, pytest.raises(ArchiveUnavailableError, match="401"):
        archive(url).echo()
