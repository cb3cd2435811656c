"""
Open the dose view for somebody: who asks, about which patient, and the one-time address that the service gives.

The person is the one whom Orthanc authenticated, or the one whom a reverse proxy names and proves to have named.
"""

import base64
import binascii
import hmac
import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from dose_core.contract import LAUNCH_HANDLES_PATH, HandleRequest
from dose_core.errors import DoseError
from orthanc_plugin.clients import OrthancClient, orthanc_client, service_client
from orthanc_plugin.settings import Settings

_LEVELS = {"patient": "patients", "study": "studies"}
_MAX_PERSON_CHARACTERS = 200


class LaunchError(DoseError):
    """The dose view cannot be opened; ``status`` is the HTTP status to answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def person_of(settings: Settings, headers: Mapping[str, str]) -> str | None:
    """
    Return who calls, ``None`` if nobody is proven. ``headers`` have lower-case names, as Orthanc gives them.

    An identity header without the proxy's secret is a forgery: then not even Basic credentials count.
    """
    if settings.identity_header and settings.identity_header in headers:
        shown = headers.get(settings.identity_secret_header or "", "")
        secret = settings.identity_secret or ""
        if not secret or not hmac.compare_digest(shown.encode(), secret.encode()):
            return None
        return _checked_person(headers[settings.identity_header])
    if not settings.orthanc_authenticates:  # then Orthanc lets anybody pass and checks no credentials
        return None
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, _ = base64.b64decode(credentials.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return _checked_person(name) if colon else None


def ask_for_handle(settings: Settings, authorization: str, *, person: str, body: bytes) -> dict[str, Any]:
    """
    Return ``{"url", "expires_at"}`` for the patient or study that the button was pressed on.

    ``body`` is the browser's ``{"level": "patient" | "study", "orthanc_id": ...}``; ``authorization`` opens Orthanc's
    own REST API.

    Raises:
        LaunchError: with the status to answer.
    """
    if settings.launch_token is None:
        raise LaunchError(http.client.SERVICE_UNAVAILABLE, "no launch token is configured (LaunchTokenFile)")
    level, orthanc_id = _read_question(body)
    orthanc = orthanc_client(settings, authorization)
    service = service_client(settings, settings.launch_token)
    try:
        question = _identify(orthanc, level, orthanc_id, person)
        sent = json.dumps(question.as_json()).encode()
        answer = service.request("POST", LAUNCH_HANDLES_PATH, sent, {"Content-Type": "application/json"})
        if answer.status != http.client.CREATED:
            raise _refusal(answer.status)
        handle = json.loads(answer.body)
        url = urljoin(settings.service_url + "/", str(handle["url"]))
        if urlsplit(url).scheme not in {"http", "https"}:
            raise LaunchError(http.client.BAD_GATEWAY, "the dose service answered with no address")
        return {"url": url, "expires_at": handle.get("expires_at")}
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        raise LaunchError(http.client.BAD_GATEWAY, "the dose service does not answer; try again") from error
    finally:
        orthanc.close()
        service.close()


def _read_question(body: bytes) -> tuple[str, str]:
    try:
        question = json.loads(body)
        level, orthanc_id = question["level"], question["orthanc_id"]
    except (ValueError, KeyError, TypeError) as error:
        raise LaunchError(http.client.BAD_REQUEST, "expected JSON with level and orthanc_id") from error
    # An Orthanc id is five groups of hexadecimal digits; anything else, nothing too, could lead into other routes.
    is_id = isinstance(orthanc_id, str) and orthanc_id != "" and not set(orthanc_id) - set("0123456789abcdef-")
    if level not in _LEVELS or not is_id:
        raise LaunchError(http.client.BAD_REQUEST, "level must be patient or study, orthanc_id an id of Orthanc")
    return level, orthanc_id


def _identify(orthanc: OrthancClient, level: str, orthanc_id: str, person: str) -> HandleRequest:
    resource = orthanc.json(f"/{_LEVELS[level]}/{orthanc_id}")
    study = resource if level == "study" or resource is None else orthanc.json(f"/studies/{resource['Studies'][0]}")
    series = None if study is None else orthanc.json(f"/series/{study['Series'][0]}")
    tags = None if series is None else orthanc.json(f"/instances/{series['Instances'][0]}/simplified-tags")
    if tags is None:
        raise LaunchError(http.client.NOT_FOUND, "Orthanc does not have it any more; reload the page")
    return HandleRequest(
        person=person,
        level=level,
        patient_id=str(tags.get("PatientID", "")),
        issuer_of_patient_id=str(tags.get("IssuerOfPatientID") or "") or None,
        study_instance_uid=str(tags.get("StudyInstanceUID", "")) if level == "study" else None,
    )


def _refusal(status: int) -> LaunchError:
    if status == http.client.FORBIDDEN:
        return LaunchError(status, "your account may not see doses; ask the administrator of DoseLedger")
    if status == http.client.NOT_FOUND:
        return LaunchError(status, "DoseLedger does not know a dose of this patient yet")
    return LaunchError(http.client.BAD_GATEWAY, f"the dose service answered {status}")


def _checked_person(name: str) -> str | None:
    trimmed = name.strip()
    return trimmed if trimmed and trimmed.isprintable() and len(trimmed) <= _MAX_PERSON_CHARACTERS else None
