"""Tests of what a destination wants of results: quantities, its own codes, the report sentence, a link, merges."""

import pytest
from sqlalchemy import Engine

from db.session import unit_of_work
from dose_core.hl7.observations import Code, TextType
from dose_core.ledger.totals import Quantity
from dose_core.report_sentence.parts import Part
from dose_services import effective_dose, report_sentences
from dose_services.outbound_values import Form
from hl7_bridge.messages import Message
from tests.builders.ct_reports import of, report
from tests.builders.hl7 import merge
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler
from tests.support.outbound_house import PHIL, OutboundHouse, patient_of, values

DLP_OF_THE_HOUSE = Code(identifier="DLP1", text="Dosis^Länge", system="99HOSP")


@pytest.fixture
def place(engine: Engine, archive: FakeArchive) -> OutboundHouse:
    """A house without destinations."""
    return OutboundHouse(DoseHouse(engine=engine, archive=archive))


def with_form(place: OutboundHouse, **form: object) -> None:
    place.add(form=Form(receiving_application="RIS", **form))  # type: ignore[arg-type]  # of its own fields


def observed(message: Message) -> list[tuple[str, str, str, str]]:
    """Return type, code, sub-id and status of each observation."""
    return [
        (one.value(2).text, one.value(3).component(1), one.value(4).text, one.value(11).text)
        for one in message.segments
        if one.name == "OBX"
    ]


class TestADestination:
    def test_is_told_the_quantities_that_it_wants_alone(self, place: OutboundHouse) -> None:
        with_form(place, quantities=(Quantity.DLP,))
        place.receive(1)
        place.tell()

        assert {code for code, _ in values(place.messages()[0])} == {"110180", "113813"}

    def test_that_wants_no_quantity_of_an_exam_is_told_nothing(self, place: OutboundHouse) -> None:
        with_form(place, quantities=(Quantity.DAP,), sentence_language="de", link="https://pacs.invalid/x")
        place.receive(1)
        place.tell()

        assert place.kinds() == []

    def test_is_told_quantities_by_its_own_codes_with_those_of_dicom_beside_them(self, place: OutboundHouse) -> None:
        with_form(place, codes={Quantity.DLP: DLP_OF_THE_HOUSE})
        place.receive(1)
        place.tell()

        obx = [one for one in place.messages()[0].segments if one.name == "OBX"]
        coded = {one.value(3).component(1): [one.value(3).component(n) for n in range(2, 7)] for one in obx}
        assert coded["DLP1"] == ["Dosis^Länge", "99HOSP", "113813", "CT Dose Length Product Total", "DCM"]
        assert coded["113830"] == ["Mean CTDIvol", "DCM", "", "", ""]

    @pytest.mark.parametrize("kind", [TextType.TX, TextType.FT])
    def test_gets_the_report_sentence_in_its_language_behind_the_numbers(
        self, place: OutboundHouse, kind: TextType
    ) -> None:
        with_form(place, sentence_language="de", sentence_type=kind)
        place.receive(1)
        place.tell()

        (message,) = place.messages()
        assert observed(message)[-1] == (kind.value, "73569-6", "ct", "F")
        told = [one.value(5).text for one in message.segments if one.name == "OBX"]
        assert told[-1].startswith("CT, ")
        assert f"Dosislängenprodukt {told[1]} mGy·cm" in told[-1]

    def test_never_gets_an_effective_dose_whatever_the_site_sees(self, place: OutboundHouse) -> None:
        with_form(place, sentence_language="en")
        with unit_of_work(place.house.engine) as session:
            effective_dose.switch(session, "", is_on=True, reason="agreed upon here", looker=PHIL, now=place.now)
            report_sentences.set_template(
                session,
                "",
                language="en",
                part=Part.EFFECTIVE_DOSE,
                text="E {effective_dose}",
                looker=PHIL,
                now=place.now,
            )
        place.receive(1)
        place.tell()

        assert [sub_id for _, _, sub_id, _ in observed(place.messages()[0])][-1] == "ct"

    @pytest.mark.parametrize(
        ("kind", "stands"),
        [
            (TextType.RP, r"https://pacs.invalid/s?a=1\T\u=2.25.8000.1^DOSELEDGER"),
            (TextType.ED, r"DOSELEDGER^TEXT^uri-list^A^https://pacs.invalid/s?a=1\T\u=2.25.8000.1"),
        ],
    )
    def test_gets_a_link_that_names_the_study_and_no_patient(
        self, place: OutboundHouse, kind: TextType, stands: str
    ) -> None:
        with_form(place, link="https://pacs.invalid/s?a=1&u={StudyInstanceUID}", link_type=kind)
        place.receive(1)
        place.tell()

        (message,) = place.messages()
        last = [one for one in message.segments if one.name == "OBX"][-1]
        assert observed(message)[-1] == (kind.value, "73569-6", "link", "F")
        assert last.value(5).text == stands

    def test_is_not_told_again_for_other_words_alone_but_with_the_next_number(self, place: OutboundHouse) -> None:
        with_form(place, sentence_language="en")
        place.receive(1)
        place.tell()
        with unit_of_work(place.house.engine) as session:
            report_sentences.set_template(
                session, "", language="en", part=Part.CT, text="DLP {dlp}", looker=PHIL, now=place.now
            )
        place.house.receive([report(1, SOPInstanceUID="2.25.8100.99", **of("P-1"))])
        place.tell()
        before = place.kinds()
        place.house.receive([report(2, study=1, **of("P-1"))])
        place.tell()

        assert (before, place.kinds()) == (["F"], ["F", "C"])
        assert values(place.messages()[1])["73569-6", "ct"][1] == "C"
        assert values(place.messages()[1])["73569-6", "ct"][0].startswith("DLP ")

    def test_that_knew_a_quantity_by_another_code_has_that_deleted(self, place: OutboundHouse) -> None:
        """A receiver finds a value by its code, so that the old one would stand for ever."""
        with_form(place, codes={Quantity.DLP: DLP_OF_THE_HOUSE})
        place.receive(1)
        place.tell()
        with_codes = Form(receiving_application="RIS")
        place.change_form(with_codes)
        place.house.receive([report(1, SOPInstanceUID="2.25.8100.99", **of("P-1"))])
        place.tell()

        assert place.kinds() == ["F", "C"]
        told = {(code, status) for _, code, _, status in observed(place.messages()[1])}
        assert {("DLP1", "D"), ("113813", "F")} <= told


class TestAMerge:
    def merge(self, place: OutboundHouse) -> None:
        message = merge(survivor="P-9^^^HOSP", subsumed="P-1^^^HOSP")
        handler(place.house.engine, now=place.now).handle(message, peer="::1")

    def test_tells_nothing_again(self, place: OutboundHouse) -> None:
        with_form(place)
        place.receive(1)
        place.tell()
        self.merge(place)
        place.tell()

        assert place.kinds() == ["F"]

    def test_tells_exams_once_under_the_survivor_where_that_is_asked_for(self, place: OutboundHouse) -> None:
        with_form(place, tells_merged=True)
        place.add("OTHER")
        place.receive(1)
        place.receive(2, patient="P-2")
        place.tell()
        self.merge(place)
        place.tell()
        place.tell()

        assert (place.kinds("RIS"), place.kinds("OTHER")) == (["F", "F", "F"], ["F", "F"])
        *before, last = place.messages()
        assert patient_of(last) == "P-9"
        assert values(last) == next(values(one) for one in before if patient_of(one) == "P-1")
