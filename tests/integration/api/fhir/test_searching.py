"""Searches and reads as the guide's test script for a consumer makes them, and what must not be asked by an address."""

from typing import Any

import pytest

from tests.builders.long_history import PATIENT
from tests.integration.api.conftest import House
from tests.integration.api.fhir.conftest import OLD, Get, resources

SUMMARY = "code=73569-6"


def ask(house: House, kind: str, form: dict[str, str], status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = house.client.post(f"/fhir/{kind}/_search", data=form, headers=house.reading)
    assert answer.status_code == status, answer.text
    return answer.json()


def following(body: dict[str, Any]) -> str | None:
    links = {one["relation"]: one["url"] for one in body["link"]}
    return links["next"].partition("/fhir/")[2] if "next" in links else None


def paged(get: Get, path: str) -> list[list[str]]:
    """Return the ids of each page, from the first to the last."""
    pages, asked = [], path
    while asked:
        body = get(asked)
        pages.append([one["id"] for one in resources(body)])
        asked = following(body) or ""
    return pages


@pytest.fixture(scope="module")
def summary(bundle: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the summary of a CT that was reported by a dose SR."""
    return next(one for one in bundle["Observation"] if one["id"].endswith(".ct") and "identifier" in one)


class TestASearchOfTheGuide:
    """TestScript RDSC_Simulator: from one summary everything else is found, and the summary again by each."""

    def test_finds_a_summary_by_each_of_its_parameters(self, get: Get, summary: dict[str, Any]) -> None:
        patient, device, study = (
            one["reference"].rpartition("/")[2] for one in (summary["subject"], summary["device"], summary["partOf"][0])
        )
        uid = summary["identifier"][0]["value"]
        for asked in (
            f"patient={patient}",
            f"subject=Patient/{patient}",
            f"device={device}",
            f"part-of=ImagingStudy/{study}",
            f"identifier={uid}",
            f"identifier=urn:dicom:uid|{uid}",
            f"date={summary['effectiveDateTime']}",
            f"date=ge2000-01-01&date=lt2100&patient={patient}",
            f"_id={summary['id']}",
            f"device={device}&patient={patient}&part-of={study}",
        ):
            found = resources(get(f"Observation?{SUMMARY}&{asked}"))
            assert summary in found, asked

    def test_reads_whatever_a_summary_refers_to(self, get: Get, bundle: dict[str, list[dict[str, Any]]]) -> None:
        for one in bundle["Observation"]:
            assert get(f"Observation/{one['id']}") == one
            for reference in (one["subject"], *one.get("partOf", ()), *one.get("focus", ()), one.get("device")):
                if reference is not None:
                    kind, _, id_ = reference["reference"].partition("/")
                    assert (get(reference["reference"])["resourceType"], id_) == (
                        kind,
                        reference["reference"][len(kind) + 1 :],
                    )

    def test_finds_nothing_where_a_parameter_does_not_fit(self, get: Get, patient_id: str) -> None:
        for asked in ("date=lt2001", "code=1-1", "device=0b0e5f8e-0000-4000-8000-000000000001", "identifier=1.2.3"):
            assert get(f"Observation?patient={patient_id}&{asked}")["total"] == 0, asked
        assert get("Observation?patient=0b0e5f8e-0000-4000-8000-000000000001")["total"] == 0
        assert get("Observation?patient=nobody")["total"] == 0
        assert get("Practitioner?_id=x")["total"] == 0

    def test_is_of_the_day_at_the_site(self, get: Get, patient_id: str) -> None:
        """The radiograph of 12 November 2021 was made at 10:16 in Berlin."""
        asked = f"Observation?patient={patient_id}&{SUMMARY}"
        days = ("2021-11-12", "2021-11-11", "2021-11", "2021")
        assert [len(resources(get(f"{asked}&date={day}"))) for day in days] == [1, 0, 1, 1]
        assert len(resources(get(f"{asked}&date=gt2021-11-12&date=lt2022-01-21"))) == 1
        assert len(resources(get(f"{asked}&date=ge2021-11-12T10:16:00%2B01:00&date=le2021-11-12"))) == 1


class TestPages:
    def test_together_hold_what_one_page_holds_each_once(self, get: Get, patient_id: str) -> None:
        (whole,) = paged(get, f"Observation?patient={patient_id}&_count=100")
        for count in (1, 3):
            pages = paged(get, f"Observation?patient={patient_id}&_count={count}")
            assert [id_ for page in pages for id_ in page] == whole
            assert {len(page) for page in pages[:-1]} == {count}

    def test_of_what_is_named_are_complete(
        self, hers: House, get: Get, patient_id: str, bundle: dict[str, list[dict[str, Any]]]
    ) -> None:
        old = hers.rows(f"SELECT patient_id FROM patient_identifier WHERE value = '{OLD}'")[0][0]  # noqa: S608 - ours
        studies = [one["id"] for one in bundle["ImagingStudy"]]
        summaries = [one["id"] for one in bundle["Observation"]]
        told = {study: [one for one in summaries if one.startswith(study)] for study in studies}
        study = max(told, key=lambda one: len(told[one]))
        assert len(told[study]) > 1

        for asked, whole in (
            (f"ImagingStudy?_id={','.join(studies)}", studies),
            (f"Observation?_id={','.join(summaries)}", summaries),
            (f"Observation?part-of={study}", told[study]),
            (f"Patient?_id={patient_id},{old}", [patient_id, str(old)]),
        ):
            pages = paged(get, f"{asked}&_count=1")
            assert {len(page) for page in pages} == {1}, asked
            assert sorted(id_ for page in pages for id_ in page) == sorted(whole), asked

    def test_of_accession_numbers_go_on_by_ids(self, hers: House, get: Get) -> None:
        form = {"identifier": "H-20260301,H-20240311"}
        (one, other) = resources(ask(hers, "ImagingStudy", form))
        page = ask(hers, "ImagingStudy", form | {"_count": "1"})
        asked = following(page) or ""

        assert "H-2" not in str(page["link"])
        assert [*resources(page), *resources(get(asked))] == [one, other]
        assert following(get(asked)) is None

    def test_of_all_patients_hold_dose_summaries_alone(self, get: Get, bundle: dict[str, list[dict[str, Any]]]) -> None:
        found = [id_ for page in paged(get, f"Observation?{SUMMARY}&_count=3") for id_ in page]

        hers = {one["id"] for one in bundle["Observation"] if "valueString" in one and "partOf" in one}
        assert sorted(found) == sorted(hers)
        assert get("Observation?date=ge2000", status=400)["issue"][0]["code"] == "invalid"

    def test_of_devices_are_complete(self, get: Get, bundle: dict[str, list[dict[str, Any]]]) -> None:
        found = [id_ for page in paged(get, "Device?_count=2") for id_ in page]
        assert sorted(found) == sorted(one["id"] for one in bundle["Device"])

    @pytest.mark.parametrize(
        "asked", ["_count=0", "_count=x", "_cursor=abc", "_cursor=%25", "foo=1", "date=1", "date=ne2020"]
    )
    def test_are_not_made_of_what_cannot_be_read(self, get: Get, patient_id: str, asked: str) -> None:
        body = get(f"Observation?patient={patient_id}&{asked}", status=400)
        assert (body["resourceType"], body["issue"][0]["code"]) == ("OperationOutcome", "invalid")


class TestWhatNamesAPatient:
    @pytest.mark.parametrize(
        "asked",
        [
            f"Patient?identifier={PATIENT}",
            "Patient?family=Exempel",
            "Patient?given=Hilda",
            f"Observation?patient.identifier={PATIENT}",
            "Practitioner?family=Moore",
            "?_type=Patient&identifier=1",
        ],
    )
    def test_is_refused_in_an_address_and_told_where_it_may_stand(self, get: Get, asked: str) -> None:
        body = get(asked, status=400)
        assert "_search" in body["issue"][0]["details"]["text"]
        assert "Exempel" not in str(body)

    def test_is_not_in_the_address_of_a_form_either(self, hers: House) -> None:
        address = f"/fhir/Patient/_search?identifier={PATIENT}"
        answer = hers.client.post(address, data={"identifier": PATIENT}, headers=hers.reading)
        assert answer.status_code == 400

    def test_stands_in_a_form_and_no_link_of_the_answer_repeats_it(
        self, hers: House, get: Get, patient_id: str
    ) -> None:
        (she,) = resources(ask(hers, "Patient", {"identifier": f"urn:doseledger:fhir:authority:DEMO|{PATIENT}"}))
        page = ask(hers, "Observation", {"patient.identifier": f"DEMO|{PATIENT}", "code": "73569-6", "_count": "2"})

        assert she["id"] == patient_id
        assert {one["use"] for one in she["identifier"] if one["value"] == OLD} == {"old"}
        assert PATIENT not in str(page["link"])
        assert len(resources(get(following(page) or ""))) == 2
        assert resources(ask(hers, "Patient", {"identifier": "OTHER|1"})) == []

    def test_may_be_an_accession_number_in_a_form(self, hers: House, get: Get) -> None:
        page = ask(hers, "ImagingStudy", {"identifier": "H-20260301"})
        (study,) = resources(page)

        assert study["identifier"][0]["value"] == "urn:oid:2.25.81.20260301"
        assert resources(get(f"ImagingStudy?identifier={study['identifier'][0]['value']}")) == [study]
        assert "H-2026" not in str(page["link"])
        assert "_search" in get("ImagingStudy?identifier=H-20260301", status=400)["issue"][0]["details"]["text"]
        assert resources(ask(hers, "ImagingStudy", {"identifier": "H-1"})) == []

    def test_finds_them_by_the_beginning_of_their_name_in_a_form(self, hers: House, patient_id: str) -> None:
        for form in ({"family": "exem"}, {"family": "Exempel", "given": "HIL"}):
            assert [one["id"] for one in resources(ask(hers, "Patient", form))] == [patient_id], form
        for form in ({"family": "E%"}, {"family": "Exempel", "given": "Alma"}, {"family": "mpel"}):
            assert resources(ask(hers, "Patient", form)) == [], form
        for form in (
            {"given": "Hilda"},
            {"_count": "5"},
            {"family": " "},
            {"family": "Exempel", "identifier": PATIENT},
        ):
            ask(hers, "Patient", form, status=400)

    def test_may_stand_in_the_body_of_a_batch(self, hers: House, patient_id: str) -> None:
        body = batch(hers, "batch", ("GET", f"Patient?identifier={PATIENT}"), ("GET", "Device"))
        assert [one["response"]["status"] for one in body["entry"]] == ["200", "200"]
        assert body["entry"][0]["resource"]["entry"][0]["resource"]["id"] == patient_id


def batch(house: House, kind: str, *requests: tuple[str, str], status: int = 200) -> Any:  # noqa: ANN401 - JSON
    entries = [{"request": {"method": method, "url": url}} for method, url in requests]
    body = {"resourceType": "Bundle", "type": kind, "entry": entries}
    answer = house.client.post("/fhir", json=body, headers=house.reading)
    assert answer.status_code == status, answer.text
    return answer.json()


class TestBadInput:
    @pytest.mark.parametrize(
        "form",
        [
            {"identifier": "1\x002"},
            {"identifier": "HOSP\x1f|1"},
            {"family": "Ex\x00"},
            {"identifier": ",".join("1" * 21)},
            {"_id": ",".join("1" * 101)},
            {"identifier": "HOSP|"},
            {"Exempel Hilda": "1"},
        ],
    )
    def test_in_a_form_is_refused_and_not_repeated(self, hers: House, form: dict[str, str]) -> None:
        assert "Exempel" not in str(ask(hers, "Patient", form, status=400))

    def test_in_a_form_that_is_no_text_is_refused(self, hers: House) -> None:
        headers = {**hers.reading, "Content-Type": "application/x-www-form-urlencoded"}
        for body, status in ((b"\xff\xfe", 400), (b"a" * 70_000, 413)):
            answer = hers.client.post("/fhir/Patient/_search", content=body, headers=headers)
            assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")

    @pytest.mark.parametrize(
        "asked", ["from=0001-01-01", "until=9999-12-31", "from=x", "since=2020", "from=2021&until=2020-01-01"]
    )
    def test_in_a_period_is_refused(self, get: Get, patient_id: str, asked: str) -> None:
        get(f"Patient/{patient_id}/$cumulative-dose?{asked}", status=400)

    @pytest.mark.parametrize(
        "path", ["Patient/%00", "Observation/..%2F..", "Device/{}", "Observation/.ct", "Composition/1.2.3"]
    )
    def test_in_an_id_is_nobodys(self, get: Get, path: str) -> None:
        assert get(path, status=404)["issue"][0]["code"] == "not-found"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{",
            b'{"resourceType":"Bundle","type":"document"}',
            b'{"resourceType":"Patient","type":"batch"}',
        ],
    )
    def test_in_a_bundle_is_an_outcome(self, hers: House, body: bytes) -> None:
        headers = {**hers.reading, "Content-Type": "application/fhir+json"}
        answer = hers.client.post("/fhir", content=body, headers=headers)
        assert (answer.status_code, answer.json()["resourceType"]) == (422, "OperationOutcome")


class TestABatch:
    def test_answers_each_entry_and_refuses_to_create_anything(self, hers: House, patient_id: str) -> None:
        body = batch(hers, "batch", ("GET", f"Patient/{patient_id}"), ("POST", "Observation"), ("GET", "Patient/x"))
        assert body["type"] == "batch-response"
        assert [one["response"]["status"] for one in body["entry"]] == ["200", "405", "404"]
        assert body["entry"][1]["response"]["outcome"]["issue"][0]["code"] == "not-supported"

    def test_that_is_a_transaction_is_answered_whole_or_not_at_all(self, hers: House, patient_id: str) -> None:
        read = ("GET", f"Patient/{patient_id}")
        assert batch(hers, "transaction", read)["type"] == "transaction-response"
        refused = batch(hers, "transaction", read, ("PUT", f"Patient/{patient_id}"), status=405)
        assert refused["resourceType"] == "OperationOutcome"


class TestAnAnswer:
    def test_is_not_sent_again_to_who_has_it(self, hers: House, get: Get, patient_id: str) -> None:
        version = get(f"Patient/{patient_id}")["meta"]["versionId"]
        again = {**hers.reading, "If-None-Match": f'W/"{version}"'}
        answer = hers.client.get(f"/fhir/Patient/{patient_id}", headers=again)
        assert (answer.status_code, answer.headers["etag"], answer.content) == (304, f'W/"{version}"', b"")

    @pytest.mark.parametrize(
        ("accept", "status"),
        [
            ("application/fhir+json", 200),
            ("application/fhir+json; fhirVersion=4.0", 200),
            ("application/json", 200),
            ("*/*", 200),
            ("application/fhir+xml, application/json;q=0.5", 200),
            ("application/fhir+xml", 406),
            ("application/fhir+json; fhirVersion=3.0", 406),
        ],
    )
    def test_is_json_or_none(self, get: Get, accept: str, status: int) -> None:
        get("metadata", status=status, Accept=accept)

    def test_is_json_by_its_address_too(self, get: Get) -> None:
        get("metadata?_format=json")
        get("metadata?_format=application/fhir%2Bjson")
        assert get("metadata?_format=xml", status=406)["issue"][0]["code"] == "not-supported"

    def test_is_an_outcome_where_something_goes_wrong(self, hers: House) -> None:
        for path, headers, status, code in (
            ("Patient", {}, 401, "login"),
            ("Patient", {"Authorization": "Bearer x"}, 401, "login"),
            ("Patient/x/y/z", hers.reading, 404, "not-found"),
            ("Nonsense", hers.reading, 404, "not-found"),
        ):
            answer = hers.client.get(f"/fhir/{path}", headers=headers)
            assert answer.headers["content-type"] == "application/fhir+json"
            assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code), path
        assert "WWW-Authenticate" in hers.client.get("/fhir/Patient").headers
