"""What a program asks the service by REST."""

from typing import Any

from doseledger.demo.doors import Door


def patient_of(door: Door, identifier: str) -> str:
    """Return our id of the patient who has this identifier."""
    found = door.call("POST", "/api/v1/patients/search", {"identifiers": [{"value": identifier}]})
    assert found.status == 200, found.body
    (patient,) = found.json()["patients"]
    return str(patient["id"])


def exams_of(door: Door, identifier: str) -> list[dict[str, Any]]:
    """Return the history of that patient, newest first."""
    answer = door.call("GET", f"/api/v1/patients/{patient_of(door, identifier)}/exams")
    assert answer.status == 200, answer.body
    exams: list[dict[str, Any]] = answer.json()["exams"]
    return exams
