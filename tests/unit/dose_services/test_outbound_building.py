"""Tests of dose_services.outbound_building: whatever stands in a value, the message keeps its shape."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dose_core.hl7.escaping import plain
from dose_core.hl7.observations import Code, Status, TextType, taken_back
from dose_core.hl7.result_message import NamedIdentifier, ResultMessage
from dose_services.outbound_building import NotBuildableError, build_result
from hl7_bridge.messages import parse, read_header
from tests.builders.results import CTDI, DLP, MESSAGE, STUDY_UID, result

# Texts that would be more than a value: of separators, of what ends segments and blocks, of escape sequences.
MARKS = [
    "|",
    "^",
    "~",
    "\\",
    "&",
    "\r",
    "\n",
    "\x0b",
    "\x1c",
    "\x1c\r",
    "\x85",
    "\u2028",
    '""',
    "\rMSH|^~\\&|",
    "\\.br\\",
]
SEQUENCES = [f"\\{letter}\\" for letter in "HNFSTRE"] + ["\\X0D\\", "\\Z", "\\F", "E\\"]
HOSTILE = st.lists(st.one_of(st.sampled_from(MARKS + SEQUENCES), st.text(max_size=3)), max_size=6).map("".join)


def shape(raw: bytes) -> list[list[list[int]]]:
    """Return how many components each repetition of each field of each segment has, by the raw separators."""
    segments = raw.decode("utf-8").split("\r")
    return [
        [[repetition.count("^") for repetition in field.split("~")] for field in segment.split("|")]
        for segment in segments
    ]


def holding(text: str) -> ResultMessage:
    """Return a message with one text in every place that a device, a person or a system may fill."""
    named = f"X{text}X"  # not empty, so that no field falls away
    message = result(
        identifiers=(NamedIdentifier(value=named, authority=named, kind=named),),
        name="^".join([named.replace("^", "").replace("=", "")] * 5),
        sex=named,
        placer=(named, named),
        filler=named,
        accession_number=named,
    )
    parties = replace(
        message.parties, sending_application=named, sending_facility=named, receiving_application=named,
        receiving_facility=named,
    )  # fmt: skip
    texts = (
        replace(DLP, value=named, sub_id=f"{named}{kind}", unit="", is_number=False, text_type=kind)
        for kind in (TextType.TX, TextType.FT, TextType.RP, TextType.ED)
    )
    mapped = replace(CTDI, local=Code(identifier=named, text=named, system=named))
    observations = (replace(STUDY_UID, value=named), replace(DLP, sub_id=named, note=named), mapped, *texts)
    return replace(message, parties=parties, observations=observations)


EXPECTED = shape(build_result(holding("")))


@settings(derandomize=True, deadline=None, max_examples=25)
@given(HOSTILE)
@example("\x1c\r\x0bMSH|^~\\&|EVIL\rPID|1||OTHER")
@example("".join(MARKS + SEQUENCES))
def test_no_value_adds_a_segment_a_field_a_component_or_a_repetition(text: str) -> None:
    raw = build_result(holding(text))

    assert shape(raw) == EXPECTED
    assert not set(raw) & {0x0B, 0x1C, 0x0A}


@settings(derandomize=True, deadline=None, max_examples=25)
@given(HOSTILE)
def test_a_name_that_holds_separators_stays_one_name(text: str) -> None:
    """A DICOM name may hold `^` and `=` by its own rule, and no others."""
    raw = build_result(result(name=f"X{text}"))

    (pid,) = [line for line in raw.decode().split("\r") if line.startswith("PID|")]
    assert pid.split("|")[5].count("~") <= 2
    assert all(one.count("^") <= 7 for one in pid.split("|")[5].split("~"))
    assert shape(raw)[2:] == shape(build_result(MESSAGE))[2:]


@settings(derandomize=True, deadline=None, max_examples=25)
@given(HOSTILE)
def test_a_receiver_reads_what_was_meant(text: str) -> None:
    raw = build_result(result(identifiers=(NamedIdentifier(value=f"X{text}X", authority="HOSP", kind=""),)))

    pid = parse(raw, read_header(raw), default_codec="ascii").first("PID")
    assert pid is not None
    assert pid.value(3).component(1) == plain(f"X{text}X")


@pytest.mark.parametrize("status", list(Status))
def test_messages_of_every_kind_are_valid(status: Status) -> None:
    raw = build_result(result(observations=taken_back((STUDY_UID, DLP), status)))

    assert raw.decode().count(f"|||||{status}\r") == 2


def test_it_is_in_utf_8() -> None:
    raw = build_result(result(name="Yamada^Tarou=山田^太郎"))

    assert "山田^太郎".encode() in raw


def test_a_message_that_is_not_valid_is_not_sent() -> None:
    """The text of the error names no value, since it may be of a patient."""
    with pytest.raises(NotBuildableError, match="not valid HL7") as refused:
        build_result(result(accession_field=99, accession_number="Ek, Alma"))  # OBR ends with 49

    assert "Alma" not in str(refused.value)
