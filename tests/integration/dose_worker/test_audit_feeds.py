"""Looks reach audit repositories: all of them, in order, over TLS, and again when one did not answer."""

import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Engine

from db.session import unit_of_work
from dose_core.auditing.events import AuditSource
from dose_services.archive_values import TlsFiles
from dose_services.audit import Action, Looker, Via, record_look
from dose_worker import audit_jobs
from dose_worker.audit_senders import FhirSender, SyslogSender
from tests.support.certificates import Issued, authority, issued
from tests.support.postgres import free_port

NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
LOOKER = Looker(subject="system:ris", user_id=None, via=Via.TOKEN, reference=None, route="/api/v1/patients/search")
SOURCE = AuditSource(source_id="https://dose.example", site=None, host="dose1")
FRAME = re.compile(rb"(\d+) ")


@dataclass
class Repository:
    """Takes syslog over TLS: one connection after the other, each until its end."""

    port: int
    context: ssl.SSLContext
    messages: list[bytes] = field(default_factory=list)

    def serve(self, server: socket.socket) -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            with suppress(OSError), self.context.wrap_socket(plain, server_side=True) as connection:
                self._take(connection)

    def _take(self, connection: ssl.SSLSocket) -> None:
        data = b""
        while part := connection.recv(65536):
            data += part
        while data:
            count = FRAME.match(data)
            assert count is not None
            size = int(count[1])
            self.messages.append(data[count.end() : count.end() + size])
            data = data[count.end() + size :]

    @property
    def told(self) -> list[str]:
        """The event's id and action of each message."""
        return [
            f"{root[0][0].attrib['csd-code']} {root[0].attrib['EventActionCode']}"
            for root in (ET.fromstring(one.split(b" - ", 1)[1]) for one in self.messages)  # noqa: S314 - our own
        ]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Issued, Issued]:
    folder = tmp_path_factory.mktemp("certificates")
    ours = authority(folder)
    return ours, issued(ours, folder / "repository.pem", dns="localhost")


def server_context(certificates: tuple[Issued, Issued]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates[1].file)
    return context


@pytest.fixture
def repository(certificates: tuple[Issued, Issued]) -> Iterator[Repository]:
    server = socket.create_server(("127.0.0.1", 0))
    taking = Repository(port=server.getsockname()[1], context=server_context(certificates))
    thread = threading.Thread(target=taking.serve, args=(server,))
    thread.start()
    yield taking
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def trusting(certificates: tuple[Issued, Issued]) -> TlsFiles:
    return TlsFiles(ca_file=str(certificates[0].file))


def syslog_to(port: int, certificates: tuple[Issued, Issued]) -> SyslogSender:
    return SyslogSender(host="127.0.0.1", port=port, source=SOURCE, tls=trusting(certificates))


def look(engine: Engine, *actions: Action) -> None:
    with unit_of_work(engine, asked_from="10.1.2.3") as session:
        for action in actions:
            record_look(session, LOOKER, action, now=NOW)


def anchor(engine: Engine, minutes: int) -> None:
    audit_jobs.set_anchor(partial(unit_of_work, engine), now=NOW + timedelta(minutes=minutes))


class TestSyslogOverTls:
    def test_carries_each_look_once_and_in_order(
        self,
        engine: Engine,
        repository: Repository,
        certificates: tuple[Issued, Issued],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(audit_jobs, "_BATCH", 2)
        work, sender = partial(unit_of_work, engine), syslog_to(repository.port, certificates)
        audit_jobs.send_all(work, sender)  # begins it
        look(engine, Action.SEARCH_PATIENT, Action.READ_EXAMS, Action.READ_ORDERS)
        look(engine, Action.BREAK_GLASS)
        anchor(engine, 1)
        look(engine, Action.STATE_VALUES)

        audit_jobs.send_all(work, sender)
        audit_jobs.send_all(work, sender)
        assert repository.told == ["110112 E", "110110 R", "110109 R", "110113 E"]

        anchor(engine, 2)
        audit_jobs.send_all(work, sender)
        assert repository.told[4:] == ["110110 C"]
        assert all(b'NetworkAccessPointID="10.1.2.3"' in one for one in repository.messages)

    def test_waits_for_a_repository_that_is_away_and_loses_nothing(
        self, engine: Engine, repository: Repository, certificates: tuple[Issued, Issued]
    ) -> None:
        work = partial(unit_of_work, engine)
        away = syslog_to(free_port(), certificates)
        audit_jobs.send_all(work, away)
        look(engine, Action.READ_EXAM, Action.READ_EXAMS)
        anchor(engine, 1)
        audit_jobs.send_all(work, away)

        audit_jobs.send_all(work, syslog_to(repository.port, certificates))

        assert repository.told == ["110110 R", "110110 R"]

    def test_tells_nothing_to_who_cannot_show_the_certificate(
        self, engine: Engine, repository: Repository, certificates: tuple[Issued, Issued], tmp_path: Path
    ) -> None:
        work = partial(unit_of_work, engine)
        stranger = (authority(tmp_path, "Another"), certificates[1])
        audit_jobs.send_all(work, syslog_to(repository.port, stranger))
        look(engine, Action.READ_EXAM)
        anchor(engine, 1)

        audit_jobs.send_all(work, syslog_to(repository.port, stranger))

        assert repository.messages == []


class TestFhir:
    def test_gets_each_look_as_an_audit_event(self, engine: Engine, certificates: tuple[Issued, Issued]) -> None:
        taken: list[dict[str, object]] = []

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bundle = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                taken.extend(bundle["entry"])
                answer = {"entry": [{"response": {"status": "201 Created"}} for _ in bundle["entry"]]}
                body = json.dumps(answer).encode()
                self.send_response(200 if len(taken) > 2 else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Taking)
        server.socket = server_context(certificates).wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            url = f"https://127.0.0.1:{server.server_address[1]}/fhir"
            work, sender = partial(unit_of_work, engine), FhirSender(url=url, source=SOURCE, tls=trusting(certificates))
            audit_jobs.send_all(work, sender)
            look(engine, Action.READ_EXAM, Action.READ_EXAMS)
            anchor(engine, 1)
            audit_jobs.send_all(work, sender)  # is answered 503
            audit_jobs.send_all(work, sender)
            audit_jobs.send_all(work, sender)
        finally:
            server.shutdown()
            thread.join(5)
            server.server_close()

        first, second = taken[:2], taken[2:]
        assert first == second
        assert [one["request"]["method"] for one in second] == ["PUT", "PUT"]  # type: ignore[index]  # JSON
