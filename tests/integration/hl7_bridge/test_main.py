"""Tests of hl7_bridge.main: the process itself, started, fed and stopped."""

import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from db.tables.hl7_message import Hl7MessageRow
from db.tables.patient import PatientRow
from dose_services.site import Site
from hl7_bridge import main
from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import adt
from tests.support.certificates import authority, client_context, issued, shown_by
from tests.support.mllp_sender import NoAcknowledgementError, send

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from zoneinfo import ZoneInfo
from db.session import make_engine
from dose_services.site import Site
from hl7_bridge import main
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.tls import TlsFiles
site = Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP")
engine = make_engine(sys.stdin.readline().strip())
files = [Path(name) for name in sys.argv[1:]]
tls = TlsFiles(certificate=files[0], client_authorities=files[1]) if files else None
settings = Hl7Settings(port=0, tls=tls, check_interval_s=0.2)
main.run(settings, engine, site, on_ready=lambda port: print(port, flush=True))
"""


@contextmanager
def bridge(database_url: str, *tls: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Yield a bridge in a process of its own and its port; ``tls`` are the files of certificate and authorities."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *tls], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{database_url}\n")
            process.stdin.flush()
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def await_certificate(port: int, context: ssl.SSLContext, expected: bytes) -> None:
    until = time.monotonic() + 10
    while shown_by(port, context) != expected:
        assert time.monotonic() < until
        time.sleep(0.05)


class TestRun:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_answers_until_told_to_stop_and_ends_well(
        self, database_url: str, session: Session, number: signal.Signals
    ) -> None:
        with bridge(database_url) as (process, port):
            assert b"MSA|AA|MSG00001" in send("127.0.0.1", port, adt())
            process.send_signal(number)
            assert process.wait(20) == 0
        with pytest.raises((OSError, NoAcknowledgementError)):
            send("127.0.0.1", port, adt())

        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Alma"]

    def test_takes_a_renewed_certificate_when_told_and_by_itself(self, database_url: str, tmp_path: Path) -> None:
        root = authority(tmp_path)
        first = issued(root, tmp_path / "server.pem")
        engine = issued(root, tmp_path / "engine.pem")
        with bridge(database_url, str(first.file), str(root.file)) as (process, port):
            assert shown_by(port, client_context(root, engine)) == first.der

            second = issued(root, tmp_path / "server.pem")
            process.send_signal(signal.SIGHUP)
            await_certificate(port, client_context(root, engine), second.der)

            (tmp_path / "server.pem").write_text("half a renewal")
            process.send_signal(signal.SIGHUP)
            third = issued(root, tmp_path / "third.pem")
            assert shown_by(port, client_context(root, engine)) == second.der
            third.file.rename(tmp_path / "server.pem")
            await_certificate(port, client_context(root, engine), third.der)

    def test_applies_what_was_promised_and_left_once_the_database_answers(
        self, database_url: str, session: Session
    ) -> None:
        with bridge(database_url) as (_, port):
            send("127.0.0.1", port, adt())
            session.execute(
                text("UPDATE hl7_message SET status = 'pending', received_at = received_at - interval '2 minutes'")
            )
            session.commit()
            until = time.monotonic() + 20
            while session.scalar(select(Hl7MessageRow.status)) != "applied":
                session.rollback()
                assert time.monotonic() < until
                time.sleep(0.1)

    def test_says_which_address_it_cannot_listen_on(self, engine: Engine) -> None:
        site = Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(main.CannotListenError, match=f"127.0.0.1:{port}"):
                main.run(Hl7Settings(port=port), engine, site)
