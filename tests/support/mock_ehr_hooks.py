"""An EHR that calls our hooks as CDS Hooks 2.0 has it: a key of its own, a signed token for each call, valid bodies."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey, generate_private_key
from jwt.algorithms import ECAlgorithm

from api.auth.jwks import FixedKeys, KeySource
from api.cds_hooks.settings import HookClient

ISSUER, JWKS_URL, FHIR_SERVER = "https://ehr.example", "https://ehr.example/jwks.json", "https://ehr.example/r4"
SYSTEM, AUTHORITY = "urn:oid:2.999.1", "DEMO"
SERVICE = "/cds-services/radiation-dose-advice"
CLIENT = HookClient(
    name="karl",
    issuer=ISSUER,
    jwks_url=JWKS_URL,
    authorities={SYSTEM: AUTHORITY},
    fhir_server=FHIR_SERVER,
    origins=("https://pages.ehr.example",),
)
CT_CHEST = {"coding": [{"system": "http://loinc.org", "code": "24627-2", "display": "CT Chest"}]}


@dataclass
class MockEhr:
    """The client side; ``base`` is our address."""

    base: str
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP384R1()))
    kid: str = "ehr-1"
    issuer: str = ISSUER

    @cached_property
    def jwks(self) -> dict[str, Any]:
        """The public key, as the EHR publishes it."""
        public = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "ES384"}]}

    def keys(self) -> KeySource:
        """The same, as if it had been fetched."""
        return FixedKeys(self.jwks)

    def claims(self, path: str, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - claims have several types
        """Return the claims of a token for one call of a path; ``None`` leaves one out."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.base + path, "iat": now, "exp": now + 300, "jti": str(uuid4())}
        return {name: value for name, value in (claims | changed).items() if value is not None}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:  # noqa: ANN401 - likewise
        """Return a token; ``None`` leaves an element of the header out."""
        told = {"kid": self.kid, "typ": "JWT", **header}
        headers = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm="ES384", headers=headers)

    def headers(self, path: str, **changed: Any) -> dict[str, str]:  # noqa: ANN401 - likewise
        """Return the headers of one call."""
        return {"Authorization": f"Bearer {self.sign(self.claims(path, **changed))}"}


def patient(
    identifier: str, *, fhir_id: str = "p1", birth_date: str | None = None, gender: str | None = None
) -> dict[str, Any]:
    """Return a Patient."""
    resource = {
        "resourceType": "Patient",
        "id": fhir_id,
        "identifier": [{"system": SYSTEM, "value": identifier}],
        "birthDate": birth_date,
        "gender": gender,
    }
    return {name: value for name, value in resource.items() if value is not None}


def service_request(
    number: str = "draft-1", code: dict[str, Any] | None = None, *, placer: str | None = None, fhir_id: str = "p1"
) -> dict[str, Any]:
    """Return a drafted order of imaging."""
    resource: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": number,
        "status": "draft",
        "intent": "order",
        "code": CT_CHEST if code is None else code,
        "subject": {"reference": f"Patient/{fhir_id}"},
    }
    if placer:
        resource["identifier"] = [{"system": "urn:ehr:orders", "value": placer}]
    return resource


def call(
    hook: str,
    person: dict[str, Any] | None,
    *requests: dict[str, Any],
    prefetch: dict[str, Any] | None = None,
    **changed: Any,  # noqa: ANN401 - fields of several types
) -> dict[str, Any]:
    """Return the body of a call; an order-select selects all orders, and fields that are ``None`` are left out."""
    context: dict[str, Any] = {"userId": "Practitioner/dr-roe", "patientId": "p1"}
    if hook != "patient-view":
        context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": one} for one in requests]}
    if hook == "order-select":
        context["selections"] = [f"{one['resourceType']}/{one['id']}" for one in requests]
    body = {
        "hook": hook,
        "hookInstance": str(uuid4()),
        "context": context,
        "prefetch": {**({"patient": person} if person else {}), **(prefetch or {})},
        **changed,
    }
    return {name: value for name, value in body.items() if value is not None}


def pregnancy(code: str, at: datetime) -> dict[str, Any]:
    """Return what a search for the pregnancy status answers: one observation, its answer a code of LOINC."""
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "82810-3"}]},
        "effectiveDateTime": at.astimezone(UTC).isoformat(),
        "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": code}]},
    }
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": observation}]}


def feedback(card: str, outcome: str = "overridden", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - likewise
    """Return feedback about one card."""
    told = {"card": card, "outcome": outcome, "outcomeTimestamp": "2026-11-22T10:00:00Z", **more}
    return {"feedback": [told]}
