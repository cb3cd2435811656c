"""
Every HL7 sample goes over the wire, as its file holds it, and is answered or its connection closed with a reason.

With ``-s`` the table of all answers is printed. Samples are real and de-identified, or invented; no line of the table
quotes one.
"""

import hashlib
import logging
import socket

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.tables.hl7_message import Hl7MessageRow
from dose_core.hl7.framing import END, START, Block, MllpDecoder, encode_block
from hl7_bridge.accepting import header_of
from hl7_bridge.asked import asked_by
from hl7_bridge.messages import read_header
from hl7_bridge.settings import Hl7Settings
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.hl7_bridge import handler, running_bridge

FILES = sorted(CORPUS.glob("*hl7*/*.hl7"))
# Samples of training systems say so in MSH-11; here they are to be taken like the others.
SETTINGS = Hl7Settings(port=0, processing_ids=frozenset("PTD"), idle_timeout_s=2, block_timeout_s=2)
# Table 0357, and what we answer with each code.
CODES = {
    "0": "AA",
    "100": "AR AE",
    "101": "AE",
    "102": "AE",
    "103": "AR",
    "200": "AR",
    "202": "AR",
    "204": "AE",
    "205": "AE",
}

pytestmark = needs_corpus


def exchanged(port: int, raw: bytes) -> list[bytes]:
    """Return what a sender of these bytes hears; having said all, it waits until the bridge ends the connection."""
    heard: list[bytes] = []
    decoder = MllpDecoder()
    with socket.create_connection(("127.0.0.1", port), timeout=20) as opened:
        opened.sendall(raw)
        opened.shutdown(socket.SHUT_WR)
        while data := opened.recv(64 * 1024):
            heard += [event.message for event in decoder.feed(data) if isinstance(event, Block)]
    return heard


def on_the_wire(raw: bytes) -> bytes:
    """Return a sample as a sender would send it; some files hold the frame as well."""
    return raw if START in raw and END in raw else encode_block(raw)


def first_digest(raw: bytes) -> str:
    """Return the digest by which the first message of these bytes is kept."""
    first = next((event.message for event in MllpDecoder().feed(raw) if isinstance(event, Block)), b"")
    return hashlib.sha256(first).hexdigest()


def verdict(ack: bytes) -> tuple[str, str, str]:
    """Return MSA-1, the code of table 0357 and the text of an acknowledgement of ours."""
    header = read_header(ack)
    segments = [segment.split(header.separators.field.encode()) for segment in ack.split(b"\r") if segment]
    assert [segment[0] for segment in segments] in ([b"MSH", b"MSA"], [b"MSH", b"MSA", b"ERR"])
    code = segments[1][1].decode()
    if len(segments) == 2:
        return code, "0", segments[1][3].decode() if len(segments[1]) > 3 else ""
    error = segments[2]
    if len(error) > 3:
        return code, error[3].split(header.separators.component.encode())[0].decode(), error[8].decode()
    place = error[1].split(header.separators.component.encode())
    number = place[3].split(header.separators.subcomponent.encode())[0].decode()
    return code, number, segments[1][3].decode()


def test_every_sample_is_answered_or_closed_with_a_reason(
    engine: Engine, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(FILES) == 219
    caplog.set_level(logging.INFO, logger="hl7_bridge.server")
    table: list[tuple[str, str, str, str]] = []
    told: dict[str, str] = {}
    with running_bridge(handler(engine, SETTINGS), SETTINGS) as port:
        for path in FILES:
            caplog.clear()
            heard = exchanged(port, on_the_wire(path.read_bytes()))
            name = f"{path.parent.name}/{path.stem}"
            if not heard:
                wants_none = asked_by(header_of(path.read_bytes()), path.read_bytes()).is_enhanced
                reason = "none is asked for" if wants_none else caplog.records[-1].__dict__["reason"]
                assert reason != "the peer went away", name
                table.append((name, "none" if wants_none else "closed", "", reason))
            for ack in heard:
                code, number, text = verdict(ack)
                assert code.replace("C", "A", 1) in CODES[number].split(), (name, code, number)
                table.append((name, code, number, text))
            told[name] = first_digest(on_the_wire(path.read_bytes()))

    rows = session.scalars(select(Hl7MessageRow)).all()
    assert [row.reason for row in rows if row.status in {"pending", "unreadable"}] == []
    kept = {row.digest: f"{row.status}: {row.reason}" if row.reason else row.status for row in rows}
    assert {path.stem for path in FILES} == {name.split("/")[1] for name, *_ in table}
    lines = "\n".join(" | ".join([*row, kept.get(told[row[0]], "")]) for row in table)
    print(f"\nfile | answer | table 0357 | what the sender is told | what became of its first message\n{lines}")  # noqa: T201 - the table is what -s is for
