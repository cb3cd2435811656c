"""Tests of dose_core.hl7.telling. The oracle is HL7 v2.5.1, table 0085."""

from dataclasses import replace

from dose_core.hl7.observations import Observation, TextType
from dose_core.hl7.telling import tellings
from tests.builders.results import CTDI, DLP

CORRECTED = replace(DLP, value="600")
SENTENCE = replace(DLP, code="73569-6", system="LN", value="DLP 512.5", is_number=False, text_type=TextType.TX)


def told(
    before: tuple[Observation, ...], told_of: str, known: tuple[Observation, ...], whose: str
) -> list[tuple[str, str]]:
    return [(one.status.value, one.whose) for one in tellings(before, told_of, known, whose)]


def test_what_nobody_was_told_is_final() -> None:
    assert told((), "anna", (DLP,), "anna") == [("F", "anna")]


def test_of_an_exam_without_doses_nothing_is_told() -> None:
    assert told((), "anna", (), "anna") == []


def test_what_is_the_same_is_not_told_again() -> None:
    assert told((DLP, CTDI), "anna", (DLP, CTDI), "anna") == []


def test_another_number_is_a_correction() -> None:
    assert told((DLP,), "anna", (CORRECTED,), "anna") == [("C", "anna")]


def test_an_exam_that_counts_no_more_is_deleted_where_it_stands() -> None:
    assert told((DLP,), "anna", (), "bert") == [("D", "anna")]


def test_an_exam_of_another_patient_is_taken_from_the_first_before_the_second_gets_it() -> None:
    assert told((DLP,), "anna", (CORRECTED,), "bert") == [("W", "anna"), ("F", "bert")]


def test_each_value_that_stood_is_taken_back_as_it_stood() -> None:
    (wrong, final) = tellings((DLP, CTDI), "anna", (CORRECTED,), "bert")

    assert [one.value for one in wrong.observations] == [DLP.value, CTDI.value]
    assert final.observations == (CORRECTED,)


def test_words_alone_are_not_told_again_and_go_with_the_next_number() -> None:
    other = replace(SENTENCE, value="DLP: 512.5")

    assert told((DLP, SENTENCE), "anna", (DLP, other), "anna") == []
    assert told((DLP,), "anna", (DLP, SENTENCE), "anna") == []
    (correction,) = tellings((DLP, SENTENCE), "anna", (CORRECTED, other), "anna")
    assert [one.status.value for one in correction.observations] == ["C", "C"]
