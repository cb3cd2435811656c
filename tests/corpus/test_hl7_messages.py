"""Every HL7 sample is split as another library splits it. Samples are real, public, de-identified or invented."""

import hl7  # type: ignore[import-untyped] # python-hl7 ships no types

from hl7_bridge.messages import parse, read_header
from tests.support.corpus import CORPUS, needs_corpus

FILES = sorted(CORPUS.glob("*hl7*/*.hl7"))

pytestmark = needs_corpus


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
