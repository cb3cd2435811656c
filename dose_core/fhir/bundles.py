"""
Bundles of what was found, and outcomes of what could not be done.

Source: HL7 FHIR R4, Bundle, 3.1.1.2 (searchset), 3.1.0.11 (batch and transaction), OperationOutcome, issue-type.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dose_core.fhir.elements import present
from dose_core.fhir.terms import Json

# R4, value set issue-type, by the status of HTTP
_CODES: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid",
        401: "login",
        403: "forbidden",
        404: "not-found",
        405: "not-supported",
        406: "not-supported",
        408: "timeout",
        409: "conflict",
        410: "deleted",
        412: "conflict",
        413: "too-long",
        415: "not-supported",
        422: "processing",
        429: "throttled",
        500: "exception",
        503: "transient",
        507: "no-store",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one entry of a batch is answered with."""

    status: int
    resource: Json | None
    etag: str | None = None


def outcome(status: int, text: str, *, places: Sequence[str] = ()) -> Json:
    """Return why a request is not answered; the text holds no patient data."""
    issue = {"severity": "error", "code": _CODES.get(status, "processing"), "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [present(**issue, expression=list(places))]}


def found(
    base: str,
    resources: Iterable[Json],
    *,
    asked: str,
    following: str | None,
    total: int | None,
    included: Iterable[Json] = (),
) -> Json:
    """
    Return a page of a search.

    Args:
        base: the address of the service, without a closing slash.
        resources: what fits.
        asked: the address that asks for this again, below ``base``; it names no identifier of a patient.
        following: the address of the next page, below ``base``.
        total: how much fits in all, if that is known.
        included: what was asked for beside.
    """
    links = [{"relation": "self", "url": f"{base}/{asked}"}]
    links += [{"relation": "next", "url": f"{base}/{following}"}] if following else []
    entries = [_entry(base, one, "match") for one in resources]
    entries += [_entry(base, one, "include") for one in included]
    body: Json = {"resourceType": "Bundle", "type": "searchset"}
    if total is not None:
        body["total"] = total
    return {**body, "link": links, **({"entry": entries} if entries else {})}


def answered(kind: str, answers: Iterable[Answered], base: str) -> Json:
    """Return what the entries of a batch or transaction are answered with."""
    return {"resourceType": "Bundle", "type": f"{kind}-response", "entry": [_answer(one, base) for one in answers]}


def _entry(base: str, resource: Json, mode: str) -> Json:
    return {
        "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
        "resource": resource,
        "search": {"mode": mode},
    }


def _answer(one: Answered, base: str) -> Json:
    response = present(status=str(one.status), etag=one.etag)
    if one.resource is None:
        return {"response": response}
    if one.resource["resourceType"] == "OperationOutcome":
        return {"response": {**response, "outcome": one.resource}}
    body: Json = {"resource": one.resource, "response": response}
    if "id" in one.resource:
        body = {"fullUrl": f"{base}/{one.resource['resourceType']}/{one.resource['id']}", **body}
    return body
