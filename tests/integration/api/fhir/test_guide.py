"""
Every element that HL7's guide Radiation Dose Summary 1.0.0 asks for, met or not met; ``pytest -s`` prints the table.

Source: the guide's RadiationDoseSummary, ModalityDevice, IndicationObservation and RadiationSummaryReport, and the
profile Observation-pregnancy-status-uv-ips 2.0.0 that the report refers to.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

Json = dict[str, Any]
GUIDE = "http://hl7.org/fhir/uv/radiation-dose-summary"
IDS = f"{GUIDE}/CodeSystem/dicom-identifier-type"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
SCT = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
SUMMARY, DEVICE, INDICATION, REPORT = (
    f"{GUIDE}/StructureDefinition/{name}"
    for name in ("radiation-dose-summary", "modality-device", "indication-observation", "radiation-summary-report")
)
PREGNANCY = "http://hl7.org/fhir/uv/ips/StructureDefinition/Observation-pregnancy-status-uv-ips"
# ComponentRadiationDoseSummaryVS of the guide, extensible
VALUE_SET = {
    *((DCM, code) for code in ("113813", "113725", "111637", "113722", "113726", "113727", "113730", "113731")),
    *((DCM, code) for code in ("113507", "123005")),
    *((SCT, code) for code in ("349358000", "89457008", "410675002")),
}
# What the value set has no code for: DICOM's own (PS3.16, Annex D)
BESIDE = {(DCM, code) for code in ("121058", "113830", "113728", "113729", "113855")}
CID_33 = {"CT", "MG", "XA", "RF", "DX", "CR", "NM", "PT", "IO", "PX", "RG"}


class Row(NamedTuple):
    """One element: its cardinality as the guide writes it, and what it asks of one resource."""

    profile: str
    element: str
    cardinality: str
    asked: Callable[[Json], bool]


def codes(concept: Json | None) -> set[tuple[str, str]]:
    return {(one["system"], one["code"]) for one in (concept or {}).get("coding", ())}


def typed(one: Json, system: str, code: str) -> list[Json]:
    return [each for each in one.get("identifier", ()) if (system, code) in codes(each.get("type"))]


def refers(reference: Json | None, kind: str) -> bool:
    return bool(reference) and (reference or {}).get("reference", "").startswith(f"{kind}/")


def is_uid(identifier: Json) -> bool:
    return identifier["system"] == "urn:dicom:uid" and bool(re.fullmatch(r"urn:oid:[0-9.]+", identifier["value"]))


def performers(one: Json) -> list[Json]:
    contained = {f"#{each['id']}": each for each in one["contained"]}
    return [contained[each["reference"]] for each in one["performer"]]


def sections(one: Json, system: str, code: str) -> list[Json]:
    return [each for each in one["section"] if (system, code) in codes(each["code"])]


def entries(one: Json, system: str, code: str) -> list[Json]:
    return [entry for section in sections(one, system, code) for entry in section["entry"]]


def is_start(text: str | None) -> bool:
    return bool(text and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text))


def has_value(identifier: Json) -> bool:
    return bool(identifier.get("value")) or identifier["_value"]["extension"][0]["url"] == ABSENT


TABLE = [
    Row(SUMMARY, "identifier[radiationSRUID].type, system, value", "0..*", lambda one: all(
        is_uid(each) for each in typed(one, IDS, "sop-instance-uid"))),
    Row(SUMMARY, "basedOn[serviceRequestRef].identifier.type ACSN, value", "0..1", lambda one: len(one["basedOn"]) == 1
        and (V2, "ACSN") in codes(one["basedOn"][0]["identifier"]["type"])
        and bool(one["basedOn"][0]["identifier"]["value"])),
    Row(SUMMARY, "partOf[imagingStudyRef]", "1..1", lambda one: len(one["partOf"]) == 1
        and refers(one["partOf"][0], "ImagingStudy")),
    Row(SUMMARY, "partOf[imagingStudyRef].identifier.type, system, value", "1..1", lambda one:
        (IDS, "study-instance-uid") in codes(one["partOf"][0]["identifier"]["type"])
        and is_uid(one["partOf"][0]["identifier"])),
    Row(SUMMARY, "status", "1..1", lambda one: one["status"] in {"final", "amended"}),
    Row(SUMMARY, "code LOINC 73569-6", "1..1", lambda one: codes(one["code"]) == {(LOINC, "73569-6")}),
    Row(SUMMARY, "subject (Patient only)", "1..1", lambda one: refers(one["subject"], "Patient")),
    Row(SUMMARY, "focus (ImagingStudy only)", "1..1", lambda one: len(one["focus"]) == 1
        and refers(one["focus"][0], "ImagingStudy")),
    Row(SUMMARY, "effectiveDateTime", "1..1", lambda one: is_start(one["effectiveDateTime"])),
    Row(SUMMARY, "valueString", "1..1", lambda one: bool(one["valueString"].strip())),
    Row(SUMMARY, "dataAbsentReason", "0..0", lambda one: "dataAbsentReason" not in one),
    Row(SUMMARY, "specimen", "0..0", lambda one: "specimen" not in one),
    Row(SUMMARY, "performer[irradiationAuthorizingPerson] (Practitioner only)", "1..1", lambda one:
        len(one["performer"]) == 1 and performers(one)[0]["resourceType"] == "Practitioner"),
    Row(SUMMARY, "device (ModalityDevice only)", "0..1", lambda one: "device" not in one
        or refers(one["device"], "Device")),
    Row(SUMMARY, "component.code from ComponentRadiationDoseSummaryVS (extensible)", "1..1", lambda one: all(
        codes(each["code"]) & (VALUE_SET | BESIDE) for each in one["component"])),
    Row(SUMMARY, "component.valueQuantity by UCUM", "0..1", lambda one: all(
        each["valueQuantity"]["system"] == "http://unitsofmeasure.org" and each["valueQuantity"]["code"]
        for each in one["component"] if "valueQuantity" in each)),
    Row(DEVICE, "identifier[aeTitle].type, value", "1..1", lambda one: len(typed(one, IDS, "application-entity")) == 1
        and has_value(typed(one, IDS, "application-entity")[0])),
    Row(DEVICE, "identifier[deviceSerialNumber].type SNO, value", "0..1", lambda one: all(
        each["value"] == one["serialNumber"] for each in typed(one, V2, "SNO"))),
    Row(DEVICE, "identifier[deviceUID].type, system, value", "0..1", lambda one: all(
        is_uid(each) for each in typed(one, IDS, "device-uid"))),
    Row(DEVICE, "type from CID 33 (required)", "1..1", lambda one: bool(codes(one["type"]))
        and codes(one["type"]) <= {(DCM, code) for code in CID_33}),
    Row(DEVICE, "deviceName[manufacturer], [manufacturerModelName]", "0..1 each", lambda one: all(
        sum(each["type"] == kind for each in one["deviceName"]) <= 1 for kind in ("manufacturer-name", "model-name"))),
    Row(DEVICE, "manufacturer", "0..1", lambda one: "manufacturer" not in one or bool(one["manufacturer"])),
    Row(REPORT, "type LOINC 73569-6", "1..1", lambda one: (LOINC, "73569-6") in codes(one["type"])),
    Row(REPORT, "subject (Patient only)", "1..1", lambda one: refers(one["subject"], "Patient")),
    Row(REPORT, "section[radiationDoseSummary].entry", "1..1", lambda one: len(sections(one, LOINC, "73569-6")) == 1
        and all(refers(each, "Observation") for each in entries(one, LOINC, "73569-6"))),
    Row(REPORT, "section[pregnancyObservation].entry", "0..1", lambda one: len(sections(one, LOINC, "82810-3")) <= 1),
    Row(REPORT, "section[indicationObservation].entry", "0..1", lambda one: len(sections(one, DCM, "121109")) <= 1),
    Row(INDICATION, "code DCM 121109", "1..1", lambda one: (DCM, "121109") in codes(one["code"])),
    Row(INDICATION, "subject (Patient only)", "1..1", lambda one: refers(one["subject"], "Patient")),
    Row(INDICATION, "value[x] CodeableConcept or string", "1..1", lambda one: ("valueCodeableConcept" in one)
        != ("valueString" in one)),
    Row(PREGNANCY, "code LOINC 82810-3", "1..1", lambda one: codes(one["code"]) == {(LOINC, "82810-3")}),
    Row(PREGNANCY, "subject.reference", "1..1", lambda one: refers(one["subject"], "Patient")),
    Row(PREGNANCY, "effectiveDateTime", "1..1", lambda one: is_start(one["effectiveDateTime"])),
    Row(PREGNANCY, "valueCodeableConcept from PregnancyStatusUvIps (preferred)", "0..1", lambda one:
        codes(one["valueCodeableConcept"]) <= {(SCT, code) for code in ("77386006", "60001007", "146799005")}),
    Row(PREGNANCY, "component, bodySite, specimen, device, referenceRange", "0..0", lambda one: not
        {"component", "bodySite", "specimen", "device", "referenceRange"} & one.keys()),
]  # fmt: skip


def of_profile(bundle: dict[str, list[Json]], profile: str) -> Iterator[Json]:
    yield from (one for each in bundle.values() for one in each if profile in one["meta"].get("profile", ()))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.profile.rpartition('/')[2]} {row.element}")
def test_an_element_of_the_guide_is_met_by_every_resource_that_claims_its_profile(
    bundle: dict[str, list[Json]], row: Row
) -> None:
    its = list(of_profile(bundle, row.profile))
    not_met = [one["id"] for one in its if not row.asked(one)]
    told = "met" if its and not not_met else "not met"
    print(f"{row.profile.rpartition('/')[2]:38} {row.element:72} {row.cardinality:10} {told}")  # noqa: T201 - the table

    assert its
    assert not_met == []


def test_the_table_of_the_documents_names_the_same_elements() -> None:
    page = (Path(__file__).parents[4] / "docs" / "conformance" / "fhir.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (\S+) \| `(.+)` \| (\S+(?: each)?) \| met", page, re.MULTILINE)

    assert told == [(row.profile.rpartition("/")[2], row.element, row.cardinality) for row in TABLE]


def test_a_resource_that_lacks_what_its_profile_asks_for_claims_none_and_is_found_by_its_tag(
    bundle: dict[str, list[Json]], get: Callable[..., Any]
) -> None:
    """Of the devices of her examinations one alone is named with its AE title, by a performed procedure step."""
    tagged = {entry["resource"]["id"] for entry in get("Device?_tag=not-conformant")["entry"]}
    named = {one["id"] for one in bundle["Device"] if "value" in typed(one, IDS, "application-entity")[0]}

    assert {one["id"] for one in bundle["Device"]} == tagged | named
    assert not tagged & named
    for one in bundle["Device"]:
        assert ("profile" in one["meta"]) is (one["id"] in named)
        absent = typed(one, IDS, "application-entity")[0].get("_value")
        assert (absent is None) is (one["id"] in named)


def test_who_authorised_an_irradiation_that_no_source_names_is_absent_with_a_reason(
    bundle: dict[str, list[Json]],
) -> None:
    for one in of_profile(bundle, SUMMARY):
        (who,) = performers(one)
        assert who["name"] == [{"extension": [{"url": ABSENT, "valueCode": "unknown"}]}]
