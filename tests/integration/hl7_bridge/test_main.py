"""Tests of hl7_bridge.main: the process itself, started, fed and stopped."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.tables.patient import PatientRow
from dose_services.site import Site
from hl7_bridge import main
from hl7_bridge.sender import NoAcknowledgementError, send
from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import adt

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from zoneinfo import ZoneInfo
from db.session import make_engine
from dose_services.site import Site
from hl7_bridge import main
from hl7_bridge.settings import Hl7Settings
site = Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP")
engine = make_engine(sys.stdin.readline().strip())
main.run(Hl7Settings(port=0), engine, site, on_ready=lambda port: print(port, flush=True))
"""


class TestRun:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_answers_until_told_to_stop_and_ends_well(
        self, database_url: str, session: Session, number: signal.Signals
    ) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(f"{database_url}\n")
                process.stdin.flush()
                port = int(process.stdout.readline())
                assert b"MSA|AA|MSG00001" in send("127.0.0.1", port, adt())
                process.send_signal(number)
                assert process.wait(20) == 0
            finally:
                process.kill()
        with pytest.raises((OSError, NoAcknowledgementError)):
            send("127.0.0.1", port, adt())

        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Alma"]

    def test_says_which_address_it_cannot_listen_on(self, engine: Engine) -> None:
        site = Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(main.CannotListenError, match=f"127.0.0.1:{port}"):
                main.run(Hl7Settings(port=port), engine, site)
