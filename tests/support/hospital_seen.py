"""What the service shows under each identifier, as the model of a hospital day tells it."""

from collections.abc import Iterable
from typing import Any

from doseledger.demo.doors import Door
from tests.builders.hospital_events import Id
from tests.support.hospital_model import Shown


def seen(door: Door, identifiers: Iterable[Id]) -> dict[Id, Shown | None]:
    """Return what REST shows under each identifier; ``None`` if it leads to nobody, or to several."""
    patients = {identifier: _patient(door, identifier) for identifier in identifiers}
    same: dict[str, set[Id]] = {}
    for identifier, patient in patients.items():
        if patient is not None:
            same.setdefault(patient["id"], set()).add(identifier)
    doses = {patient_id: _doses(door, patient_id) for patient_id in same}
    return {
        identifier: _shown(patient, same[patient["id"]], doses[patient["id"]]) if patient is not None else None
        for identifier, patient in patients.items()
    }


def _shown(patient: dict[str, Any], same: set[Id], doses: frozenset[str]) -> Shown:
    return Shown(
        same=frozenset(same),
        name=patient["name"],
        birth_date=(patient["birth_date"] or "").replace("-", "") or None,
        sex=patient["sex"],
        doses=doses,
    )


def _patient(door: Door, identifier: Id) -> dict[str, Any] | None:
    wanted = {"identifiers": [{"value": identifier.value, "authority": identifier.authority}]}
    answer = door.call("POST", "/api/v1/patients/search", wanted)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json()["patients"]
    return found[0] if len(found) == 1 else None


def _doses(door: Door, patient_id: str) -> frozenset[str]:
    answer = door.call("GET", f"/api/v1/patients/{patient_id}/exams")
    assert answer.status == 200, answer.body
    uids = [exam["study_instance_uid"] for exam in answer.json()["exams"]]
    assert len(uids) == len(set(uids)), "an exam is shown twice"
    return frozenset(uids)
