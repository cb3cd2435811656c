"""What the text of a search parameter asks for. Source: HL7 FHIR R4, 3.1.1.5."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dose_core.fhir.asked import BadSearchError, Token, between, referred, tokens
from dose_core.fhir.queries import query_of

BERLIN = ZoneInfo("Europe/Berlin")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year, month, day, hour, ...


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-03-01", at(2026, 2, 28, 23), at(2026, 3, 1, 23)),
        ("eq2026-03", at(2026, 2, 28, 23), at(2026, 3, 31, 22)),  # in summer time by then
        ("2026", at(2025, 12, 31, 23), at(2026, 12, 31, 23)),
        ("gt2026-12-31", at(2026, 12, 31, 23), None),
        ("sa2026-12-31", at(2026, 12, 31, 23), None),
        ("ge2026-03-01T10:16:00+01:00", at(2026, 3, 1, 9, 16), None),
        ("lt2026-03-01T09:16:00Z", None, at(2026, 3, 1, 9, 16)),
        ("le2026-03-01T09:16Z", None, at(2026, 3, 1, 9, 17)),
        ("2026-03-01T09:16:30.5Z", at(2026, 3, 1, 9, 16, 30, 500_000), at(2026, 3, 1, 9, 16, 30, 600_000)),
        (
            "2026-03-29T02:30:00",
            at(2026, 3, 29, 1, 30),
            at(2026, 3, 29, 1, 30, 1),
        ),  # skipped; PEP 495, the offset before
    ],
)
def test_a_date_is_a_period_at_the_site(text: str, since: datetime | None, until: datetime | None) -> None:
    period = between("date", text, BERLIN)
    assert (period.since, period.until) == (since, until)


@pytest.mark.parametrize(
    "text", ["", "x", "2026-13", "2026-02-30", "ne2026", "ap2026", "2026-3-1", "9999", "2026-01-01T25:00"]
)
def test_what_is_no_date_is_refused_without_its_text(text: str) -> None:
    with pytest.raises(BadSearchError) as refused:
        between("date", text, BERLIN)
    assert text not in str(refused.value) or len(text) < 2


def test_tokens_have_a_system_none_or_any() -> None:
    any_, in_system, without = tokens("code", "1,http://loinc.org|1,|1")
    assert [one.fits("1", "http://loinc.org") for one in (any_, in_system, without)] == [True, True, False]
    assert [one.fits("1", None) for one in (any_, in_system, without)] == [True, False, True]
    assert any_ == Token(value="1", system=None)
    with pytest.raises(BadSearchError):
        tokens("code", "http://loinc.org|")


@pytest.mark.parametrize("text", ["7", "Patient/7", "https://dose.example/fhir/Patient/7"])
def test_a_reference_may_be_an_id_or_an_address(text: str) -> None:
    assert referred("patient", text, "Patient") == "7"


@pytest.mark.parametrize("text", ["Device/7", "", "Patient/", "../7/", "a b"])
def test_a_reference_to_something_else_is_refused(text: str) -> None:
    with pytest.raises(BadSearchError):
        referred("patient", text, "Patient")


def test_a_parameter_that_nobody_knows_is_not_repeated_if_it_might_be_a_name() -> None:
    with pytest.raises(BadSearchError) as refused:
        query_of("Patient", [("Exempel Hilda", "1")], in_body=True, zone=BERLIN)
    assert "Exempel" not in str(refused.value)


@pytest.mark.parametrize("uid", ["urn:oid:1.2.3", "urn:dicom:uid|urn:oid:1.2.3", "urn:dicom:uid|1.2.3", "1.2.3"])
def test_a_study_may_be_named_by_its_uid_in_an_address(uid: str) -> None:
    asked = query_of("ImagingStudy", [("identifier", uid)], in_body=False, zone=BERLIN)
    assert (asked.uids, asked.identifiers) == (("1.2.3",), ())


@pytest.mark.parametrize("number", ["4711002", "4711.", "1..2", "9.1", "1.02"])
def test_a_number_that_is_no_oid_is_an_accession_number_and_in_no_address(number: str) -> None:
    asked = query_of("ImagingStudy", [("identifier", number)], in_body=True, zone=BERLIN)
    assert (asked.uids, [one.value for one in asked.identifiers], asked.kept) == ((), [number], ())
    with pytest.raises(BadSearchError):
        query_of("ImagingStudy", [("identifier", number)], in_body=False, zone=BERLIN)


def test_a_bare_oid_in_a_body_may_be_an_accession_number_too() -> None:
    asked = query_of("ImagingStudy", [("identifier", "1.2.3")], in_body=True, zone=BERLIN)
    assert (asked.uids, [one.value for one in asked.identifiers]) == (("1.2.3",), ["1.2.3"])
