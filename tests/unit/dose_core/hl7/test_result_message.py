"""Tests of dose_core.hl7.result_message, read back by the splitter of the bridge."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dose_core.hl7.observations import Code, Status, TextType, taken_back
from dose_core.hl7.result_message import ResultMessage, Visit, segments_of, text_of
from hl7_bridge.messages import Message, parse, read_header
from tests.builders.results import CTDI, DLP, STUDY_UID, result


def read(message: ResultMessage) -> Message:
    raw = text_of(segments_of(message)).encode()
    return parse(raw, read_header(raw), default_codec="ascii")


def field(message: ResultMessage, segment: str, number: int, component: int = 1) -> str:
    found = read(message).first(segment)
    assert found is not None
    return found.value(number).component(component)


class TestTheHeader:
    def test_says_who_speaks_to_whom_of_what(self) -> None:
        header = read(result()).header

        assert [header.text(number) for number in (3, 4, 5, 6, 10, 11, 12)] == [
            "DOSELEDGER", "HOSP", "RIS", "HOSP", "0123456789abcdef0123", "P", "2.5.1",
        ]  # fmt: skip
        assert [header.text(9, part) for part in (1, 2, 3)] == ["ORU", "R01", "ORU_R01"]
        assert header.raw(7) == b"20260305093000+0000"

    def test_states_utf_8(self) -> None:
        """HL7 v2.5.1, table 0211."""
        assert read(result()).header.text(18) == "UNICODE UTF-8"


class TestTheVisit:
    def test_stands_behind_the_patient_with_who_gave_its_number(self) -> None:
        told = result(visit=Visit(number="V|1", issuer="HOSP"))

        assert [segment.name for segment in read(told).segments][:4] == ["MSH", "PID", "PV1", "ORC"]
        assert [field(told, "PV1", 19, part) for part in (1, 4)] == ["V|1", "HOSP"]
        assert field(told, "PV1", 2) == "U"

    def test_is_left_out_if_nobody_knows_it(self) -> None:
        assert read(result()).first("PV1") is None


class TestThePatient:
    def test_is_named_by_every_identifier_with_its_authority(self) -> None:
        pid = read(result()).first("PID")

        assert pid is not None
        assert [(one.component(1), one.component(4), one.component(5)) for one in pid.values(3)] == [
            ("P100", "HOSP", "MR"),
            ("E-7", "EMPI", ""),
        ]

    def test_has_the_parts_of_a_dicom_name_in_the_order_of_hl7(self) -> None:
        """PS3.5, 6.2.1: prefix before suffix; HL7 v2.5.1, 2.A.88 (XPN): suffix before prefix."""
        assert [field(result(), "PID", 5, part) for part in range(1, 8)] == [
            "Ek", "Alma", "Britt", "M.D.", "Dr.", "", "L",
        ]  # fmt: skip

    def test_has_each_representation_of_the_name_under_its_code(self) -> None:
        """HL7 v2.5.1, table 0465."""
        pid = read(result(name="Yamada^Tarou=山田^太郎=やまだ^たろう")).first("PID")

        assert pid is not None
        assert [(one.component(1), one.component(8)) for one in pid.values(5)] == [
            ("Yamada", "A"),
            ("山田", "I"),
            ("やまだ", "P"),
        ]

    @pytest.mark.parametrize("name", [None, "", '""', "^^^", "="])
    def test_without_a_name_has_none(self, name: str | None) -> None:
        pid = read(result(name=name)).first("PID")

        assert pid is not None
        assert pid.values(5) == []

    def test_born_before_the_year_1000_has_a_date_of_eight_digits(self) -> None:
        assert field(result(birth_date=date(196, 1, 2)), "PID", 7) == "01960102"


class TestTheOrder:
    def test_is_named_alike_in_orc_and_obr(self) -> None:
        assert [field(result(), name, number) for name in ("ORC", "OBR") for number in (2, 3)] == [
            "ORD-9", "0b0e5f8e-0000-4000-8000-000000000004", "ORD-9", "0b0e5f8e-0000-4000-8000-000000000004",
        ]  # fmt: skip

    def test_is_of_radiation_exposure(self) -> None:
        assert [field(result(), "OBR", 4, part) for part in (1, 3)] == ["73569-6", "LN"]

    @pytest.mark.parametrize(("place", "other"), [(18, 20), (20, 18)])
    def test_has_the_accession_number_where_the_site_wants_it(self, place: int, other: int) -> None:
        message = result(accession_field=place)

        assert (field(message, "OBR", place), field(message, "OBR", other)) == ("ACC-1", "")

    @pytest.mark.parametrize(
        ("started_at", "stands"),
        [
            (datetime(2026, 3, 5, 8, 15), "20260305081500"),  # noqa: DTZ001  as a device states it
            (datetime(2026, 3, 5, 8, 15, tzinfo=UTC), "20260305081500+0000"),
            (None, ""),
        ],
    )
    def test_has_the_time_of_the_exam_as_it_is_stated(self, started_at: datetime | None, stands: str) -> None:
        assert field(result(started_at=started_at), "OBR", 7) == stands

    def test_is_final_until_something_is_corrected(self) -> None:
        withdrawn = result(observations=taken_back((DLP,), Status.WRONG))

        assert (field(result(), "OBR", 25), field(withdrawn, "OBR", 25)) == ("F", "C")


class TestObservations:
    def test_stand_one_in_each_segment(self) -> None:
        told = [
            [one.value(number).component(1) for number in (1, 2, 3, 4, 5, 6, 11)]
            for one in read(result(observations=(STUDY_UID, DLP, CTDI))).segments
            if one.name == "OBX"
        ]

        assert told == [
            ["1", "ST", "110180", "", "2.25.4711", "", "F"],
            ["2", "NM", "113813", "", "512.5", "mGy.cm", "F"],
            ["3", "NM", "113830", "320 mm phantom", "11.2", "mGy", "F"],
        ]

    def test_name_the_systems_of_codes_and_units(self) -> None:
        obx = [one for one in read(result()).segments if one.name == "OBX"][1]

        assert (obx.value(3).component(3), obx.value(6).component(3)) == ("DCM", "UCUM")

    def test_have_the_code_of_the_receiver_first_and_ours_as_alternate(self) -> None:
        """HL7 v2.5.1, 2.A.8 (CE)."""
        theirs = replace(DLP, local=Code(identifier="11-1", text="DLP", system="LN"))

        assert [field(result(observations=(theirs,)), "OBX", 3, part) for part in range(1, 7)] == [
            "11-1", "DLP", "LN", "113813", "CT Dose Length Product Total", "DCM",
        ]  # fmt: skip

    @pytest.mark.parametrize("kind", [TextType.TX, TextType.FT])
    def test_may_be_text(self, kind: TextType) -> None:
        text = replace(DLP, value="DLP 5 | 6", unit="", is_number=False, text_type=kind)

        told = result(observations=(text,))

        assert (field(told, "OBX", 2), field(told, "OBX", 5), field(told, "OBX", 6)) == (kind.value, "DLP 5 | 6", "")

    def test_may_point_at_an_address(self) -> None:
        """HL7 v2.5.1, 2.A.65 (RP): pointer, application ID."""
        link = replace(DLP, value="https://pacs.invalid/?a=1&b=2", unit="", is_number=False, text_type=TextType.RP)

        told = result(observations=(link,))

        assert [field(told, "OBX", 5, part) for part in (1, 2, 3)] == [link.value, "DOSELEDGER", ""]

    def test_may_hold_an_address(self) -> None:
        """HL7 v2.5.1, 2.A.24 (ED): source application, type of data, subtype, encoding (table 0299), data."""
        link = replace(DLP, value="https://pacs.invalid/?a=1&b=2", unit="", is_number=False, text_type=TextType.ED)

        told = result(observations=(link,))

        assert [field(told, "OBX", 5, part) for part in range(1, 6)] == [
            "DOSELEDGER", "TEXT", "uri-list", "A", link.value,
        ]  # fmt: skip
