"""A look as an AuditEvent of FHIR R4 (4.0.1), of patients and persons by our ids alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dose_core.auditing.chain import Stated
from dose_core.auditing.events import MEANINGS, AuditSource, event_of

_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_SOURCE_TYPES = "http://terminology.hl7.org/CodeSystem/security-source-type"
_OBJECT_TYPES = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_OBJECT_ROLES = "http://terminology.hl7.org/CodeSystem/object-role"
_IP_ADDRESS = "2"


def fhir_event(look: Mapping[str, Stated], source: AuditSource) -> dict[str, Any]:
    """Return the resource. ``look`` holds the columns of the access log; its id is that of the look."""
    event = event_of(str(look["action"]))
    at = look["at"]
    assert isinstance(at, datetime)  # noqa: S101 - the column's type
    resource: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": str(look["id"]),
        "type": _coding(_DCM, event.event_id, MEANINGS[event.event_id]),
        "action": event.action_code,
        "recorded": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "outcome": "0" if look.get("outcome") is None else "4",
        "agent": [_agent(look), _service(source)],
        "source": _source(source),
        "entity": _entities(look),
    }
    if event.event_type is not None:
        resource["subtype"] = [_coding(_DCM, event.event_type, MEANINGS[event.event_type])]
    if (outcome := look.get("outcome")) is not None:
        resource["outcomeDesc"] = str(outcome)
    return resource


def _agent(look: Mapping[str, Stated]) -> dict[str, Any]:
    agent: dict[str, Any] = {"who": {"identifier": {"value": str(look["subject"])}}, "requestor": True}
    if (user_id := look.get("user_id")) is not None:
        agent["altId"] = str(user_id)
    if (address := look.get("asked_from")) is not None:
        agent["network"] = {"address": str(address), "type": _IP_ADDRESS}
    if (reason := look.get("reason")) is not None:
        agent["purposeOfUse"] = [{"text": str(reason)}]
    return agent


def _service(source: AuditSource) -> dict[str, Any]:
    role = {"coding": [_coding(_DCM, "110150", MEANINGS["110150"])]}
    return {"type": role, "who": {"identifier": {"value": source.source_id}}, "requestor": False}


def _source(source: AuditSource) -> dict[str, Any]:
    told: dict[str, Any] = {
        "observer": {"identifier": {"value": source.source_id}},
        "type": [_coding(_SOURCE_TYPES, "4", "Application Server")],
    }
    if source.site is not None:
        told["site"] = source.site
    return told


def _entities(look: Mapping[str, Stated]) -> list[dict[str, Any]]:
    person, system = _coding(_OBJECT_TYPES, "1", "Person"), _coding(_OBJECT_TYPES, "2", "System Object")
    entities: list[dict[str, Any]] = []
    if (patient := look.get("patient_id")) is not None:
        role = _coding(_OBJECT_ROLES, "1", "Patient")
        entities.append({"what": {"reference": f"Patient/{patient}"}, "type": person, "role": role})
    if (exam := look.get("exam_id")) is not None:
        role = _coding(_OBJECT_ROLES, "3", "Report")
        entities.append({"what": {"identifier": {"value": str(exam)}}, "type": system, "role": role})
    details = [
        {"type": name, "valueString": str(value)}
        for name in ("action", "via", "reference", "chain_id", "position")
        if (value := look.get(name)) is not None
    ]
    route = {"what": {"identifier": {"value": str(look["route"])}}, "type": system, "detail": details}
    return [*entities, route]


def _coding(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": display}
