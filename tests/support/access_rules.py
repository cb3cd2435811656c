"""
Who may do what at which address, written from the duties of people: read it, not the code, to know who may what.

A row is one route with an address to ask at. ``{names}`` in it, and in its body, stand for a thing of the caller's own
organisation, of another one, or for one that does not exist.
"""

from dataclasses import dataclass, field
from typing import Any

from dose_services.roles import Role

RADIOLOGIST, REFERRER, RADIOGRAPHER, MPE = Role.RADIOLOGIST, Role.REFERRER, Role.RADIOGRAPHER, Role.MPE
RPO, ADMINISTRATOR, INTEGRATOR, AUDITOR = Role.RPO, Role.ADMINISTRATOR, Role.INTEGRATOR, Role.AUDITOR

# Which duty is whose. Who refers sees the patient they come from, in a view, and nothing else.
DUTIES: dict[str, set[Role]] = {
    "read patients": {RADIOLOGIST, RADIOGRAPHER, MPE, INTEGRATOR},
    "type values": {RADIOGRAPHER, MPE},
    "record reactions": {RADIOLOGIST, MPE},
    "decide whose exams are": {MPE},
    "hide patients": {MPE, ADMINISTRATOR},
    "read findings": {MPE, RPO, ADMINISTRATOR},
    "read devices": {RADIOLOGIST, RADIOGRAPHER, MPE, RPO, ADMINISTRATOR, INTEGRATOR},
    "set devices": {MPE, ADMINISTRATOR},
    "calibrate": {MPE},
    "run queues": {MPE, ADMINISTRATOR},
    "manage destinations": {ADMINISTRATOR},
    "see who may what": {ADMINISTRATOR, AUDITOR},
    "say who may what": {ADMINISTRATOR},
    "audit": {AUDITOR},
    # Doors that no duty opens: programs hand in and launch with tokens of other scopes, EHRs and browsers show others.
    "hand in": set(),
    "launch": set(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One address. ``method`` and ``route`` are those of the application, ``at`` is what is asked.

    ``body`` is sent of another organisation's thing, and of one that does not exist; of one's own nothing is sent, so
    that nothing changes, unless ``is_read``. ``own`` is the answer to who may, where it is not "let in". ``lists``: it
    answers a list, in which nothing of others stands, rather than refusing a thing.
    """

    method: str
    route: str
    duty: str
    at: str
    body: dict[str, Any] | None = None
    form: str | None = None
    lists: bool = False
    is_read: bool = False
    own: int | None = None
    mixed: dict[str, Any] = field(default_factory=dict)  # sent to one's own thing, naming a thing of others


_V1, _WHY = "/api/v1", "a reason that is long enough"


def get(route: str, duty: str, *, at: str = "", **more: Any) -> Row:  # noqa: ANN401 - fields of Row
    """Return a row of the API."""
    return Row(method="GET", route=_V1 + route, duty=duty, at=_V1 + (at or route), **more)


def post(route: str, duty: str, *, at: str = "", **more: Any) -> Row:  # noqa: ANN401 - fields of Row
    """Return a row of the API."""
    return Row(method="POST", route=_V1 + route, duty=duty, at=_V1 + (at or route), **more)


def put(route: str, duty: str, *, at: str = "", **more: Any) -> Row:  # noqa: ANN401 - fields of Row
    """Return a row of the API."""
    return Row(method="PUT", route=_V1 + route, duty=duty, at=_V1 + (at or route), **more)


def patch(route: str, duty: str, *, at: str = "", **more: Any) -> Row:  # noqa: ANN401 - fields of Row
    """Return a row of the API."""
    return Row(method="PATCH", route=_V1 + route, duty=duty, at=_V1 + (at or route), **more)


def fhir(method: str, route: str, duty: str, *, at: str = "", **more: Any) -> Row:  # noqa: ANN401 - fields of Row
    """Return a row of FHIR."""
    return Row(method=method, route=f"/fhir{route}", duty=duty, at=f"/fhir{at or route}", **more)


_READ, _DECIDE, _QUEUES, _DEST = "read patients", "decide whose exams are", "run queues", "manage destinations"
_DEVICES, _SET, _CALIBRATE, _FINDINGS = "read devices", "set devices", "calibrate", "read findings"
_WHO, _SAY, _REACT, _TYPE, _HIDE = (
    "see who may what",
    "say who may what",
    "record reactions",
    "type values",
    "hide patients",
)
_COMMENT = {"comment": _WHY}
_BY_ID = {"identifiers": [{"value": "{identifier}"}]}

ROWS: tuple[Row, ...] = (
    # Patients and exams
    post("/patients/search", _READ, body=_BY_ID, lists=True, is_read=True),
    get("/patients/{patient_id}/exams", _READ),
    get("/patients/{patient_id}/cumulative-dose", _READ),
    get("/patients/{patient_id}/prior-similar", _READ, at="/patients/{patient_id}/prior-similar?like=ct/chest"),
    get("/patients/{patient_id}/skin-map", _READ),
    get("/exams", _READ, at="/exams?study_instance_uid={study_instance_uid}", lists=True),
    get("/exams/{exam_id}", _READ),
    get("/exams/{exam_id}/estimates", _READ),
    get("/exams/{exam_id}/report-sentence", _READ),
    get("/exams/{exam_id}/ct-sizes", _READ),
    get("/exams/{exam_id}/skin-map", _READ),
    get("/exams/{exam_id}/skin-map.png", _READ, own=404),  # no exam here has one
    get("/exams/{exam_id}/skin-reactions", _READ),
    get("/values/{value_id}/provenance", _READ),
    get("/effective-dose", _READ, at="/effective-dose?site={site}", lists=True),
    put("/effective-dose", _CALIBRATE, at="/effective-dose?site={site}", body={"is_on": True, "reason": _WHY}),
    # What people add to exams
    post("/exams/{exam_id}/skin-map", _TYPE, body={"left_mm": 0, "back_mm": 0, "head_mm": 0, "reason": _WHY}),
    post("/exams/{exam_id}/skin-reactions", _REACT, body={"grade": 0, "seen_on": "2026-06-01"}),
    post("/skin-reactions/{reaction_id}/withdrawal", _REACT, body={"reason": _WHY}),
    post(
        "/manual-values", _TYPE,
        body={
            "exam_id": "{exam_id}", "modality": "CT", "source": "display", "comment": _WHY,
            "values": [{"quantity": "dlp", "value": 1.0, "unit": "mGy.cm"}],
        },
    ),
    post("/manual-values/{values_id}/withdrawal", _TYPE, body=_COMMENT),
    # Whose exams are, and who is who
    get("/desk/exams", _DECIDE, lists=True),
    post(
        "/exams/{exam_id}/release", _DECIDE, body={"patient_id": "{patient_id}", **_COMMENT},
        mixed={"patient_id": "{patient_id}", **_COMMENT},
    ),
    post("/exams/{exam_id}/withdraw", _DECIDE, body=_COMMENT),
    post("/exams/{exam_id}/not-patient", _DECIDE, body=_COMMENT),
    post("/exams/{exam_id}/patient", _DECIDE, body=_COMMENT),
    get("/patients/placeholders", _DECIDE, lists=True),
    post(
        "/patients/placeholders/{patient_id}/merge", _DECIDE, body={"into_patient_id": "{patient_id}", **_COMMENT},
        mixed={"into_patient_id": "{patient_id}", **_COMMENT},
    ),
    get("/patients/{patient_id}/identity", _DECIDE),
    post("/patients/{patient_id}/unmerge", _DECIDE, body={"reason": _WHY}),
    post(
        "/patients/{patient_id}/link", _DECIDE, body={"patient_id": "{patient_id}", "reason": _WHY},
        mixed={"patient_id": "{patient_id}", "reason": _WHY},
    ),
    post(
        "/patients/{patient_id}/unlink", _DECIDE, body={"patient_id": "{patient_id}", "reason": _WHY},
        mixed={"patient_id": "{patient_id}", "reason": _WHY},
    ),
    post(
        "/patients/{patient_id}/identifiers", _DECIDE,
        body={"value": "{identifier}", "authority": "DEMO", "reason": _WHY},
    ),
    post("/patients/{patient_id}/restriction", _HIDE, body={"reason": _WHY}),
    post("/patients/{patient_id}/restriction/lift", _HIDE, body={"reason": _WHY}),
    # Orders
    get("/orders", _DECIDE, lists=True),
    get("/orders/{order_id}", _DECIDE),
    post(
        "/orders/{order_id}/match", _DECIDE, body={"exam_id": "{exam_id}", **_COMMENT},
        mixed={"exam_id": "{exam_id}", **_COMMENT},
    ),
    post(
        "/orders/{order_id}/unmatch", _DECIDE, body={"exam_id": "{exam_id}", **_COMMENT},
        mixed={"exam_id": "{exam_id}", **_COMMENT},
    ),
    post("/orders/{order_id}/withdraw", _DECIDE, body={"exam_id": "{exam_id}", **_COMMENT}),
    # Findings
    get("/findings", _FINDINGS, lists=True),
    get("/findings/kinds", _FINDINGS, lists=True),
    get("/findings/counts", _FINDINGS, lists=True),
    post("/findings/{finding_id}/close", _FINDINGS, body=_COMMENT),
    # Devices
    get("/devices", _DEVICES, lists=True),
    get("/devices/{device_id}", _DEVICES),
    get("/devices/{device_id}/trust", _DEVICES),
    get("/devices/{device_id}/skin-calibration", _DEVICES),
    get("/devices/{device_id}/localiser-calibration", _DEVICES),
    patch("/devices/{device_id}", _SET, body={"sends_no_rdsr": True}, own=200),
    post(
        "/devices/{device_id}/merge", _SET, body={"other_id": "{device_id}", **_COMMENT},
        mixed={"other_id": "{device_id}", **_COMMENT},
    ),
    post("/devices/{device_id}/split", _SET, body={"appearance_ids": ["{device_id}"], **_COMMENT}),
    post("/devices/decisions/{number}/withdraw", _SET, at="/devices/decisions/{decision}/withdraw", body=_COMMENT),
    put(
        "/devices/{device_id}/skin-calibration", _CALIBRATE,
        body={"conventions": {}, "is_validated": False, "reason": _WHY},
    ),
    put("/devices/{device_id}/localiser-calibration", _CALIBRATE, body={"calibrations": [], "reason": _WHY}),
    # Queues
    get("/outbound/destinations", _QUEUES, lists=True),
    get("/outbound/messages", _QUEUES, lists=True),
    get("/outbound/messages/{number}", _DECIDE, at="/outbound/messages/{message}"),
    post(
        "/outbound/messages/{number}/send-again", _QUEUES,
        at="/outbound/messages/{message}/send-again", body=_COMMENT,
    ),
    post("/outbound/messages/{number}/park", _QUEUES, at="/outbound/messages/{message}/park", body=_COMMENT),
    post("/outbound/messages/{number}/drop", _QUEUES, at="/outbound/messages/{message}/drop", body=_COMMENT),
    get("/publications", _QUEUES, lists=True),
    get("/publications/destinations", _QUEUES, lists=True),
    post("/publications/{number}/retry", _QUEUES, at="/publications/{publication}/retry"),
    get("/forwarding/destinations", _QUEUES, lists=True),
    get("/forwarding/objects", _QUEUES, lists=True),
    post("/forwarding/objects/{number}/send-again", _QUEUES, at="/forwarding/objects/{forward}/send-again"),
    post("/forwarding/objects/{number}/cancel", _QUEUES, at="/forwarding/objects/{forward}/cancel"),
    # Destinations are of the whole installation, and name no patient
    post("/publications/destinations", _DEST, lists=True),
    patch("/publications/destinations/{name}", _DEST, at="/publications/destinations/none", lists=True, own=404),
    post("/forwarding/destinations", _DEST, lists=True),
    patch("/forwarding/destinations/{name}", _DEST, at="/forwarding/destinations/none", lists=True, own=404),
    patch("/outbound/destinations/{name}", _DEST, at="/outbound/destinations/none", lists=True, own=404),
    # Who may what
    get("/access/organisations", _WHO, lists=True),
    get("/access/grants", _WHO, lists=True),
    get("/access/roles", _WHO, lists=True),
    post("/access/organisations", _SAY, body={"name": "New", "kind": "hospital", "parent_id": "{organisation_id}"}),
    patch("/access/organisations/{organisation_id}", _SAY, body={"name": "Other"}, own=200),
    put("/access/devices/{device_id}/organisation", _SAY, body={"organisation_id": None}),
    post("/access/grants", _SAY, body={"subject": "system:x", "role": "mpe", "organisation_id": "{organisation_id}"}),
    post("/access/grants/{grant_id}/end", _SAY),
    put("/access/roles", _SAY, lists=True),
    # Who looked
    get("/audit/looks", "audit", lists=True),
    get("/audit/looks.csv", "audit", lists=True),
    # FHIR
    fhir("GET", "", _READ, at="?_type=Patient&_id={patient_id}", lists=True),
    fhir("GET", "/", _READ, at="/?_type=Patient&_id={patient_id}", lists=True),
    fhir("POST", "/_search", _READ, form="_type=Observation&code=http://loinc.org|73569-6", lists=True),
    fhir("GET", "/{kind}", _READ, at="/Observation?patient={patient_id}", lists=True),
    fhir("GET", "/{kind}", _READ, at="/ImagingStudy?_id={exam_id}", lists=True),
    fhir("POST", "/{kind}/_search", _READ, at="/Observation/_search", form="patient={patient_id}", lists=True),
    fhir("GET", "/{kind}/{resource_id}", _READ, at="/Patient/{patient_id}"),
    fhir("GET", "/{kind}/{resource_id}", _READ, at="/ImagingStudy/{exam_id}"),
    fhir("GET", "/Patient/{patient_id}/$cumulative-dose", _READ),
    fhir("GET", "/Device", _DEVICES, lists=True),
    fhir("POST", "/Device/_search", _DEVICES, form="", lists=True),
    fhir("GET", "/Device/{device_id}", _DEVICES),
    fhir(
        "POST", "", _READ, lists=True, is_read=True,
        body={
            "resourceType": "Bundle", "type": "batch",
            "entry": [{"request": {"method": "GET", "url": "Patient/{patient_id}"}}],
        },
    ),
    fhir("POST", "/", _READ, lists=True),
    # Programs with tokens of other scopes
    put("/instances/{sop_instance_uid}", "hand in", at="/instances/1.2.3"),
    put("/series/{series_instance_uid}/headers", "hand in", at="/series/1.2.3/headers"),
    post("/deletions", "hand in"),
    post("/launch/handles", "launch"),
)  # fmt: skip

# Pages, and doors at which something else is shown than a token of a person or a program: each has tests of its own.
# What is asked of a view stands below.
ELSEWHERE: dict[str, str] = {
    "/": "names no patient",
    "/about": "names no patient",
    "/static/": "names no patient",
    "/openapi.json": "names no patient",
    "/health/": "names no patient",
    "/metrics": "names no patient",
    "/fhir/metadata": "names no patient",
    "/launch": "a handle, a signed address or an EHR's launch: tests/integration/api/launch, test_launch.py",
    "/IHEInvokeImageDisplay": "a session or a signed token: tests/integration/api/launch",
    "/sign-in": "a password: test_sign_in.py",
    "/sign-out": "a session: test_sign_in.py",
    "/account": "one's own account: test_sign_in.py",
    "/oauth/token": "a program's secret or signature: test_service_clients.py",
    "/cds-services": "the EHR's JWT: tests/integration/api/cds_hooks",
    "/view/{view_id}": "the cookie of a view: VIEW below",
}

# Pages of a view. Who is launched for a patient sees that patient, and of them what their duty reaches.
VIEW: tuple[str, ...] = (
    "/view/{view_id}/exams/{exam_id}",
    "/view/{view_id}/exams/{exam_id}/events/0",
    "/view/{view_id}/exams/{exam_id}/skin-map",
    "/view/{view_id}/exams/{exam_id}/skin-map.png",
    "/view/{view_id}/values/{value_id}",
)
MAY_OPEN_VIEWS: set[Role] = {RADIOLOGIST, REFERRER, RADIOGRAPHER, MPE}
