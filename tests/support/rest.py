"""What a program asks the service by REST."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from doseledger.demo.doors import Answer, Door

_OF_OTHERS = ("/api/v1/access/", "/api/v1/audit/")
_VALUES = 100  # provenances that are asked for; each takes a request


def patient_of(door: Door, identifier: str) -> str:
    """Return our id of the patient who has this identifier."""
    (patient,) = _asked(_search(door, identifier)).json()["patients"]
    return str(patient["id"])


def exams_of(door: Door, identifier: str) -> list[dict[str, Any]]:
    """Return the history of that patient, newest first."""
    answer = _asked(door.call("GET", f"/api/v1/patients/{patient_of(door, identifier)}/exams"))
    exams: list[dict[str, Any]] = answer.json()["exams"]
    return exams


def every_answer(door: Door, identifiers: Iterable[str]) -> dict[str, bytes]:
    """
    Return the body of every GET of the API by its path, for these patients, all their exams and some of their values.

    The service's own description says which paths there are, so that a new one is among them.
    """
    searches = {f"search {identifier}": _asked(_search(door, identifier)).body for identifier in identifiers}
    exams = [exam for identifier in identifiers for exam in exams_of(door, identifier)]
    known = {
        "patient_id": sorted({patient_of(door, identifier) for identifier in identifiers}),
        "exam_id": sorted({str(exam["id"]) for exam in exams}),
        "study_instance_uid": sorted({str(exam["study_instance_uid"]) for exam in exams}),
    }
    described = _asked(door.call("GET", "/openapi.json")).json()["paths"]
    routes = [(path, of_path["get"]) for path, of_path in described.items() if "get" in of_path]
    # Pictures hold no value ids, and not every exam has one; who may what, and who looked, is for other duties.
    wanted = [
        (path, route)
        for path, route in routes
        if path.startswith("/api/") and not path.startswith(_OF_OTHERS) and "image/png" not in str(route)
    ]
    bodies = {path: _asked(door.call("GET", path)).body for path in _paths(wanted, known)}
    value_ids = sorted({one for body in bodies.values() for one in re.findall(r'"value_id":"([^"]+)"', body.decode())})
    some = {"value_id": value_ids[:: len(value_ids) // _VALUES + 1]}
    values = {path: _asked(door.call("GET", path)).body for path in _paths(wanted, some) if path not in bodies}
    return searches | bodies | values


def _paths(routes: Iterable[tuple[str, dict[str, Any]]], known: dict[str, list[str]]) -> list[str]:
    """Return the addresses of the routes that need nothing, or one thing that is known."""
    paths: list[str] = []
    for template, route in routes:
        needed = [(one["name"], one["in"]) for one in route.get("parameters", ()) if one["required"]]
        if not needed:
            paths.append(template)
        elif len(needed) == 1:
            name, place = needed[0]
            values = [quote(value, safe="") for value in known.get(name, ())]
            paths += [
                template.replace(f"{{{name}}}", value) if place == "path" else f"{template}?{name}={value}"
                for value in values
            ]
    return paths


def _search(door: Door, identifier: str) -> Answer:
    return door.call("POST", "/api/v1/patients/search", {"identifiers": [{"value": identifier}]})


def _asked(answer: Answer) -> Answer:
    assert answer.status == 200, answer.body
    return answer
