"""
Clients of others talk to the listener: python-hl7 (asyncio, and the one of ``mllp_send``) and node-hl7-client.

What each of them cannot do stands in docs/conformance/hl7.md; the tests marked as limits keep that table true.
"""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.tables.patient import PatientRow
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.tls import Tls, TlsFiles
from tests.builders.hl7 import adt, message, msh, pid
from tests.support.certificates import authority, client_context, issued
from tests.support.hl7_bridge import handler, running_bridge
from tests.support.peers import is_node_peer_installed, send_by_mllp_send, send_by_node, send_by_python_hl7

ANY_PORT = Hl7Settings(port=0)
DAY = [
    adt("A04", name="Ek^Alma", control_id="1").decode(),
    adt("A08", name="Björk^Åsa", at="20240306111500", control_id="2").decode(),
    adt("A08", identifiers='""', control_id="3").decode(),
    message(msh("ADT^A08", processing_id="T", control_id="4"), pid()).decode(),
    message(msh("SIU^S12", control_id="5"), pid()).decode(),
]
ANSWERS = [("AA", "1"), ("AA", "2"), ("AE", "3"), ("AR", "4"), ("AA", "5")]

needs_node_peer = pytest.mark.skipif(not is_node_peer_installed(), reason="scripts/peers.sh has not brought it")
pytestmark = pytest.mark.slow


def names(session: Session) -> list[str | None]:
    return list(session.scalars(select(PatientRow.name)))


class TestPythonHl7:
    def test_pipelines_a_day_over_one_connection(self, engine: Engine, session: Session) -> None:
        with running_bridge(handler(engine), ANY_PORT) as port:
            assert send_by_python_hl7(port, DAY) == ANSWERS
        assert names(session) == ["Björk^Åsa"]

    def test_speaks_latin_1_where_it_is_told_to(self, engine: Engine, session: Session) -> None:
        text = message(msh(charset="8859/1"), pid(name="Björk^Åsa")).decode()
        with running_bridge(handler(engine), ANY_PORT) as port:
            assert send_by_python_hl7(port, [text], encoding="latin-1") == [("AA", "MSG00001")]
        assert names(session) == ["Björk^Åsa"]

    def test_hears_both_acknowledgements_of_the_enhanced_mode(self, engine: Engine) -> None:
        text = message(msh(asks="AL|AL"), pid()).decode()
        with running_bridge(handler(engine), ANY_PORT) as port:
            assert send_by_python_hl7(port, [text], answers=2) == [("CA", "MSG00001"), ("AA", "MSG00001")]

    def test_speaks_tls_with_a_certificate(self, engine: Engine, tmp_path: Path) -> None:
        root = authority(tmp_path)
        tls = Tls(TlsFiles(certificate=issued(root, tmp_path / "server.pem").file, client_authorities=root.file))
        context = client_context(root, issued(root, tmp_path / "engine.pem"))
        with running_bridge(handler(engine), ANY_PORT, tls) as port:
            assert send_by_python_hl7(port, DAY, tls=context) == ANSWERS

    def test_sends_one_message_by_mllp_send(self, engine: Engine) -> None:
        with running_bridge(handler(engine), ANY_PORT) as port:
            assert [send_by_mllp_send(port, text) for text in DAY] == ANSWERS

    def test_a_limit_it_reads_with_one_set_however_a_message_came(self, engine: Engine) -> None:
        """We echo MSH-4 as the bytes that came; its reader then ends, since it was told another set."""
        text = message(msh(sender="HIS|Röntgen"), pid()).decode()
        with running_bridge(handler(engine), ANY_PORT) as port, pytest.raises(UnicodeDecodeError):
            send_by_python_hl7(port, [text], reading="ascii")


@needs_node_peer
class TestNodeHl7Client:
    def test_sends_a_day_over_one_connection(self, engine: Engine, session: Session) -> None:
        with running_bridge(handler(engine), ANY_PORT) as port:
            assert send_by_node(port, DAY) == ANSWERS
        assert names(session) == ["Björk^Åsa"]

    @pytest.mark.parametrize("version", ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.6", "2.7", "2.7.1", "2.8"])
    def test_understands_the_answer_in_every_version_it_knows(self, engine: Engine, version: str) -> None:
        text = message(msh("ADT^A08", version=version, charset=""), "EVN|A08|20240306", pid()).decode()
        with running_bridge(handler(engine), ANY_PORT) as port:
            assert send_by_node(port, [text], version=version) == [("AA", "MSG00001")]

    def test_speaks_tls_with_a_certificate(self, engine: Engine, tmp_path: Path) -> None:
        root = authority(tmp_path)
        engine_shown = issued(root, tmp_path / "engine.pem")
        tls = Tls(TlsFiles(certificate=issued(root, tmp_path / "server.pem").file, client_authorities=root.file))
        with running_bridge(handler(engine), ANY_PORT, tls) as port:
            assert send_by_node(port, DAY, authorities=root.file, shown=engine_shown.file) == ANSWERS
