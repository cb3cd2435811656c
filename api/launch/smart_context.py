"""Of whom a SMART launch is, and which exam it means: read from the EHR by the access token, which is kept nowhere."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from api.auth.outgoing import AddressRefusedError, Outgoing, PeerFailedError
from api.launch.peers import SmartIssuer
from api.launch.smart import Answer
from dose_services.launch_asking import Asked
from dose_services.launch_windows import WantedExam

_OK = 200
_MAX_CONTEXT = 5  # ours: studies of one launch that are looked up
_STUDY = re.compile(r"ImagingStudy/[A-Za-z0-9.-]{1,64}")
_UID = re.compile(r"(?:urn:oid:)?([0-9.]{1,64})")
_UID_SYSTEM = "urn:dicom:uid"  # FHIR R4, ImagingStudy.identifier


def asked_of(outgoing: Outgoing, issuer: SmartIssuer, answer: Answer) -> Asked:
    """
    Return whom and what a launch asks for: the patient by identifiers, never by name, and the studies in its context.

    Raises:
        PeerFailedError: the EHR does not give the patient of its own context.
    """
    patient = _read(outgoing, issuer, answer, f"Patient/{answer.patient}")
    if patient is None or patient.get("resourceType") != "Patient" or patient.get("id") != answer.patient:
        raise PeerFailedError("the EHR does not give the patient of the launch")
    return Asked(
        # Without an identifier of a known system it is nobody, not whoever a study in the context is of.
        identifiers=tuple(_identifiers(issuer, patient)) or (("", ""),),
        exams=tuple(WantedExam(study_instance_uid=uid) for uid in _studies(outgoing, issuer, answer)),
        needs_banner=answer.context.get("need_patient_banner") is not False,
    )


def _identifiers(issuer: SmartIssuer, patient: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    stated = patient.get("identifier")
    for one in stated if isinstance(stated, list) else ():
        if not isinstance(one, dict) or one.get("use") == "old":
            continue
        value, authority = one.get("value"), issuer.authorities.get(str(one.get("system")))
        if isinstance(value, str) and value.strip() and authority:
            yield value.strip(), authority


def _studies(outgoing: Outgoing, issuer: SmartIssuer, answer: Answer) -> Iterator[str]:
    yield from _of_app_context(answer.context.get("appContext"))
    stated = answer.context.get("fhirContext")
    for one in (stated if isinstance(stated, list) else [])[:_MAX_CONTEXT]:
        if not isinstance(one, dict):
            continue
        if one.get("type") == "ImagingStudy" and isinstance(one.get("identifier"), dict):
            yield from _uids([one["identifier"]])
            continue
        reference = str(one.get("reference", "")).removeprefix(f"{issuer.iss}/")
        if _STUDY.fullmatch(reference):
            study = _read(outgoing, issuer, answer, reference) or {}
            listed = study.get("identifier")
            yield from _uids(listed if isinstance(listed, list) else [])


def _of_app_context(text: object) -> Iterator[str]:
    """Return the study that a card of ours named for the launch (CDS Hooks 2.0, Link, appContext)."""
    try:
        told = orjson.loads(text) if isinstance(text, str) else None
    except orjson.JSONDecodeError:
        return
    uid = told.get("study_instance_uid") if isinstance(told, dict) else None
    if isinstance(uid, str) and _UID.fullmatch(uid):
        yield uid


def _uids(identifiers: list[Any]) -> Iterator[str]:
    for one in identifiers:
        if isinstance(one, dict) and one.get("system") == _UID_SYSTEM:
            found = _UID.fullmatch(str(one.get("value", "")))
            if found:
                yield found[1]


def _read(outgoing: Outgoing, issuer: SmartIssuer, answer: Answer, reference: str) -> dict[str, Any] | None:
    headers = {"Accept": "application/fhir+json", "Authorization": f"Bearer {answer.access_token}"}
    try:
        told = outgoing.ask("GET", f"{issuer.iss}/{reference}", headers=headers)
        return told.json() if told.status == _OK else None
    except (PeerFailedError, AddressRefusedError):
        return None
