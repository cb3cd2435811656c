"""Tests of hl7_bridge.acks. The oracle for structure is hl7apy's validation tables of each version."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hl7_bridge.acks import AckCode, Answer, Fault, build_ack, code_in
from hl7_bridge.messages import read_header
from tests.builders.hl7 import message, msh
from tests.support.hl7apy_oracle import complaint_about_ack

NOW = datetime(2024, 3, 6, 9, 15, tzinfo=UTC)
VERSIONS = ["2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2"]
ANSWERS = [
    Answer(code=AckCode.ACCEPT),
    Answer(code=AckCode.ACCEPT, text="kept, not used"),
    Answer(code=AckCode.ERROR, fault=Fault.REQUIRED_FIELD_MISSING, text="no identifier", location=("PID", 1, 3)),
    Answer(code=AckCode.ERROR, fault=Fault.INTERNAL, text="kept; it could not be applied"),
    Answer(code=AckCode.REJECT, fault=Fault.UNSUPPORTED_TYPE, text="no type", location=("MSH", 1, 9)),
]


def ack(answer: Answer, header: str) -> bytes:
    return build_ack(read_header(message(header)), answer, control_id="A1", now=NOW)


class TestBuildAck:
    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer.code} {answer.text}")
    def test_is_valid_in_every_version(self, version: str, answer: Answer) -> None:
        assert complaint_about_ack(ack(answer, msh(version=version, charset=""))) is None

    @pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer.code} {answer.text}")
    def test_is_valid_in_version_2_1_but_for_a_quirk_of_the_oracle(self, answer: Answer) -> None:
        """hl7apy's table of 2.1 asks for a degree of precision in MSH-7, which 2.1 does not have."""
        complaint = complaint_about_ack(ack(answer, msh(version="2.1", charset="")))

        assert complaint == "Missing required child MSH_7.TS_2"

    def test_echoes_what_the_sender_looks_for(self) -> None:
        text = ack(Answer(code=AckCode.ACCEPT), msh(control_id=r"a\T\b 4711", charset="8859/1")).decode()

        assert text == (
            "MSH|^~\\&|DOSE|XRAY|HIS|HOSP|20240306091500+0000||ACK^A08^ACK|A1|P|2.5.1||||||8859/1\r"
            "MSA|AA|a\\T\\b 4711\r"
        )

    def test_names_fault_and_place_in_err(self) -> None:
        answer = Answer(code=AckCode.ERROR, fault=Fault.DUPLICATE_KEY, text="a|b", location=("MRG", 1, 1))

        assert ack(answer, msh()).decode().split("\r")[2] == (
            "ERR||MRG^1^1|205^Duplicate key identifier^HL70357|E||||a\\F\\b"
        )

    def test_names_them_in_err_1_and_msa_3_before_2_5(self) -> None:
        answer = Answer(code=AckCode.ERROR, fault=Fault.DUPLICATE_KEY, text="twice", location=("MRG", 1, 1))

        assert ack(answer, msh(version="2.3.1")).decode().split("\r")[1:3] == [
            "MSA|AE|MSG00001|twice",
            "ERR|MRG^1^1^205&Duplicate key identifier&HL70357",
        ]

    def test_uses_the_separators_of_the_message(self) -> None:
        header = read_header(b"MSH#*:!%#RIS#HOSP#DMS#HOSP#20240306##ADT*A08#4711#P#2.5.1\r")

        text = build_ack(header, Answer(code=AckCode.ACCEPT), control_id="A1", now=NOW)

        assert text.startswith(b"MSH#*:!%#DMS#HOSP#RIS#HOSP#20240306091500+0000##ACK*A08*ACK#A1#P#2.5.1\rMSA#AA#4711\r")

    def test_returns_bytes_of_the_senders_set_unchanged(self) -> None:
        header = read_header(b"MSH|^~\\&|R\xf6ntgen|H|||2024||ADT^A08|n\xb01|P|2.3\r")

        text = build_ack(header, Answer(code=AckCode.ACCEPT), control_id="A1", now=NOW)

        assert b"|R\xf6ntgen|" in text
        assert b"MSA|AA|n\xb01\r" in text

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("code", list(AckCode))
    def test_is_valid_in_the_enhanced_mode(self, version: str, code: AckCode) -> None:
        answer = Answer(code=code, fault=None if code.is_success else Fault.INTERNAL, text="no")
        header = read_header(message(msh(version=version, charset="")))

        text = build_ack(header, answer, control_id="A1", now=NOW, is_enhanced=True)

        assert complaint_about_ack(text) is None
        assert code_in(text) is code
        wanted = read_header(text)
        # 2.9.3: nobody acknowledges an acknowledgement; one that only accepts need not say so.
        expected = ("", "") if code.is_accept_level else ("NE", "NE")
        assert (wanted.text(15), wanted.text(16)) == expected

    @pytest.mark.parametrize("separator", [b"|", b"#", b"\\"])
    @given(fields=st.lists(st.binary(max_size=20), min_size=1, max_size=25), text=st.text(max_size=40))
    @settings(deadline=None, max_examples=50)
    def test_no_field_of_a_message_adds_a_segment_or_ends_the_block(
        self, separator: bytes, fields: list[bytes], text: str
    ) -> None:
        raw = b"MSH" + separator + b"^~!&" + separator + separator.join(fields)
        answer = Answer(code=AckCode.ERROR, fault=Fault.INTERNAL, text=text, location=("PID", 1, 3))

        told = build_ack(read_header(raw), answer, control_id="A1", now=NOW)

        assert [segment.split(separator)[0] for segment in told.split(b"\r")] == [b"MSH", b"MSA", b"ERR", b""]
        # Neither what ends a block or begins one, nor what a program that splits text into lines takes for an end.
        assert not set(told) & {*range(0x09), *range(0x0A, 0x0D), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F}

    def test_lacks_only_the_control_id_if_the_message_has_no_header(self) -> None:
        answer = Answer(code=AckCode.REJECT, fault=Fault.UNSUPPORTED_TYPE, text="no MSH segment")

        text = build_ack(None, answer, control_id="A1", now=NOW)

        assert complaint_about_ack(text) == "Missing required child MSA.MSA_2"
