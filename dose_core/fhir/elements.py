"""
The data types that our resources are made of: what is not stated is left out, or told to be absent with its reason.

Source: HL7 FHIR R4, 2.24 (data types), 2.26 (extensions), data-absent-reason.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from dose_core.fhir.terms import (
    AUTHORITY,
    CONFORMANCE_TAG,
    DATA_ABSENT_EXTENSION,
    DATA_ABSENT_REASON,
    DICOM_UID,
    NOT_CONFORMANT,
    UCUM,
    Json,
    Term,
)

UNKNOWN = "unknown"
_DIGITS = 10  # more than any device states; a sum of binary fractions has noise behind them
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+\Z")  # R4, 2.24.0.1: oid
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_PLAIN = re.compile(r"[^A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A resource, and why it does not meet the profile that is meant for it; it claims that profile only if it does."""

    resource: Json
    shortcomings: tuple[str, ...] = ()


def made(resource: Json, profile: str, shortcomings: tuple[str, ...] = ()) -> Made:
    """Return a resource that claims its profile, or is tagged as not conformant, with the reasons."""
    if shortcomings:
        tag = {"system": CONFORMANCE_TAG, "code": NOT_CONFORMANT, "display": "; ".join(shortcomings)}
        return Made(resource=versioned(resource, {"tag": [tag]}), shortcomings=shortcomings)
    return Made(resource=versioned(resource, {"profile": [profile]}))


def versioned(resource: Json, meta: Json | None = None) -> Json:
    """Return a resource with a version that changes whenever anything of it does."""
    body = {key: value for key, value in resource.items() if key != "meta"}
    plain = orjson.dumps([body, meta], option=orjson.OPT_SORT_KEYS)
    version = hashlib.sha256(plain).hexdigest()[:16]
    kind: Json = {key: body.pop(key) for key in ("resourceType", "id") if key in body}
    return {**kind, "meta": {"versionId": version, **(meta or {})}, **body}


def present(**elements: object) -> Json:
    """Return the elements that are stated; a trailing underscore keeps a word of Python apart."""
    return {name.removesuffix("_"): value for name, value in elements.items() if value not in (None, [], {}, "")}


def absent(reason: str = UNKNOWN) -> Json:
    """Return an element whose value is absent."""
    return {"extension": [{"url": DATA_ABSENT_EXTENSION, "valueCode": reason}]}


def absent_reason(reason: str = UNKNOWN) -> Json:
    """Return the reason why an observation, or a component, has no value."""
    return {"coding": [{"system": DATA_ABSENT_REASON, "code": reason}]}


def coding(term: Term) -> Json:
    """Return a coding."""
    return {"system": term.system, "code": term.code, "display": term.display}


def concept(term: Term, text: str | None = None) -> Json:
    """Return a coded concept, with words of ours where the code alone does not say all."""
    return present(coding=[coding(term)], text=text)


def quantity(value: float, unit: str, comparator: str | None = None) -> Json:
    """Return a number with its unit by UCUM."""
    return present(value=number(value), comparator=comparator, unit=unit, system=UCUM, code=unit)


def number(value: float) -> float:
    """Return a number without the noise of its sum."""
    return float(f"{value:.{_DIGITS}g}")


def identifier(value: str, *, type_: Json | None = None, system: str | None = None, **more: object) -> Json:
    """Return an identifier."""
    return present(type=type_, system=system, value=value, **more)


def dicom_uid(uid: str, type_: Json | None = None) -> Json:
    """Return a DICOM UID as an identifier."""
    return identifier(f"urn:oid:{uid}", type_=type_, system=DICOM_UID)


def authority_system(authority: str) -> str:
    """Return the system of an assigning authority: its OID or URI, else a name of ours that holds what is stated."""
    if _OID.match(authority):
        return f"urn:oid:{authority}"
    if _URI.match(authority):
        return authority
    return AUTHORITY + _PLAIN.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), authority)


def reference(kind: str, id_: str, **more: object) -> Json:
    """Return a reference to a resource of ours."""
    return {"reference": f"{kind}/{id_}", "type": kind, **present(**more)}


def instant(at: datetime) -> str:
    """Return a time in UTC; a fraction of a second as far as it is known."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def clipped(text: str) -> str:
    """Return text as FHIR allows it: no control characters but blanks and line ends (R4, 2.24.0.1: string)."""
    return "".join(letter if letter in "\t\r\n" or letter.isprintable() else " " for letter in text).strip()
