"""Tests of TLS at the listener: real sockets, real certificates, an authority of our own."""

import logging
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dose_core.hl7.framing import encode_block
from dose_core.hl7.sender_rules import SenderRule
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.tls import Tls, TlsFiles
from tests.builders.hl7 import message, msh
from tests.support.certificates import Issued, authority, client_context, issued, shown_by
from tests.support.echo import Echo
from tests.support.hl7_bridge import running_bridge
from tests.support.mllp_sender import MllpSender, NoAcknowledgementError

ANY_PORT = Hl7Settings(port=0, handshake_timeout_s=0.5, block_timeout_s=0.5)


@pytest.fixture
def root(tmp_path: Path) -> Issued:
    return authority(tmp_path)


@pytest.fixture
def files(root: Issued, tmp_path: Path) -> TlsFiles:
    return TlsFiles(certificate=issued(root, tmp_path / "server.pem").file, client_authorities=root.file)


def answer(port: int, context: ssl.SSLContext | None, message: bytes = b"hello") -> bytes:
    """Return the answer to one message. Raises what a client sees if there is none."""
    with MllpSender("127.0.0.1", port, timeout_s=10, tls=context) as sender:
        return sender.send(message)


def is_refused(port: int, context: ssl.SSLContext | None) -> bool:
    try:
        answer(port, context)
    except (NoAcknowledgementError, OSError):
        return True
    return False


class TestTls:
    def test_answers_who_shows_a_certificate_of_the_authority(
        self, root: Issued, files: TlsFiles, tmp_path: Path
    ) -> None:
        engine = issued(root, tmp_path / "engine.pem")
        long = b"x" * 300_000  # many records
        with running_bridge(Echo(), ANY_PORT, Tls(files)) as port:
            assert answer(port, client_context(root, engine)) == b"hello"
            assert answer(port, client_context(root, engine), long) == long

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    def test_refuses_who_shows_none_or_one_of_somebody_else(
        self, root: Issued, files: TlsFiles, tmp_path: Path, version: ssl.TLSVersion
    ) -> None:
        (tmp_path / "other").mkdir()
        stranger = issued(authority(tmp_path / "other"), tmp_path / "stranger.pem")
        echo = Echo()
        with running_bridge(echo, ANY_PORT, Tls(files)) as port:
            for shown in (None, stranger):
                context = client_context(root, shown)
                context.maximum_version = version
                assert is_refused(port, context)
            assert is_refused(port, None), "without TLS"

        assert echo.handled == []

    def test_an_optional_certificate_may_be_left_out_and_has_to_be_good_if_shown(
        self, root: Issued, files: TlsFiles, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        stranger = issued(authority(tmp_path / "other"), tmp_path / "stranger.pem")
        optional = TlsFiles(
            certificate=files.certificate,
            client_authorities=files.client_authorities,
            is_client_certificate_optional=True,
        )
        with running_bridge(Echo(), ANY_PORT, Tls(optional)) as port:
            assert answer(port, client_context(root)) == b"hello"
            assert is_refused(port, client_context(root, stranger))

    @pytest.mark.parametrize(
        ("allowed", "is_admitted"),
        [
            ("cn:engine", True),
            ("dns:engine.example", True),
            ("subject:/O=Invented Hospital/CN=engine", True),
            ("cn:another", False),
        ],
    )
    def test_takes_messages_of_listed_certificates_only(
        self, root: Issued, files: TlsFiles, tmp_path: Path, allowed: str, is_admitted: object
    ) -> None:
        settings = Hl7Settings(port=0, allowed_certificates=frozenset({allowed}))
        engine = issued(root, tmp_path / "engine.pem")
        with running_bridge(Echo(), settings, Tls(files)) as port:
            assert is_refused(port, client_context(root, engine)) is not is_admitted

    def test_a_list_of_certificates_refuses_who_shows_none(
        self, root: Issued, files: TlsFiles, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings = Hl7Settings(port=0, allowed_certificates=frozenset({"cn:engine"}))
        offering = TlsFiles(
            certificate=files.certificate, client_authorities=root.file, is_client_certificate_optional=True
        )
        with caplog.at_level(logging.WARNING), running_bridge(Echo(), settings, Tls(offering)) as port:
            assert is_refused(port, client_context(root))

        told = [record.__dict__["reason"] for record in caplog.records if "reason" in record.__dict__]
        assert told == ["this certificate is not on the list of allowed certificates"]

    def test_a_peer_with_a_good_certificate_may_not_speak_for_the_sender_of_another(
        self, root: Issued, files: TlsFiles, tmp_path: Path
    ) -> None:
        rules = ("dns:ris.example & 127.0.0.0/8 > RIS|XRAY", "dns:his.example > HIS|WARD", "127.0.0.1 > LAB|CELLAR|T")
        settings = Hl7Settings(port=0, sender_rules=tuple(map(SenderRule.parse, rules)))
        ris = client_context(root, issued(root, tmp_path / "ris.pem", dns="ris.example"))
        his = client_context(root, issued(root, tmp_path / "his.pem", dns="his.example"))
        of_ris, of_his, of_lab = (message(msh(sender=sender)) for sender in ("RIS|XRAY", "HIS|WARD", "LAB|CELLAR"))
        echo = Echo()
        with running_bridge(echo, settings, Tls(files)) as port:
            assert answer(port, ris, of_ris) == of_ris
            assert answer(port, his, of_his) == of_his
            for context, raw in ((ris, of_his), (his, of_ris), (his, of_lab)):
                assert answer(port, context, raw) == b"turned away: " + raw

        assert echo.handled == [of_ris, of_his]

    def test_new_connections_get_the_certificate_that_was_loaded_last_and_old_ones_stay(
        self, root: Issued, files: TlsFiles, tmp_path: Path
    ) -> None:
        context = client_context(root, issued(root, tmp_path / "engine.pem"))
        tls = Tls(files)
        with running_bridge(Echo(), ANY_PORT, tls) as port, MllpSender("127.0.0.1", port, tls=context) as before:
            assert before.send(b"before") == b"before"
            renewed = issued(root, tmp_path / "server.pem")
            tls.reload()

            assert shown_by(port, context) == renewed.der
            assert before.send(b"after") == b"after"

    @pytest.mark.parametrize(
        "begin",
        [
            pytest.param(lambda _: None, id="says nothing"),
            pytest.param(lambda opened: opened.sendall(b"\x16\x03\x01"), id="half a handshake"),
            pytest.param(lambda opened: opened.sendall(encode_block(b"hello")), id="no TLS"),
        ],
    )
    def test_who_does_not_finish_the_handshake_is_closed_and_gives_back_the_place(
        self, root: Issued, files: TlsFiles, tmp_path: Path, begin: Callable[[socket.socket], None]
    ) -> None:
        settings = Hl7Settings(port=0, handshake_timeout_s=0.5, max_connections_per_peer=2)
        context = client_context(root, issued(root, tmp_path / "engine.pem"))
        with running_bridge(Echo(), settings, Tls(files)) as port:
            opened = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(2)]
            for one in opened:
                begin(one)
            for one in opened:
                with one:
                    while one.recv(1024):
                        pass
            until = time.monotonic() + 5
            while is_refused(port, context):
                assert time.monotonic() < until

    def test_a_message_that_is_too_long_is_told_so_before_the_end(
        self, root: Issued, files: TlsFiles, tmp_path: Path
    ) -> None:
        settings = Hl7Settings(port=0, max_block_bytes=1000, block_timeout_s=0.3)
        context = client_context(root, issued(root, tmp_path / "engine.pem"))
        with running_bridge(Echo(), settings, Tls(files)) as port:
            assert answer(port, context, b"y" * 2000) == b"too long: " + b"y" * 1000
