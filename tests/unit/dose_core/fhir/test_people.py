"""Names, identifiers and machines as FHIR has them. All people are invented."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dose_core.fhir.devices import NO_AE_TITLE, NO_TYPE, Equipment, device
from dose_core.fhir.elements import authority_system, instant
from dose_core.fhir.names import human_names

NOTHING = Equipment(
    id="1",
    manufacturer=None,
    model=None,
    serial_number=None,
    station_name=None,
    uid=None,
    ae_title=None,
    modality=None,
)


def test_a_name_has_its_parts_and_each_of_its_representations() -> None:
    (plain,) = human_names("Ek^Alma Maria^Rut^Dr^PhD")
    first, second = human_names("Yamada^Tarou=山田^太郎")

    assert plain == {
        "text": "Dr Alma Maria Rut Ek PhD",
        "family": "Ek",
        "given": ["Alma", "Maria", "Rut"],
        "prefix": ["Dr"],
        "suffix": ["PhD"],
    }
    assert [one["extension"][0]["valueCode"] for one in (first, second)] == ["ABC", "IDE"]
    assert second["family"] == "山田"
    assert [human_names(one) for one in (None, "", "^^", "=")] == [[], [], [], []]


@pytest.mark.parametrize(
    ("authority", "system"),
    [
        ("1.2.3", "urn:oid:1.2.3"),
        ("urn:oid:1.2.3", "urn:oid:1.2.3"),
        ("https://hospital.example/mrn", "https://hospital.example/mrn"),
        ("HOSP", "urn:doseledger:fhir:authority:HOSP"),
        ("Klinik Süd", "urn:doseledger:fhir:authority:Klinik%20S%C3%BCd"),
    ],
)
def test_an_authority_has_a_system_that_is_its_own_or_holds_its_name(authority: str, system: str) -> None:
    assert authority_system(authority) == system


def test_a_machine_of_which_nothing_is_known_claims_no_profile_and_says_what_it_lacks() -> None:
    made = device(NOTHING)
    assert made.shortcomings == (NO_AE_TITLE, NO_TYPE)
    assert "profile" not in made.resource["meta"]
    assert made.resource["meta"]["tag"][0]["code"] == "not-conformant"


def test_a_version_changes_with_anything_that_is_said() -> None:
    one, other = device(NOTHING).resource, device(replace(NOTHING, model="X")).resource
    assert one["meta"]["versionId"] != other["meta"]["versionId"]
    assert device(NOTHING).resource == one
    assert instant(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01T00:00:00Z"
