"""Tests of dose_worker.mllp_client on the loopback interface."""

import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dose_core.hl7.answers import Verdict
from dose_services.outbound_building import build_result
from dose_services.outbound_values import Endpoint
from dose_worker.mllp_client import MllpConnection, UnansweredError
from tests.builders.results import MESSAGE
from tests.support.hl7_receiver import HangUp, Reaction, Receiver, ack, listening
from tests.support.postgres import free_port
from tests.support.tls import self_signed, server_context

CONTENT, CONTROL_ID = build_result(MESSAGE), MESSAGE.control_id


@contextmanager
def connected(receiver: Receiver, **values: object) -> Iterator[MllpConnection]:
    endpoint = replace(Endpoint(host="127.0.0.1", port=receiver.port, answer_timeout_s=1), **values)  # type: ignore[arg-type]  # its fields
    with closing(MllpConnection(endpoint, is_stopping=lambda: False)) as made:
        yield made


def problem(receiver: Receiver, **values: object) -> str:
    """Return why no answer came."""
    with connected(receiver, **values) as connection, pytest.raises(UnansweredError) as unanswered:
        connection.send(CONTENT, CONTROL_ID)
    return str(unanswered.value)


class TestAConnection:
    def test_brings_the_message_byte_for_byte_and_its_answer_back(self) -> None:
        with listening(Receiver()) as receiver, connected(receiver) as connection:
            answer, raw = connection.send(CONTENT, CONTROL_ID)

        assert receiver.messages == [CONTENT]
        assert (answer.verdict, raw) == (Verdict.ACCEPTED, ack(CONTENT))

    def test_is_kept_for_the_next_message(self) -> None:
        with listening(Receiver()) as receiver, connected(receiver) as connection:
            for _ in range(3):
                connection.send(CONTENT, CONTROL_ID)

        assert (len(receiver.messages), receiver.connections) == (3, 1)

    def test_is_made_anew_if_the_receiver_closes_it_after_each_message(self) -> None:
        with listening(Receiver(closes_after_each=True)) as receiver, connected(receiver) as connection:
            for _ in range(3):
                connection.send(CONTENT, CONTROL_ID)

        assert (len(receiver.messages), receiver.connections) == (3, 3)

    def test_waits_behind_a_commit_acknowledgement_for_the_answer(self) -> None:
        """MLLP release 2, 2.3.2."""

        def commits(message: bytes) -> Reaction:
            return b"\x06" + b"\x1c\r\x0b" + ack(message)

        with listening(Receiver(reacts=commits)) as receiver, connected(receiver) as connection:
            answer, _ = connection.send(CONTENT, CONTROL_ID)

        assert answer.verdict is Verdict.ACCEPTED

    def test_passes_over_an_answer_to_another_message(self) -> None:
        other = ack(CONTENT.replace(CONTROL_ID.encode(), b"another"), "AE")

        def late(message: bytes) -> Reaction:
            return other + b"\x1c\r\x0b" + ack(message)

        with listening(Receiver(reacts=late)) as receiver, connected(receiver) as connection:
            answer, _ = connection.send(CONTENT, CONTROL_ID)

        assert answer.verdict is Verdict.ACCEPTED

    def test_takes_the_refusal_of_one_who_could_not_read_the_control_id(self) -> None:
        def unread(message: bytes) -> Reaction:
            return ack(message, "AR").replace(CONTROL_ID.encode(), b"")

        with listening(Receiver(reacts=unread)) as receiver, connected(receiver) as connection:
            answer, _ = connection.send(CONTENT, CONTROL_ID)

        assert answer.verdict is Verdict.LATER


class TestWithoutAnAnswer:
    def test_it_ends_after_the_time_of_the_destination(self) -> None:
        began = time.monotonic()
        with listening(Receiver(reacts=lambda _: None)) as receiver:
            assert problem(receiver) == "no answer came in time"

        assert 1 <= time.monotonic() - began < 4

    def test_it_ends_sooner_if_the_worker_is_to_stop(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("dose_worker.mllp_client._LAST_WAIT_S", 0.1)
        began = time.monotonic()
        with listening(Receiver(reacts=lambda _: None)) as receiver:
            endpoint = Endpoint(host="127.0.0.1", port=receiver.port, answer_timeout_s=60)
            with (
                closing(MllpConnection(endpoint, is_stopping=lambda: True)) as connection,
                pytest.raises(UnansweredError),
            ):
                connection.send(CONTENT, CONTROL_ID)

        assert time.monotonic() - began < 4

    def test_an_acceptance_without_control_id_is_none(self) -> None:
        def anonymous(message: bytes) -> Reaction:
            return ack(message).replace(CONTROL_ID.encode(), b"")

        with listening(Receiver(reacts=anonymous)) as receiver:
            assert problem(receiver) == "no answer came in time"

    def test_what_is_no_acknowledgement_is_none(self) -> None:
        with listening(Receiver(reacts=lambda _: b"\x15")) as receiver:
            assert problem(receiver) == "what the receiver answers is no acknowledgement"

    def test_a_connection_that_ends_is_told(self) -> None:
        def hang_up(_: bytes) -> Reaction:
            raise HangUp

        with listening(Receiver(reacts=hang_up)) as receiver:
            assert problem(receiver) == "the receiver closed the connection without an answer"

    def test_nobody_who_listens_is_told(self) -> None:
        assert problem(Receiver(port=free_port())) == "no connection: ConnectionRefusedError"


class TestTls:
    @pytest.fixture
    def receiver(self, tmp_path: Path) -> Iterator[Receiver]:
        """A receiver that asks for our certificate."""
        context = server_context(self_signed(tmp_path, names="IP:127.0.0.1"))
        context.verify_mode = ssl.CERT_REQUIRED
        (tmp_path / "ours").mkdir()
        context.load_verify_locations(self_signed(tmp_path / "ours", names="DNS:worker.invalid"))
        with listening(Receiver(context=context)) as made:
            yield made

    def test_shows_our_certificate_and_checks_theirs(self, receiver: Receiver, tmp_path: Path) -> None:
        ours, theirs = str(tmp_path / "ours" / "both.pem"), str(tmp_path / "certificate.pem")

        with connected(receiver, uses_tls=True, ca_file=theirs, certificate_file=ours) as connection:
            answer, _ = connection.send(CONTENT, CONTROL_ID)

        assert answer.verdict is Verdict.ACCEPTED

    def test_of_a_stranger_gets_nothing(self, receiver: Receiver, tmp_path: Path) -> None:
        stranger = str(tmp_path / "ours" / "certificate.pem")

        told = problem(receiver, uses_tls=True, ca_file=stranger)

        assert told.startswith("the receiver's certificate: ")
        assert receiver.messages == []

    def test_of_another_name_gets_nothing(self, receiver: Receiver, tmp_path: Path) -> None:
        theirs = str(tmp_path / "certificate.pem")

        told = problem(receiver, uses_tls=True, ca_file=theirs, server_name="ris.invalid")

        assert told.startswith("the receiver's certificate: ")
        assert receiver.messages == []

    def test_without_our_certificate_is_refused_there(self, receiver: Receiver, tmp_path: Path) -> None:
        told = problem(receiver, uses_tls=True, ca_file=str(tmp_path / "certificate.pem"))

        assert told.startswith(("no connection", "the receiver closed"))
        assert receiver.messages == []

    def test_whose_key_needs_a_password_is_told_and_asks_nobody(self, receiver: Receiver, tmp_path: Path) -> None:
        locked = tmp_path / "locked.pem"
        command = ["openssl", "pkey", "-in", str(tmp_path / "ours" / "key.pem"), "-aes256", "-passout", "pass:invented"]
        subprocess.run([*command, "-out", str(locked)], check=True, capture_output=True)
        ours, theirs = str(tmp_path / "ours" / "certificate.pem"), str(tmp_path / "certificate.pem")

        told = problem(receiver, uses_tls=True, ca_file=theirs, certificate_file=ours, key_file=str(locked))

        assert told == "no connection: SSLError"

    def test_whose_files_are_missing_is_told_without_a_crash(self, receiver: Receiver, tmp_path: Path) -> None:
        assert (
            problem(receiver, uses_tls=True, ca_file=str(tmp_path / "none.pem")) == "no connection: FileNotFoundError"
        )
