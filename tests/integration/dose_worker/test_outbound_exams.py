"""
The results of a CT, an angiography and a mammography, as the servers of two libraries receive them.

The values are those of ``tests/builders/long_history.py``, converted by hand; ``-s`` prints what came.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import Engine

from dose_core.hl7.observations import Code, DapUnit
from dose_core.ledger.totals import Quantity
from dose_services.outbound_values import Form
from hl7_bridge.messages import parse, read_header
from tests.builders.long_history import long_history
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_peers import Hl7apyHandler, PythonHl7Server, hl7apy_server
from tests.support.outbound_house import OutboundHouse

pytestmark = pytest.mark.slow

Received = AbstractContextManager[tuple[int, Callable[[], list[str]]]]
WANTED = ("CT head and chest", "Coronary angiography", "Mammography")
FORM = Form(
    receiving_application="RIS",
    dap_unit=DapUnit.CGY_CM2,
    codes={Quantity.DLP: Code(identifier="DLP", text="Dosislängenprodukt", system="99HOSP")},
    sentence_language="de",
    link="https://pacs.invalid/view?study={StudyInstanceUID}",
)
SENTENCE, LINK = ("TX", "73569-6"), ("RP", "73569-6", "link")
# Type, code, sub-id, value, unit; by hand: 0.00926 Gy.m, 0.0012 + 0.0004 Gy.m2, 0.085 and 0.031 Gy, 92 s.
EXPECTED = {
    "CT head and chest": [
        ("ST", "110180", "", "2.25.81.20260301", ""),
        ("NM", "DLP", "", "926", "mGy.cm"),
        ("NM", "113830", "160 mm phantom", "48.5", "mGy"),
        ("NM", "113830", "320 mm phantom", "5", "mGy"),
        (
            *SENTENCE,
            "ct",
            (
                "CT, 1. März 2026: Dosislängenprodukt 926 mGy·cm, "
                "höchster CTDIvol 48,5 mGy (16-cm-Phantom) und 5 mGy (32-cm-Phantom)."
            ),
            "",
        ),
        (*LINK, "https://pacs.invalid/view?study=2.25.81.20260301", ""),
    ],
    "Coronary angiography": [
        ("ST", "110180", "", "2.25.81.20220121", ""),
        ("NM", "113722", "", "1600", "cGy.cm2"),
        ("NM", "113726", "", "1200", "cGy.cm2"),
        ("NM", "113727", "", "400", "cGy.cm2"),
        ("NM", "113725", "a", "85", "mGy"),
        ("NM", "113725", "b", "31", "mGy"),
        ("NM", "113730", "", "92", "s"),
        (
            *SENTENCE,
            "projection",
            (
                "Angiographie, 21. Januar 2022: Dosisflächenprodukt 16 Gy·cm², Luftkerma am Referenzpunkt "
                "85 mGy (Ebene A) und 31 mGy (Ebene B), Durchleuchtungszeit 92 s."
            ),
            "",
        ),
        (*LINK, "https://pacs.invalid/view?study=2.25.81.20220121", ""),
    ],
    "Mammography": [
        ("ST", "110180", "", "2.25.81.20190604", ""),
        ("NM", "111637", "L", "1.3", "mGy"),
        ("NM", "111637", "R", "1.52", "mGy"),
        (
            *SENTENCE,
            "mammography",
            "Mammographie, 4. Juni 2019: mittlere Parenchymdosis linke Brust 1,3 mGy und rechte Brust 1,52 mGy.",
            "",
        ),
        (*LINK, "https://pacs.invalid/view?study=2.25.81.20190604", ""),
    ],
}


@contextmanager
def of_hl7apy() -> Iterator[tuple[int, Callable[[], list[str]]]]:
    with hl7apy_server() as port:
        yield port, lambda: [raw.strip("\x0b\x1c\r") + "\r" for raw in Hl7apyHandler.raw]


@contextmanager
def of_python_hl7() -> Iterator[tuple[int, Callable[[], list[str]]]]:
    server = PythonHl7Server("utf-8")
    with server as port:
        yield port, lambda: [str(message) for message in server.kept]


def observed(message: str) -> list[tuple[str, ...]]:
    """Return type, code, sub-id, value and unit of each observation, read by the splitter of the bridge."""
    raw = message.encode()
    read = parse(raw, read_header(raw), default_codec="utf-8")
    return [
        tuple(one.value(number).component(1) for number in (2, 3, 4, 5, 6))
        for one in read.segments
        if one.name == "OBX"
    ]


@pytest.mark.parametrize("server", [of_hl7apy, of_python_hl7])
def test_servers_of_others_receive_what_the_exams_state(engine: Engine, server: Callable[[], Received]) -> None:
    place = OutboundHouse(DoseHouse(engine=engine, archive=FakeArchive()))
    with server() as (port, received):
        place.add(port=port, form=FORM)
        for study in long_history():
            if study.description in WANTED:
                place.house.receive(list(study.objects.values()))
                place.tell()
        line = place.line()
        while line.send_next():
            pass
        line.close()
        messages = received()

    for message in messages:
        print(message.replace("\r", "\n"))  # noqa: T201  to be seen as it came
    of_studies = {observed(message)[0][3]: observed(message) for message in messages}
    assert place.states() == ["sent"] * len(WANTED)
    assert of_studies == {its[0][3]: its for its in EXPECTED.values()}
