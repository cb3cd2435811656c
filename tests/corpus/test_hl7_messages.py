"""Every HL7 sample is answered; none is a failure of ours. Samples are real, public, de-identified or invented."""

from collections import Counter

import hl7  # type: ignore[import-untyped] # python-hl7 ships no types
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.tables.hl7_message import Hl7MessageRow
from dose_core.hl7.framing import Block, MllpDecoder
from hl7_bridge.messages import parse, read_header
from hl7_bridge.settings import Hl7Settings
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.hl7_bridge import handler

FILES = sorted(CORPUS.glob("*hl7*/*.hl7"))
# Samples of training systems say so in MSH-11; here they are to be read like the others.
SETTINGS = Hl7Settings(processing_ids=frozenset("PTD"))

pytestmark = needs_corpus


def messages(raw: bytes) -> list[bytes]:
    """Return the messages of a file; some files hold the MLLP frame as well."""
    framed = [event.message for event in MllpDecoder().feed(raw) if isinstance(event, Block)]
    return framed or [raw]


def test_every_sample_is_answered(engine: Engine, session: Session) -> None:
    answering = handler(engine, SETTINGS)
    codes: Counter[str] = Counter()
    for path in FILES:
        for raw in messages(path.read_bytes()):
            ack = answering.handle(raw, peer="127.0.0.1")
            code = ack.split(b"\r")[1][4:6].decode()
            assert code in {"AA", "AE", "AR"}, path.name
            codes[code] += 1

    rows = session.scalars(select(Hl7MessageRow)).all()
    failed = [row.reason for row in rows if row.status in {"pending", "unreadable"}]
    assert failed == []
    assert codes["AA"] > codes["AE"] + codes["AR"]


def test_the_splitter_agrees_with_python_hl7_on_every_field() -> None:
    compared = 0
    for path in FILES:
        raw = path.read_bytes()
        # python-hl7 takes decoded text, CR as the only end of a segment, and no frame. One sample still has the
        # line ends of the program that it was cut from.
        if path.parent.name not in {"hl7_adt", "hl7_order", "hl7_result", "hl7_schedule"} or b"\x0b" in raw:
            continue
        if not raw.startswith(b"MSH") or raw.count(b"MSH|") != 1 or not raw.isascii() or b"\\\n" in raw:
            continue
        message = parse(raw, read_header(raw), default_codec="utf-8")
        others = [s for s in hl7.parse("\r".join(raw.decode().splitlines())) if str(s)]
        ours = ["|".join([segment.name, *segment.fields[segment.name == "MSH" :]]) for segment in message.segments]
        assert ours == [str(segment) for segment in others], path.name
        for segment, other in zip(message.segments, others, strict=True):
            for number in range(1, len(segment.fields)):
                if segment.name == "MSH" and number < 3:
                    continue
                stated = [str(repetition) for repetition in other(number)] if len(other(number)) else []
                values = [value.text for value in segment.values(number)]
                assert values == [one for one in stated if one.strip("^& ")], (path.name, segment.name, number)
                compared += 1
    assert compared > 1000
