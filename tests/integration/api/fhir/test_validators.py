"""What two programs of others say of our answers: fhir.resources for Python, and Medplum with HL7's definitions."""

from importlib import import_module
from typing import Any

import pytest

from tests.builders.long_history import PATIENT
from tests.integration.api.conftest import House
from tests.integration.api.fhir.conftest import Get
from tests.support.medplum import is_medplum_installed, problems_of

Json = dict[str, Any]
needs_medplum = pytest.mark.skipif(not is_medplum_installed(), reason="scripts/peers.sh has not brought it")


@pytest.fixture(scope="module")
def answers(hers: House, get: Get, patient_id: str, bundle: dict[str, list[Json]]) -> list[Json]:
    """Every kind of answer: resources, pages, batches, outcomes, sums, and what the service can do."""
    batch = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [
            {"request": {"method": "GET", "url": f"Patient?identifier={PATIENT}"}},
            {"request": {"method": "GET", "url": f"Patient/{patient_id}"}},
            {"request": {"method": "DELETE", "url": f"Patient/{patient_id}"}},
        ],
    }
    return [
        *(one for each in bundle.values() for one in each),
        get("metadata"),
        get(f"Observation?patient={patient_id}&_count=2"),
        get(f"Patient/{patient_id}/$cumulative-dose"),
        get("Patient/unknown", status=404),
        get("Observation?foo=bar", status=400),
        hers.client.post("/fhir", json=batch, headers=hers.reading).json(),
    ]


def test_fhir_resources_takes_every_answer(answers: list[Json]) -> None:
    for one in answers:
        kind = one["resourceType"]
        model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
        model.model_validate(one)
    assert len({one["resourceType"] for one in answers}) >= 10


def test_fhir_resources_would_refuse_a_resource_without_what_it_must_have(answers: list[Json]) -> None:
    model = import_module("fhir.resources.R4B.observation").Observation
    one = next(one for one in answers if one["resourceType"] == "Observation")
    with pytest.raises(ValueError, match="status"):
        model.model_validate({key: value for key, value in one.items() if key != "status"})


@needs_medplum
def test_medplum_finds_nothing_in_any_answer_and_something_where_something_is_wrong(answers: list[Json]) -> None:
    told = problems_of([*answers, {"resourceType": "Observation", "status": "final", "dose": 1}])

    assert [one for one in told[:-1] if one[2]] == []
    assert len(told[-1][2]) == 2
